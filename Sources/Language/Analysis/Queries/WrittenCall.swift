/// A call as it stands in a program: `lesson.predict("What appears?", none)`. Teaching material is read by such calls, without running it.
public struct WrittenCall: Sendable, Equatable {
    /// An argument of a call.
    public struct Argument: Sendable, Equatable {
        /// The parameter that it names; nil for an argument by position.
        public let label: String?
        /// The place of its value, in UTF-8 bytes of the program.
        public let range: Range<Int>
        /// The text of a string without expressions in it, or of the name of one that the program binds at its top level; nil for others.
        public let text: String?
        /// Whether it is `none`.
        public let isNone: Bool
    }

    /// The last name of what is called: "predict" for `lesson.predict(…)`.
    public let name: String
    /// The arguments in the order in which they are written.
    public let arguments: [Argument]
    /// The place of the call, in UTF-8 bytes of the program.
    public let range: Range<Int>

    /// Returns the argument of a parameter, given its name and its place among those by position; nil where it is left out.
    public func argument(_ label: String, at place: Int) -> Argument? {
        if let named = arguments.first(where: { $0.label == label }) { return named }
        let placed = arguments.filter { $0.label == nil }
        return placed.indices.contains(place) ? placed[place] : nil
    }
}

extension Session {
    /// Returns the calls in a program in their order; those of a program that cannot be parsed as far as it can be.
    public func writtenCalls(in source: String) -> [WrittenCall] {
        BigStack.running {
            let (program, _) = Parser.recover(SourceFile(name: "", text: source), commands: context.builtins.commandNames)
            var reader = CallReader(program.statements)
            for statement in program.statements { statement.forEachPart { reader.visit($0) } }
            return reader.calls
        }
    }
}

/// Collects the calls of a syntax tree.
private struct CallReader {
    private(set) var calls: [WrittenCall] = []
    /// The texts that names stand for.
    private var texts: [String: String] = [:]

    init(_ statements: [Statement]) {
        for case .assign(.name(let name, _), let value) in statements.map(\.kind) { texts[name] = Self.text(value) }
    }

    mutating func visit(_ part: SyntaxPart) {
        switch part {
        case .expression(let expression):
            if case .call(let call) = expression.kind { note(call, expression.span) }
            expression.forEachPart { visit($0) }
        case .block(let block): for statement in block.statements { statement.forEachPart { visit($0) } }
        case .function(let function): function.forEachPart { visit($0) }
        }
    }

    private mutating func note(_ call: CallSyntax, _ span: Span) {
        let name: String
        switch call.callee.kind {
        case .name(let own): name = own
        case .field(_, let last, _): name = last
        default: return
        }
        let arguments = call.arguments.map { argument in
            let value = argument.value
            var (text, isNone) = (Self.text(value), false)
            if case .name(let name) = value.kind { text = texts[name] }
            if case .none = value.kind { isNone = true }
            return WrittenCall.Argument(label: argument.label, range: value.span.start..<value.span.end, text: text, isNone: isNone)
        }
        calls.append(WrittenCall(name: name, arguments: arguments, range: span.start..<span.end))
    }

    /// Returns the text of a string without expressions in it, or nil.
    private static func text(_ expression: Expression) -> String? {
        guard case .string(let parts) = expression.kind else { return nil }
        var result = ""
        for part in parts {
            guard case .text(let text) = part else { return nil }
            result += text
        }
        return result
    }
}
