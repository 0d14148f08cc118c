import Glibc
import Language

/// Whether tensors are cut off from how they were computed, as in `with no_grad { … }`.
///
/// The flag is kept in two places: in the session's context, where model commands look before they record anything, and on the evaluator's
/// thread, where operators on tensors look, which know no session.
public enum GradientMode: ContextKey {
    /// A session begins with gradients.
    public static let initial = false

    /// The key of the thread's flag.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// Whether gradients are off on this thread.
    static var isOff: Bool { pthread_getspecific(key) != nil }

    /// Turns gradients off in both places and returns what restores them.
    static func switchOff(_ context: Context) -> @Sendable () -> Void {
        let before = context[GradientMode.self]
        set(true, context)
        return { set(before, context) }
    }

    /// Sets the flag in both places.
    private static func set(_ isOff: Bool, _ context: Context) {
        context[GradientMode.self] = isOff
        // Any address but nil means that gradients are off.
        pthread_setspecific(key, isOff ? UnsafeRawPointer(bitPattern: 1) : nil)
    }
}
