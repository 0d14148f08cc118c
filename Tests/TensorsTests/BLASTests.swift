import TestSupport
import Testing

@testable import Tensors

@Suite struct BLASTests {
    /// Slow or wrong cores are not left in use, except where the user pinned one.
    @Test func coreMatchesTheProcessor() {
        let selection = BLAS.selection
        #expect(!selection.core.isEmpty)
        #expect(selection.isPinned || BLAS.matchesProcessor, "\(selection.core) on \(Processor.name)")
    }

    @Test func strengthsAreOrdered() {
        #expect(BLAS.strength(of: "SKYLAKEX") == 2 && BLAS.strength(of: "haswell") == 1)
        #expect(BLAS.strength(of: "Prescott") == 0 && BLAS.strength(of: "an unknown core") == 0)
    }

    static let sizes = [
        (1, 1, 1), (1, 7, 3), (2, 3, 5), (3, 1, 9), (5, 131, 17), (16, 16, 16), (17, 33, 65), (31, 47, 1),
        (64, 1, 64),
        (63, 65, 129), (128, 130, 7), (257, 19, 31), (150, 170, 130),
    ]

    /// Products of odd sizes, each operand transposed or not, against plain loops.
    @Test(arguments: sizes)
    func products(m: Int, n: Int, k: Int) {
        var numbers = SeededNumbers(seed: "product \(m) \(n) \(k)")
        let (a, b) = (numbers.tensor([m, k]), numbers.tensor([k, n]))
        let expected = Reference(a).matmul(Reference(b))
        let (turnedA, turnedB) = (a.transposed, b.transposed)
        expectClose(a.matmul(b), expected, within: 1e-6, "A B")
        expectClose(turnedA.matmul(b, transposeSelf: true), expected, within: 1e-6, "Aᵀ B")
        expectClose(a.matmul(turnedB, transposeOther: true), expected, within: 1e-6, "A Bᵀ")
        expectClose(
            turnedA.matmul(turnedB, transposeSelf: true, transposeOther: true), expected, within: 1e-6,
            "Aᵀ Bᵀ")
    }

    @Test func emptyProducts() {
        #expect(Tensor.zeros([0, 3]).matmul(.zeros([3, 4])).shape == [0, 4])
        #expect(Tensor.zeros([2, 0]).matmul(.zeros([0, 4])).values == [Float](repeating: 0, count: 8))
    }
}
