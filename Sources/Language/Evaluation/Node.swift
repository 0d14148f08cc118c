/// An executable node of a compiled program, with all names resolved.
class Node {
    let span: Span?

    init(span: Span?) {
        self.span = span
    }

    /// Returns the node's value; none for statements. Throws a `Failure`, or an `Unwind` out of the middle of an expression.
    func evaluate(_ frame: Frame) throws -> Value { .none }

    /// Whether evaluating the node may set `frame.signal`, so that enclosing blocks must look at it.
    var maySignal: Bool { false }

    /// Returns a failure at this node.
    func failure(
        _ code: ErrorCode, _ message: String, label: String = "", notes: [String] = [], help: String? = nil
    ) -> Failure {
        let labels = span.map { [Diagnostic.Label(span: $0, text: label, primary: true)] } ?? []
        return Failure(Diagnostic(code: code, message: message, labels: labels, notes: notes, help: help))
    }

    /// Returns a problem as a failure at this node.
    func failure(_ problem: Problem) -> Failure {
        Failure(problem, at: span, label: problem.label ?? "")
    }
}

/// A literal.
final class ConstantNode: Node {
    private let value: Value

    init(_ value: Value, span: Span?) {
        self.value = value
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value { value }
}

/// Stands around an expression with blocks that is an operand: a signal set within it is thrown as an `Unwind`.
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
