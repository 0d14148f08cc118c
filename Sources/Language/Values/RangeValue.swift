/// `1..8` (both ends) or `0..<8` (without the end). Empty when the end lies before the start.
public struct RangeValue: Sendable, Equatable {
    public let start: Int
    public let end: Int
    public let inclusive: Bool

    public init(start: Int, end: Int, inclusive: Bool) {
        self.start = start
        self.end = end
        self.inclusive = inclusive
    }

    /// How many ints it holds; saturates at `Int.max`.
    public var count: Int {
        guard end >= start else { return 0 }
        let (distance, overflow) = end.subtractingReportingOverflow(start)
        if overflow { return Int.max }
        if !inclusive { return distance }
        return distance == Int.max ? Int.max : distance + 1
    }

    /// The ints as a half-open Swift range. A range that ends at `Int.max` inclusively loses its last int,
    /// which no loop reaches in anyone's lifetime.
    public var indices: Range<Int> {
        guard end >= start else { return start..<start }
        if inclusive { return start..<(end == Int.max ? end : end + 1) }
        return start..<end
    }

    public func contains(_ value: Int) -> Bool {
        value >= start && (inclusive ? value <= end : value < end)
    }

    /// The ints as a list. Throws `.tooManyBytes` where they are more than one value may hold, `.interrupted`.
    public func items() throws -> [Value] {
        try Reservation.check([count], of: MemoryLayout<Value>.stride, what: "a list from \(text)")
        return try indices.polledMap { .int($0) }
    }

    public var text: String { inclusive ? "\(start)..\(end)" : "\(start)..<\(end)" }
}
