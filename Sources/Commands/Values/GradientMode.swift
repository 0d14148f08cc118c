import Glibc
import Language

/// Whether tensors are cut off from how they were computed: `with no_grad { … }`.
///
/// The flag lies twice: in the session's context, where model commands look before they record anything, and
/// in the evaluator's thread, where operators on tensors look, which know no session.
public enum GradientMode: ContextKey {
    /// True within `with no_grad`.
    public static let initial = false

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// On this thread.
    static var isOff: Bool { pthread_getspecific(key) != nil }

    /// Sets both; gives back what restores them.
    static func switchOff(_ context: Context) -> @Sendable () -> Void {
        let before = context[GradientMode.self]
        set(true, context)
        return { set(before, context) }
    }

    private static func set(_ isOff: Bool, _ context: Context) {
        context[GradientMode.self] = isOff
        // Any address but nil says yes.
        pthread_setspecific(key, isOff ? UnsafeRawPointer(bitPattern: 1) : nil)
    }
}
