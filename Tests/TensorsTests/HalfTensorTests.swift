import Testing

@testable import Tensors

/// Weights that stay in 16 bits: everything reads what float32 would hold, bit for bit.
@Suite struct HalfTensorTests {
    static let formats: [HalfFormat] = [.float16, .bfloat16]

    /// Numbers of 16 bits of every size that weights have, signs and subnormals among them.
    private static func half(_ shape: [Int], _ format: HalfFormat, seed: Int = 1) -> Tensor {
        Tensor.make(shape, format) { values in
            var state = UInt32(truncatingIfNeeded: seed)
            for index in values.indices {
                state = state &* 1_664_525 &+ 1_013_904_223
                let value = Float(Int32(bitPattern: state)) / Float(1 << 31) * (index % 97 == 0 ? 1e-6 : 0.5)
                values[index] = format == .float16 ? HalfPrecision.narrow(float16: value) : HalfPrecision.narrow(bfloat16: value)
            }
        }
    }

    @Test(arguments: formats) func widensEveryNumberExactly(_ format: HalfFormat) {
        let all = Tensor.make([1 << 16], format) { for index in $0.indices { $0[index] = UInt16(index) } }
        for (index, value) in all.widened.values.enumerated() {
            let bits = UInt16(index)
            let expected = format == .float16 ? HalfPrecision.widen(float16: bits) : HalfPrecision.widen(bfloat16: bits)
            // Processors may quieten signalling NaNs; which of its bits a NaN has means nothing.
            #expect(value.bitPattern == expected.bitPattern || value.isNaN && expected.isNaN, "\(index)")
        }
    }

    @Test(arguments: formats) func productsAreThoseOfFloat32(_ format: HalfFormat) {
        // Edges that no panel and no block of widened columns divides.
        for (rows, inputs, outputs) in [(5, 131, 29), (70, 300, 64), (33, 64, 1)] {
            let weight = Self.half([outputs, inputs], format)
            let x = Tensor((0..<rows * inputs).map { Float($0 % 13) - 6 }, shape: [rows, inputs])
            let dy = Tensor((0..<rows * outputs).map { Float($0 % 7) - 3 }, shape: [rows, outputs])
            #expect(x.linear(weight).isIdentical(to: x.linear(weight.widened)))
            #expect(dy.linearInputGradient(weight).isIdentical(to: dy.linearInputGradient(weight.widened)))
            // A trained weight of few rows is read as it lies.
            #expect(x.linear(weight, weightChanges: true).isIdentical(to: x.linear(weight.widened, weightChanges: true)))
            #expect(
                dy.linearInputGradient(weight, weightChanges: true).isIdentical(
                    to: dy.linearInputGradient(weight.widened, weightChanges: true)))
        }
    }

    /// Direct, by Winograd, strided (by patches backwards).
    @Test(arguments: formats) func convolutionsAreThoseOfFloat32(_ format: HalfFormat) {
        for (side, inputs, outputs, stride) in [(6, 5, 9, 1), (24, 32, 48, 1), (8, 16, 16, 2), (16, 256, 240, 1)] {
            let weight = Self.half([outputs, 3, 3, inputs], format)
            let geometry = ConvolutionGeometry(stride: stride, padding: 1)
            let x = Tensor((0..<side * side * inputs).map { Float($0 % 11) - 5 }, shape: [1, side, side, inputs])
            let y = x.conv2d(weight, geometry)
            #expect(y.isIdentical(to: x.conv2d(weight.widened, geometry)))
            #expect(
                y.conv2dInputGradient(weight, input: x.shape, geometry).isIdentical(
                    to: y.conv2dInputGradient(weight.widened, input: x.shape, geometry)))
        }
    }

    @Test(arguments: formats) func everythingElseSeesFloat32(_ format: HalfFormat) {
        let (a, b) = (Self.half([6, 4, 3, 3], format), Self.half([6, 4, 3, 3], format, seed: 2))
        #expect((a + b).isIdentical(to: a.widened + b.widened))
        #expect(a.channelsLast.format == format && a.channelsLast.isIdentical(to: a.widened.permuted([0, 2, 3, 1])))
        #expect(a.fingerprint == a.widened.fingerprint && a.sumOfSquares == a.widened.sumOfSquares && a.dot(b) == a.widened.dot(b.widened))
        let table = Self.half([10, 7], format)
        #expect(table.gatherRows([9, 0, 3]).isIdentical(to: table.widened.gatherRows([9, 0, 3])))
        #expect(table.rows(3..<5).compacted.isIdentical(to: table.widened.rows(3..<5)) && table.rows(3..<5).compacted.byteCount == 28)
        #expect(Tensor.concatenated([table, table], axis: 0).rows(10..<20).isIdentical(to: table.widened))
    }

    /// A change makes a float32 tensor of it; what shares the storage stays as it was, and nothing is kept twice.
    @Test func changesAreItsOwn() {
        let half = Self.half([4, 64], .float16)
        #expect(half.widened.mark == half.mark)
        var changed = half
        changed.mutate { $0[5] = 3 }
        #expect(changed.format == nil && changed.mark != half.mark && changed.values[5] == 3 && half.values[5] != 3)
        #expect(half.byteCount == 512 && changed.byteCount == 1024)
        let before = MemoryPool.shared.usedBytes
        _ = half.values + changed.widened.values
        #expect(MemoryPool.shared.usedBytes == before)
    }
}
