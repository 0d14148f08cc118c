/// A function of the program as it is known without running it.
public final class UserFunction: @unchecked Sendable {
    // Written while its definition is gone through, read afterwards.
    let syntax: FunctionSyntax
    /// What it gives whatever it is called with.
    var result = StaticType.unknown
    /// It draws random numbers without a seed of its own.
    var draws = false
    /// What fails whenever it is called.
    var certain: Set<FlowChecker.Finding> = []
    /// It ends the program, or fails.
    var neverReturns = false

    init(_ syntax: FunctionSyntax) {
        self.syntax = syntax
    }

    public var name: String { syntax.name ?? "fn" }
    public var signature: String { Code.signature(syntax) }
    public var documentation: String? { syntax.documentation }
    public var definition: Span { syntax.nameSpan }
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
