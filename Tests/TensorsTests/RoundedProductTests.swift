import CKernels
import TestSupport
import Testing

@testable import Tensors

/// Products of operands rounded to bfloat16 against sums in double of operands rounded in Swift.
@Suite(.enabled(if: ProductPrecision.bfloat16.isSupported, "this processor has no AVX512_BF16"))
struct RoundedProductTests {
    private func numbers(_ shape: [Int], _ seed: String) -> Tensor {
        var numbers = SeededNumbers(seed: "\(seed) \(shape)")
        return numbers.tensor(shape, in: -1...1)
    }

    /// To nearest, ties to even.
    private func rounded(_ x: Tensor) -> Tensor {
        Tensor(
            x.values.map { value in
                let bits = value.bitPattern
                return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
            }, shape: x.shape)
    }

    private func exact(_ x: Tensor) -> Reference { Reference(rounded(x)) }

    /// Errors of sums of k products in float32, relative to their range.
    private func tolerance(_ k: Int) -> Double { 1e-6 * Double(k).squareRoot() + 1e-6 }

    @Test func roundingIsToNearestEven() {
        // 1 + 1/256 lies between 1 and 1 + 1/128; 1 + 3/256 between 1 + 1/128 and 1 + 2/128.
        let values: [Float] = [1, -1, 1.00390625, 1.01171875, 1.0040, 0.3, -0.7, 3e38, 1e-30, 0, -0.0, .infinity, 65_537]
        for count in 1...70 {
            let x = (0..<count).map { values[$0 % values.count] }
            let pairs = Tensor.make([(count + 1) / 2]) { bas_round_rows($0.baseAddress, x, count, 1, count) }
            let expected = rounded(Tensor(x, shape: [count])).values + (count % 2 == 1 ? [0] : [])
            let ours = pairs.values.flatMap { [Float(bitPattern: $0.bitPattern << 16), Float(bitPattern: $0.bitPattern & 0xFFFF_0000)] }
            #expect(ours.map(\.bitPattern) == expected.map(\.bitPattern), "\(count)")
        }
    }

    private func expectLinear(m: Int, n: Int, k: Int) throws {
        let (x, w, dy) = (numbers([m, k], "x"), numbers([n, k], "w"), numbers([m, n], "dy"))
        let (bias, residual) = (numbers([n], "bias"), numbers([m, n], "residual"))
        try ProductPrecision.bfloat16.during {
            let what = "\(m) \(n) \(k)"
            let y = x.linear(w, bias: bias, residual: residual)
            expectClose(y, exact(x).linear(exact(w), bias: Reference(bias), residual: Reference(residual)), within: tolerance(k), what)
            #expect(x.linear(w, bias: bias, residual: residual, weightChanges: true).isIdentical(to: y))
            expectClose(dy.linearInputGradient(w), exact(dy).matmul(exact(w)), within: tolerance(n), what)
            let transposed = exact(dy).permuted([1, 0])
            expectClose(dy.linearWeightGradient(input: x), transposed.matmul(exact(x)), within: tolerance(m), what)
        }
    }

    /// Every tail of rows, of three vectors of columns, and of pairs.
    @Test(arguments: 1...9) func linearLayersAtEveryEdge(m: Int) throws {
        for n in Array(1...17) + Array(31...50) { for k in Array(1...9) + Array(30...35) { try expectLinear(m: m, n: n, k: k) } }
    }

    @Test(arguments: [(70, 49, 3000), (130, 97, 600), (2600, 96, 48), (6000, 50, 33), (16, 160, 2561), (300, 130, 400)])
    func largeLinearLayers(m: Int, n: Int, k: Int) throws { try expectLinear(m: m, n: n, k: k) }

    /// Against the same convolutions in float32 of rounded operands: their products are exact there.
    private func expectConvolution(_ x: Tensor, _ w: Tensor, _ geometry: ConvolutionGeometry) throws {
        let g = geometry.resolve(x.shape, kernel: w.shape)
        let shape = [x.shape[0], g.OH, g.OW, w.shape[0]]
        let (bias, residual, dy) = (numbers([w.shape[0]], "bias"), numbers(shape, "residual"), numbers(shape, "dy"))
        let y = rounded(x).conv2dByPatches(rounded(w), bias: bias, residual: residual, g)
        let dx = rounded(dy).conv2dInputGradientByPatches(rounded(w), input: x.shape, g)
        let dw = rounded(dy).directWeightGradient(input: rounded(x), kernel: w.shape, g)
        try ProductPrecision.bfloat16.during {
            expectClose(x.conv2d(w, bias: bias, residual: residual, geometry), Reference(y), within: 1e-5)
            expectClose(x.conv2dByPatches(w, bias: bias, residual: residual, g), Reference(y), within: 1e-5)
            expectClose(dy.conv2dInputGradient(w, input: x.shape, geometry), Reference(dx), within: 1e-5)
            expectClose(dy.conv2dInputGradientByPatches(w, input: x.shape, g), Reference(dx), within: 1e-5)
            expectClose(dy.conv2dWeightGradient(input: x, kernel: w.shape, geometry), Reference(dw), within: 1e-5)
        }
    }

    /// Strides, an odd number of channels, partial vectors, few pixels, and the work of several tasks.
    @Test(arguments: [
        (1, 5, 7, 3, 9, 1), (2, 9, 4, 17, 50, 2), (3, 16, 16, 8, 8, 1), (1, 6, 6, 300, 20, 1), (2, 3, 3, 48, 16, 1), (3, 24, 24, 8, 49, 1),
        (2, 16, 16, 48, 48, 2),
    ])
    func convolutions(samples: Int, height: Int, width: Int, inputs: Int, outputs: Int, stride: Int) throws {
        let (x, w) = (numbers([samples, height, width, inputs], "x"), numbers([outputs, 3, 3, inputs], "w"))
        try expectConvolution(x, w, ConvolutionGeometry(stride: stride, padding: 1))
    }

    /// Gradients are those of what forward computes: <dy, f(x)> = <dx, x> = <dW, W> for operands that rounding leaves alone.
    @Test func gradientsFitTheForwardPass() throws {
        let (x, w) = (rounded(numbers([2, 9, 10, 24], "x")), rounded(numbers([40, 3, 3, 24], "w")))
        for geometry in [ConvolutionGeometry(stride: 1, padding: 1), ConvolutionGeometry(stride: 2, padding: 1)] {
            try ProductPrecision.bfloat16.during {
                let y = x.conv2d(w, geometry)
                let dy = rounded(numbers(y.shape, "dy"))
                let value = dy.dot(y)
                let scale = dy.sumOfSquares.squareRoot() * y.sumOfSquares.squareRoot()
                #expect(abs(dy.conv2dInputGradient(w, input: x.shape, geometry).dot(x) - value) < 1e-5 * scale)
                #expect(abs(dy.conv2dWeightGradient(input: x, kernel: w.shape, geometry).dot(w) - value) < 1e-5 * scale)
            }
        }
        let (rows, weight) = (rounded(numbers([60, 40], "rows")), rounded(numbers([50, 40], "weight")))
        try ProductPrecision.bfloat16.during {
            let y = rows.linear(weight)
            let dy = rounded(numbers(y.shape, "dy"))
            let (value, scale) = (dy.dot(y), dy.sumOfSquares.squareRoot() * y.sumOfSquares.squareRoot())
            #expect(abs(dy.linearInputGradient(weight).dot(rows) - value) < 1e-5 * scale)
            #expect(abs(dy.linearWeightGradient(input: rows).dot(weight) - value) < 1e-5 * scale)
        }
    }

    @Test func bitsDoNotDependOnThreads() throws {
        let (rows, weight) = (numbers([3000, 200], "rows"), numbers([150, 200], "weight"))
        let (image, kernel, odd) = (numbers([3, 33, 31, 32], "image"), numbers([48, 3, 3, 32], "kernel"), numbers([40, 3, 3, 32], "odd"))
        let padded = ConvolutionGeometry(stride: 1, padding: 1), halved = ConvolutionGeometry(stride: 2, padding: 1)
        func bits(_ schedule: Parallel.Schedule) throws -> [[UInt32]] {
            try ProductPrecision.bfloat16.during {
                Parallel.$schedule.withValue(schedule) {
                    let y = rows.linear(weight)
                    var results = [y, y.linearInputGradient(weight), y.linearWeightGradient(input: rows)]
                    for (w, geometry) in [(kernel, padded), (odd, padded), (kernel, halved)] {
                        let z = image.conv2d(w, geometry)
                        results += [
                            z, z.conv2dInputGradient(w, input: image.shape, geometry),
                            z.conv2dWeightGradient(input: image, kernel: w.shape, geometry),
                        ]
                    }
                    return results.map { $0.values.map(\.bitPattern) }
                }
            }
        }
        let expected = try bits(.threads(1))
        for schedule in [Parallel.Schedule.threads(2), .threads(3), .reversed] { #expect(try bits(schedule) == expected) }
    }

    /// A weight's packed forms of both precisions live side by side and follow it.
    @Test func packedWeightsFollowTheirWeights() throws {
        let x = numbers([5, 7], "x")
        var w = numbers([6, 7], "w")
        for _ in 0..<2 {
            expectClose(x.linear(w), Reference(x).linear(Reference(w)), within: 1e-6)
            try ProductPrecision.bfloat16.during { expectClose(x.linear(w), exact(x).linear(exact(w)), within: 1e-5) }
            w.mutate { $0[3] += 1 }
        }
    }

    /// Tiles of 4×4, whole and partial, an odd number of them, large kernels: off by 0.012 of their size where plain sums are
    /// by 0.002.
    @Test(arguments: [
        (2, 16, 16, 48, 48, 1), (8, 4, 4, 32, 80, 1), (1, 13, 18, 16, 32, 1), (3, 23, 9, 64, 16, 0), (2, 12, 12, 32, 32, 2),
        (3, 12, 12, 384, 192, 1),
        (1, 20, 28, 16, 32, 1),
    ])
    func convolutionsByTiles(samples: Int, height: Int, width: Int, inputs: Int, outputs: Int, padding: Int) throws {
        let (x, w) = (numbers([samples, height, width, inputs], "x"), numbers([outputs, 3, 3, inputs], "w"))
        let geometry = ConvolutionGeometry(stride: 1, padding: padding)
        let g = geometry.resolve(x.shape, kernel: w.shape)
        #expect(g.suitsRoundedWinograd(samples: samples, outputs: outputs, weightChanges: true))
        let shape = [samples, g.OH, g.OW, outputs]
        let (bias, residual, dy) = (numbers([outputs], "bias"), numbers(shape, "residual"), numbers(shape, "dy"))
        let y = x.conv2dByPatches(w, bias: bias, residual: residual, g)
        let dx = dy.conv2dInputGradientByPatches(w, input: x.shape, g)
        let dw = dy.directWeightGradient(input: x, kernel: w.shape, g)
        try ProductPrecision.bfloat16.during {
            for weightChanges in [false, true] {
                expectNear(x.conv2d(w, bias: bias, residual: residual, geometry, weightChanges: weightChanges), y)
                expectNear(dy.conv2dInputGradient(w, input: x.shape, geometry, weightChanges: weightChanges), dx)
            }
            expectNear(dy.conv2dWeightGradient(input: x, kernel: w.shape, geometry), dw)
        }
    }

    private func expectNear(_ ours: Tensor, _ exact: Tensor) {
        let difference = zip(ours.values, exact.values).map { Double($0 - $1) }
        let error = (difference.reduce(0) { $0 + $1 * $1 } / exact.sumOfSquares).squareRoot()
        #expect(error > 5e-4 && error < 0.018, "\(ours.shape): off by \(error)")
    }
}
