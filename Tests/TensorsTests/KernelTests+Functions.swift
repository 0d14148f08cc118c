import CKernels
import Glibc
import TestSupport
import Testing

@testable import Tensors

/// The mathematics of the kernels over float32's whole range.
@Suite struct KernelFunctionTests {
    private func unary(_ operation: UnaryOperation, _ x: [Float]) -> [Float] {
        var y = x
        bas_unary(operation.rawValue, &y, x, x.count)
        return y
    }

    /// Distance in units of the last place of the float32 nearest to `expected`.
    private func ulps(_ value: Float, _ expected: Double) -> Double {
        abs(Double(value) - expected) / Double(max(Float(abs(expected)).ulp, .leastNonzeroMagnitude))
    }

    /// Every 64th float32 between the ends of the range, and the ends themselves.
    @Test func expOverTheWholeRange() {
        var x: [Float] = []
        for sign: Float in [-1, 1] {
            for bits in stride(from: Float(1e-8).bitPattern, to: Float(104).bitPattern, by: 4099) {
                x.append(sign * Float(bitPattern: bits))
            }
        }
        var worst = 0.0
        for (x, y) in zip(x, unary(.exp, x)) where exp(Double(x)) < Double(Float.greatestFiniteMagnitude) {
            worst = max(worst, ulps(y, exp(Double(x))))
        }
        #expect(worst < 2.5, "exp is off by \(worst) ulp")
        let ends = unary(.exp, [0, -0.0, 88.72, 88.73, 1000, .infinity, -104, -1000, -.infinity, -87.5])
        #expect(ends[0] == 1 && ends[1] == 1)
        #expect(ends[2].isFinite && ends[2] > 3.38e38)
        #expect(ends[3...5].allSatisfy { $0 == .infinity })
        #expect(ends[6...8].allSatisfy { $0 == 0 })
        #expect(ends[9] > 0 && ends[9] < 1.2e-38)
        #expect(unary(.exp, [.nan])[0].isNaN)
    }

    /// gelu is x Φ(x): absolutely within 3e-7 of |x|, so erf within 6e-7; nothing breaks far out.
    @Test func geluAndErfOverTheWholeRange() {
        let x = (-12000...12000).map { Float($0) / 1000 }
        for (x, y) in zip(x, unary(.gelu, x)) where x != 0 {
            let phi = 0.5 * erfc(-Double(x) / 2.0.squareRoot())
            #expect(abs(Double(y / x) - phi) < 3e-7, "Φ(\(x))")
        }
        #expect(unary(.gelu, [0, 1e6, -1e6, 3e38]) == [0, 1e6, 0, 3e38])
    }

    @Test func sigmoidAndSiluFarOut() {
        let sigmoid = unary(.sigmoid, [0, 30, 100, 1e30, -30, -100, -1e30])
        #expect(sigmoid[0] == 0.5 && sigmoid[1...3].allSatisfy { $0 == 1 })
        #expect(abs(sigmoid[4] - 9.3576e-14) < 1e-17 && sigmoid[5] < 1e-30 && sigmoid[6] < 1e-30)
        let silu = unary(.silu, [1e30, -100])
        #expect(silu[0] == 1e30 && abs(silu[1]) < 1e-30)
    }

    /// Ten steps of PyTorch's AdamW in double; the gradient's scale and the decay count.
    @Test(arguments: [0.0, 0.01], [1.0, 0.25])
    func adamWTenSteps(weightDecay: Double, scale: Double) {
        for n in Array(1...70) + [1000] {
            var numbers = SeededNumbers(seed: "adamw \(n)")
            var p = numbers.array(n)
            var (m, v) = ([Float](repeating: 0, count: n), [Float](repeating: 0, count: n))
            var (rp, rm, rv) = (
                p.map(Double.init), [Double](repeating: 0, count: n), [Double](repeating: 0, count: n)
            )
            let (lr, beta1, beta2, eps) = (1e-2, 0.9, 0.999, 1e-8)
            for step in 1...10 {
                let g = numbers.array(n)
                var options = bas_adamw_options(
                    lr: Float(lr), beta1: Float(beta1), beta2: Float(beta2), eps: Float(eps),
                    weightDecay: Float(weightDecay), correction1: Float(1 - pow(beta1, Double(step))),
                    correction2: Float(1 - pow(beta2, Double(step))), gradientScale: Float(scale))
                bas_adamw(&p, &m, &v, g, &options, n)
                for i in 0..<n {
                    let d = Double(g[i]) * scale
                    rp[i] *= 1 - lr * weightDecay
                    rm[i] = beta1 * rm[i] + (1 - beta1) * d
                    rv[i] = beta2 * rv[i] + (1 - beta2) * d * d
                    let root = rv[i].squareRoot() / (1 - pow(beta2, Double(step))).squareRoot() + eps
                    rp[i] -= lr / (1 - pow(beta1, Double(step))) * rm[i] / root
                }
            }
            #expect(relativeError(p, rp) < 2e-6, "parameters of \(n)")
            #expect(relativeError(m, rm) < 2e-6, "first moments of \(n)")
            #expect(relativeError(v, rv) < 2e-5, "second moments of \(n)")
        }
    }

    /// Patches as a plain loop writes them, and their transpose: ⟨patches(x), p⟩ = ⟨x, patchesᵀ(p)⟩.
    @Test(arguments: [(1, 1, 1), (1, 0, 0), (2, 1, 1), (2, 0, 0), (3, 2, 1)])
    func patches(stride: Int, top: Int, left: Int) {
        for channels in [1, 3, 8, 17, 33] {
            let (h, w, kernelH, kernelW, oh, ow) = (6, 5, 3, 2, 3, 2)
            var g = bas_convolution(
                H: h, W: w, C: channels, OH: oh, OW: ow, kernelH: kernelH, kernelW: kernelW, stride: stride,
                padTop: top,
                padLeft: left)
            var numbers = SeededNumbers(seed: "patches \(channels)")
            let x = numbers.array(h * w * channels)
            let width = kernelH * kernelW * channels
            let (first, count) = (1, oh * ow - 1)
            var patches = [Float](repeating: .nan, count: count * width)
            bas_patches(&patches, x, &g, first, count)
            for i in patches.indices {
                let (o, tap, c) = (first + i / width, i % width / channels, i % channels)
                let (y, z) = (o / ow * stride + tap / kernelW - top, o % ow * stride + tap % kernelW - left)
                let inside = y >= 0 && y < h && z >= 0 && z < w
                #expect(patches[i] == (inside ? x[(y * w + z) * channels + c] : 0))
            }
            let other = numbers.array(count * width)
            var back = [Float](repeating: 0, count: x.count)
            bas_patches_add(&back, other, &g, first, count)
            let (left, right) = (bas_dot(patches, other, other.count), bas_dot(x, back, x.count))
            #expect(abs(left - right) < 1e-4)
        }
    }

    @Test func upsampling() {
        for channels in 1...20 {
            var numbers = SeededNumbers(seed: "upsample \(channels)")
            let x = numbers.tensor([1, 3, 4, channels])
            #expect(x.upsampledByTwo().values.map(Double.init) == Reference(x).upsampledByTwo().values)
            let dy = numbers.tensor([1, 6, 8, channels])
            let pairs = dy.upsampledByTwoBackward().dot(x)
            #expect(abs(pairs - dy.dot(x.upsampledByTwo())) < 1e-4)
        }
    }
}
