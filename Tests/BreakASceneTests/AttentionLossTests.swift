import Autograd
import Glibc
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// The measures of `AttentionLoss`: values by NumPy and SciPy, gradients by finite differences in double precision, and answers
/// that are known.
@Suite struct AttentionLossTests {
    private typealias Normalization = AttentionNormalization
    private typealias Reduction = AttentionReduction

    /// A measure with its ways, as Tests/Fixtures/method/make_attention_losses.py names them.
    private static func measure(_ name: Substring) throws -> (loss: AttentionLoss, Normalization, Reduction) {
        let words = name.split(separator: " ").map(String.init)
        return (
            try #require(AttentionLoss(rawValue: words[0])), words.count > 1 ? try #require(Normalization(rawValue: words[1])) : .max,
            words.count > 2 ? try #require(Reduction(rawValue: words[2])) : .mean
        )
    }

    @Test(arguments: 0..<5) func valuesAreThoseOfNumPyAndSciPy(_ index: Int) throws {
        let file = try SafetensorsFile(path: Fixtures.path("method/attention_losses.safetensors"))
        func tensor(_ key: String) throws -> Tensor { Tensor(try file.readFloats(key), shape: try file.entry(key).shape) }
        let (map, mask, values) = (try tensor("map.\(index)"), try tensor("mask.\(index)"), try file.readFloats("value.\(index)"))
        let names = (file.metadata["values"] ?? "").split(separator: ",").map { $0.drop { $0 == " " } }
        #expect(names.count == values.count && Set(names.map { $0.prefix { $0 != " " } }).count == AttentionLoss.all.count)
        for (name, expected) in zip(names, values) {
            let (loss, normalization, reduction) = try Self.measure(name)
            let value = loss(Variable(map), target: mask, normalization, reduction).value.scalar
            #expect(abs(value - expected) <= 2e-5 * max(1, abs(expected)), "\(name): \(value), expected \(expected)")
        }
    }

    // MARK: gradients

    /// A mask with a soft edge, and an attention map without equal cells.
    private static let (height, width) = (6, 5)
    private static let mask = Tensor(
        (0..<height * width).map { (6..<19).contains($0) ? ($0 % 5 == 1 ? 0.5 : 1) : 0 }, shape: [height, width])
    private static var map: Tensor {
        var numbers = SeededNumbers(seed: "attention maps")
        return numbers.tensor([height, width], in: 0.01...0.2)
    }

    /// A measure in double precision, written plainly.
    private static func reference(_ loss: AttentionLoss, _ map: [Double], _ normalization: Normalization, _ reduction: Reduction) -> Double
    {
        let target = mask.values.map(Double.init)
        let (low, high) = (normalization == .max ? 0 : map.min() ?? 0, map.max() ?? 1)
        let a = map.map { ($0 - low) / (high - low) }
        let inside = target.reduce(0, +)
        func mean(_ cells: [Double]) -> Double {
            guard reduction == .balanced else { return cells.reduce(0, +) / Double(cells.count) }
            let (within, without) = zip(cells, target).reduce((0.0, 0.0)) { ($0.0 + $1.0 * $1.1, $0.1 + $1.0 * (1 - $1.1)) }
            return within / (2 * inside) + without / (2 * (Double(cells.count) - inside))
        }
        let (p, q) = (map.map { $0 / map.reduce(0, +) }, target.map { $0 / inside })
        switch loss.name {
        case "mse": return mean(zip(a, target).map { ($0 - $1) * ($0 - $1) })
        case "iou":
            let common = zip(a, target).reduce(0) { $0 + $1.0 * $1.1 }
            return 1 - (common + 1) / (a.reduce(0, +) + inside - common + 1)
        case "bce":
            return mean(
                zip(a, target).map { a, m in
                    let b = 1e-4 + (1 - 2e-4) * a
                    return -(m * log(b) + (1 - m) * log(1 - b))
                })
        case "jsd":
            let terms = zip(p, q).map { p, q in
                let r = (p + q) / 2
                return 0.5 * (p > 0 ? p * log2(p / r) : 0) + 0.5 * (q > 0 ? q * log2(q / r) : 0)
            }
            return terms.reduce(0, +)
        case "emd":
            let slices = (0..<8).map { slice -> Double in
                let angle = Double(slice) * .pi / 8
                let places = (0..<map.count).map { (Double($0 % width) * cos(angle) + Double($0 / width) * sin(angle)) / 6 }
                let order = places.indices.sorted { places[$0] < places[$1] }
                var (sum, cumulative) = (0.0, 0.0)
                for (index, cell) in order.dropLast().enumerated() {
                    cumulative += p[cell] - q[cell]
                    sum += abs(cumulative) * (places[order[index + 1]] - places[cell])
                }
                return sum
            }
            return slices.reduce(0, +) / 8
        default: return .nan
        }
    }

    @Test(arguments: AttentionLoss.all.map(\.name)) func gradientsEqualFiniteDifferences(_ name: String) throws {
        let loss = try #require(AttentionLoss(rawValue: name))
        for normalization in loss.isNormalized ? Normalization.allCases : [.max] {
            for reduction in loss.isMeanOfCells ? Reduction.allCases : [.mean] {
                let leaf = Variable.leaf(Self.map)
                let value = loss(leaf, target: Self.mask, normalization, reduction)
                let gradient = try #require(Gradients(of: value)[leaf])
                let start = Self.map.values.map(Double.init)
                let exact = Self.reference(loss, start, normalization, reduction)
                #expect(abs(Double(value.value.scalar) - exact) < 1e-5 * max(1, exact), "\(name) \(normalization) \(reduction)")
                let slopes = start.indices.map { cell in
                    let both = [1e-7, -1e-7].map { shift in
                        var moved = start
                        moved[cell] += shift
                        return Self.reference(loss, moved, normalization, reduction)
                    }
                    return (both[0] - both[1]) / 2e-7
                }
                let error = relativeError(gradient.values, slopes)
                #expect(error < 5e-4, "\(name) \(normalization) \(reduction): off by \(error)")
                #expect(slopes.contains { abs($0) > 1e-3 })
            }
        }
    }

    // MARK: known answers

    /// A thing of 4×4 in 16×16, and its mask moved by so many columns.
    private static func thing(_ left: Int) -> Tensor {
        Tensor((0..<256).map { (4..<8).contains($0 / 16) && (left..<left + 4).contains($0 % 16) ? 1 : 0 }, shape: [16, 16])
    }

    /// Every measure is at its minimum for a map that is its mask, whatever the map's scale, and larger for one that is the same
    /// everywhere or lies elsewhere.
    @Test(arguments: AttentionLoss.all.map(\.name)) func aMapThatIsItsMaskCostsNothing(_ name: String) throws {
        let loss = try #require(AttentionLoss(rawValue: name))
        let mask = Self.thing(2)
        func value(_ map: Tensor) -> Float { loss(Variable(map), target: mask).value.scalar }
        let perfect = value(mask.scaled(by: 0.03))
        #expect(perfect > -1e-6 && perfect < 2e-4, "\(perfect)")
        let (even, elsewhere) = (value(Tensor.zeros([16, 16]).scaled(by: 0, plus: 0.01)), value(Self.thing(10).scaled(by: 0.03)))
        #expect(even > 0.02 && elsewhere > 0.02)
        // What an even map and one elsewhere cost follows from 16 of 256 cells.
        let expected: [String: (even: Float, elsewhere: Float)] = [
            "mse": (240.0 / 256, 32.0 / 256), "iou": (1 - 17.0 / 257, 1 - 1.0 / 33), "bce": (8.6348, 32 * 9.2103 / 256),
            // ½ (1 · log₂(1 / (17/32)) …) with P = 1/256 everywhere, Q = 1/16 inside.
            "jsd": (0.5 * (240.0 / 256 + log2f(2 / 17) / 16) + 0.5 * log2f(32.0 / 17), 1),
            // Eight of sixteen columns: ½ · mean |cos kπ/8|.
            "emd": (value(Tensor.zeros([16, 16]).scaled(by: 0, plus: 0.01)), 0.5 * 0.62842),
        ]
        let answer = try #require(expected[name])
        #expect(abs(even - answer.even) < 2e-3 * max(1, answer.even), "even: \(even)")
        #expect(abs(elsewhere - answer.elsewhere) < 2e-3 * max(1, answer.elsewhere), "elsewhere: \(elsewhere)")
    }

    /// Only the earth mover's distance knows how far a map is from its mask.
    @Test func theEarthMoversDistanceGrowsWithTheWay() {
        let far = (0..<5).map { AttentionLoss.slicedWasserstein(Variable(Self.thing(2 + 2 * $0)), target: Self.thing(2)).value.scalar }
        let steps = zip(far.dropFirst(), far).map { $0 - $1 }
        #expect(steps.allSatisfy { abs($0 - 0.125 * 0.62842) < 1e-4 }, "\(far)")
        let near = [8, 10].map { AttentionLoss.jensenShannon(Variable(Self.thing($0)), target: Self.thing(2)).value.scalar }
        #expect(abs(near[0] - near[1]) < 1e-6)
    }

    /// Maps and masks without anything in them give numbers, and gradients that are numbers.
    @Test(arguments: AttentionLoss.all.map(\.name)) func emptyMapsAndMasksGiveNumbers(_ name: String) throws {
        let loss = try #require(AttentionLoss(rawValue: name))
        let (nothing, everything) = (Tensor.zeros([8, 8]), Tensor.zeros([8, 8]).scaled(by: 0, plus: 1))
        for normalization in Normalization.allCases {
            for (map, mask) in [(nothing, everything), (everything, nothing), (nothing, nothing), (everything, everything)] {
                let leaf = Variable.leaf(map)
                let value = loss(leaf, target: mask, normalization)
                #expect(value.value.scalar.isFinite, "\(name)")
                guard value.needsGrad else { continue }
                #expect(Gradients(of: value)[leaf]?.values.allSatisfy(\.isFinite) == true, "\(name)")
            }
        }
    }

    @Test func theTableOfMeasuresIsInOrder() {
        #expect(AttentionLoss.all.map(\.name) == ["mse", "iou", "bce", "jsd", "emd"])
        #expect(AttentionLoss(rawValue: "ioo") == nil && AttentionLoss(rawValue: "iou") == .iou && AttentionLoss.iou != .crossEntropy)
    }
}
