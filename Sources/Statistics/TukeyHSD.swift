/// Tukey's honestly significant differences: every pair of group means compared, with one error rate for all pairs together; groups of
/// unequal sizes by Tukey and Kramer.
public struct TukeyHSD: Sendable {
    /// Two groups compared.
    public struct Comparison: Sendable, Equatable {
        /// The places of the two groups.
        public let first: Int, second: Int
        /// The mean of the first less that of the second.
        public let difference: Double
        /// The ends of the simultaneous interval of the difference.
        public let low: Double, high: Double
        /// The probability of such a difference between any two of so many groups where all means are equal.
        public let pValue: Double
    }

    /// Every pair, the earlier group first, in the order of the groups.
    public let comparisons: [Comparison]
    /// The degrees of freedom within groups.
    public let freedom: Int
    /// The variance within groups, pooled.
    public let variance: Double

    /// Compares groups of finite numbers, with intervals of a level in 0…1. Returns nil where there are fewer than two groups, one is empty,
    /// there is no degree of freedom within groups, or `level` is not inside of 0…1. Where the values of every group are all equal, the
    /// variance is 0: a p-value is then 0, or 1 between equal means.
    public init?(_ groups: [[Double]], level: Double = 0.95) {
        let count = groups.reduce(0) { $0 + $1.count }
        guard groups.count >= 2, groups.allSatisfy({ !$0.isEmpty }), count > groups.count, level > 0, level < 1 else { return nil }
        let means = groups.map { $0.reduce(0, +) / Double($0.count) }
        let squares = zip(groups, means).reduce(0) { sum, group in
            sum + group.0.reduce(0) { $0 + ($1 - group.1) * ($1 - group.1) }
        }
        freedom = count - groups.count
        variance = squares / Double(freedom)
        let critical = StudentizedRange.upperQuantile(1 - level, groups: groups.count, freedom: Double(freedom))
        var comparisons: [Comparison] = []
        for first in groups.indices {
            for second in groups.indices.dropFirst(first + 1) {
                let difference = means[first] - means[second]
                let error = (variance / 2 * (1 / Double(groups[first].count) + 1 / Double(groups[second].count))).squareRoot()
                let p =
                    difference == 0
                    ? 1 : StudentizedRange.survival(abs(difference) / error, groups: groups.count, freedom: Double(freedom))
                comparisons.append(
                    Comparison(
                        first: first, second: second, difference: difference, low: difference - critical * error,
                        high: difference + critical * error, pValue: p))
            }
        }
        self.comparisons = comparisons
    }
}
