import Glibc
import Synchronization

/// Runs calls of a library that cannot be cancelled on a thread of their own, which is left to finish unseen once the
/// work is cancelled.
public enum OwnThread {
    /// The bytes of work from which on a call gets a thread: less is done before anyone notices.
    private static let noticed = 4 << 20

    /// Returns or throws what `body` does. `work`: the bytes that it processes; where they are few, or nothing can be
    /// cancelled, it runs on the calling thread. Throws `CancellationError` where the work is cancelled meanwhile; `body`
    /// then runs to its end unseen.
    public static func run<T: Sendable>(work: Int, _ body: @escaping @Sendable () throws -> T) throws -> T {
        guard work >= noticed, Cancellation.isPossible else { return try body() }
        let job = Job(body)
        guard detached({ job.run() }) else { return try body() }
        while true {
            if let result = job.result { return try result.get() }
            try Cancellation.check()
            usleep(1000)
        }
    }

    /// Begins `body` on a thread that nobody waits for; false where none can be made.
    public static func detached(_ body: @escaping @Sendable () -> Void) -> Bool {
        var thread = pthread_t()
        let argument = Unmanaged<Job<Void>>.passRetained(Job(body))
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Job<Void>>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, argument.toOpaque())
        if status == 0 { pthread_detach(thread) } else { argument.release() }
        return status == 0
    }

    /// A body and its result; the lock is all that both threads share.
    private final class Job<T: Sendable>: Sendable {
        private let body: @Sendable () throws -> T
        private let outcome = Mutex<Result<T, any Error>?>(nil)

        init(_ body: @escaping @Sendable () throws -> T) { self.body = body }

        var result: Result<T, any Error>? { outcome.withLock { $0 } }

        func run() {
            let result = Result { try body() }
            outcome.withLock { $0 = result }
        }
    }
}
