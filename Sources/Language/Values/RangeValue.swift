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

    public func contains(_ value: Int) -> Bool {
        value >= start && (inclusive ? value <= end : value < end)
    }

    /// The ints as a list. Throws `.tooManyBytes` where they are more than one value may hold, `.interrupted`.
    public func items() throws -> [Value] {
        try Reservation.check([count], of: MemoryLayout<Value>.stride, what: "a list from \(text)")
        return try polledMap { .int($0) }
    }

    public var text: String { inclusive ? "\(start)..\(end)" : "\(start)..<\(end)" }
}

extension RangeValue: Sequence {
    public struct Iterator: IteratorProtocol {
        fileprivate var following: Int?
        fileprivate let last: Int

        public mutating func next() -> Int? {
            guard let current = following else { return nil }
            following = current < last ? current + 1 : nil
            return current
        }
    }

    public func makeIterator() -> Iterator {
        guard count > 0 else { return Iterator(following: nil, last: start) }
        return Iterator(following: start, last: inclusive ? end : end - 1)
    }

    public var underestimatedCount: Int { count }
}
