/// An executable node. The compiler turns syntax trees into these with all names resolved to slots.
class Node {
    let span: Span?

    init(span: Span?) {
        self.span = span
    }

    /// The node's value; statements give none. Throws `Failure`, or `Unwind` out of an expression's middle.
    func evaluate(_ frame: Frame) throws -> Value { .none }

    /// Whether the node may leave `frame.signal` set, so that blocks around it look.
    var maySignal: Bool { false }

    /// A failure at this node.
    func failure(
        _ code: ErrorCode, _ message: String, label: String = "", notes: [String] = [], help: String? = nil
    ) -> Failure {
        let labels = span.map { [Diagnostic.Label(span: $0, text: label, primary: true)] } ?? []
        return Failure(Diagnostic(code: code, message: message, labels: labels, notes: notes, help: help))
    }

    /// A problem raised below, at this node.
    func failure(_ problem: Problem) -> Failure {
        Failure(problem, at: span, label: problem.label ?? "")
    }
}

final class ConstantNode: Node {
    private let value: Value

    init(_ value: Value, span: Span?) {
        self.value = value
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value { value }
}

/// Stands where an expression with blocks is an operand: a signal set inside becomes an `Unwind`.
final class BarrierNode: Node {
    private let inner: Node

    init(_ inner: Node) {
        self.inner = inner
        super.init(span: inner.span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let value = try inner.evaluate(frame)
        if frame.signal != .none { throw Unwind() }
        return value
    }
}
