/// A typed key for a host's state in a session: `context[SeedState.self] = …`.
public protocol ContextKey {
    /// The type of the state.
    associatedtype State: Sendable
    /// The state before it is set.
    static var initial: State { get }
}
