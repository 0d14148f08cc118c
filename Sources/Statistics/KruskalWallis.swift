/// The Kruskal–Wallis test: whether several groups of numbers come from one distribution, judged by ranks (Kruskal and Wallis 1952).
public struct KruskalWallis: Sendable, Equatable {
    /// The statistic H, corrected for ties; at least 0.
    public let statistic: Double
    /// The number of groups less one.
    public let freedom: Int
    /// The probability of such an H or a larger one where all groups are alike, by the chi-square distribution. It is an approximation, good
    /// from about five values a group on.
    public let pValue: Double
    /// The mean rank of each group.
    public let meanRanks: [Double]
    /// The share of the ranks' variance that the groups explain, H / (N − 1): 0…1 (epsilon squared, an effect size).
    public let effect: Double

    /// Tests groups of finite numbers. Returns nil where there are fewer than two groups, one is empty, or all values are equal.
    public init?(_ groups: [[Double]]) {
        guard groups.count >= 2, groups.allSatisfy({ !$0.isEmpty }) else { return nil }
        let ranks = Ranks(groups.flatMap { $0 })
        let n = Double(ranks.ranks.count)
        let correction = 1 - ranks.tieSum / (n * n * n - n)
        guard correction > 0 else { return nil }
        var (start, sum, means) = (0, 0.0, [Double]())
        for group in groups {
            let mean = ranks.ranks[start..<start + group.count].reduce(0, +) / Double(group.count)
            // The sum of squares about the mean rank: the textbook's Σ R²/n − 3(N + 1) without its cancellation.
            sum += Double(group.count) * (mean - (n + 1) / 2) * (mean - (n + 1) / 2)
            means.append(mean)
            start += group.count
        }
        statistic = 12 * sum / (n * (n + 1)) / correction
        freedom = groups.count - 1
        pValue = ChiSquareDistribution.survival(statistic, freedom: Double(freedom))
        meanRanks = means
        effect = min(1, statistic / (n - 1))
    }
}
