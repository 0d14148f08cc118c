import Synchronization

/// A request to stop, made from any thread or signal handler's helper and read between steps.
public final class Interrupt: Sendable {
    /// That of the run on this thread, for operators, which get no context.
    @TaskLocal public static var current: Interrupt?

    private let requests = Atomic<Int>(0)

    public init() {}

    public func request() {
        requests.add(1, ordering: .relaxed)
    }

    /// How often a stop was asked for: a second request means "now".
    public var count: Int { requests.load(ordering: .relaxed) }
    /// Also true for work that a stop has left (`Aside`), for good.
    public var isRequested: Bool { count != 0 || AsideWork.current?.isLeft == true }

    /// The same for the work of the calling thread, asked from any thread.
    public var question: @Sendable () -> Bool {
        let work = AsideWork.current
        return { self.count != 0 || work?.isLeft == true }
    }

    public func reset() {
        requests.store(0, ordering: .relaxed)
    }

    /// What is lost where the process ends at once.
    public enum Work: Int, Sendable {
        /// Nothing worth a word.
        case light
        /// Long work that keeps nothing.
        case unkept
        /// Long work that keeps its state once it is asked to stop.
        case kept
    }

    private let current = Atomic<Int>(Work.light.rawValue)

    /// The long work that runs now.
    public var work: Work { Work(rawValue: current.load(ordering: .relaxed)) ?? .light }

    /// Says what `body` is while it runs.
    public func during<Result>(_ work: Work, _ body: () throws -> Result) rethrows -> Result {
        let before = current.exchange(work.rawValue, ordering: .relaxed)
        defer { current.store(before, ordering: .relaxed) }
        return try body()
    }

    static var problem: Problem { Problem(.interrupted, "interrupted") }

    /// Throws the `.interrupted` problem when a stop was asked for.
    public func check() throws {
        if isRequested { throw Interrupt.problem }
    }
}
