/// A range of ints, `1..8` with both ends or `0..<8` without the end. It is empty where the end lies before the start.
public struct RangeValue: Sendable, Equatable {
    /// The first int.
    public let start: Int
    /// The end, which belongs to the range only if `inclusive` is true.
    public let end: Int
    /// Whether the end belongs to the range.
    public let inclusive: Bool

    /// Creates a range.
    public init(start: Int, end: Int, inclusive: Bool) {
        self.start = start
        self.end = end
        self.inclusive = inclusive
    }

    /// The number of ints, at most `Int.max`.
    public var count: Int {
        guard end >= start else { return 0 }
        let (distance, overflow) = end.subtractingReportingOverflow(start)
        if overflow { return Int.max }
        if !inclusive { return distance }
        return distance == Int.max ? Int.max : distance + 1
    }

    /// Returns whether an int lies in the range.
    public func contains(_ value: Int) -> Bool {
        value >= start && (inclusive ? value <= end : value < end)
    }

    /// Returns the ints as a list. Throws `.tooManyBytes` where the list would exceed the size of one value, and `.interrupted`.
    public func items() throws -> [Value] {
        try Reservation.check([count], of: MemoryLayout<Value>.stride, what: "a list from \(text)")
        return try polledMap { .int($0) }
    }

    /// The range as it is written: "1..8".
    public var text: String { inclusive ? "\(start)..\(end)" : "\(start)..<\(end)" }
}

extension RangeValue: Sequence {
    /// Iterates over the ints in ascending order.
    public struct Iterator: IteratorProtocol {
        fileprivate var following: Int?
        fileprivate let last: Int

        /// Returns the next int, or nil after the last.
        public mutating func next() -> Int? {
            guard let current = following else { return nil }
            following = current < last ? current + 1 : nil
            return current
        }
    }

    /// Returns an iterator over the ints.
    public func makeIterator() -> Iterator {
        guard count > 0 else { return Iterator(following: nil, last: start) }
        return Iterator(following: start, last: inclusive ? end : end - 1)
    }

    /// The number of ints, at most `Int.max`.
    public var underestimatedCount: Int { count }
}
