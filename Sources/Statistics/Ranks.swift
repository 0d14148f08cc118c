/// Ranks from 1, with the mean rank for values that are equal.
public struct Ranks: Sendable {
    /// The rank of each value, in the values' order.
    public let ranks: [Double]
    /// Σ (t³ − t) over the groups of t equal values: 0 without ties.
    public let tieSum: Double

    /// Ranks finite numbers.
    public init(_ values: [Double]) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var (ranks, ties) = (Array(repeating: 0.0, count: values.count), 0.0)
        var first = 0
        while first < order.count {
            var last = first
            while last + 1 < order.count, values[order[last + 1]] == values[order[first]] { last += 1 }
            for place in first...last { ranks[order[place]] = Double(first + last) / 2 + 1 }
            let size = Double(last - first + 1)
            ties += size * size * size - size
            first = last + 1
        }
        (self.ranks, tieSum) = (ranks, ties)
    }
}
