import Glibc
import Statistics
import Testing

/// Known answers: scipy 1.17 where nothing else is said. `Tests/Conformance/statistics.py` compares more of them, live.
@Suite struct StatisticsTests {
    private static let groups: [[Double]] = [[1, 2, 2, 5, 4], [3, 3, 4, 5], [2, 2, 1, 1, 3, 4]]

    @Test(arguments: [
        (3.84, 1.0, 0.05004352124870519), (0.5, 10, 0.999993388289439), (20, 20, 0.4579297144718523), (1000, 4, 3.5694127797773694e-215),
        (1400, 2, 9.85967654375939e-305), (0, 3, 1),
    ])
    func chiSquareHasTails(_ x: Double, _ freedom: Double, _ expected: Double) {
        let p = ChiSquareDistribution.survival(x, freedom: freedom)
        #expect(abs(p / expected - 1) < 1e-11, "\(p)")
    }

    @Test func normalQuantilesInvert() {
        for p in [1e-300, 1e-10, 0.001, 0.02425, 0.3, 0.5, 0.7, 0.999] {
            #expect(abs(NormalDistribution.cumulative(NormalDistribution.quantile(p)) / p - 1) < 1e-13)
        }
        #expect(abs(NormalDistribution.quantile(0.975) - 1.959963984540054) < 1e-15)
        #expect(NormalDistribution.quantile(1) == .infinity && NormalDistribution.quantile(-0.1).isNaN)
    }

    @Test(arguments: [
        (3.5, 3, 10.0, 0.07710331083841038), (1, 2, 1, 0.6081734479693928), (4, 5, 20, 0.06958714392304588),
        (30, 3, 10, 3.3124444298593403e-09), (10, 4, 5, 0.0033339769213315273), (5, 10, .infinity, 0.014857437887783598),
        (3.3, 5, 1205, 0.13505205193817849), (200, 2, 1, 0.004501506556676471), (8, 6, 60, 6.629456585027782e-06),
        (2, 100, 30, 0.9999999974155926),
    ])
    func studentizedRangesHaveTails(_ q: Double, _ groups: Int, _ freedom: Double, _ expected: Double) {
        let p = StudentizedRange.survival(q, groups: groups, freedom: freedom)
        #expect(abs(p - expected) < 1e-9 && abs(p / expected - 1) < 1e-4, "\(p)")
    }

    /// With two groups the range is √2 times a difference of Student's t: 2·P(t₁ > q/√2) = 1 − 2·atan(q/√2)/π, also far out.
    @Test func tailsOfTwoGroupsAreStudents() {
        for q in [0.1, 3, 1e3, 1e6] {
            let expected = 2 / Double.pi * atan(2.0.squareRoot() / q)
            #expect(abs(StudentizedRange.survival(q, groups: 2, freedom: 1) / expected - 1) < 1e-9)
        }
        #expect(StudentizedRange.survival(-1, groups: 2, freedom: 5) == 1)
        #expect(StudentizedRange.survival(1, groups: 1, freedom: 5).isNaN)
    }

    @Test(arguments: [
        (0.05, 3, 10.0, 3.876776750013158), (0.01, 5, 20, 5.2932525192394335), (0.05, 2, 1, 17.969287064187434),
        (0.05, 9, 1000, 4.396189352370511), (0.5, 4, 7, 2.0803695050599766),
    ])
    func studentizedRangesHaveQuantiles(_ p: Double, _ groups: Int, _ freedom: Double, _ expected: Double) {
        #expect(abs(StudentizedRange.upperQuantile(p, groups: groups, freedom: freedom) - expected) < 1e-6)
    }

    @Test func kruskalWallisCountsTies() throws {
        let test = try #require(KruskalWallis(Self.groups))
        #expect(abs(test.statistic - 3.2907821229050285) < 1e-12 && test.freedom == 2)
        #expect(abs(test.pValue - 0.19293709777729334) < 1e-12)
        #expect(KruskalWallis([[1, 1], [1]]) == nil && KruskalWallis([[1, 2]]) == nil && KruskalWallis([[1, 2], []]) == nil)
    }

    @Test func tukeyComparesUnequalGroups() throws {
        let test = try #require(TukeyHSD(Self.groups))
        #expect(test.comparisons.map { [$0.first, $0.second] } == [[0, 1], [0, 2], [1, 2]])
        let expected = [
            (-0.95, -3.2824743, 1.3824743, 0.53983537), (0.63333333, -1.47212343, 2.73879009, 0.70860282),
            (1.58333333, -0.66109111, 3.82775778, 0.18612404),
        ]
        for (found, wanted) in zip(test.comparisons, expected) {
            #expect(abs(found.difference - wanted.0) < 1e-7 && abs(found.low - wanted.1) < 1e-6 && abs(found.high - wanted.2) < 1e-6)
            #expect(abs(found.pValue - wanted.3) < 1e-7)
        }
        // Without spread within groups, any difference is one for certain.
        let flat = try #require(TukeyHSD([[1, 1], [2, 2], [2, 2]]))
        #expect(flat.comparisons.map(\.pValue) == [0, 0, 1])
        #expect(TukeyHSD([[1], [2]]) == nil)
    }

    /// The data of Krippendorff (2011), with the values of the package `krippendorff`; those of Shrout and Fleiss (1979).
    @Test func ratersAgree() throws {
        let n: Double? = nil
        let gaps = try #require(
            Ratings([
                [n, n, n, n, n, 3, 4, 1, 2, 1, 1, 3, 3, n, 3], [1, n, 2, 1, 3, 3, 4, 3, n, n, n, n, n, n, n],
                [n, n, 2, 1, 3, 4, 4, n, 2, 1, 1, 3, 3, n, 4],
            ]))
        for (scale, alpha) in [(Ratings.Scale.nominal, 0.691358024691358), (.ordinal, 0.8067214199413153), (.interval, 0.8108448928121059)]
        {
            let found = try #require(gaps.alpha(scale))
            #expect(abs(found - alpha) < 1e-12)
        }
        #expect(gaps.concordance == nil && gaps.intraclass == nil)
        let whole = try #require(Ratings([[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]))
        let icc = try #require(whole.intraclass)
        #expect(abs(icc.single - 0.29) < 0.005 && abs(icc.average - 0.62) < 0.005)
        // Friedman's statistic of the same ratings is m (n − 1) W.
        let w = try #require(whole.concordance)
        #expect(abs(w.w * 4 * 5 - 17.74074074074073) < 1e-9, "\(w)")
        let equal = try #require(Ratings([[3, 3], [3, 3]]))
        #expect(equal.alpha(.interval) == nil && equal.concordance == nil && equal.intraclass == nil)
        #expect(Ratings([[1, 2, 3], [1, 2, 3]])?.alpha(.ordinal) == 1)
        #expect(Ratings([[1, 2], [1]]) == nil)
    }

    @Test func holmIsMonotone() {
        let found = HolmCorrection.adjusted([0.01, 0.04, 0.03, 0.005])
        #expect(zip(found, [0.03, 0.06, 0.06, 0.02]).allSatisfy { abs($0 - $1) < 1e-15 })
        #expect(HolmCorrection.adjusted([0.6, 0.7]) == [1, 1])
        #expect(HolmCorrection.adjusted([]).isEmpty)
    }

    /// A small generator for the tests: the same numbers for the same resample.
    private static func draw(_ resample: Int, _ count: Int) -> [Int] {
        var state = UInt64(resample) &* 0x9e37_79b9_7f4a_7c15 | 1
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(((state >> 32) * UInt64(count)) >> 32)
        }
    }

    /// The ends of scipy's intervals with 200 000 resamples; the values are skew, and BCa moves both ends up.
    @Test func bootstrapIntervalsAreScipys() throws {
        let values = [0.8, 1.2, 3.1, 0.4, 7.5, 2.2, 1.1, 0.9, 4.4, 1.7]
        for (method, low, high) in [(Bootstrap.Method.percentile, 1.22, 3.74), (.bca, 1.38, 4.20)] {
            let found = try #require(Bootstrap(values, method: method, resamples: 20_000, draw: Self.draw))
            let ends = try #require(found.interval)
            #expect(abs(found.mean - 2.33) < 1e-12 && abs(ends.low - low) < 0.06 && abs(ends.high - high) < 0.1, "\(method) \(ends)")
        }
    }

    /// Repeating every value tells nothing new: as clusters the interval stays, as rows it shrinks.
    @Test func clustersAreDrawnTogether() throws {
        let values = [0.8, 1.2, 3.1, 0.4, 7.5, 2.2]
        let twice = values + values
        let places = Array(values.indices)
        func width(_ values: [Double], _ clusters: [Int]?) throws -> Double {
            let ends = try #require(Bootstrap(values, clusters: clusters, resamples: 4000, draw: Self.draw)?.interval)
            return ends.high - ends.low
        }
        let (once, clustered, naive) = (try width(values, nil), try width(twice, places + places), try width(twice, nil))
        #expect(clustered == once && naive < 0.85 * once)
        let single = try #require(Bootstrap([1, 2, 3], clusters: [0, 0, 0], draw: Self.draw))
        #expect(single.interval == nil && single.mean == 2)
        #expect(Bootstrap([], draw: Self.draw) == nil)
        // All values equal: the interval is the value.
        let flat = try #require(Bootstrap([2, 2, 2], draw: Self.draw)?.interval)
        #expect(flat == (2, 2))
    }
}
