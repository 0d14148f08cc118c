/// A typed drawer for a host's state in a session: `context[SeedState.self] = …`.
public protocol ContextKey {
    associatedtype State: Sendable
    static var initial: State { get }
}
