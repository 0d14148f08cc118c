extension Value {
    /// Returns what `==` gives in a program. Throws `.interrupted`, and `.tooManySteps` for values that share parts so often that
    /// comparing them would take too long.
    public func isEqual(to other: Value) throws -> Bool { try Operators.isEqual(self, other) }
}

extension Operators {
    /// Returns whether two values are equal: numbers by amount, lists and records item by item, user's functions by identity and builtins
    /// by name. Values of different types are unequal. Throws `.interrupted`, and `.tooManySteps` for values that share parts so often that
    /// comparing them would take too long.
    static func isEqual(_ left: Value, _ right: Value) throws -> Bool {
        var steps = 0
        return try isEqual(left, right, &steps)
    }

    private static let mostComparisons = 100_000_000

    private static func isEqual(_ left: Value, _ right: Value, _ steps: inout Int) throws -> Bool {
        switch (left, right) {
        case (.none, .none): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.int(let a), .int(let b)): return a == b
        case (.int, .float), (.float, .int), (.float, .float): return left.number == right.number
        case (.string(let a), .string(let b)): return a == b
        case (.range(let a), .range(let b)): return a == b
        case (.function(let a), .function(let b)):
            return a === b || (a.builtin != nil && a.name == b.builtin?.name)
        case (.list(let a), .list(let b)):
            guard a.count == b.count else { return false }
            try count(a.count, &steps)
            var poll = Poll()
            for (one, other) in zip(a, b) {
                try poll.step()
                if !(try isEqual(one, other, &steps)) { return false }
            }
            return true
        case (.record(let a), .record(let b)): return try isEqual(a, b, &steps)
        case (.host(let a), .host(let b)):
            let answer = a.isEqual(to: b)
            try Interrupt.current?.check()
            return answer
        default: return false
        }
    }

    /// Compares records; the order of keys does not matter.
    private static func isEqual(_ left: Record, _ right: Record, _ steps: inout Int) throws -> Bool {
        guard left.count == right.count else { return false }
        try count(left.count, &steps)
        var poll = Poll()
        for (key, value) in left.pairs {
            try poll.step()
            guard let other = right[key], try isEqual(value, other, &steps) else { return false }
        }
        return true
    }

    /// Counts compared items. Throws `.tooManySteps` beyond the limit.
    private static func count(_ items: Int, _ steps: inout Int) throws {
        steps += items + 1
        guard steps > mostComparisons else { return }
        throw Problem(
            .tooManySteps, "these values hold more than \(mostComparisons) others, too many to compare",
            notes: ["a value that is held twice is compared twice"])
    }
}
