import Diffusion
import Images
import Tensors
import TestSupport
import Testing

@testable import BreakAScene

/// Measures of a map against a mask whose values are computed by hand or by scikit-learn.
@Suite struct MapMetricTests {
    private let mask = Tensor([1, 1, 0, 0, 0, 0, 0, 0], shape: [2, 4])
    private let flat = Tensor(Array(repeating: Float(0.25), count: 8), shape: [2, 4])
    private let map = Tensor([4, 1, 2, 0, 0, 0, 0, 1], shape: [2, 4])

    @Test func hardIoUCutsAtAShareOfTheMaximum() {
        // At 0.4 of 4: the cells with 4 and 2, one of them inside; the union has three.
        #expect(abs(Metrics.hardIoU(map, mask, threshold: 0.4) - 1.0 / 3) < 1e-12)
        // A cell that is equal to the threshold counts.
        #expect(abs(Metrics.hardIoU(map, mask, threshold: 0.25) - 2.0 / 4) < 1e-12)
        #expect(Metrics.hardIoU(map, mask, threshold: 1) == 0.5 && Metrics.hardIoU(flat, mask, threshold: 0.9) == 0.25)
        #expect(Metrics.hardIoU(.zeros([2, 4]), mask, threshold: 0.4) == 0)
        #expect(Metrics.hardIoU(map, .zeros([2, 4]), threshold: 0.4) == 0)
    }

    @Test func theBestThresholdIsTheBest() {
        let best = Metrics.bestIoU(map, mask)
        // 1/2 is reached at 1 and at 1/4: the larger threshold is told.
        #expect(best.iou == 0.5 && best.threshold == 1)
        let spread = Tensor([3, 2, 1, 0, 0, 0, 0, 0], shape: [2, 4])
        #expect(Metrics.bestIoU(spread, mask).iou == 1 && abs(Metrics.bestIoU(spread, mask).threshold - 2.0 / 3) < 1e-6)
        #expect(Metrics.bestIoU(flat, mask) == (0.25, 1) && Metrics.bestIoU(.zeros([2, 4]), mask) == (0, 1))
        // No threshold of a fine grid does better.
        let noise = RandomDraw(seed: 1, stream: "test", step: 0).normal([2, 4]).map(.abs)
        let top = Metrics.bestIoU(noise, mask)
        #expect((0...1000).allSatisfy { Metrics.hardIoU(noise, mask, threshold: Double($0) / 1000) <= top.iou + 1e-12 })
        #expect(Metrics.hardIoU(noise, mask, threshold: top.threshold - 1e-6) == top.iou)
    }

    @Test func productIoU() {
        // Divided by 4: Σ A = 2, Σ A·M = 1.25, Σ M = 2.
        #expect(abs(Metrics.productIoU(map, mask) - 2.25 / 3.75) < 1e-6)
        #expect(Metrics.productIoU(mask, mask) == 1)
    }

    @Test func pointingSharesTies() {
        #expect(Metrics.pointing(map, mask) == 1 && Metrics.pointing(Tensor([0, 1, 2, 0, 0, 0, 0, 0], shape: [2, 4]), mask) == 0)
        // Three cells are equal, two of them inside; a map without a message has the mask's area.
        #expect(abs(Metrics.pointing(Tensor([2, 2, 2, 0, 0, 0, 0, 0], shape: [2, 4]), mask) - 2.0 / 3) < 1e-12)
        #expect(Metrics.pointing(flat, mask) == 0.25 && Metrics.pointing(.zeros([2, 4]), mask) == 0.25)
    }

    @Test func overlapOfHandles() {
        #expect(abs(Metrics.overlap(map, map.scaled(by: 7)) - 1) < 1e-6)
        let other = Tensor([0, 0, 0, 5, 5, 0, 0, 0], shape: [2, 4])
        #expect(Metrics.overlap(map, other) == 0 && Metrics.overlap(map, .zeros([2, 4])) == 0)
        #expect(abs(Metrics.overlap(mask, Tensor([0, 3, 3, 0, 0, 0, 0, 0], shape: [2, 4])) - 1.0 / 3) < 1e-6)
    }

    private func oracle() throws -> JSON {
        try JSON.parse(ReadableFile.contents(Fixtures.path("evaluators/metrics.json")))
    }

    @Test func averagePrecisionEqualsScikitLearn() throws {
        let cases = try #require(oracle()["average_precision"]?.arrayValue)
        #expect(cases.count == 5)
        for one in cases {
            let scores = (one["scores"]?.arrayValue ?? []).compactMap { $0.doubleValue.map { Float($0) } }
            let inside = (one["mask"]?.arrayValue ?? []).compactMap { $0.doubleValue.map { Float($0) } }
            let got = Metrics.averagePrecision(Tensor(scores, shape: [1, scores.count]), Tensor(inside, shape: [1, inside.count]))
            #expect(abs(got - (one["average_precision"]?.doubleValue ?? .nan)) < 1e-9, "\(scores.count) cells")
        }
        #expect(Metrics.averagePrecision(flat, mask) == 0.25 && Metrics.averagePrecision(map, .zeros([2, 4])) == 0)
    }

    @Test func spectralNormEqualsNumpy() throws {
        let cases = try #require(oracle()["spectral_norm"]?.arrayValue)
        for one in cases {
            let matrix = (one["matrix"]?.arrayValue ?? []).map { ($0.arrayValue ?? []).compactMap(\.doubleValue) }
            #expect(abs(DetectAndCompare.spectralNorm(matrix) - (one["norm"]?.doubleValue ?? .nan)) < 1e-9)
        }
        #expect(cases.count == 4 && DetectAndCompare.spectralNorm([[0, 0], [0, 0]]) == 0)
    }

    @Test func everyMapMetricIsInItsRange() {
        for step in 0..<20 {
            let map = RandomDraw(seed: 2, stream: "test", step: UInt32(step)).normal([4, 4]).map(.abs)
            let mask = Tensor((0..<16).map { ($0 * 7 + step) % 5 < 2 ? 1 : 0 }, shape: [4, 4])
            for metric in MapMetric.all {
                guard let value = metric.value(map, mask, [map.scaled(by: 2)]) else { continue }
                #expect(metric.range.contains(value), "\(metric.name) \(value)")
            }
        }
        #expect(MapMetric.all.last?.value(map, mask, []) == nil)
    }
}

@Suite struct DetectAndCompareTests {
    private let references = [[1, 0.2], [0.2, 1]]

    @Test func aPerfectPictureHasOne() {
        #expect(abs(DetectAndCompare.score(found: references, references: references) - 1) < 1e-12)
        // The order in which things were found does not matter.
        #expect(abs(DetectAndCompare.score(found: references.reversed(), references: references) - 1) < 1e-12)
        #expect(DetectAndCompare.score(found: [], references: []) == 1)
    }

    @Test func aWrongNumberHasZero() {
        #expect(DetectAndCompare.score(found: [[1, 0.2]], references: references) == 0)
        #expect(DetectAndCompare.score(found: references + [[0.5, 0.5]], references: references) == 0)
        #expect(DetectAndCompare.score(found: [], references: references) == 0)
    }

    /// Twice the same thing in place of two: the difference is [[0, 0], [.8, −.8]], of norm .8·√2.
    @Test func twoOfAKindAreSeen() {
        let got = DetectAndCompare.score(found: [[1, 0.2], [1, 0.2]], references: references)
        #expect(abs(got - (1 - 0.8 * 2.0.squareRoot())) < 1e-9)
        // Things that mix both references: the difference is −.4 on the diagonal and .4 beside it, of norm .8.
        #expect(abs(DetectAndCompare.score(found: [[0.6, 0.6], [0.6, 0.6]], references: references) - 0.2) < 1e-9)
    }

    @Test func rowsAreOrderedGreedilyByColumns() {
        #expect(
            DetectAndCompare.ordered([[0.1, 0.9, 0], [0.8, 0.95, 0.1], [0.3, 0.2, 0.7]]) == [
                [0.8, 0.95, 0.1], [0.1, 0.9, 0], [0.3, 0.2, 0.7],
            ])
    }
}
