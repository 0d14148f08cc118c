import Glibc

/// Runs work on a thread with a stack that deep recursion in debug builds does not exhaust.
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
}

private final class Job: Sendable {
    let work: @Sendable (Int) -> Void

    init(_ work: @escaping @Sendable (Int) -> Void) { self.work = work }
}

/// The thread's entry: takes over the job that `BigStack.run` retained for it.
private func runJob(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().work(BigStack.bytes) }
    return nil
}
