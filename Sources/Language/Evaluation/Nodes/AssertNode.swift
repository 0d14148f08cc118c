/// An `assert condition, message`. A failed comparison shows the values of its two sides; of conditions joined by `and`, the first that
/// fails is reported.
final class AssertNode: Node {
    indirect enum Condition {
        case plain(Node)
        case comparison(BinaryOperator, Node, Node, at: Span)
        case contains(Node, in: Node, negated: Bool, at: Span)
        case both(Condition, Condition)
    }

    private typealias Side = (node: Node, value: Value)

    private let condition: Condition
    private let message: Node?

    init(_ condition: Condition, _ message: Node?, span: Span) {
        self.condition = condition
        self.message = message
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        try check(condition, frame)
        return .none
    }

    private func check(_ condition: Condition, _ frame: Frame) throws {
        switch condition {
        case .plain(let node):
            let holds = try node.flag(try node.evaluate(frame), of: "\"assert\"")
            if !holds {
                throw try failed(frame, node.span.map { [.init(span: $0, text: "false", primary: true)] })
            }
        case .comparison(let op, let left, let right, let at):
            let sides: (Side, Side) = ((left, try left.evaluate(frame)), (right, try right.evaluate(frame)))
            let result = try located(sides, op, at) {
                try Operators.apply(op, sides.0.value, sides.1.value, frame.machine.context)
            }
            if !(try flag(result, of: "\"assert\"")) { throw try failed(frame, sides, at) }
        case .contains(let item, let whole, let negated, let at):
            let sides: (Side, Side) = ((item, try item.evaluate(frame)), (whole, try whole.evaluate(frame)))
            let holds = try located(sides, .equal, at) {
                try Operators.contains(sides.0.value, in: sides.1.value) != negated
            }
            if !holds { throw try failed(frame, sides, at) }
        case .both(let first, let second):
            try check(first, frame)
            try check(second, frame)
        }
    }

    private func located<T>(_ sides: (Side, Side), _ op: BinaryOperator, _ at: Span, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let problem as Problem {
            throw operatorFailure(
                problem, op, (sides.0.node.span, sides.0.value), (sides.1.node.span, sides.1.value), at: at)
        }
    }

    /// Returns the failure of a comparison, with the value of each side that is not a literal below it.
    private func failed(_ frame: Frame, _ sides: (Side, Side), _ at: Span) throws -> Failure {
        var labels = [Diagnostic.Label(span: at, primary: true)]
        for side in [sides.0, sides.1] where !(side.node is ConstantNode) {
            guard let span = side.node.span else { continue }
            labels.append(.init(span: span, text: side.value.shortText))
        }
        return try failed(frame, labels)
    }

    private func failed(_ frame: Frame, _ labels: [Diagnostic.Label]?) throws -> Failure {
        let text = try message.map { try $0.evaluate(frame).inlineText }
        return Failure(
            Diagnostic(
                code: .assertionFailed, message: text.map { "assertion failed: \($0)" } ?? "assertion failed",
                labels: labels ?? []))
    }
}
