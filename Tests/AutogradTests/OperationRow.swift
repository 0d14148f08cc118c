import Autograd
import Tensors
import TestSupport
import Testing

/// One row of the table that tests every operation: how it is computed on the tape and how by the reference.
struct OperationRow: Sendable, CustomTestStringConvertible {
    /// The public function's name, then which variant.
    let name: String
    let inputs: [Input]
    /// Entries of each input whose derivative is compared with finite differences.
    var samples = 40
    let forward: @Sendable ([Variable]) -> Variable
    let reference: @Sendable ([Reference]) -> Reference

    struct Input: Sendable {
        let shape: [Int]
        var range: ClosedRange<Double> = -1...1
    }

    init(
        _ name: String, _ shapes: [[Int]], in range: ClosedRange<Double> = -1...1, samples: Int = 40,
        _ forward: @escaping @Sendable ([Variable]) -> Variable,
        _ reference: @escaping @Sendable ([Reference]) -> Reference
    ) {
        self.name = name
        self.inputs = shapes.map { Input(shape: $0, range: range) }
        (self.samples, self.forward, self.reference) = (samples, forward, reference)
    }

    /// A function of one input.
    init(
        _ name: String, _ shape: [Int], in range: ClosedRange<Double> = -1...1, samples: Int = 40,
        of forward: @escaping @Sendable (Variable) -> Variable,
        _ reference: @escaping @Sendable (Reference) -> Reference
    ) {
        self.init(name, [shape], in: range, samples: samples, { forward($0[0]) }, { reference($0[0]) })
    }

    var operation: String { String(name.prefix { $0 != " " }) }
    var testDescription: String { name }

    func values() -> [Tensor] {
        var numbers = SeededNumbers(seed: name)
        return inputs.map { numbers.tensor($0.shape, in: $0.range) }
    }
}
