import Language
import Statistics
import Tensors

/// How the mean of a group of values gets its interval: by Student's t, or by drawing the values again.
struct IntervalRule {
    /// A mean and the ends of its interval, nil where there is one value. The mean is NaN where there is no finite value.
    typealias Estimate = (mean: Double, ends: (low: Double, high: Double)?)

    /// The column whose values tell clusters apart; nil where each row is its own.
    let cluster: String?
    private let finite: (_ values: [Double], _ clusters: [Int]) throws -> Estimate

    /// The 95 % interval by Student's t.
    static var student: IntervalRule {
        IntervalRule(cluster: nil) { values, _ in
            let (mean, half) = MeanInterval.of(values)
            return (mean, half.map { (low: mean - $0, high: mean + $0) })
        }
    }

    /// The bootstrap interval that a call of `bootstrap` asks for.
    static func bootstrap(_ call: Call) throws -> IntervalRule {
        typealias Keys = BootstrapCommand
        let (level, method, resamples) = (try call[Keys.level], try call[Keys.method], try call[Keys.resamples])
        let seed = UInt64(bitPattern: Int64(try call[Keys.seed]))
        return IntervalRule(cluster: try call[Keys.cluster]) { values, clusters in
            let result = try Bootstrap(values, clusters: clusters, level: level, method: method, resamples: resamples) { resample, count in
                try call.context.checkInterrupt()
                let draw = RandomDraw(seed: seed, stream: "bootstrap", step: UInt32(truncatingIfNeeded: resample))
                return draw.uniform([count]).values.map { min(count - 1, Int(Double($0) * Double(count))) }
            }
            return (result?.mean ?? .nan, result?.interval)
        }
    }

    private init(
        cluster: String?, _ finite: @escaping (_ values: [Double], _ clusters: [Int]) throws -> Estimate
    ) {
        (self.cluster, self.finite) = (cluster, finite)
    }

    /// Returns the mean of the finite values, and its interval. `clusters` has a number for each value.
    func estimate(_ values: [Double], _ clusters: [Int]) throws -> Estimate {
        let places = values.indices.filter { values[$0].isFinite }
        return try finite(places.map { values[$0] }, places.map { clusters[$0] })
    }

    /// Returns the number of each row's cluster. Throws `.unknownField` where the table lacks the column.
    func clusters(_ runs: MeasuredRows, _ call: Call) throws -> [Int] {
        guard let cluster else { return Array(runs.table.rows.indices) }
        guard runs.table.columns.contains(cluster) else {
            throw TableCommands.noColumn(cluster, runs.table, call, BootstrapCommand.cluster.name)
        }
        var numbers = Array(repeating: 0, count: runs.table.rows.count)
        for (number, rows) in runs.groups([runs.place(cluster)]).enumerated() { for row in rows { numbers[row] = number } }
        return numbers
    }
}
