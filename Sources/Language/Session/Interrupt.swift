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
    public var isRequested: Bool { requests.load(ordering: .relaxed) != 0 }

    public func reset() {
        requests.store(0, ordering: .relaxed)
    }

    /// Throws the `.interrupted` problem when a stop was asked for.
    public func check() throws {
        if isRequested { throw Problem(.interrupted, "interrupted") }
    }
}
