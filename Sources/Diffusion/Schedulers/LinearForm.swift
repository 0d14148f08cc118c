// Schedulers write their formulas with these; a formula is then one number for each thing that it mentions.
import Tensors

/// A weighted sum of what a step has: the sample, the model's output, noise, and the tensors that earlier steps left in the
/// memory's slots.
public struct LinearForm: Sendable, Equatable {
    /// The weight of the sample.
    public private(set) var sample = 0.0
    /// The weight of the model's output.
    public private(set) var output = 0.0
    /// The weight of standard normal noise.
    public private(set) var noise = 0.0
    /// The weights of the memory's slots; slots beyond the last have weight 0.
    public private(set) var memory: [Double] = []

    static let zero = LinearForm()
    static let sample = LinearForm(sample: 1)
    static let output = LinearForm(output: 1)
    static let noise = LinearForm(noise: 1)

    /// The tensor that the step before left in a slot, with weight 1.
    static func memory(_ slot: Int) -> LinearForm {
        LinearForm(memory: Array(repeating: 0, count: slot) + [1])
    }

    static func + (a: LinearForm, b: LinearForm) -> LinearForm {
        LinearForm(
            sample: a.sample + b.sample, output: a.output + b.output, noise: a.noise + b.noise,
            memory: (0..<max(a.memory.count, b.memory.count)).map { slot in
                (slot < a.memory.count ? a.memory[slot] : 0) + (slot < b.memory.count ? b.memory[slot] : 0)
            })
    }

    static func * (scale: Double, form: LinearForm) -> LinearForm {
        LinearForm(
            sample: scale * form.sample, output: scale * form.output, noise: scale * form.noise,
            memory: form.memory.map { scale * $0 })
    }

    static func - (a: LinearForm, b: LinearForm) -> LinearForm { a + (-1) * b }
    static func / (form: LinearForm, divisor: Double) -> LinearForm { (1 / divisor) * form }

    /// The sum for these tensors, all of one shape. A single tensor of weight 1 is shared, not copied; nil for noise counts
    /// as zero.
    func callAsFunction(sample x: Tensor, output: Tensor, noise: Tensor?, memory slots: [Tensor]) -> Tensor {
        var terms: [(weight: Double, tensor: Tensor)] = [(sample, x), (self.output, output)]
        terms += zip(memory, slots).map { ($0, $1) }
        if let noise { terms.append((self.noise, noise)) }
        terms.removeAll { $0.weight == 0 }
        guard let first = terms.first else { return .zeros(x.shape) }
        guard terms.count > 1 else { return first.weight == 1 ? first.tensor : first.tensor.scaled(by: Float(first.weight)) }
        var sum = first.tensor.combined(Float(first.weight), with: terms[1].tensor, Float(terms[1].weight))
        for term in terms.dropFirst(2) { sum.accumulate(term.tensor, scale: Float(term.weight)) }
        return sum
    }
}
