extension FlowChecker {
    // MARK: conditions

    /// Returns a condition's value where it is known, else nil, and reports what is not a bool. `user` is the quoted keyword that needs the
    /// bool.
    @discardableResult
    func checkFlag(_ condition: Expression, of user: String) -> Bool? {
        let type = type(of: condition)
        if case .constant(.bool(let flag)) = type { return flag }
        switch type {
        case .bool, .unknown, .number: return nil
        default: break
        }
        guard let example = type.example else { return nil }
        let text = condition.span.text
        let help: String? =
            switch example {
            case .none: "\(text) == none"
            case .int, .float: "\(text) != 0"
            case .string, .list, .record: "len(\(text)) > 0"
            default: nil
            }
        fail(
            .notABool, "\(user) wants true or false", condition.span, label: "this is \(example.describedType)",
            help: help.map { "write the comparison: \($0)" })
        return nil
    }

    /// Returns the type of `left and right` or `left or right`. The right side is checked silently where the left one decides.
    func logical(and isAnd: Bool, _ left: Expression, _ right: Expression) -> StaticType {
        let word = isAnd ? "\"and\"" : "\"or\""
        let first = checkFlag(left, of: word)
        if let first, first != isAnd {
            silently { _ = checkFlag(right, of: word) }
            return .constant(.bool(first))
        }
        let second = doubtfully(first == nil) { checkFlag(right, of: word) }
        if first == nil { return second == !isAnd ? .constant(.bool(!isAnd)) : .bool }
        return second.map { .constant(.bool($0)) } ?? .bool
    }

    /// Returns the type of `left ?? right`.
    func coalesce(_ left: Expression, _ right: Expression) -> StaticType {
        let first = optionalType(of: left)
        if case .constant(.none) = first { return type(of: right) }
        if first.isUnknown {
            _ = doubtfully { type(of: right) }
            return .unknown
        }
        // The left side has a known type other than none, so the right side is not evaluated.
        silently { _ = type(of: right) }
        return first
    }

    /// Returns the type of the left side of `??`, in which a missing field or key counts as none.
    private func optionalType(of expression: Expression) -> StaticType {
        switch expression.kind {
        case .field(let base, let name, let at): field(base, name, at, optional: true)
        case .index(let base, let parts): index(base, parts, optional: true)
        default: type(of: expression)
        }
    }

    /// Returns the type of a base, by the rules for the left side of `??` if `optional` is true.
    func optionalBase(_ base: Expression, _ optional: Bool) -> StaticType {
        optional ? optionalType(of: base) : type(of: base)
    }

    // MARK: operators

    /// Returns the type of a unary operator's result, and reports an operand that it cannot take. `word` means `not`.
    func unary(_ op: UnaryOperator, word: Bool, _ operand: Expression, _ span: Span) -> StaticType {
        if word { return checkFlag(operand, of: "\"not\"").map { .constant(.bool(!$0)) } ?? .bool }
        let type = type(of: operand)
        switch type {
        case .unknown: return .unknown
        case .number: return op == .negate ? .number : .unknown
        case .host(let host): if let result = host.unary(op) { return result }
        default: break
        }
        guard let example = type.example else { return .unknown }
        do {
            let result = StaticType(try Operators.apply(op, example))
            if case .constant = type { return result }
            return result.widened
        } catch let problem as Problem where problem.code == .badOperands {
            report(
                Failure(
                    problem, at: operand.span, label: example.shapeText ?? "this is \(example.describedType)"
                ).diagnostic)
        } catch {}
        return .unknown
    }

    /// Returns the type of a binary operator's result, and reports operands that it cannot take. `at` is the operator's place.
    func binary(_ op: BinaryOperator, _ left: Expression, _ right: Expression, _ at: Span, _ span: Span) -> StaticType {
        let (a, b) = (type(of: left), type(of: right))
        do {
            let result = try StaticOperators.apply(op, a, b, context)
            if op == .equal || op == .notEqual { checkComparison(op, a, b, at) }
            return result
        } catch let problem as Problem {
            report(
                operatorFailure(
                    problem, op, (left.span, a.example ?? .none), (right.span, b.example ?? .none), at: at
                ).diagnostic)
        } catch {}
        return .unknown
    }

    /// Returns the type of `item in container`, a bool, and reports operands for which it must fail.
    func contains(_ item: Expression, _ container: Expression, _ negated: Bool, _ at: Span) -> StaticType {
        let (a, b) = (type(of: item), type(of: container))
        guard let value = a.example, let whole = b.example else { return .bool }
        switch whole {
        case .list, .host, .range, .record: return .bool
        default: break
        }
        do {
            _ = try Operators.contains(value, in: whole)
        } catch let problem as Problem {
            report(operatorFailure(problem, .equal, (item.span, value), (container.span, whole), at: at).diagnostic)
        } catch {}
        return .bool
    }

    /// Returns the type of a range, a constant where both ends are known, and reports ends that cannot be ints.
    func range(_ low: Expression, _ high: Expression, inclusive: Bool) -> StaticType {
        let ends = [low, high].map { end -> Int? in
            let type = type(of: end)
            if let int = type.int { return int }
            switch type {
            case .int, .unknown, .number: return nil
            default: break
            }
            if let example = type.example {
                fail(
                    .wrongType, "a range goes from an int to an int", end.span,
                    label: "this is \(example.describedType)",
                    help: example.number == nil ? nil : "linspace-like lists are made by [x / 10 for x in 0..10]")
            }
            return nil
        }
        guard let start = ends[0], let end = ends[1] else { return .range }
        return .constant(.range(RangeValue(start: start, end: end, inclusive: inclusive)))
    }

    /// Warns of `==` and `!=` between values of types that are never equal.
    private func checkComparison(_ op: BinaryOperator, _ a: StaticType, _ b: StaticType, _ at: Span) {
        func kind(_ type: StaticType) -> String? {
            switch type {
            case .unknown, .host, .constant(.none), .function: nil
            case .int, .float, .number, .constant(.int), .constant(.float): "a number"
            case .list, .listOf, .range, .constant(.range): "a list"
            case .bool, .constant(.bool): "true or false"
            case .record: "a record"
            default: type.description
            }
        }
        guard let first = kind(a), let second = kind(b), first != second else { return }
        warn(
            .neverEqual, "this is always \(op == .equal ? "false" : "true"): \(first) never equals \(second)", at)
    }
}

/// Binary operators on types instead of values.
enum StaticOperators {
    /// Returns the type of the result. Throws the run's own `Problem` where the operator must fail for values of these types.
    static func apply(_ op: BinaryOperator, _ a: StaticType, _ b: StaticType, _ context: Context) throws -> StaticType {
        if case .host = a { return try hosts(op, a, b) }
        if case .host = b { return try hosts(op, a, b) }
        if op == .add, let result = joined(a, b) { return result }
        if case .number = a { return numbers(op, b) }
        if case .number = b { return numbers(op, a) }
        guard let left = a.example, let right = b.example else { return .unknown }
        if case .constant = a, case .constant = b {
            return StaticType(try Operators.apply(op, left, right, context))
        }
        do {
            return StaticType(try Operators.apply(op, left, right, context)).widened
        } catch let problem as Problem {
            if problem.code == .badOperands || problem.code == .cannotCompare { throw problem }
            let divides = op == .divide || op == .floorDivide || op == .remainder
            if problem.code == .divisionByZero, divides { throw problem }
            // The problem is that of the example value, such as an overflow, not of every value of the type.
            if case .int = left, case .int = right, op != .power { return .int }
            return .number
        }
    }

    /// Returns the type of an operator between `.number` and another type; unknown where the other type is no number.
    private static func numbers(_ op: BinaryOperator, _ other: StaticType) -> StaticType {
        guard case .some = other.widened.example?.number else {
            if case .number = other { return op.isComparison ? .bool : op == .divide ? .float : .number }
            return .unknown
        }
        return op.isComparison ? .bool : op == .divide ? .float : .number
    }

    /// Asks both operands, the left one first, as the run does. Throws a `Problem` where neither supports the operator.
    private static func hosts(_ op: BinaryOperator, _ a: StaticType, _ b: StaticType) throws -> StaticType {
        if case .host(let host) = a, let result = try host.binary(op, b, isLeft: true) { return result }
        if b.isUnknown { return .unknown }
        if case .host(let host) = b, let result = try host.binary(op, a, isLeft: false) { return result }
        if a.isUnknown { return .unknown }
        if op == .equal || op == .notEqual { return .bool }
        guard let left = a.example, let right = b.example else { return .unknown }
        throw Operators.unsupported(op, left, right)
    }

    /// Returns the type of two lists joined by `+`, or nil where the operands are not two lists.
    private static func joined(_ a: StaticType, _ b: StaticType) -> StaticType? {
        switch (a, b) {
        case (.list(let x), .list(let y)): .listing(x + y)
        case (.list(let x), .listOf(let y)), (.listOf(let y), .list(let x)):
            .listOf(x.isEmpty ? y : StaticType.join(x).join(y))
        case (.listOf(let x), .listOf(let y)): .listOf(x.join(y))
        default: nil
        }
    }
}
