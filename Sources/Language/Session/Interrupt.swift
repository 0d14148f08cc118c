import Synchronization

/// A request to stop, made from any thread and read between the steps of work.
public final class Interrupt: Sendable {
    /// The interrupt of the run on this thread, for operators and values, which get no context; nil where nothing runs.
    @TaskLocal public static var current: Interrupt?

    private let requests = Atomic<Int>(0)

    /// Creates an interrupt without requests.
    public init() {}

    /// Requests a stop. May be called from any thread.
    public func request() {
        requests.add(1, ordering: .relaxed)
    }

    private let limit = Mutex<Problem?>(nil)

    /// Requests a stop because the run has reached a limit, which its error then names. May be called from any thread.
    func request(because problem: Problem) {
        limit.withLock { $0 = $0 ?? problem }
        request()
    }

    /// The limit that the run has reached; nil where a person asked for the stop, or nobody did.
    var reached: Problem? { limit.withLock { $0 } }

    /// The number of requests since the last reset; a second one asks to stop at once.
    public var count: Int { requests.load(ordering: .relaxed) }
    /// Whether a stop was requested. Always true for abandoned work (`Aside`).
    public var isRequested: Bool { count != 0 || AsideWork.current?.isLeft == true }

    /// A closure that tells, on any thread, whether the work of the calling thread is to stop.
    public var question: @Sendable () -> Bool {
        let work = AsideWork.current
        return { self.count != 0 || work?.isLeft == true }
    }

    /// Forgets all requests.
    public func reset() {
        requests.store(0, ordering: .relaxed)
        limit.withLock { $0 = nil }
    }

    /// How much is lost where the process ends at once.
    public enum Work: Int, Sendable {
        /// Nothing to speak of.
        case light
        /// Long work whose state would be lost.
        case unkept
        /// Long work that saves its state once it is asked to stop.
        case kept
    }

    private let current = Atomic<Int>(Work.light.rawValue)

    /// The kind of the work that runs now.
    public var work: Work { Work(rawValue: current.load(ordering: .relaxed)) ?? .light }

    /// Runs `body` as work of this kind.
    public func during<Result>(_ work: Work, _ body: () throws -> Result) rethrows -> Result {
        let before = current.exchange(work.rawValue, ordering: .relaxed)
        defer { current.store(before, ordering: .relaxed) }
        return try body()
    }

    /// The problem that a requested stop throws.
    static var problem: Problem { Problem(.interrupted, "interrupted") }

    /// Throws the `.interrupted` problem where a stop was requested.
    public func check() throws {
        if isRequested { throw Interrupt.problem }
    }
}
