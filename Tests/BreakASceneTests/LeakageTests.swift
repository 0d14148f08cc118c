import Diffusion
import Images
import Tensors
import Testing
import TestSupport

@testable import BreakAScene

/// Every measure of attention on maps and masks whose values are computed by hand.
@Suite struct LeakageTests {
    private let left = Tensor([1, 0, 0, 0, 1, 0, 0, 0], shape: [2, 4])
    private let middle = Tensor([0, 1, 0, 0, 0, 1, 0, 0], shape: [2, 4])

    private func expect(_ got: [Double], _ wanted: [Double], location: SourceLocation = #_sourceLocation) {
        #expect(
            got.count == wanted.count && zip(got, wanted).allSatisfy { abs($0 - $1) < 1e-6 }, "\(got) \(wanted)", sourceLocation: location)
    }

    @Test func sharesAndChance() {
        let map = Tensor([4, 2, 1, 1, 0, 0, 1, 1], shape: [2, 4])
        expect(Metrics.shares(map, in: [left, middle]), [0.4, 0.2, 0.4])
        expect(Metrics.chance([left, middle]), [0.25, 0.25, 0.5])
        // A map without mass has the shares of chance, not of nothing.
        expect(Metrics.shares(.zeros([2, 4]), in: [left, middle]), [0.25, 0.25, 0.5])
        #expect(Metrics.aboveChance(0.25, 0.25) == 0)
        #expect(Metrics.aboveChance(1, 0.25) == 1)
        #expect(abs(Metrics.aboveChance(0.7, 0.25) - 0.6) < 1e-9)
    }

    @Test func overlappingMasksAreSharedOut() {
        let both = Tensor([1, 1, 0, 0, 1, 1, 0, 0], shape: [2, 4])
        let all = Tensor(Array(repeating: Float(1), count: 8), shape: [2, 4])
        let parts = Metrics.sharedOut([left, both, all])
        expect(parts[0].values.map(Double.init), [1 / 3, 0, 0, 0, 1 / 3, 0, 0, 0])
        expect(parts[1].values.map(Double.init), [1 / 3, 1 / 2, 0, 0, 1 / 3, 1 / 2, 0, 0])
        // Everything is covered: nothing is left for the background, and nothing is below 0.
        let shares = Metrics.shares(Tensor([8, 0, 0, 0, 0, 4, 0, 0], shape: [2, 4]), in: parts)
        expect(shares, [8 / 36, 8 / 36 + 1 / 6, 8 / 36 + 1 / 6, 0])
        #expect(abs(shares.reduce(0, +) - 1) < 1e-6 && shares.allSatisfy { $0 >= 0 })
    }

    @Test func softIoUOfMeanAndMeanOfIoUs() {
        // Two maps that each see half of the thing: their mean sees all of it.
        let mask = Tensor([1, 1, 0, 0], shape: [1, 4])
        let (a, b) = (Tensor([1, 0, 0, 0], shape: [1, 4]), Tensor([0, 1, 0, 0], shape: [1, 4]))
        #expect(abs((Metrics.softIoU(a, mask) + Metrics.softIoU(b, mask)) / 2 - 0.5) < 1e-6)
        #expect(abs(Metrics.softIoU((a + b).scaled(by: 0.5), mask) - 1) < 1e-6)
    }

    @Test func attentionAgainstEven() {
        // Of 5 tokens each would have .2: inside its mask this one has .4, elsewhere .1.
        let map = Tensor([0.4, 0.1, 0.1, 0.1, 0.4, 0.1, 0.1, 0.1], shape: [2, 4])
        #expect(abs(Metrics.timesEven(map, inside: left, tokens: 5) - 2) < 1e-6)
        #expect(Metrics.timesEven(map, inside: .zeros([2, 4]), tokens: 5) == 0)
    }

    private func matrix(_ shares: [[Double]], chance: [Double], attention: [Double] = [2, 2]) -> LeakageMatrix {
        LeakageMatrix(
            handles: ["<a>", "<b>"], maskNames: ["a", "b"], shares: shares, chance: chance, meanIoU: [0.5, 0.5], iouOfMean: [0.5, 0.5],
            attention: attention)
    }

    /// The two rows that the old verdict got wrong, and one of every kind.
    @Test func verdicts() {
        let chance = [0.1, 0.1, 0.8]
        #expect(matrix([[0.97, 0.02, 0.01], [0.05, 0.9, 0.05]], chance: chance).verdict(0) == .apart)
        #expect(matrix([[0.61, 0.12, 0.27], [0, 1, 0]], chance: [0.1, 0.2, 0.7]).verdict(0) == .leaks(to: 2))
        #expect(matrix([[0.61, 0.25, 0.14], [0, 1, 0]], chance: chance).verdict(0) == .mixed(with: 1))
        #expect(matrix([[0.3, 0.05, 0.65], [0, 1, 0]], chance: chance).verdict(0) == .lost(to: 2))
        // A little more than chance in another's mask, and most on the background: it is lost, not mixed.
        #expect(matrix([[0.15, 0.12, 0.73], [0, 1, 0]], chance: [0.06, 0.08, 0.86]).verdict(0) == .lost(to: 2))
        // As much as chance in a large other mask is no mixing.
        #expect(matrix([[0.6, 0.3, 0.1], [0, 1, 0]], chance: [0.1, 0.5, 0.4]).verdict(0) == .leaks(to: 1))
        #expect(matrix([[0.97, 0.02, 0.01], [0, 1, 0]], chance: chance, attention: [0.3, 2]).verdict(0) == .unseen)
    }

    @Test func worstLeakIncludesTheBackground() {
        let m = matrix([[0.6, 0.1, 0.3], [0.2, 0.7, 0.1]], chance: [0.2, 0.1, 0.7])
        #expect(m.worst == 0.3 && m.worstOther == 0.2)
        #expect(abs(m.own - 0.65) < 1e-9)
        expect(m.lift[0], [3, 1, 0.3 / 0.7])
        #expect(m.leak(1).place == 0)
    }

    @Test func conditionsAreEveryCombination() {
        var conditions = LeakageConditions()
        (conditions.prompts, conditions.orders, conditions.flips, conditions.noises) = (
            ["a photo of *", "* in the snow"], [.masks, .reversed, .alone], true, 3
        )
        let looks = conditions.looks(2)
        #expect(looks.count == 2 * (1 + 1 + 2) * 2 * 3)
        #expect(looks.filter { $0.handles == [1, 0] && $0.measured == [0, 1] }.count == 12)
        #expect(looks.filter { $0.handles == [1] && $0.measured == [1] }.count == 12)
    }
}
