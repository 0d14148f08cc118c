import Figures
import Language
import Tensors
import TestSupport
import Testing

@testable import Commands

/// Figures of more values than a figure has pixels.
@Suite struct ManyValuesTests {
    @Test func curvesKeepWhatCanBeSeen() {
        var values = (0..<1_000_000).map { Double(($0 * 7919) % 1000) }
        (values[123_456], values[654_321], values[777_777]) = (-5, 2000, .nan)
        values[400_000] = 0
        let kept = CurveThinning.places(values, isLogarithmic: false)
        #expect(kept.count < 100_000 && kept == kept.sorted() && Set(kept).count == kept.count)
        #expect(kept.first == 0 && kept.last == 999_999)
        #expect(Set([123_456, 654_321, 777_777]).isSubset(of: kept))
        // A logarithmic axis counts what has no place on it.
        let logarithmic = CurveThinning.places(values, isLogarithmic: true)
        #expect(logarithmic.count { !(values[$0] > 0) } == values.count { !($0 > 0) })
        #expect(CurveThinning.places([3, 1, 2], isLogarithmic: false) == [0, 1, 2])
    }

    /// What a figure keeps is what it shows: with error bars, means or places of its own every value counts.
    @Test func figuresKeepFewPoints() throws {
        func points(_ arguments: String) throws -> [Series.Point] {
            let result = Programs.run("plot(arange(300000) % 7\(arguments))")
            let figure = try #require(result.outcome.value?.host(as: FigureValue.self))
            guard case .chart(let chart) = figure.figure.content else { return [] }
            return chart.series[0].points
        }
        let kept = try points("")
        #expect(kept.count < 100_000 && kept.first?.x == 0 && kept.last?.x == 299_999)
        #expect(kept.allSatisfy { $0.y == $0.x.truncatingRemainder(dividingBy: 7) } && Set(kept.map(\.y)).isSuperset(of: [0, 6]))
        #expect(try points(", smooth=3").count == 300_000)
        #expect(try points(", x=arange(300000)").count == 300_000)
    }

    @Test func binsCountEveryValue() throws {
        let values = (0..<3_000_000).map { Float(($0 * 7919) % 1000) / 10 }
        let bins = try #require(try HistogramBins([values, [.nan, .infinity, 50]], count: nil))
        #expect(bins.counted == 3_000_001 && bins.low == 0 && (5...60).contains(bins.count))
        #expect(try bins.points(values).reduce(0) { $0 + $1.y } == 3_000_000)
        #expect(try bins.points([.nan, .infinity, 50]).reduce(0) { $0 + $1.y } == 1)
        // As wide as those of all values that are looked at.
        let few = try #require(try HistogramBins([Array(values[..<1_000_000])], count: nil))
        #expect(abs(few.width - bins.width) <= few.width)
        #expect(try HistogramBins([[.nan], []], count: nil) == nil)
        #expect(try questions { _ = try HistogramBins([values], count: nil) } >= 64)
    }
}
