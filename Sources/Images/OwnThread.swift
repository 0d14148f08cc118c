import Glibc
import Synchronization
import Tensors

/// Calls of a library that cannot be asked to stop in their middle: made on a thread of their own, which is left to itself
/// once nobody wants the result.
enum OwnThread {
    /// Bytes that go through such a library before anyone notices.
    private static let noticed = 4 << 20

    /// What `body` gives or throws. `work`: bytes that it goes through; few are not worth a thread. Throws
    /// `Parallel.Unwanted` where the work is abandoned meanwhile; `body` then goes on to its end, unseen.
    static func run<T: Sendable>(work: Int, _ body: @escaping @Sendable () throws -> T) throws -> T {
        guard work >= noticed, Parallel.isAbandonable else { return try body() }
        let job = Job(body)
        var thread = pthread_t()
        let argument = Unmanaged<AnyJob>.passRetained(job)
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<AnyJob>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, argument.toOpaque())
        guard status == 0 else {
            argument.release()
            return try body()
        }
        pthread_detach(thread)
        while true {
            if let result = job.result { return try result.get() }
            try Parallel.checkWanted()
            usleep(1000)
        }
    }

    private class AnyJob: @unchecked Sendable {
        func run() {}
    }

    /// One body and what came of it; the lock is all that both threads share.
    private final class Job<T: Sendable>: AnyJob, @unchecked Sendable {
        private let body: @Sendable () throws -> T
        private let outcome = Mutex<Result<T, any Error>?>(nil)

        init(_ body: @escaping @Sendable () throws -> T) { self.body = body }

        var result: Result<T, any Error>? { outcome.withLock { $0 } }

        override func run() {
            let result = Result { try body() }
            outcome.withLock { $0 = result }
        }
    }
}
