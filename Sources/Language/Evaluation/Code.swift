/// A function as compiled: shared by all closures made from it.
final class Code: @unchecked Sendable {
    // Written once by the compiler before the first call.
    struct Parameter {
        var name: String
        var defaultNode: Node?
        var keywordOnly: Bool
        var variadic: Bool
        /// Where inner functions share it; nil while the slot of its position is enough.
        var box: Int?
    }

    let syntax: FunctionSyntax
    let name: String?
    let span: Span
    let documentation: String?
    let signature: String
    var parameters: [Parameter] = []
    /// Leading parameters that positional arguments fill.
    var positionalCount = 0
    var variadicSlot: Int?
    var body = Node(span: nil)
    var slotCount = 0
    var boxNames: [String] = []
    /// Whether any parameter has a default or a box, or is keyword-only: whether a call needs `Code.finish`.
    var needsFinish = false

    init(_ syntax: FunctionSyntax) {
        self.syntax = syntax
        name = syntax.name
        span = syntax.span
        documentation = syntax.documentation
        signature = Code.signature(syntax)
    }

    static func signature(_ syntax: FunctionSyntax) -> String {
        var parts: [String] = []
        var starred = syntax.parameters.contains(where: \.variadic)
        for parameter in syntax.parameters {
            if parameter.keywordOnly, !starred {
                parts.append("*")
                starred = true
            }
            let dots = parameter.variadic ? ".." : ""
            parts.append(dots + parameter.name + (parameter.defaultValue.map { "=\($0.span.text)" } ?? ""))
        }
        return "\(syntax.name ?? "fn")(\(parts.joined(separator: ", ")))"
    }
}

/// A function with the variables that it captured.
final class Closure: @unchecked Sendable {
    let code: Code
    /// Taken away only by `ClosureCycle`.
    var captures: [Box]

    init(code: Code, captures: [Box]) {
        self.code = code
        self.captures = captures
    }
}
