import Glibc
import Synchronization

/// Work that makes a value from values and touches nothing else, on a thread of its own: a stop leaves it there with all
/// that it holds, and the program goes on.
///
/// From then on it is told at every question that a stop was asked for (`Interrupt.isRequested`), so that it ends soon, and
/// what it emits nobody hears. It neither calls the program's functions nor changes the session.
public enum Aside {
    /// Items, bytes or numbers that are gone through before anyone notices.
    public static let noticed = 1 << 16
    /// So much work may be left at a time, with its memory; more is waited for.
    static let most = 2
    /// Milliseconds that work has to end by itself after a stop, so that it leaves nothing behind.
    private static let patience = 40

    /// What `body` gives or throws. `extent`: items, bytes or numbers that it goes through; few are not worth a thread.
    /// Throws the `.interrupted` problem where a stop was asked for and the body goes on.
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

/// What such a thread works on.
class AsideWork: @unchecked Sendable {
    private let wasLeft = Atomic(false)
    fileprivate static let left = Atomic(0)

    /// How much work goes on for nobody.
    static var leftNow: Int { left.load(ordering: .relaxed) }

    /// Whether nobody waits for it any more.
    final var isLeft: Bool { wasLeft.load(ordering: .relaxed) }

    fileprivate final func noteLeft() {
        wasLeft.store(true, ordering: .relaxed)
        AsideWork.left.add(1, ordering: .relaxed)
    }

    /// That of the calling thread.
    static var current: AsideWork? {
        key.flatMap { pthread_getspecific($0) }.map { Unmanaged<AsideWork>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Makes it that of the calling thread, which keeps it to its end.
    fileprivate final func adopt() {
        if let key = AsideWork.key { pthread_setspecific(key, Unmanaged.passUnretained(self).toOpaque()) }
    }

    /// nil where the system has no room for another key.
    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key, nil) == 0 ? key : nil
    }()
}

/// One body and what came of it.
private final class AsideJob<T: Sendable>: AsideWork, @unchecked Sendable {
    private struct State: Sendable {
        var body: (@Sendable () throws -> T)?
        var outcome: Result<T, any Error>?
    }

    private let state: Mutex<State>
    private let limits = Limits.current
    /// Posted when there is an outcome.
    private let ending = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(_ body: @escaping @Sendable () throws -> T) {
        state = Mutex(State(body: body))
        sem_init(ending, 0, 0)
    }

    deinit {
        sem_destroy(ending)
        ending.deallocate()
    }

    /// The thread's whole work. What the body holds is let go before anyone hears of its end: whoever goes on may be the
    /// only holder of a list, and change it in place.
    func run(_ interrupt: Interrupt) {
        adopt()
        let outcome = Interrupt.$current.withValue(interrupt) { Limits.$current.withValue(limits) { make() } }
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

    /// Waits for the end, at most so many milliseconds.
    func ends(within milliseconds: Int) -> Bool {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        time.tv_nsec += milliseconds * 1_000_000
        (time.tv_sec, time.tv_nsec) = (time.tv_sec + time.tv_nsec / 1_000_000_000, time.tv_nsec % 1_000_000_000)
        return sem_timedwait(ending, &time) == 0
    }

    /// Leaves the work to itself; false where it has just ended.
    func leave() -> Bool {
        state.withLock { state in
            if state.outcome == nil { noteLeft() }
            return state.outcome == nil
        }
    }

    /// After its end.
    func result() throws -> T {
        let outcome = state.withLock { state in
            defer { state.outcome = nil }
            return state.outcome
        }
        guard let outcome else { throw Problem(.internal, "work ended without a result") }
        return try outcome.get()
    }
}
