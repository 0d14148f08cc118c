import TestSupport
import Testing

@testable import Autograd
@testable import Tensors

/// Gradient checkpointing gives the gradients of the same function without it.
struct CheckpointingTests {
    private static func numbers(_ shape: [Int], _ seed: UInt64) -> Tensor { RandomDraw(seed: seed, stream: "test", step: 0).normal(shape) }

    /// Two outputs that share an intermediate result.
    private static func function(_ x: Variable, _ t: Variable, _ w: Variable) -> [Variable] {
        let h = (x + t).linear(w).silu()
        return [h.linear(w), h * h]
    }

    /// Gradients by x, t and w of a sum over the outputs that are named.
    private static func gradients(checkpointed: Bool, used: [Int], live: [Bool]) -> [Tensor?] {
        let (x, t, w) = (numbers([3, 4], 1), numbers([4], 2), numbers([4, 4], 3))
        let inputs = zip([x, t, w], live).map { $1 ? Variable.leaf($0) : Variable($0) }
        let outputs =
            checkpointed
            ? Variable.checkpointed([inputs[0], inputs[1]], parameters: [inputs[2]]) { function($0[0], $0[1], inputs[2]) }
            : function(inputs[0], inputs[1], inputs[2])
        let total = used.reduce(Variable(Tensor(0))) { $0 + (outputs[$1] * outputs[$1]).sum() }
        let gradients = Gradients(of: total)
        return inputs.map { gradients[$0] }
    }

    @Test(arguments: [[0], [1], [0, 1], [1, 0, 1]])
    func gradientsAreThoseOfThePlainFunction(_ used: [Int]) {
        for live in [[true, true, true], [false, true, true], [true, false, false], [false, false, true]] {
            let plain = Self.gradients(checkpointed: false, used: used, live: live)
            let saved = Self.gradients(checkpointed: true, used: used, live: live)
            for (a, b) in zip(plain, saved) {
                #expect((a == nil) == (b == nil))
                if let a, let b { #expect(zip(a.values, b.values).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($0)) }) }
            }
        }
    }

    @Test func constantsRecordNothing() {
        let x = Variable(Self.numbers([2, 4], 1))
        let outputs = Variable.checkpointed([x], parameters: []) { [$0[0] * $0[0]] }
        #expect(!outputs[0].needsGrad)
    }

    @Test func aCheckpointInsideAnother() {
        let x = Variable.leaf(Self.numbers([5], 7))
        func cube(_ v: Variable) -> Variable { v * v * v }
        let outer = Variable.checkpointed([x], parameters: []) { outer in
            [Variable.checkpointed([outer[0]], parameters: []) { [cube($0[0])] }[0] + outer[0]]
        }
        let gradient = Gradients(of: outer[0].sum())[x]
        let expected = x.value.values.map { 3 * $0 * $0 + 1 }
        #expect(zip(gradient?.values ?? [], expected).allSatisfy { abs($0 - $1) < 1e-5 } && gradient != nil)
    }

    @Test func nothingBetweenIsKept() {
        let x = Variable.leaf(Tensor(repeating: 1, shape: [1 << 16]))
        let before = MemoryPool.shared.usedBytes
        let y = Variable.checkpointed([x], parameters: []) { inputs in
            var h = inputs[0]
            for _ in 0..<10 { h = h * h }
            return [h]
        }
        // The output, and nothing of the nine results before it.
        #expect(MemoryPool.shared.usedBytes - before <= 2 * (1 << 16) * 4)
        withExtendedLifetime(y) {}
    }
}
