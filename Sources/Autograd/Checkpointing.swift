import Tensors

extension Variable {
    /// Computes the outputs of `body` without keeping its intermediate results: backward computes them again (gradient
    /// checkpointing, Chen et al. 2016). That costs one more forward pass of `body`, and saves the memory of everything but
    /// its inputs.
    ///
    /// `parameters` are the leaves that `body` uses beside `inputs`. `body` must compute the same on every call. Some of
    /// its outputs may get no gradient: a recorded attention map gets one only where a loss is computed from it.
    public static func checkpointed(
        _ inputs: [Variable], parameters: [Variable], _ body: @escaping ([Variable]) -> [Variable]
    ) -> [Variable] {
        let needs = (inputs + parameters).map(\.needsGrad)
        guard needs.contains(true) else { return body(inputs) }
        // What this records for the parameters' sake is released at once, with the nodes of the outputs.
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
        // One node per output hands its gradient over; the number that goes on to `whole` only says that there is one.
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

    /// Returns the gradients and empties itself, so that a retained tape can be differentiated again.
    func take() -> [Tensor?] {
        defer { values = Array(repeating: nil, count: values.count) }
        return values
    }
}
