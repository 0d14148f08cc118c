/// What raters said of the same units: `ratings[rater][unit]`, nil where a rater did not rate a unit. How far do they agree?
public struct Ratings: Sendable {
    /// The ratings by rater, then unit; every row has one entry for each unit.
    public let ratings: [[Double?]]

    /// Makes ratings of finite numbers. Returns nil where rows have different lengths.
    public init?(_ ratings: [[Double?]]) {
        guard let first = ratings.first, ratings.allSatisfy({ $0.count == first.count }) else { return nil }
        self.ratings = ratings
    }

    /// What counts as a difference between two ratings.
    public enum Scale: String, Sendable, CaseIterable {
        /// Every difference alike.
        case nominal
        /// The ranks between two ratings, squared.
        case ordinal
        /// The difference, squared.
        case interval
    }

    /// Returns the units' ratings by the raters that gave one, of units that two raters or more rated.
    private var pairable: [[Double]] {
        guard let first = ratings.first else { return [] }
        return first.indices.map { unit in ratings.compactMap { $0[unit] } }.filter { $0.count > 1 }
    }

    /// Returns Krippendorff's alpha: 1 − observed disagreement / disagreement by chance. It is 1 for perfect agreement, 0 for chance, below 0
    /// for less; units may lack ratings. Returns nil where no unit has two ratings or all ratings are equal (Krippendorff 2011).
    public func alpha(_ scale: Scale) -> Double? {
        var units = pairable
        let all = units.flatMap { $0 }
        guard all.count > 1 else { return nil }
        if scale == .ordinal {
            // The ordinal difference of two values is the difference of their mean ranks among all pairable values.
            let ranks = Ranks(all).ranks
            var start = 0
            units = units.map { unit in
                defer { start += unit.count }
                return Array(ranks[start..<start + unit.count])
            }
        }
        let n = Double(all.count)
        let difference = scale == .nominal ? Self.unequalPairs : Self.squaredDifferences
        let expected = difference(units.flatMap { $0 }) / (n * (n - 1))
        guard expected > 0 else { return nil }
        let observed = units.reduce(0) { $0 + difference($1) / Double($1.count - 1) } / n
        return 1 - observed / expected
    }

    /// Returns the number of ordered pairs of different values.
    private static func unequalPairs(_ values: [Double]) -> Double {
        let counts = values.reduce(into: [Double: Int]()) { $0[$1, default: 0] += 1 }
        return Double(values.count) * Double(values.count) - counts.values.reduce(0) { $0 + Double($1) * Double($1) }
    }

    /// Returns the sum of squared differences over all ordered pairs.
    private static func squaredDifferences(_ values: [Double]) -> Double {
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        return 2 * n * values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }

    // MARK: measures that need every rating

    /// The ratings of each rater where none is missing; nil else.
    private var complete: [[Double]]? {
        let rows = ratings.map { $0.compactMap { $0 } }
        guard rows.count > 1, rows[0].count > 1, zip(rows, ratings).allSatisfy({ $0.count == $1.count }) else { return nil }
        return rows
    }

    /// Kendall's coefficient of concordance between raters that rank units.
    public struct Concordance: Sendable, Equatable {
        /// W, corrected for ties: 0 no agreement, 1 the same order by all.
        public let w: Double
        /// The probability of such a W or a larger one where raters rank at random, by the chi-square distribution.
        public let pValue: Double
    }

    /// Kendall's W. Nil where a rating is missing, there are fewer than two raters or units, or every rater gave all units the same.
    public var concordance: Concordance? {
        guard let rows = complete else { return nil }
        let (m, n) = (Double(rows.count), Double(rows[0].count))
        let ranked = rows.map(Ranks.init)
        let sums = rows[0].indices.map { unit in ranked.reduce(0) { $0 + $1.ranks[unit] } }
        let squares = sums.reduce(0) { $0 + ($1 - m * (n + 1) / 2) * ($1 - m * (n + 1) / 2) }
        let most = m * m * (n * n * n - n) - m * ranked.reduce(0) { $0 + $1.tieSum }
        guard most > 0 else { return nil }
        let w = 12 * squares / most
        return Concordance(w: w, pValue: ChiSquareDistribution.survival(m * (n - 1) * w, freedom: n - 1))
    }

    /// Intraclass correlations with units and raters as random effects (Shrout and Fleiss 1979).
    public struct IntraclassCorrelation: Sendable, Equatable {
        /// ICC(2,1): how reliable is the rating by one rater?
        public let single: Double
        /// ICC(2,k): how reliable is the mean over these raters?
        public let average: Double
    }

    /// The intraclass correlations ICC(2,1) and ICC(2,k). Nil where a rating is missing, there are fewer than two raters or units, or all
    /// ratings are equal.
    public var intraclass: IntraclassCorrelation? {
        guard let rows = complete else { return nil }
        let (k, n) = (Double(rows.count), Double(rows[0].count))
        let mean = rows.reduce(0) { $0 + $1.reduce(0, +) } / (k * n)
        let raterMeans = rows.map { $0.reduce(0, +) / n }
        let unitMeans = rows[0].indices.map { unit in rows.reduce(0) { $0 + $1[unit] } / k }
        func squares(_ values: [Double]) -> Double { values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } }
        let betweenUnits = k * squares(unitMeans) / (n - 1)
        let betweenRaters = n * squares(raterMeans) / (k - 1)
        let rest = rows.enumerated().reduce(0.0) { sum, row in
            row.element.enumerated().reduce(sum) { sum, cell in
                let d = cell.element - raterMeans[row.offset] - unitMeans[cell.offset] + mean
                return sum + d * d
            }
        }
        let error = rest / ((n - 1) * (k - 1))
        let single = betweenUnits + (k - 1) * error + k * (betweenRaters - error) / n
        let average = betweenUnits + (betweenRaters - error) / n
        guard single > 0, average > 0 else { return nil }
        return IntraclassCorrelation(single: (betweenUnits - error) / single, average: (betweenUnits - error) / average)
    }
}
