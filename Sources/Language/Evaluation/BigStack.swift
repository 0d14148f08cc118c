import Glibc

/// Runs work on a thread with a stack that deep recursion in debug builds does not exhaust; on the calling thread where
/// that is one already, with nearly all of it left.
enum BigStack {
    static let bytes = 256 << 20
    /// Left for what the host's builtins and one function body need.
    static let margin = 32 << 20

    /// The work's result, from such a thread.
    static func running<T>(_ work: () -> T) -> T {
        withoutActuallyEscaping(work) { work in
            let box = Result<T>(work)
            run { _ in box.fill() }
            return box.value ?? work()
        }
    }

    /// Handed to the thread and back; only one of both touches it at a time.
    private final class Result<T>: @unchecked Sendable {
        var value: T?
        private let work: () -> T

        init(_ work: @escaping () -> T) { self.work = work }

        func fill() { value = work() }
    }

    /// Waits for the work, which is told how many bytes of stack it has. Where no thread can be made, it runs
    /// on this one with what that can spare.
    static func run(_ work: @escaping @Sendable (Int) -> Void) {
        if let left, left >= bytes - margin { return work(left) }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, bytes)
        let job = Unmanaged.passRetained(Job(work))
        var thread = pthread_t()
        let status = pthread_create(&thread, &attributes, runJob, job.toOpaque())
        pthread_attr_destroy(&attributes)
        if status == 0 {
            pthread_join(thread, nil)
        } else {
            job.release()
            work(margin + (2 << 20))
        }
    }

    /// Begins the work on such a thread, for which nobody waits; false where none can be made.
    static func detached(_ work: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, bytes)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        let job = Unmanaged.passRetained(Job { _ in work() })
        var thread = pthread_t()
        let status = pthread_create(&thread, &attributes, runJob, job.toOpaque())
        pthread_attr_destroy(&attributes)
        if status != 0 { job.release() }
        return status == 0
    }

    // MARK: what threads have

    /// Takes the calling thread as one that has `bytes` of stack from here on.
    static func adopt(_ bytes: Int) {
        if let floorKey { pthread_setspecific(floorKey, UnsafeRawPointer(bitPattern: here() &- UInt(bytes))) }
    }

    /// Bytes of stack left to this thread, where it was made or taken for one with a large stack.
    private static var left: Int? {
        guard let floorKey, let floor = pthread_getspecific(floorKey) else { return nil }
        return Int(here() &- UInt(bitPattern: floor))
    }

    /// Each thread's own: the lowest address of its stack; nil where the system has no room for another key.
    private static let floorKey: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key, nil) == 0 ? key : nil
    }()

    /// An address on this thread's stack.
    private static func here() -> UInt {
        var marker: UInt8 = 0
        return withUnsafePointer(to: &marker) { UInt(bitPattern: $0) }
    }
}

private final class Job: Sendable {
    let work: @Sendable (Int) -> Void

    init(_ work: @escaping @Sendable (Int) -> Void) { self.work = work }
}

/// The thread's entry: takes over the job that `BigStack.run` retained for it.
private func runJob(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    BigStack.adopt(BigStack.bytes)
    if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().work(BigStack.bytes) }
    return nil
}
