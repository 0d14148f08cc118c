import CKernels
import Glibc
@testable import NeuralNetwork
import Testing

@testable import Tensors

/// AdamW with moments in 8 bits, against the same written plainly and against 32 bits.
struct OptimizerTests {
    private static let count = 5000

    private static func numbers(_ stream: String, _ step: Int) -> Tensor {
        RandomDraw(seed: 3, stream: stream, step: UInt32(step)).normal([count])
    }

    /// Five steps on gradients that differ by orders of magnitude from block to block.
    private static func train(bits: Int) -> Tensor {
        var optimizer = AdamW(.init(lr: 1e-2, stateBits: bits))
        var value = numbers("value", 0)
        for step in 0..<5 {
            let scale = Tensor((0..<count).map { [1, 1e-3, 10][$0 / 256 % 3] * (1 + Float($0 % 7)) }, shape: [count])
            value = optimizer.update([.init(name: "w", value: value, gradient: numbers("gradient", step) * scale)])[0]
        }
        return value
    }

    @Test func eightBitsMoveParametersAsThirtyTwoDo() {
        let (exact, quantized, start) = (Self.train(bits: 32), Self.train(bits: 8), Self.numbers("value", 0))
        let moved = (exact - start).sumOfSquares.squareRoot()
        let difference = (exact - quantized).sumOfSquares.squareRoot()
        #expect(difference > 0 && difference < 0.1 * moved, "\(difference) of \(moved)")
    }

    @Test func theKernelIsWhatThePlainCodeSays() {
        let (n, signed, unsigned) = (600, QuantizedMoments.signedCode, QuantizedMoments.unsignedCode)
        var options = bas_adamw_options(
            lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, correction1: 0.1, correction2: 0.01, gradientScale: 0.5)
        var p = (0..<n).map { sinf(Float($0)) }, m = [UInt8](repeating: 90, count: n), v = [UInt8](repeating: 40, count: n)
        var (ms, vs) = ([Float](repeating: 0.3, count: 3), [Float](repeating: 0.2, count: 3))
        let g = (0..<n).map { cosf(Float($0) * 1.7) }
        var (expectedP, first, second) = (p, [Float](repeating: 0, count: n), [Float](repeating: 0, count: n))
        for i in 0..<n {
            let d = g[i] * 0.5
            first[i] = 0.9 * signed[Int(m[i])] * ms[0] + 0.1 * d
            second[i] = 0.99 * unsigned[Int(v[i])] * vs[0] + 0.01 * d * d
            expectedP[i] = p[i] * (1 - 0.01 * 0.1) - 0.01 / 0.1 * first[i] / ((second[i] / 0.01).squareRoot() + 1e-8)
        }
        bas_adamw8(&p, &m, &v, &ms, &vs, g, signed, unsigned, &options, n)
        for i in 0..<n {
            #expect(abs(p[i] - expectedP[i]) < 1e-5)
            // The nearest entry of the table, by looking at all.
            let top = first[i / 256 * 256..<min(n, i / 256 * 256 + 256)].map(abs).max() ?? 0
            let nearest = signed.map { abs($0 - first[i] / top) }.min() ?? 9
            #expect(abs(abs(signed[Int(m[i])] - first[i] / top) - nearest) < 1e-6)
        }
        #expect(abs(ms[2] - (first[512...].map(abs).max() ?? 0)) < 1e-6 && abs(vs[1] - (second[256..<512].max() ?? 0)) < 1e-6)
    }

    @Test func theTablesAreThoseOfDynamicTreeQuantisation() {
        for code in [QuantizedMoments.signedCode, QuantizedMoments.unsignedCode] {
            #expect(code.count == 256 && code == code.sorted() && Set(code).count == 256 && code.last == 1 && code.contains(0))
        }
        #expect(QuantizedMoments.signedCode.filter { $0 < 0 }.count == 127)
        #expect(abs((QuantizedMoments.unsignedCode.first { $0 > 0 } ?? 0) - 3.25e-7) < 1e-8)
    }

    /// Each parameter counts its own steps, as in torch: one that misses some moves afterwards as if they had not been.
    @Test(arguments: [32, 8]) func aParameterThatMissesStepsMovesAsIfTheyHadNotBeen(_ bits: Int) {
        var (together, alone) = (AdamW(.init(lr: 1e-2, stateBits: bits)), AdamW(.init(lr: 1e-2, stateBits: bits)))
        var (value, expected, other) = (Self.numbers("value", 0), Self.numbers("value", 0), Self.numbers("other", 0))
        for step in 0..<6 {
            var updates = [AdamW.Update(name: "other", value: other, gradient: Self.numbers("g", step))]
            let isPresent = [1, 2, 5].contains(step)
            if isPresent {
                updates.append(.init(name: "w", value: value, gradient: Self.numbers("gradient", step)))
                expected = alone.update([.init(name: "w", value: expected, gradient: Self.numbers("gradient", step))])[0]
            }
            let values = together.update(updates)
            other = values[0]
            if isPresent { value = values[1] }
        }
        #expect(value.isIdentical(to: expected) && together.missed == ["w": 3] && together.step == 6)
        #expect(!other.isIdentical(to: Self.numbers("other", 0)))
    }

    @Test func smallParametersKeepThirtyTwoBits() {
        var optimizer = AdamW(.init(lr: 1e-2, stateBits: 8))
        _ = optimizer.update([
            .init(name: "small", value: .zeros([10]), gradient: .zeros([10])),
            .init(name: "large", value: .zeros([8192]), gradient: .zeros([8192])),
        ])
        #expect(optimizer.moments.keys.sorted() == ["small"] && optimizer.quantizedMoments.keys.sorted() == ["large"])
    }
}
