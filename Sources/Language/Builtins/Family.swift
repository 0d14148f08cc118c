import Cancelling

/// A family of builtins: the chapter of the reference that lists them, and what a call of one costs unless its row says otherwise.
public struct Family: Sendable, ExpressibleByStringLiteral {
    /// The chapter's title: "masks".
    public let name: String
    /// What a call costs.
    public let cost: Cost
    /// Whether calls train (`Builtin.trains`).
    public let trains: Bool

    /// Creates a family.
    public init(_ name: String, cost: Cost = .light, trains: Bool = false) { (self.name, self.cost, self.trains) = (name, cost, trains) }
    /// Creates a family whose calls are light.
    public init(stringLiteral name: String) { self.init(name) }
}

/// What a call costs: how a request to stop ends it.
public enum Cost: Sendable {
    /// The call ends soon by itself, or asks for a stop itself, as training does at every step.
    case light
    /// The call computes in tasks of the engine. A stop cancels those that have not begun, within the time of one task.
    case engine
    /// The call goes through libraries, texts or lists that cannot ask at every step, and depends on nothing in the session but where its
    /// files are. It runs on a thread of its own where its arguments hold at least `from` items, bytes or numbers; a stop leaves that
    /// thread behind. The call must neither call the program's functions nor show anything nor record gradients.
    case detachable(from: Int = Aside.noticed)

    /// Runs the work of a call. Throws the `.interrupted` problem where a stop was requested.
    func run(_ call: Call, _ work: @escaping @Sendable (Call) throws -> Value) throws -> Value {
        switch self {
        case .light: return try work(call)
        case .engine: return try Self.cancellable(call.context.interrupt) { try work(call) }
        case .detachable(let least):
            let extent = call.extent
            let cancellable = { @Sendable in try Self.cancellable(call.context.interrupt) { try work(call) } }
            if extent < least || call.holdsFunction { return try cancellable() }
            return try Aside.run(extent: extent, call.context.interrupt, cancellable)
        }
    }

    /// Returns the result of `body`, whose tasks of the engine a stop cancels. Throws `.interrupted` where a stop was asked for, whatever
    /// came of `body`: an error that cancelled work caused is none.
    public static func cancellable<T>(_ interrupt: Interrupt, _ body: () throws -> T) throws -> T {
        do {
            let result = try Cancellation.scope(when: interrupt.question, body)
            try interrupt.check()
            return result
        } catch {
            try interrupt.check()
            throw error
        }
    }
}

/// What `bas check --plan` computes of a builtin's calls. The host that plans knows its own conforming type.
public protocol CallPlanner: Sendable {}
