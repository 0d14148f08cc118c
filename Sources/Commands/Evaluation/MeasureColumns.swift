import Language

/// The means of measures with their intervals, one row a group.
struct MeasureColumns {
    private let names: [String]
    /// The number of rows of each group.
    private(set) var counts: [Int] = []
    private var means: [[IntervalRule.Estimate]] = []
    /// The number of finite values, by group and measure.
    private var used: [[Int]] = []

    private let rule: IntervalRule

    init(_ names: [String], _ rule: IntervalRule) { (self.names, self.rule) = (names, rule) }

    /// Adds a group of `count` rows, with the values of each measure and the clusters of the rows.
    mutating func add(_ values: [[Double]], count: Int, clusters: [Int]) throws {
        counts.append(count)
        means.append(try values.map { try rule.estimate($0, clusters) })
        used.append(values.map { column in column.count(where: \.isFinite) })
    }

    /// Returns the table, with `heads` and `counts` first. Where not all rows have a number of a measure, a column `name_n` says how many
    /// its mean is of.
    func table(heads: [(String, [Value])], counts: [(String, [Int])], settings: [String]) -> TableValue {
        var columns = heads + counts.map { ($0, $1.map { .int($0) }) }
        for (place, name) in names.enumerated() {
            let intervals = means.map { $0[place] }
            columns.append((name, intervals.map { $0.mean.isNaN ? .none : .float($0.mean) }))
            columns.append(("\(name)_low", intervals.map { $0.ends.map { .float($0.low) } ?? .none }))
            columns.append(("\(name)_high", intervals.map { $0.ends.map { .float($0.high) } ?? .none }))
            let numbers = used.map { $0[place] }
            if numbers != self.counts { columns.append(("\(name)_n", numbers.map { .int($0) })) }
        }
        return TableValue(columns: columns.map(\.0), rows: means.indices.map { row in columns.map { $0.1[row] } }, settings: settings)
    }
}
