import CKernels
import Glibc
import TestSupport
import Testing

@testable import Tensors

/// Every C kernel against plain loops in double, for each length up to 70: all vector tails.
@Suite struct KernelTests {
    static let lengths = Array(0...70) + [255, 256, 257, 1000]

    private func numbers(_ count: Int, _ seed: String, in range: ClosedRange<Double> = -3...3) -> [Float] {
        var numbers = SeededNumbers(seed: "\(seed) \(count)")
        return numbers.array(count, in: range)
    }

    /// What `body` writes, between guards that it must leave alone.
    private func written(_ count: Int, _ start: Float = .nan, _ body: (UnsafeMutablePointer<Float>) -> Void)
        -> [Float]
    {
        var buffer = [Float](repeating: 12345, count: count + 32)
        for i in 0..<count { buffer[16 + i] = start }
        buffer.withUnsafeMutableBufferPointer { body($0.baseAddress! + 16) }
        #expect(buffer.prefix(16).allSatisfy { $0 == 12345 } && buffer.suffix(16).allSatisfy { $0 == 12345 })
        return Array(buffer[16..<16 + count])
    }

    private func expectClose(
        _ ours: [Float], _ expected: [Double], _ what: String, within tolerance: Double = 2e-6,
        at location: SourceLocation = #_sourceLocation
    ) {
        let error = relativeError(ours, expected)
        #expect(error <= tolerance, "\(what): off by \(error)", sourceLocation: location)
    }

    private static let binary: [(BinaryOperation, @Sendable (Double, Double) -> Double)] = [
        (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }), (.divide, { $0 / $1 }),
        (.minimum, { min($0, $1) }), (.maximum, { max($0, $1) }), (.power, { pow($0, $1) }),
        (.less, { $0 < $1 ? 1 : 0 }), (.lessOrEqual, { $0 <= $1 ? 1 : 0 }), (.equal, { $0 == $1 ? 1 : 0 }),
    ]

    @Test(arguments: BinaryOperation.allCases)
    func binary(operation: BinaryOperation) throws {
        let function = try #require(Self.binary.first { $0.0 == operation }).1
        for n in Self.lengths where n > 0 {
            // Quarters, so that equal pairs occur.
            let a = numbers(n, "a", in: 0.25...3).map { ($0 * 4).rounded(.up) / 4 }
            let b = numbers(n, "b", in: 0.25...3).map { ($0 * 4).rounded(.up) / 4 }
            for (strideA, strideB) in [(1, 1), (0, 1), (1, 0), (0, 0)] {
                let y = written(n) { bas_binary(operation.rawValue, $0, a, strideA, b, strideB, n) }
                let expected = (0..<n).map { function(Double(a[$0 * strideA]), Double(b[$0 * strideB])) }
                expectClose(y, expected, "\(operation) of \(n), strides \(strideA) \(strideB)")
            }
        }
    }

    private static let unary: [(UnaryOperation, @Sendable (Double) -> Double)] = [
        (.negate, { -$0 }), (.exp, { exp($0) }), (.log, { log($0) }), (.sqrt, { $0.squareRoot() }),
        (.abs, { abs($0) }),
        (.square, { $0 * $0 }), (.reciprocal, { 1 / $0 }), (.sign, { $0 > 0 ? 1 : ($0 < 0 ? -1 : 0) }),
        (.sin, { sin($0) }), (.cos, { cos($0) }), (.tanh, { tanh($0) }), (.sigmoid, Reference.sigmoid),
        (.silu, Reference.silu), (.gelu, Reference.gelu), (.quickGELU, Reference.quickGELU),
        (.floor, { $0.rounded(.down) }), (.round, { $0.rounded(.toNearestOrEven) }),
    ]

    @Test(arguments: UnaryOperation.allCases)
    func unary(operation: UnaryOperation) throws {
        let function = try #require(Self.unary.first { $0.0 == operation }).1
        let range = operation == .log || operation == .sqrt ? 0.1...5 : -5.0...5
        for n in Self.lengths {
            var x = numbers(n, "x", in: range)
            if n > 2 && range.lowerBound < 0 && operation != .reciprocal {
                (x[0], x[1], x[2]) = (0, 2.5, -1.5)
            }
            let y = written(n) { bas_unary(operation.rawValue, $0, x, n) }
            expectClose(y, x.map { function(Double($0)) }, "\(operation) of \(n)")
            let inPlace = x.withUnsafeBufferPointer { source in
                written(n) {
                    $0.update(from: source.baseAddress!, count: n)
                    bas_unary(operation.rawValue, $0, $0, n)
                }
            }
            #expect(inPlace == y)
        }
    }

    @Test(arguments: [UnaryOperation.silu, .gelu, .quickGELU, .sigmoid, .tanh])
    func activationBackward(operation: UnaryOperation) throws {
        let function = try #require(Self.unary.first { $0.0 == operation }).1
        // s (1 - s) and 1 - t² cancel where the function is flat.
        let range = operation == .sigmoid || operation == .tanh ? -1.5...1.5 : -6.0...6
        for n in Self.lengths {
            let (x, dy) = (numbers(n, "x", in: range), numbers(n, "dy"))
            let dx = written(n) { bas_activation_backward(operation.rawValue, $0, dy, x, n) }
            let expected = (0..<n).map {
                Double(dy[$0]) * (function(Double(x[$0]) + 1e-5) - function(Double(x[$0]) - 1e-5)) / 2e-5
            }
            expectClose(dx, expected, "\(operation) of \(n)")
        }
    }

    @Test func scaleAxpyAndCombine() {
        for n in Self.lengths {
            let (x, z) = (numbers(n, "x"), numbers(n, "z"))
            let (p, q) = (x.map(Double.init), z.map(Double.init))
            expectClose(
                written(n) { bas_scale($0, x, 1.5, -0.25, n) }, p.map { 1.5 * $0 - 0.25 }, "scale \(n)")
            expectClose(written(n, 2) { bas_axpy($0, x, -0.75, n) }, p.map { 2 - 0.75 * $0 }, "axpy \(n)")
            let combined = written(n) { bas_combine($0, x, 0.5, z, -2, n) }
            expectClose(combined, zip(p, q).map { 0.5 * $0 - 2 * $1 }, "combine \(n)")
        }
    }

    @Test func rowsAndTheirSums() {
        for columns in 1...70 {
            let (x, bias, rows) = (numbers(3 * columns, "x"), numbers(columns, "bias"), 3)
            #expect(written(3 * columns) { bas_fill_rows($0, bias, rows, columns) } == bias + bias + bias)
            let added = written(3 * columns) { bas_add_rows($0, x, bias, rows, columns) }
            #expect(added == x.indices.map { x[$0] + bias[$0 % columns] })
            let sums = written(columns, 1) { bas_sum_rows($0, x, rows, columns) }
            #expect(sums == (0..<columns).map { 1 + x[$0] + x[columns + $0] + x[2 * columns + $0] })
        }
    }

    @Test func reductions() {
        for n in Self.lengths + [100_003] {
            let (x, y) = (numbers(n, "x"), numbers(n, "y"))
            let (p, q) = (x.map(Double.init), y.map(Double.init))
            let size = Double(max(n, 1))
            #expect(abs(bas_sum(x, n) - p.reduce(0, +)) <= 1e-6 * size)
            #expect(abs(bas_sum_of_squares(x, n) - p.reduce(0) { $0 + $1 * $1 }) <= 2e-6 * size)
            #expect(abs(bas_dot(x, y, n) - zip(p, q).reduce(0) { $0 + $1.0 * $1.1 }) <= 2e-6 * size)
            let squared = zip(p, q).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            #expect(abs(bas_squared_difference(x, y, nil, 1, n) - squared) <= 4e-6 * size)
            #expect(bas_maximum(x, n) == x.max() ?? -.infinity)
            #expect(bas_minimum(x, n) == x.min() ?? .infinity)
        }
        for (rows, each) in [(5, 3), (7, 1), (3, 70)] {
            let (a, b, mask) = (numbers(rows * each, "a"), numbers(rows * each, "b"), numbers(rows, "mask"))
            let expected = a.indices.reduce(0.0) {
                let d = Double(mask[$1 / each]) * (Double(a[$1]) - Double(b[$1]))
                return $0 + d * d
            }
            #expect(abs(bas_squared_difference(a, b, mask, each, rows * each) - expected) <= 1e-5 * expected)
        }
    }

    /// The extreme is found wherever it lies.
    @Test func extremesAtEveryPlace() {
        for n in 1...70 {
            for place in 0..<n {
                var x = [Float](repeating: 0, count: n)
                x[place] = 1
                #expect(bas_maximum(x, n) == 1)
                x[place] = -1
                #expect(bas_minimum(x, n) == -1)
            }
        }
        #expect(bas_maximum([-3, -2], 2) == -2)
        #expect(bas_minimum([3, 2], 2) == 2)
    }

    @Test func softmaxOfEveryWidth() {
        for columns in 1...70 {
            let (s, rows) = (numbers(3 * columns, "s", in: -20...20), 3)
            let reference = Reference(s.map(Double.init), shape: [3, columns])
            let p = written(3 * columns) { bas_softmax($0, s, rows, columns, 0.5) }
            expectClose(p, reference.softmax(scale: 0.5).values, "softmax \(columns)")
            let dp = numbers(3 * columns, "dp")
            let ds = written(3 * columns) { bas_softmax_backward($0, dp, p, rows, columns, 0.5) }
            let expected = (0..<3 * columns).map { i in
                let row = i / columns * columns..<(i / columns + 1) * columns
                let dot = row.reduce(0) { $0 + Double(dp[$1]) * Double(p[$1]) }
                return 0.5 * Double(p[i]) * (Double(dp[i]) - dot)
            }
            // Relative to what is subtracted: with one column all is 0.
            #expect(
                zip(ds, expected).allSatisfy { abs(Double($0) - $1) < 1e-6 }, "softmax backward \(columns)")
        }
    }

    /// Rows whose scores are huge, equal, or all but one masked out.
    @Test func softmaxAtExtremes() {
        let scores: [Float] = [1e30, 1e30, 0, -1e30, -1e30, -1e30, -.infinity, 5, -.infinity]
        let p = written(9) { bas_softmax($0, scores, 3, 3, 1) }
        #expect(p[0] == 0.5 && p[1] == 0.5 && p[2] < 1e-30)
        #expect(p[3...5].allSatisfy { abs($0 - 1 / 3) < 1e-7 })
        #expect(p[6] < 1e-30 && p[7] == 1 && p[8] < 1e-30)
    }

    @Test func gegluOfEveryWidth() {
        for width in 1...70 {
            let x = numbers(6 * width, "x", in: -6...6)
            let expected = Reference(x.map(Double.init), shape: [3, 2 * width]).geglu()
            expectClose(written(3 * width) { bas_geglu($0, x, 3, width) }, expected.values, "geglu \(width)")
        }
    }

    @Test func normsOfEveryWidth() {
        for channels in 1...70 {
            for groups in [1, 2, 5, channels] where channels % groups == 0 {
                for silu in [false, true] { groupNorm(channels, groups, silu: silu) }
            }
            let (x, gamma, beta) = (
                numbers(3 * channels, "x"), numbers(channels, "g"), numbers(channels, "b")
            )
            var (mean, rstd) = ([Float](repeating: 0, count: 3), [Float](repeating: 0, count: 3))
            let y = written(3 * channels) {
                bas_layer_norm($0, x, gamma, beta, &mean, &rstd, 3, channels, 1e-3)
            }
            let expected = Reference(x.map(Double.init), shape: [3, channels])
                .layerNorm(gamma: row(gamma), beta: row(beta), eps: Double(Float(1e-3)))
            expectClose(y, expected.values, "layer norm \(channels)", within: 1e-5)
        }
    }

    private func row(_ values: [Float]) -> Reference {
        Reference(values.map(Double.init), shape: [values.count])
    }

    /// A group at a time equals all at once, and both the reference.
    private func groupNorm(_ channels: Int, _ groups: Int, silu: Bool) {
        let places = 67
        let (x, gamma, beta) = (
            numbers(places * channels, "x"), numbers(channels, "g"), numbers(channels, "b")
        )
        var mean = [Float](repeating: 0, count: groups)
        var rstd = mean
        let whole = written(places * channels) {
            bas_group_norm(
                $0, x, gamma, beta, &mean, &rstd, places, channels, groups, 0, groups, 1e-3, silu ? 1 : 0)
        }
        let parts = written(places * channels) { y in
            for g in 0..<groups {
                bas_group_norm(
                    y, x, gamma, beta, &mean, &rstd, places, channels, groups, g, g + 1, 1e-3, silu ? 1 : 0)
            }
        }
        let expected = Reference(x.map(Double.init), shape: [1, places, channels])
            .groupNorm(
                groups: groups, gamma: row(gamma), beta: row(beta), eps: Double(Float(1e-3)), silu: silu)
        expectClose(whole, expected.values, "group norm \(channels) \(groups)", within: 1e-5)
        expectClose(
            parts, expected.values, "group norm \(channels) \(groups), a group at a time", within: 1e-5)
    }
}
