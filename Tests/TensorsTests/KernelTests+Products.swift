import CKernels
import TestSupport
import Testing

@testable import Tensors

/// The micro-kernels' products at every edge: rows and columns that no tile divides, sums long enough to be cut.
@Suite struct ProductKernelTests {
    private func numbers(_ shape: [Int], _ seed: String) -> Tensor {
        var numbers = SeededNumbers(seed: "\(seed) \(shape)")
        return numbers.tensor(shape, in: -1...1)
    }

    static let sizes: [(m: Int, n: Int, k: Int)] =
        (1...17).map { ($0, 50 - $0, $0 + 3) } + [(70, 49, 3000), (1, 1, 1), (130, 97, 600), (600, 9, 33), (16, 160, 2561)]

    @Test(arguments: sizes)
    func packedAndPlainProducts(m: Int, n: Int, k: Int) {
        let (x, w) = (numbers([m, k], "x"), numbers([n, k], "w"))
        let (bias, residual) = (numbers([n], "bias"), numbers([m, n], "residual"))
        let expected = Reference(x).linear(Reference(w), bias: Reference(bias), residual: Reference(residual))
        expectClose(x.linear(w, bias: bias, residual: residual), expected, within: 1e-5)
        expectClose(x.linear(w), Reference(x).linear(Reference(w)), within: 1e-5)
        // The same from a weight as it lies, for few rows.
        if m <= Tensor.thinRows {
            let changing = x.linear(w, bias: bias, residual: residual, weightChanges: true)
            expectClose(changing, expected, within: 1e-5)
            expectClose(x.linear(w, weightChanges: true), Reference(x).linear(Reference(w)), within: 1e-5)
            let dy = numbers([m, n], "dy")
            let dx = dy.linearInputGradient(w, weightChanges: true)
            expectClose(dx, Reference(dy).matmul(Reference(w)), within: 1e-5)
        }
        // The same from a right-hand side that is not packed.
        let b = w.permuted([1, 0])
        let plain = Tensor.make([m, n]) {
            bas_product(
                $0.baseAddress, n, x.pointer, k, m, k, b.pointer, n, n, 0, bas_panels(n), bias.pointer,
                residual.pointer)
        }
        keepAlive(x, b, bias, residual)
        expectClose(plain, expected, within: 1e-5)
        // Gradients: dx = dy W and dW = dyᵀ x.
        let dy = numbers([m, n], "dy")
        expectClose(dy.linearInputGradient(w), Reference(dy).matmul(Reference(w)), within: 1e-5)
        let transposed = Reference(dy.permuted([1, 0]))
        expectClose(dy.linearWeightGradient(input: x), transposed.matmul(Reference(x)), within: 1e-5)
    }

    /// A packed weight is dropped when the weight is written, and copies keep what they had.
    @Test func packedWeightsFollowTheirWeights() {
        let x = numbers([5, 7], "x")
        var w = numbers([6, 7], "w")
        _ = x.linear(w)
        let before = w
        w.mutate { $0[3] += 1 }
        expectClose(x.linear(w), Reference(x).linear(Reference(w)), within: 1e-6)
        expectClose(x.linear(before), Reference(x).linear(Reference(before)), within: 1e-6)
        // In place, nobody else holding it.
        var own = numbers([6, 7], "own")
        _ = (x.linear(own), numbers([5, 6], "dy").linearInputGradient(own))
        own.mutate { for i in $0.indices { $0[i] *= 2 } }
        expectClose(x.linear(own), Reference(x).linear(Reference(own)), within: 1e-6)
        let dy = numbers([5, 6], "dy")
        expectClose(dy.linearInputGradient(own), Reference(dy).matmul(Reference(own)), within: 1e-6)
    }

    /// Views of one storage are packed apart.
    @Test func rowsOfAWeight() {
        let (x, w) = (numbers([3, 5], "x"), numbers([8, 5], "w"))
        for range in [0..<4, 4..<8, 0..<8] {
            expectClose(x.linear(w.rows(range)), Reference(x).linear(Reference(w.rows(range))), within: 1e-6)
        }
    }

    @Test(arguments: [
        (1, 5, 7, 3, 9, 1), (2, 8, 8, 16, 48, 1), (2, 9, 4, 17, 50, 2), (3, 16, 16, 8, 8, 1), (1, 6, 6, 300, 20, 1),
    ])
    func convolutions(samples: Int, height: Int, width: Int, inputs: Int, outputs: Int, stride: Int) {
        let (x, w) = (numbers([samples, height, width, inputs], "x"), numbers([outputs, 3, 3, inputs], "w"))
        let geometry = ConvolutionGeometry(stride: stride, padding: 1)
        let y = x.conv2d(w, geometry)
        // Against patches and OpenBLAS, forward and back.
        let g = geometry.resolve(x.shape, kernel: w.shape)
        expectClose(y, Reference(x.conv2dByPatches(w, bias: nil, residual: nil, g)), within: 1e-5)
        let dy = numbers(y.shape, "dy")
        expectClose(
            dy.conv2dInputGradient(w, input: x.shape, geometry),
            Reference(dy.conv2dInputGradientByPatches(w, input: x.shape, g)), within: 1e-5)
        // <dW, w> = <dy, conv(x, w)>: linear in w.
        let dw = dy.conv2dWeightGradient(input: x, kernel: w.shape, geometry)
        let expected = dy.dot(y)
        #expect(abs(dw.dot(w) - expected) < 1e-4 * (1 + dy.sumOfSquares.squareRoot() * y.sumOfSquares.squareRoot()))
    }

    /// Few pixels and a weight as it lies, against patches and OpenBLAS.
    @Test(arguments: [(2, 4, 4, 24, 50, 1), (1, 5, 7, 3, 9, 1), (1, 6, 6, 300, 20, 1), (2, 8, 8, 16, 33, 2), (1, 3, 3, 48, 16, 1)])
    func convolutionsOfFewPixels(samples: Int, height: Int, width: Int, inputs: Int, outputs: Int, stride: Int) {
        let (x, w) = (numbers([samples, height, width, inputs], "x"), numbers([outputs, 3, 3, inputs], "w"))
        let geometry = ConvolutionGeometry(stride: stride, padding: 1)
        let g = geometry.resolve(x.shape, kernel: w.shape)
        let (bias, residual) = (numbers([outputs], "bias"), numbers([samples, g.OH, g.OW, outputs], "residual"))
        expectClose(
            x.conv2d(w, bias: bias, residual: residual, geometry, weightChanges: true),
            Reference(x.conv2dByPatches(w, bias: bias, residual: residual, g)), within: 1e-5)
        let dy = numbers([samples, g.OH, g.OW, outputs], "dy")
        expectClose(
            dy.conv2dInputGradient(w, input: x.shape, geometry, weightChanges: true),
            Reference(dy.conv2dInputGradientByPatches(w, input: x.shape, g)), within: 1e-5)
    }

    /// Winograd's tiles against patches and taps: whole tiles and partial ones, every padding, one task and many; kernels that
    /// are kept, and that change at every step.
    @Test(arguments: [
        (2, 16, 16, 48, 48, 1), (8, 4, 4, 32, 80, 1), (1, 13, 18, 16, 32, 1), (3, 23, 9, 64, 16, 0), (2, 12, 12, 32, 32, 2),
    ])
    func convolutionsByTiles(samples: Int, height: Int, width: Int, inputs: Int, outputs: Int, padding: Int) {
        let (x, w) = (numbers([samples, height, width, inputs], "x"), numbers([outputs, 3, 3, inputs], "w"))
        let geometry = ConvolutionGeometry(stride: 1, padding: padding)
        let g = geometry.resolve(x.shape, kernel: w.shape)
        #expect(g.suitsWinogradAnew(samples: samples, outputs: outputs, weightChanges: true))
        let dy = expectPatches(x, w, geometry)
        expectClose(
            dy.winogradWeightGradient(input: x, g),
            Reference(dy.directWeightGradient(input: x, kernel: w.shape, g)), within: 2e-5)
    }

    /// A convolution with bias and residual, and the gradient of its input, are those by patches; returns the latter's dy.
    private func expectPatches(_ x: Tensor, _ w: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
        let g = geometry.resolve(x.shape, kernel: w.shape)
        let shape = [x.shape[0], g.OH, g.OW, w.shape[0]]
        let (bias, residual, dy) = (numbers([w.shape[0]], "bias"), numbers(shape, "residual"), numbers(shape, "dy"))
        for weightChanges in [false, true] {
            expectClose(
                x.conv2d(w, bias: bias, residual: residual, geometry, weightChanges: weightChanges),
                Reference(x.conv2dByPatches(w, bias: bias, residual: residual, g)), within: 2e-5)
            expectClose(
                dy.conv2dInputGradient(w, input: x.shape, geometry, weightChanges: weightChanges),
                Reference(dy.conv2dInputGradientByPatches(w, input: x.shape, g)), within: 2e-5)
        }
        return dy
    }

    /// Large kernels, transformed part by part: more channels than a part, outputs that fill none, more than a block of tiles.
    @Test(arguments: [(1, 16, 16, 256, 240), (2, 12, 20, 400, 160), (3, 28, 28, 256, 272)])
    func convolutionsByTilesOfLargeKernels(samples: Int, height: Int, width: Int, inputs: Int, outputs: Int) {
        let (x, w) = (numbers([samples, height, width, inputs], "x"), numbers([outputs, 3, 3, inputs], "w"))
        let geometry = ConvolutionGeometry(stride: 1, padding: 1)
        let g = geometry.resolve(x.shape, kernel: w.shape)
        #expect(g.suitsWinogradAnew(samples: samples, outputs: outputs, weightChanges: false))
        _ = expectPatches(x, w, geometry)
    }

    /// The transformed kernel follows its weight as the packed one does.
    @Test func transformedKernelsFollowTheirWeights() {
        let x = numbers([1, 12, 12, 16], "x")
        var w = numbers([16, 3, 3, 16], "w")
        let geometry = ConvolutionGeometry(stride: 1, padding: 1)
        let before = x.conv2d(w, geometry)
        w.mutate { for i in $0.indices { $0[i] *= 2 } }
        #expect(x.conv2d(w, geometry).isIdentical(to: before.scaled(by: 2)))
    }
}
