import Files
import Glibc
import Synchronization

/// Runs work that computes a value from values and touches nothing else on a thread of its own, so that a stop need not wait for it: the
/// work is abandoned with all that it holds, and the program goes on.
///
/// Abandoned work finds `Interrupt.isRequested` true whenever it asks, so that it ends soon, and the events that it emits are dropped. The
/// work must neither call the program's functions nor change the session.
public enum Aside {
    /// The number of items, bytes or numbers that takes long enough to process for a person to notice.
    public static let noticed = 1 << 16
    /// The most work that may be abandoned at a time, because it keeps its memory; beyond it, work runs on the calling thread.
    static let most = 2
    /// How long work may take to end by itself after a stop, in milliseconds, before it is abandoned.
    private static let patience = 40

    /// Returns what `body` returns, or throws what it throws. `extent` is the number of items, bytes or numbers that `body` goes through;
    /// with fewer than `noticed`, it runs on the calling thread. Throws the `.interrupted` problem where a stop was requested and the body
    /// has not ended soon after.
    public static func run<T: Sendable>(
        extent: Int, _ interrupt: Interrupt, _ body: @escaping @Sendable () throws -> T
    ) throws -> T {
        guard extent >= noticed, AsideWork.current == nil, AsideWork.leftNow < most else { return try body() }
        let job = AsideJob(body)
        guard BigStack.detached({ job.run(interrupt) }) else { return try body() }
        while !job.ends(within: 5) {
            guard interrupt.isRequested else { continue }
            if job.ends(within: patience) { break }
            if job.leave() { throw Interrupt.problem }
        }
        return try job.result()
    }
}

/// The job of one such thread.
class AsideWork: @unchecked Sendable {
    private let wasLeft = Atomic(false)
    /// The number of abandoned jobs that are still running.
    fileprivate static let left = Atomic(0)

    /// The number of abandoned jobs that are still running.
    static var leftNow: Int { left.load(ordering: .relaxed) }

    /// Whether the job has been abandoned.
    final var isLeft: Bool { wasLeft.load(ordering: .relaxed) }

    fileprivate final func noteLeft() {
        wasLeft.store(true, ordering: .relaxed)
        AsideWork.left.add(1, ordering: .relaxed)
    }

    /// The job that the calling thread runs, or nil outside of one.
    static var current: AsideWork? {
        key.flatMap { pthread_getspecific($0) }.map { Unmanaged<AsideWork>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Makes this the job of the calling thread, which runs it to its end.
    fileprivate final func adopt() {
        if let key = AsideWork.key { pthread_setspecific(key, Unmanaged.passUnretained(self).toOpaque()) }
    }

    /// The key of each thread's job; nil where the system has no room for another key.
    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key, nil) == 0 ? key : nil
    }()
}

/// A job with its body and its outcome.
private final class AsideJob<T: Sendable>: AsideWork, @unchecked Sendable {
    private struct State: Sendable {
        var body: (@Sendable () throws -> T)?
        var outcome: Result<T, any Error>?
    }

    private let state: Mutex<State>
    private let limits = Limits.current
    private let confinement = Confinement.current
    /// The semaphore that is posted when the job has ended.
    private let ending = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(_ body: @escaping @Sendable () throws -> T) {
        state = Mutex(State(body: body))
        sem_init(ending, 0, 0)
    }

    deinit {
        sem_destroy(ending)
        ending.deallocate()
    }

    /// Runs the body on the job's thread. What the body captured is released before the outcome is published, because the waiting thread
    /// may then be the only holder of a list and change it in place.
    func run(_ interrupt: Interrupt) {
        adopt()
        let outcome = Interrupt.$current.withValue(interrupt) {
            Limits.$current.withValue(limits) { Confinement.$current.withValue(confinement) { make() } }
        }
        let isLeft = state.withLock { state in
            if self.isLeft { return true }
            state.outcome = outcome
            return false
        }
        if isLeft { AsideWork.left.subtract(1, ordering: .relaxed) }
        sem_post(ending)
    }

    private func make() -> Result<T, any Error> {
        let body = state.withLock { state in
            defer { state.body = nil }
            return state.body
        }
        return Result {
            guard let body else { throw Problem(.internal, "work was begun twice") }
            return try body()
        }
    }

    /// Waits for the end, for at most this many milliseconds, and returns whether the job has ended.
    func ends(within milliseconds: Int) -> Bool {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        time.tv_nsec += milliseconds * 1_000_000
        (time.tv_sec, time.tv_nsec) = (time.tv_sec + time.tv_nsec / 1_000_000_000, time.tv_nsec % 1_000_000_000)
        return sem_timedwait(ending, &time) == 0
    }

    /// Abandons the job; returns false where it has just ended.
    func leave() -> Bool {
        state.withLock { state in
            if state.outcome == nil { noteLeft() }
            return state.outcome == nil
        }
    }

    /// Returns the outcome of a job that has ended.
    func result() throws -> T {
        let outcome = state.withLock { state in
            defer { state.outcome = nil }
            return state.outcome
        }
        guard let outcome else { throw Problem(.internal, "work ended without a result") }
        return try outcome.get()
    }
}
