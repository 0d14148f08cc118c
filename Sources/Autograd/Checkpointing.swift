import Tensors

extension Variable {
    /// The outputs of `body`, whose intermediate results are not kept: backward computes them again (gradient
    /// checkpointing, Chen et al. 2016). Costs one more forward of `body`, saves all that it would have saved but its
    /// inputs.
    ///
    /// `parameters` are the leaves that `body` uses beside `inputs`. It must give the same on every call. Any of its
    /// outputs may have a gradient or none: a recorded attention map keeps the loss's that is computed from it.
    public static func checkpointed(
        _ inputs: [Variable], parameters: [Variable], _ body: @escaping ([Variable]) -> [Variable]
    ) -> [Variable] {
        let needs = (inputs + parameters).map(\.needsGrad)
        guard needs.contains(true) else { return body(inputs) }
        // What this records for the parameters' sake is dropped at once with the outputs' nodes.
        let values = body(inputs.map(\.detached)).map(\.value)
        let received = ReceivedGradients(count: values.count)
        let inputValues = inputs.map(\.value)
        let count = inputs.count
        let whole = Node(operation: "checkpoint", parents: (inputs + parameters).map(\.node)) { _ in
            let leaves = (0..<count).map { needs[$0] ? Variable.leaf(inputValues[$0]) : Variable(inputValues[$0]) }
            let roots = zip(body(leaves), received.take()).compactMap { output, gradient in gradient.map { (output, $0) } }
            let gradients = Gradients(of: roots)
            return (leaves + parameters).map { gradients[$0] }
        }
        // One node an output hands its gradient over; the number that goes on to `whole` only says that there is one.
        return values.enumerated().map { index, value in
            Variable(
                value,
                node: Node(operation: "checkpoint output", parents: [whole]) { gradient in
                    received.add(gradient, at: index)
                    return [Tensor(0)]
                })
        }
    }
}

/// Gradients of a checkpoint's outputs, gathered until all of them are known.
private final class ReceivedGradients {
    private var values: [Tensor?]

    init(count: Int) { values = Array(repeating: nil, count: count) }

    func add(_ gradient: Tensor, at index: Int) {
        if values[index] == nil { values[index] = gradient } else { values[index]?.accumulate(gradient) }
    }

    /// Empties, so that a tape that is kept may be gone through again.
    func take() -> [Tensor?] {
        defer { values = Array(repeating: nil, count: values.count) }
        return values
    }
}
