import Glibc

/// Runs work on a thread whose stack is large enough for deep recursion, even in debug builds. A caller that is already on such a thread,
/// with nearly all of its stack left, does the work itself.
enum BigStack {
    /// The stack size of the threads, in bytes.
    static let bytes = 256 << 20
    /// The bytes of stack kept free for the host's builtins and one function body.
    static let margin = 32 << 20

    /// Runs `work` on a thread with a large stack and returns its result.
    static func running<T>(_ work: () -> T) -> T {
        withoutActuallyEscaping(work) { work in
            let box = Result<T>(work)
            run { _ in box.fill() }
            return box.value ?? work()
        }
    }

    /// Carries the work to the thread and its result back; only one of the two threads touches it at a time.
    private final class Result<T>: @unchecked Sendable {
        var value: T?
        private let work: () -> T

        init(_ work: @escaping () -> T) { self.work = work }

        func fill() { value = work() }
    }

    /// Runs `work` on a thread with a large stack and waits for it. `work` gets the number of bytes of stack that it has. Where no thread
    /// can be created, it runs on the calling one with the little stack that can be assumed there.
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

    /// Starts `work` on a thread with a large stack and does not wait for it. Returns false where no thread can be created.
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

    // MARK: stacks of threads

    /// Records that the calling thread has `bytes` of stack from here on.
    static func adopt(_ bytes: Int) {
        if let floorKey { pthread_setspecific(floorKey, UnsafeRawPointer(bitPattern: here() &- UInt(bytes))) }
    }

    /// The bytes of stack left on this thread, or nil where the thread has not been adopted.
    private static var left: Int? {
        guard let floorKey, let floor = pthread_getspecific(floorKey) else { return nil }
        return Int(here() &- UInt(bitPattern: floor))
    }

    /// The key of each thread's lowest stack address; nil where the system has no room for another key.
    private static let floorKey: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key, nil) == 0 ? key : nil
    }()

    /// Returns an address on this thread's stack.
    private static func here() -> UInt {
        var marker: UInt8 = 0
        return withUnsafePointer(to: &marker) { UInt(bitPattern: $0) }
    }
}

/// Work for a thread, which is told the size of its stack.
private final class Job: Sendable {
    let work: @Sendable (Int) -> Void

    init(_ work: @escaping @Sendable (Int) -> Void) { self.work = work }
}

/// Runs the job that `BigStack.run` retained for the new thread.
private func runJob(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    BigStack.adopt(BigStack.bytes)
    if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().work(BigStack.bytes) }
    return nil
}
