import TestSupport
import Testing

@testable import Tensors

/// Slices, permutations, joins and gathers against plain indexing.
@Suite struct TensorLayoutTests {
    private func counted(_ shape: [Int]) -> Tensor {
        Tensor((0..<Shape.count(shape)).map { Float($0) }, shape: shape)
    }

    private func expectEqual(
        _ ours: Tensor, _ expected: Reference, at location: SourceLocation = #_sourceLocation
    ) {
        #expect(ours.shape == expected.shape, sourceLocation: location)
        #expect(ours.values.map(Double.init) == expected.values, sourceLocation: location)
    }

    static let slices: [([Int], [(start: Int, count: Int, step: Int)])] = [
        ([9], [(0, 9, 1)]), ([9], [(8, 9, -1)]), ([9], [(1, 4, 2)]), ([9], [(7, 3, -3)]), ([9], [(4, 0, 1)]),
        ([4, 6], [(3, 4, -1), (5, 6, -1)]), ([4, 6], [(0, 4, 1), (1, 3, 2)]),
        ([4, 6], [(1, 2, 1), (0, 6, 1)]),
        ([3, 4, 5], [(2, 1, 1), (0, 4, 1), (4, 3, -2)]), ([3, 4, 5], [(0, 2, 2), (3, 2, -3), (0, 5, 1)]),
        ([2, 1, 5], [(1, 2, -1), (0, 1, 1), (0, 5, 1)]), ([], []),
    ]

    @Test(arguments: slices)
    func slicing(shape: [Int], slices: [(start: Int, count: Int, step: Int)]) {
        let x = counted(shape)
        let ours = slices.map { Tensor.Slice(start: $0.start, count: $0.count, step: $0.step) }
        let part = x.sliced(ours)
        expectEqual(part, Reference(x).sliced(slices))
        // Scattered back, the elements of the slice are there and all others 0.
        let back = part.scattered(to: shape, ours)
        let picked = Set(part.values)
        #expect(back.values == x.values.map { picked.contains($0) ? $0 : 0 })
    }

    @Test(arguments: [
        ([4], [0]), ([3, 5], [1, 0]), ([3, 1, 5], [1, 2, 0]), ([2, 3, 4], [2, 1, 0]),
        ([2, 3, 4, 5], [0, 3, 1, 2]), ([2, 3, 4, 5], [0, 2, 3, 1]), ([2, 0, 4], [2, 0, 1]),
    ])
    func permuting(shape: [Int], order: [Int]) {
        let x = counted(shape)
        expectEqual(x.permuted(order), Reference(x).permuted(order))
    }

    @Test func transposing() {
        let x = counted([2, 3, 5])
        expectEqual(x.transposed, Reference(x).permuted([0, 2, 1]))
        #expect(x.transposed.transposed.values == x.values)
    }

    @Test(arguments: [([2, 3, 4], 0), ([2, 3, 4], 1), ([2, 3, 4], 2), ([2, 3, 4], -1), ([5], 0)])
    func concatenatingAndSplitting(shape: [Int], axis: Int) {
        let place = axis < 0 ? axis + shape.count : axis
        var numbers = SeededNumbers(seed: "concatenate")
        let parts = [1, 4, 2].map { size in
            var shape = shape
            shape[place] = size
            return numbers.tensor(shape)
        }
        let whole = Tensor.concatenated(parts, axis: axis)
        expectEqual(whole, Reference.concatenated(parts.map { Reference($0) }, axis: place))
        for (part, original) in zip(whole.split([1, 4, 2], axis: axis), parts) {
            #expect(part.shape == original.shape && part.values == original.values)
        }
    }

    @Test func gatheringAndScatteringRows() {
        let table = counted([5, 3])
        let rows = table.gatherRows([4, 0, 4])
        #expect(rows.values == [12, 13, 14, 0, 1, 2, 12, 13, 14])
        #expect(rows.scatterRows([1, 0, 1], into: 3).values == [0, 1, 2, 24, 26, 28, 0, 0, 0])
        #expect(table.gatherRows([]).shape == [0, 3])
        #expect(table.gatherRows([]).scatterRows([], into: 2).values == [Float](repeating: 0, count: 6))
    }

    @Test func rowsAreViewsAndReadRight() {
        let x = counted([4, 2, 3])
        #expect(x.rows(1..<3).values == Array(x.values[6..<18]))
        #expect(x.row(3).shape == [2, 3] && x.row(3).values == Array(x.values[18...]))
        #expect(x.rows(1..<3).pointer == x.pointer + 6, "no copy")
        // A view of a view, and operations on views.
        #expect(x.rows(1..<4).rows(1..<2).values == Array(x.values[12..<18]))
        #expect((x.rows(1..<2) + x.rows(0..<1)).values == [6, 8, 10, 12, 14, 16])
        #expect(x.rows(2..<2).count == 0)
    }
}

/// Value semantics: a copy never sees what is done to the other.
@Suite struct CopyOnWriteTests {
    @Test func mutateLeavesTheOtherAlone() {
        let original = Tensor([1, 2, 3], shape: [3])
        var copy = original
        copy.mutate { $0[1] = 20 }
        #expect(original.values == [1, 2, 3] && copy.values == [1, 20, 3])
    }

    @Test func mutateOfViewsLeavesTheWholeAlone() {
        let whole = Tensor([1, 2, 3, 4], shape: [2, 2])
        var row = whole.row(1)
        row.mutate { $0[0] = 30 }
        #expect(whole.values == [1, 2, 3, 4] && row.values == [30, 4])
        var reshaped = whole.reshaped([4])
        reshaped.mutate { $0[3] = 40 }
        #expect(whole.values == [1, 2, 3, 4] && reshaped.values == [1, 2, 3, 40])
    }

    @Test func mutateAloneKeepsItsMemory() {
        var x = Tensor([1, 2, 3], shape: [3])
        let before = x.pointer
        x.mutate { $0[0] = 10 }
        #expect(x.pointer == before && x.values == [10, 2, 3])
    }

    @Test func accumulatingOntoAndFromTheSameTensor() {
        var x = Tensor([1, 2, 3], shape: [3])
        let kept = x
        x.accumulate(x)
        x.accumulate(kept, scale: -0.5)
        #expect(x.values == [1.5, 3, 4.5] && kept.values == [1, 2, 3])
    }
}
