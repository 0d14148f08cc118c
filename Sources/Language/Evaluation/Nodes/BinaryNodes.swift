/// An operator with two operands. Subclasses take a short way for ints and floats; all other operands go through `Operators.apply`.
class BinaryNode: Node {
    final let op: BinaryOperator
    final let left: Node
    final let right: Node
    final let at: Span

    init(_ op: BinaryOperator, _ left: Node, _ right: Node, at: Span, span: Span) {
        self.op = op
        self.left = left
        self.right = right
        self.at = at
        super.init(span: span)
    }

    /// Returns the node for an operator.
    static func make(_ op: BinaryOperator, _ left: Node, _ right: Node, at: Span, span: Span) -> Node {
        switch op {
        case .add: AddNode(op, left, right, at: at, span: span)
        case .subtract: SubtractNode(op, left, right, at: at, span: span)
        case .multiply: MultiplyNode(op, left, right, at: at, span: span)
        case .less, .lessEqual, .greater, .greaterEqual, .equal, .notEqual:
            CompareNode(op, left, right, at: at, span: span)
        default: BinaryNode(op, left, right, at: at, span: span)
        }
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        try apply(try left.evaluate(frame), try right.evaluate(frame), frame)
    }

    final func apply(_ leftValue: Value, _ rightValue: Value, _ frame: Frame) throws -> Value {
        do {
            return try Operators.apply(op, leftValue, rightValue, frame.machine.context)
        } catch let problem as Problem {
            throw operatorFailure(problem, op, (left.span, leftValue), (right.span, rightValue), at: at)
        } catch {
            throw asFailure(error, at: at)
        }
    }
}

/// Returns an operator's problem as a failure with labels under both operands: the problem's own words, else their shapes, else their
/// types.
func operatorFailure(
    _ problem: Problem, _ op: BinaryOperator, _ left: (span: Span?, value: Value),
    _ right: (span: Span?, value: Value), at: Span
) -> Failure {
    let shapes = left.value.shapeText != nil || right.value.shapeText != nil
    func text(_ value: Value) -> String {
        value.shapeText ?? (shapes && value.number != nil ? "a number" : value.typeName)
    }
    var labels: [Diagnostic.Label] = []
    if problem.code == .divisionByZero || problem.code == .integerOverflow {
        labels.append(.init(span: at, text: problem.label ?? "", primary: true))
    } else {
        if let span = left.span { labels.append(.init(span: span, text: problem.left ?? text(left.value))) }
        if let span = right.span {
            labels.append(.init(span: span, text: problem.right ?? text(right.value)))
        }
    }
    return Failure(problem, labels: labels)
}

final class AddNode: BinaryNode {
    override func evaluate(_ frame: Frame) throws -> Value {
        let first = try left.evaluate(frame)
        let second = try right.evaluate(frame)
        if case .int(let a) = first, case .int(let b) = second {
            let (sum, overflow) = a.addingReportingOverflow(b)
            if !overflow { return .int(sum) }
        } else if case .float(let a) = first, case .float(let b) = second {
            return .float(a + b)
        }
        return try apply(first, second, frame)
    }
}

final class SubtractNode: BinaryNode {
    override func evaluate(_ frame: Frame) throws -> Value {
        let first = try left.evaluate(frame)
        let second = try right.evaluate(frame)
        if case .int(let a) = first, case .int(let b) = second {
            let (difference, overflow) = a.subtractingReportingOverflow(b)
            if !overflow { return .int(difference) }
        } else if case .float(let a) = first, case .float(let b) = second {
            return .float(a - b)
        }
        return try apply(first, second, frame)
    }
}

final class MultiplyNode: BinaryNode {
    override func evaluate(_ frame: Frame) throws -> Value {
        let first = try left.evaluate(frame)
        let second = try right.evaluate(frame)
        if case .int(let a) = first, case .int(let b) = second {
            let (product, overflow) = a.multipliedReportingOverflow(by: b)
            if !overflow { return .int(product) }
        } else if case .float(let a) = first, case .float(let b) = second {
            return .float(a * b)
        }
        return try apply(first, second, frame)
    }
}

final class CompareNode: BinaryNode {
    override func evaluate(_ frame: Frame) throws -> Value {
        let first = try left.evaluate(frame)
        let second = try right.evaluate(frame)
        if case .int(let a) = first, case .int(let b) = second { return .bool(op.compare(a, b)) }
        if case .float(let a) = first, case .float(let b) = second { return .bool(op.compare(a, b)) }
        return try apply(first, second, frame)
    }
}

extension BinaryOperator {
    var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: true
        default: false
        }
    }

    /// Returns the result of a comparison; false for operators that are none.
    @inline(__always)
    func compare<T: Comparable>(_ a: T, _ b: T) -> Bool {
        switch self {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessEqual: a <= b
        case .greater: a > b
        case .greaterEqual: a >= b
        default: false
        }
    }
}
