/// A function of the program, with what is known of it without running it.
public final class UserFunction: @unchecked Sendable {
    // Only the check of its definition writes to it; afterwards it is only read.
    let syntax: FunctionSyntax
    /// The type that covers the result of every call.
    var result = StaticType.unknown
    /// Whether the function draws random numbers without a seed of its own.
    var draws = false
    /// The errors that every call of the function raises.
    var certain: Set<FlowChecker.Finding> = []
    /// Whether every call ends the program, fails, or never ends.
    var neverReturns = false

    init(_ syntax: FunctionSyntax) {
        self.syntax = syntax
    }

    /// The function's name, or "fn" where it has none.
    public var name: String { syntax.name ?? "fn" }
    /// The name with the parameters, as written in the program.
    public var signature: String { Code.signature(syntax) }
    /// The text of the function's `##` comment, or nil.
    public var documentation: String? { syntax.documentation }
    /// The place of the function's name; the whole function where it has none.
    public var definition: Span { syntax.nameSpan }
    /// The names of the parameters, in order.
    public var parameterNames: [String] { syntax.parameters.map(\.name) }
}

extension StaticFunction {
    var parameterNames: [String] {
        switch self {
        case .builtin(let builtin): builtin.parameters.map(\.name)
        case .user(let function): function.parameterNames
        case .opaque: []
        }
    }
}
