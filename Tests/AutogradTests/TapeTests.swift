import TestSupport
import Testing

@testable import Autograd
@testable import Tensors

/// What the tape keeps, shares and lets go of. Serialized: the tests look at the shared allocator's count.
@Suite(.serialized) struct TapeTests {
    private func numbers(_ shape: [Int]) -> Tensor {
        var numbers = SeededNumbers(seed: "tape")
        return numbers.tensor(shape)
    }

    /// A small network: convolution, group norm, attention, feed-forward, loss.
    private func network(_ x: Variable, _ weights: [Variable]) -> Variable {
        let y = x.conv2d(weights[0], .init(stride: 1, padding: 1))
            .groupNorm(groups: 4, gamma: weights[1], beta: weights[2], eps: 1e-5, silu: true)
        let tokens = y.reshaped([2, 64, 8])
        let attended = tokens.attention(keys: tokens, values: tokens, heads: 2) + tokens
        let gated = attended.linear(weights[3]).geglu() * attended
        return .meanSquaredError(gated.sum([1]), Variable(Tensor.zeros([2, 8])))
    }

    private func weights() -> [Tensor] {
        [numbers([8, 3, 3, 4]), numbers([8]), numbers([8]), numbers([16, 8])]
    }

    /// Bytes that come into use in `body`, each time it calls its argument. Other suites may allocate meanwhile,
    /// so the most common of many runs: a leak is in all of them.
    private func bytesInUse(_ body: (_ note: () -> Void) -> Void) -> [Int] {
        var runs: [[Int]: Int] = [:]
        for _ in 0..<25 {
            let before = MemoryPool.shared.usedBytes
            var notes: [Int] = []
            body { notes.append(MemoryPool.shared.usedBytes - before) }
            notes.append(MemoryPool.shared.usedBytes - before)
            runs[notes, default: 0] += 1
        }
        return runs.max { $0.value < $1.value }?.key ?? []
    }

    @Test func differentiatingFreesWhatWasSaved() {
        let (input, leaves) = (numbers([2, 8, 8, 4]), weights().map { Variable.leaf($0) })
        let bytes = bytesInUse { note in
            let loss = network(.leaf(input), leaves)
            note()
            let gradients = Gradients(of: loss)
            note()
            #expect(leaves.allSatisfy { gradients[$0] != nil })
            keepAlive(loss, gradients)
        }
        #expect(bytes[0] > 80_000, "the tape saves activations")
        // Alive: the scalar and the gradients of the input and four weights, all small.
        #expect(bytes[1] < 20_000)
        #expect(bytes[2] == 0)
        keepAlive(input, leaves)
    }

    @Test func droppingAnOutputFreesItsTape() {
        let (input, parameters) = (numbers([2, 8, 8, 4]), weights().map { Variable.leaf($0) })
        let bytes = bytesInUse { _ in #expect(network(Variable(input), parameters).needsGrad) }
        #expect(bytes == [0])
        keepAlive(input, parameters)
    }

    /// A frozen layer's input is not kept: only its weight, which lives anyway.
    @Test func frozenWeightsSaveNoActivations() {
        let (weight, kernel) = (Variable(numbers([64, 64])), Variable(numbers([64, 3, 3, 64])))
        let start = Variable.leaf(numbers([1, 16, 16, 64]))
        let bytes = bytesInUse { note in
            let y = (0..<4).reduce(start) { x, _ in
                x.linear(weight).conv2d(kernel, .init(stride: 1, padding: 1))
            }
            note()
            #expect(y.needsGrad)
            keepAlive(y)
        }
        #expect(bytes == [start.value.count * 4, 0], "only the last output is alive")
        keepAlive(weight, kernel, start)
    }

    @Test func additionSavesNothing() {
        let start = Variable.leaf(numbers([256, 256]))
        let bytes = bytesInUse { note in
            let y = (0..<10).reduce(start) { x, _ in x + x - start }
            note()
            keepAlive(y)
        }
        #expect(bytes == [start.value.count * 4, 0])
        keepAlive(start)
    }

    @Test func retainedTapeDifferentiatesTwiceAlike() throws {
        let leaves = weights().map { Variable.leaf($0) }
        let x = Variable.leaf(numbers([2, 8, 8, 4]))
        let loss = network(x, leaves)
        let first = Gradients(of: loss, retainsTape: true)
        let second = Gradients(of: loss)
        for leaf in leaves + [x] {
            let values = try #require(first[leaf]).values
            #expect(values == second[leaf]?.values)
            #expect(values.contains { $0 != 0 })
        }
    }

    @Test func sharedInputAccumulates() throws {
        let x = Variable.leaf(Tensor([1, -2, 3], shape: [3]))
        // x² + 3x + x·(2x) summed: 6x + 3.
        let loss = (x.square() + x.scaled(by: 3) + x * x.scaled(by: 2)).sum()
        #expect(try #require(Gradients(of: loss)[x]).values == [9, -9, 21])
        // The same tensor twice in one operation.
        #expect(Gradients(of: (x + x).sum())[x]?.values == [2, 2, 2])
        #expect(Gradients(of: Variable.concatenated([x, x], axis: 0).sum())[x]?.values == [2, 2, 2])
    }

    /// Gradients that two inputs share by copy-on-write stay apart when one accumulates.
    @Test func accumulationLeavesSharedGradientsAlone() {
        let (a, b) = (Variable.leaf(Tensor([1, 2], shape: [2])), Variable.leaf(Tensor([3, 4], shape: [2])))
        let gradients = Gradients(of: ((a + b) + a.scaled(by: 5)).sum())
        #expect(gradients[a]?.values == [6, 6])
        #expect(gradients[b]?.values == [1, 1])
    }

    @Test func millionEntriesAreDroppedWithoutRecursion() {
        var kept: Variable? = .leaf(Tensor(1))
        for _ in 0..<1_000_000 { kept = kept.map { $0 + $0 } }
        #expect(kept?.needsGrad == true)
        kept = nil
        // And through operations whose backward saves.
        var product: Variable? = .leaf(Tensor(1))
        for _ in 0..<200_000 { product = product.map { ($0 * $0).exp().scaled(by: 0).linearStep() } }
        #expect(product?.value.scalar == 1)
        product = nil
    }

    @Test func longChainDifferentiates() {
        let leaf = Variable.leaf(Tensor(2))
        var value = leaf
        for _ in 0..<100_000 { value = value.scaled(by: 1, plus: 1) }
        #expect(Gradients(of: value)[leaf]?.scalar == 1)
    }

    @Test func constantsRecordNothing() {
        let x = Variable(numbers([2, 8, 8, 4]))
        #expect(network(x, weights().map { Variable($0) }).node == nil)
        let leaf = Variable.leaf(Tensor(2))
        #expect(leaf.detached.square().node == nil)
        let gradients = Gradients(of: x.sum())
        #expect(gradients[x] == nil && gradients[leaf] == nil)
    }

    /// What comes before the first value that needs a gradient is not differentiated.
    @Test func frozenPrefixIsNotRecorded() {
        let prefix = Variable(numbers([1, 4, 4, 3])).conv2d(
            Variable(numbers([5, 3, 3, 3])), .init(stride: 1, padding: 1))
        let weight = Variable.leaf(numbers([2, 5]))
        let y = prefix.linear(weight)
        #expect(prefix.node == nil)
        #expect(y.node?.parents.compactMap { $0 }.count == 1)
    }

    @Test func replacingKeepsTheLeaf() {
        let leaf = Variable.leaf(Tensor(3))
        let moved = leaf.replacing(Tensor(5))
        let gradients = Gradients(of: moved.square())
        #expect(gradients[leaf]?.scalar == 10)
    }

    @Test func unreachableLeavesGetNoGradient() {
        let (a, b) = (Variable.leaf(Tensor(3)), Variable.leaf(Tensor(4)))
        let gradients = Gradients(of: a.square())
        #expect(gradients[a]?.scalar == 6)
        #expect(gradients[b] == nil)
    }
}

extension Variable {
    /// x + 1 by way of a product with a constant.
    fileprivate func linearStep() -> Variable { self * Variable(Tensor(1)) + Variable(Tensor(1)) }
}
