/// A function as a value: a builtin, or one written in the language with the variables that it captured.
public final class FunctionValue: @unchecked Sendable {
    enum Body {
        case builtin(Builtin)
        case user(Closure)
    }

    // Immutable after initialisation; a closure's captured boxes are touched only by the session's evaluator
    // thread.
    let body: Body

    /// Creates the value of a builtin.
    public init(_ builtin: Builtin) {
        body = .builtin(builtin)
    }

    init(closure: Closure) {
        body = .user(closure)
    }

    /// The function's name; "fn" where it has none.
    public var name: String {
        switch body {
        case .builtin(let builtin): builtin.name
        case .user(let closure): closure.code.name ?? "fn"
        }
    }

    /// The builtin, or nil for a user's function.
    public var builtin: Builtin? {
        if case .builtin(let builtin) = body { builtin } else { nil }
    }

    /// The names of the parameters, in order.
    public var parameterNames: [String] {
        switch body {
        case .builtin(let builtin): builtin.parameters.map(\.name)
        case .user(let closure): closure.code.parameters.map(\.name)
        }
    }

    /// The `##` comment of a user's function, nil where it has none, or the summary of a builtin.
    public var documentation: String? {
        switch body {
        case .builtin(let builtin): builtin.summary
        case .user(let closure): closure.code.documentation
        }
    }

    /// The name with the parameters: "phase1(model, scene, steps=400, …)".
    public var signature: String {
        switch body {
        case .builtin(let builtin): builtin.signature
        case .user(let closure): closure.code.signature
        }
    }

    var closure: Closure? {
        if case .user(let closure) = body { closure } else { nil }
    }

    /// The syntax tree of a user's function, or nil for a builtin.
    var syntax: FunctionSyntax? {
        if case .user(let closure) = body { closure.code.syntax } else { nil }
    }

    /// The text of a user's function as it was written, or nil for a builtin.
    public var source: String? {
        if case .user(let closure) = body { closure.code.span.text } else { nil }
    }
}
