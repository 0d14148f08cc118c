/// Bootstrap intervals of a mean (Efron and Tibshirani 1993): the values are drawn again with replacement many times, and the interval is
/// read off the means that come out. For paired differences, give the differences. Where values come in clusters (the prompts of a scene),
/// whole clusters are drawn: values of one cluster are not independent, and an interval that ignores it is too narrow.
public struct Bootstrap: Sendable, Equatable {
    /// How the interval is read off the means of the resamples.
    public enum Method: String, Sendable, CaseIterable {
        /// Corrected for bias and skewness, by the acceleration of a jackknife.
        case bca
        /// The quantiles of the means.
        case percentile
    }

    /// The mean of all values.
    public let mean: Double
    /// The ends of the interval; nil where there is a single cluster.
    public let interval: (low: Double, high: Double)?

    /// Whether mean and interval are equal.
    public static func == (a: Bootstrap, b: Bootstrap) -> Bool {
        a.mean == b.mean && a.interval?.low == b.interval?.low && a.interval?.high == b.interval?.high
    }

    /// Computes the interval. Returns nil where there are no values, `level` is not inside of 0…1, or there is no resample.
    ///
    /// - Parameters:
    ///   - values: Finite numbers.
    ///   - clusters: The cluster of each value, in 0..<number of clusters; nil where each is its own.
    ///   - level: The share of intervals that are to cover the mean.
    ///   - resamples: How often the clusters are drawn again.
    ///   - draw: Returns `count` random numbers in 0..<`count` for a resample; equal arguments give equal numbers. What it throws ends the
    ///     computation.
    public init?(
        _ values: [Double], clusters: [Int]? = nil, level: Double = 0.95, method: Method = .bca, resamples: Int = 10_000,
        draw: (_ resample: Int, _ count: Int) throws -> [Int]
    ) rethrows {
        guard !values.isEmpty, level > 0, level < 1, resamples > 0 else { return nil }
        let parts = Self.parts(values, clusters ?? Array(values.indices))
        // In the order of the values, so that it equals the mean of `summary` to the last bit.
        mean = values.reduce(0) { $0 + $1 / Double(values.count) }
        guard parts.count > 1 else {
            interval = nil
            return
        }
        var means = try (0..<resamples).map { resample in
            var (sum, count) = (0.0, 0.0)
            for index in try draw(resample, parts.count) {
                sum += parts[index].sum
                count += parts[index].count
            }
            return sum / count
        }
        means.sort()
        // Computed as the means of the resamples are, so that equal ones count as equal.
        let center = parts.reduce(0) { $0 + $1.sum } / parts.reduce(0) { $0 + $1.count }
        let tails = method == .bca ? Self.corrected(level, center, means, parts) : ((1 - level) / 2, (1 + level) / 2)
        interval = (Self.quantile(means, tails.0), Self.quantile(means, tails.1))
    }

    private typealias Part = (sum: Double, count: Double)

    /// Returns the sum and number of the values of each cluster that has any.
    private static func parts(_ values: [Double], _ clusters: [Int]) -> [Part] {
        var parts = Array(repeating: Part(0, 0), count: (clusters.max() ?? -1) + 1)
        for (value, cluster) in zip(values, clusters) {
            parts[cluster].sum += value
            parts[cluster].count += 1
        }
        return parts.filter { $0.count > 0 }
    }

    /// Returns the shares of the means below the two ends, corrected for bias z₀ and acceleration a (equation 14.10 of the book).
    private static func corrected(_ level: Double, _ mean: Double, _ means: [Double], _ parts: [Part]) -> (Double, Double) {
        let (below, equal) = (means.count { $0 < mean }, means.count { $0 == mean })
        let share = (Double(below) + Double(equal) / 2) / Double(means.count)
        let bias = NormalDistribution.quantile(share)
        let (sum, count) = (parts.reduce(0) { $0 + $1.sum }, parts.reduce(0) { $0 + $1.count })
        let left = parts.map { (sum - $0.sum) / (count - $0.count) }
        let middle = left.reduce(0, +) / Double(left.count)
        let (squares, cubes) = left.reduce(into: (0.0, 0.0)) { sums, value in
            let d = middle - value
            sums.0 += d * d
            sums.1 += d * d * d
        }
        let acceleration = squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
        func end(_ p: Double) -> Double {
            let z = bias + NormalDistribution.quantile(p)
            let share = NormalDistribution.cumulative(bias + z / (1 - acceleration * z))
            // All means are equal or lie on one side: there is nothing to correct by.
            return share.isNaN ? p : share
        }
        return (end((1 - level) / 2), end((1 + level) / 2))
    }

    /// Returns the quantile of sorted numbers, between two of them on the straight line.
    private static func quantile(_ sorted: [Double], _ p: Double) -> Double {
        let place = p * Double(sorted.count - 1)
        let index = min(max(0, Int(place)), sorted.count - 1)
        let next = min(index + 1, sorted.count - 1)
        return sorted[index] + (place - Double(index)) * (sorted[next] - sorted[index])
    }
}
