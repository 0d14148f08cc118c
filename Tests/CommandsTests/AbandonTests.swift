import Language
import Tensors
import TestSupport
import Testing

@testable import Commands

/// How large tensors show themselves and are looked through asks again and again whether the answer is still wanted.
@Suite struct AbandonTests {
    private static let tensor = Tensor((0..<1 << 20).map { Float($0 % 1009) }, shape: [1024, 1024])

    private static let works: [(name: String, run: @Sendable () throws -> Void)] = [
        ("statistics", { _ = TensorStatistics(tensor) }), ("line", { _ = TensorText.line(TensorValue(tensor), width: 80) }),
        ("histogram", { _ = Sparkline.histogram(tensor, low: 0, high: 1008) }), ("contains", { _ = tensor.contains { $0 < 0 } }),
        ("equal", { _ = tensor.isEqual(to: Tensor(tensor.values, shape: tensor.shape)) }),
        ("print", { _ = TensorPrinting.text(tensor.rows(0..<16), full: true) }),
        ("from lists", { _ = try TensorReading.variable(.list((0..<1000).map { .list([.int($0)]) })) }),
    ]

    @Test(arguments: works.indices) func asksAgainAndAgain(_ place: Int) throws {
        let work = Self.works[place]
        #expect(try questions { try work.run() } >= 16, "\(work.name)")
    }

    @Test func statisticsAreThoseOfAllValues() {
        var values = (0..<200_000).map { Float($0 % 7) }
        (values[3], values[70_000], values[199_999]) = (.nan, .infinity, -.infinity)
        let found = TensorStatistics(Tensor(values, shape: [values.count]))
        #expect(found.finite == 199_997 && found.notANumber == 1 && found.infinite == (1, 1))
        #expect(found.low == 0 && found.high == 6 && abs(found.mean - 3) < 1e-4 && abs(found.deviation - 2) < 1e-4)
        #expect(found.warnings == ["NaN!", "+Inf!", "-Inf!"])
        #expect(TensorStatistics(Tensor(.nan)).finite == 0)
    }

    /// Every command that computes, reads or writes may be stopped.
    @Test func noFamilyIsLeftOut() {
        // A training ends at a step; the language's own rows ask for themselves.
        let never: Set<String> = ["training", "values"]
        let own = Set(CommandTable.all.map(\.family))
        #expect(own.subtracting(Abandonable.families).subtracting(never).isEmpty, "\(own.subtracting(Abandonable.families))")
    }
}
