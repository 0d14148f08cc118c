/// The rules of the operators. They know no places: they throw `Problem`s, to which the nodes add spans.
enum Operators {
    /// Returns the result of a binary operator. Throws a `Problem` where the operator does not take the operands.
    static func apply(_ op: BinaryOperator, _ left: Value, _ right: Value, _ context: Context) throws -> Value {
        switch (left, right) {
        case (.int(let a), .int(let b)): return try integers(op, a, b)
        case (.int, .float), (.float, .int), (.float, .float):
            return try floats(op, left.number ?? 0, right.number ?? 0)
        case (.host, _), (_, .host):
            if let value = try hosts(op, left, right) { return value }
        case (.string(let a), .string(let b)):
            if op == .add { return .string(try joined(a, b, context)) }
            if op.isComparison { return .bool(op.compare(a, b)) }
        case (.list(let a), .list(let b)) where op == .add:
            try Reservation.check([a.count + b.count], of: MemoryLayout<Value>.stride, what: "this list")
            return .list(try joined(a, b))
        case (.bool(let a), .bool(let b)) where op == .and: return .bool(a && b)
        case (.bool(let a), .bool(let b)) where op == .or: return .bool(a || b)
        default: break
        }
        if op == .equal { return .bool(try isEqual(left, right)) }
        if op == .notEqual { return .bool(!(try isEqual(left, right))) }
        throw unsupported(op, left, right)
    }

    private static func joined(_ a: String, _ b: String, _ context: Context) throws -> String {
        try Reservation.check([a.utf8.count + b.utf8.count], what: "this string")
        return a + b
    }

    /// Concatenates lists, a piece at a time, so that a requested stop can end it.
    private static func joined(_ a: [Value], _ b: [Value]) throws -> [Value] {
        guard a.count + b.count >= Aside.noticed else { return a + b }
        var result: [Value] = []
        result.reserveCapacity(a.count + b.count)
        do {
            for items in [a, b] {
                for start in stride(from: 0, to: items.count, by: Aside.noticed) {
                    try Interrupt.current?.check()
                    result += items[start..<min(start + Aside.noticed, items.count)]
                }
            }
        } catch {
            Disposal.release(&result)
            throw error
        }
        return result
    }

    /// Asks both operands, the left one first; nil where neither supports the operator.
    private static func hosts(_ op: BinaryOperator, _ left: Value, _ right: Value) throws -> Value? {
        if case .host(let host) = left, let value = try host.binary(op, right, isLeft: true) { return value }
        if case .host(let host) = right, let value = try host.binary(op, left, isLeft: false) { return value }
        return nil
    }

    // MARK: numbers

    private static func integers(_ op: BinaryOperator, _ a: Int, _ b: Int) throws -> Value {
        switch op {
        case .add: return try checked(a.addingReportingOverflow(b), "+", a, b)
        case .subtract: return try checked(a.subtractingReportingOverflow(b), "-", a, b)
        case .multiply: return try checked(a.multipliedReportingOverflow(by: b), "*", a, b)
        case .divide: return try floats(op, Double(a), Double(b))
        case .floorDivide, .remainder: return try floorDivision(op, a, b)
        case .power: return try power(a, b)
        case .and, .or:
            throw Problem(
                .badOperands, "\"\(op.rawValue)\" does not take ints", help: "it joins masks, and bools")
        default: return .bool(op.compare(a, b))
        }
    }

    private static func checked(
        _ result: (partialValue: Int, overflow: Bool), _ op: String, _ a: Int, _ b: Int
    ) throws -> Value {
        if result.overflow { throw overflow("\(a) \(op) \(b)") }
        return .int(result.partialValue)
    }

    private static func overflow(_ text: String) -> Problem {
        Problem(
            .integerOverflow, "\(text) is too large for an int", notes: ["ints go to ±\(Int.max)"],
            help: "write one of them as a float, with a dot")
    }

    /// Returns the quotient or the remainder of a division that rounds down: `a == a // b * b + a % b`, and the remainder has the divisor's
    /// sign.
    private static func floorDivision(_ op: BinaryOperator, _ a: Int, _ b: Int) throws -> Value {
        guard b != 0 else { throw divisionByZero(op) }
        let (quotient, overflow) = a.dividedReportingOverflow(by: b)
        if overflow {
            if op == .remainder { return .int(0) }
            throw Operators.overflow("\(a) // \(b)")
        }
        let remainder = a % b
        let down = remainder != 0 && (remainder < 0) != (b < 0)
        if op == .floorDivide { return .int(down ? quotient - 1 : quotient) }
        return .int(down ? remainder + b : remainder)
    }

    /// Returns the int power; a negative exponent gives a float. Throws `.integerOverflow`.
    private static func power(_ base: Int, _ exponent: Int) throws -> Value {
        guard exponent >= 0 else { return try floats(.power, Double(base), Double(exponent)) }
        var result = 1
        var square = base
        var left = exponent
        while left > 0 {
            if left & 1 == 1 {
                let (product, overflow) = result.multipliedReportingOverflow(by: square)
                if overflow { throw Operators.overflow("\(base) ** \(exponent)") }
                result = product
            }
            left >>= 1
            if left > 0 {
                let (product, overflow) = square.multipliedReportingOverflow(by: square)
                if overflow { throw Operators.overflow("\(base) ** \(exponent)") }
                square = product
            }
        }
        return .int(result)
    }

    private static func floats(_ op: BinaryOperator, _ a: Double, _ b: Double) throws -> Value {
        switch op {
        case .add: return .float(a + b)
        case .subtract: return .float(a - b)
        case .multiply: return .float(a * b)
        case .divide, .floorDivide, .remainder:
            guard b != 0 else { throw divisionByZero(op) }
            if op == .divide { return .float(a / b) }
            if op == .floorDivide { return .float((a / b).rounded(.down)) }
            // The remainder is exact even where the quotient cannot be represented.
            let rest = a.truncatingRemainder(dividingBy: b)
            return .float(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
        case .power: return .float(try realPower(a, b))
        case .and, .or:
            throw Problem(
                .badOperands, "\"\(op.rawValue)\" does not take numbers", help: "it joins masks, and bools")
        default: return .bool(op.compare(a, b))
        }
    }

    private static func realPower(_ a: Double, _ b: Double) throws -> Double {
        if a == 0, b < 0 { throw divisionByZero(.power) }
        let value = raise(a, b)
        if value.isNaN, !a.isNaN, !b.isNaN {
            throw Problem(.notFinite, "\(floatText(a)) ** \(floatText(b)) is not a real number")
        }
        return value
    }

    private static func divisionByZero(_ op: BinaryOperator) -> Problem {
        Problem(.divisionByZero, op == .power ? "zero has no negative power" : "division by zero")
    }

    // MARK: unary

    /// Returns the result of a unary operator. Throws a `Problem` where it does not take the operand.
    static func apply(_ op: UnaryOperator, _ value: Value) throws -> Value {
        switch (op, value) {
        case (.negate, .int(let number)):
            if number == Int.min { throw overflow("-(\(number))") }
            return .int(-number)
        case (.negate, .float(let number)): return .float(-number)
        case (.not, .bool(let flag)): return .bool(!flag)
        case (_, .host(let host)):
            if let result = try host.unary(op) { return result }
        default: break
        }
        throw Problem(.badOperands, "\"\(op.rawValue)\" does not take \(value.describedType)")
    }

    // MARK: containment

    /// Returns `item in container`. Throws `.badOperands` for a container that holds no items.
    static func contains(_ item: Value, in container: Value) throws -> Bool {
        switch container {
        case .list(let items):
            return try isAmong(item, items)
        case .range(let range):
            guard let number = item.number else { return false }
            return Int(exactly: number).map(range.contains) ?? false
        case .string(let text):
            guard case .string(let part) = item else {
                throw Problem(.badOperands, "only a string can be in a string, not \(item.describedType)")
            }
            return try TextSearch.contains(text, part)
        case .record(let record):
            guard case .string(let key) = item else { return false }
            return record[key] != nil
        case .host(let host):
            if let answer = try host.contains(item) { return answer }
            if let items = host.elements { return try isAmong(item, items) }
        default: break
        }
        throw Problem(.badOperands, "\"in\" does not look into \(container.describedType)")
    }

    private static func isAmong(_ item: Value, _ items: [Value]) throws -> Bool {
        var poll = Poll()
        for other in items {
            try poll.step()
            if try isEqual(item, other) { return true }
        }
        return false
    }

    /// Returns the problem of an operator that does not take the operands, with help for common mistakes.
    static func unsupported(_ op: BinaryOperator, _ left: Value, _ right: Value) -> Problem {
        var help: String?
        switch (op, left, right) {
        case (_, .none, _), (_, _, .none): help = "x ?? y gives y where x is none"
        case (.add, .string, _), (.add, _, .string): help = "values go into a string by braces: \"{a}{b}\""
        case (.add, .list, _): help = "an item is added as a list: xs + [x]"
        case (.multiply, .string, _), (.multiply, _, .string): help = "a text n times: repeat(text, n)"
        case (.remainder, .string, _): help = "values go into a string by braces: \"{x}\", \"{x:.3f}\""
        case (.multiply, .list, _), (.multiply, _, .list):
            help = "a list of n equal items: [x for _ in 1..n]"
        case (.less, .list, .list), (.greater, .list, .list): help = "compare their lengths, or their items"
        default: break
        }
        return Problem(
            op.isComparison ? .cannotCompare : .badOperands,
            "\"\(op.rawValue)\" does not take \(left.describedType) and \(right.describedType)", help: help)
    }
}
