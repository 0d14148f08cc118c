/// `and` and `or`; the right side is evaluated only where the left one does not decide.
final class LogicalNode: Node {
    private let isAnd: Bool
    private let left: Node
    private let right: Node

    init(and isAnd: Bool, _ left: Node, _ right: Node, span: Span) {
        self.isAnd = isAnd
        self.left = left
        self.right = right
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let word = isAnd ? "and" : "or"
        let first = try left.evaluate(frame)
        let flag = try left.flag(first, of: "\"\(word)\"")
        if flag != isAnd { return .bool(flag) }
        return .bool(try right.flag(try right.evaluate(frame), of: "\"\(word)\""))
    }
}

extension Node {
    /// Returns the bool, or throws `.notABool` at this node. `user` is the quoted keyword that needs the bool.
    @inline(__always)
    final func flag(_ value: Value, of user: String) throws -> Bool {
        if case .bool(let flag) = value { return flag }
        throw notABool(value, of: user)
    }

    private func notABool(_ value: Value, of user: String) -> Failure {
        let text = span?.text ?? "x"
        let help: String? =
            switch value {
            case .none: "\(text) == none"
            case .int, .float: "\(text) != 0"
            case .string, .list, .record: "len(\(text)) > 0"
            default: nil
            }
        return failure(
            .notABool, "\(user) wants true or false", label: "this is \(value.describedType)",
            help: help.map { "write the comparison: \($0)" })
    }
}

final class UnaryNode: Node {
    private let op: UnaryOperator
    private let isWord: Bool
    private let operand: Node

    init(_ op: UnaryOperator, word: Bool, _ operand: Node, span: Span) {
        self.op = op
        isWord = word
        self.operand = operand
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let value = try operand.evaluate(frame)
        if isWord { return .bool(!(try operand.flag(value, of: "\"not\""))) }
        do {
            return try Operators.apply(op, value)
        } catch let problem as Problem {
            throw Failure(
                problem, at: operand.span, label: value.shapeText ?? "this is \(value.describedType)")
        } catch {
            throw asFailure(error, at: span)
        }
    }
}

/// `x ?? y`, which is y where x is none.
final class CoalesceNode: Node {
    private let left: Node
    private let right: Node

    init(_ left: Node, _ right: Node, span: Span) {
        self.left = left
        self.right = right
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let value = try left.evaluate(frame)
        return value.isNone ? try right.evaluate(frame) : value
    }
}

/// `x in xs` and `x not in xs`.
final class ContainsNode: Node {
    private let item: Node
    private let container: Node
    private let negated: Bool
    private let at: Span

    init(_ item: Node, in container: Node, negated: Bool, at: Span, span: Span) {
        self.item = item
        self.container = container
        self.negated = negated
        self.at = at
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let value = try item.evaluate(frame)
        let whole = try container.evaluate(frame)
        do {
            return .bool(try Operators.contains(value, in: whole) != negated)
        } catch let problem as Problem {
            throw operatorFailure(problem, .equal, (item.span, value), (container.span, whole), at: at)
        } catch {
            throw asFailure(error, at: span)
        }
    }
}

final class RangeNode: Node {
    private let low: Node
    private let high: Node
    private let inclusive: Bool

    init(_ low: Node, _ high: Node, inclusive: Bool, span: Span) {
        self.low = low
        self.high = high
        self.inclusive = inclusive
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let start = try end(low, frame)
        return .range(RangeValue(start: start, end: try end(high, frame), inclusive: inclusive))
    }

    /// Returns an end of the range, or throws where it is not an int.
    private func end(_ node: Node, _ frame: Frame) throws -> Int {
        let value = try node.evaluate(frame)
        if case .int(let number) = value { return number }
        throw node.failure(
            .wrongType, "a range goes from an int to an int", label: "this is \(value.describedType)",
            help: value.number == nil ? nil : "linspace-like lists are made by [x / 10 for x in 0..10]")
    }
}
