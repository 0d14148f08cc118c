import Autograd
import Tensors

extension AdamW {
    /// How one parameter takes part in a step.
    public struct Part: Sendable {
        /// The learning rate; nil is the optimizer's.
        public var lr: Double?
        /// Whether the step's scale, by which gradients are clipped, applies.
        public var isClipped = true

        /// Creates a part.
        public init(lr: Double? = nil, isClipped: Bool = true) { (self.lr, self.isClipped) = (lr, isClipped) }
    }

    /// Does one step on a module's parameters that have a gradient and for whose name `part` returns how they take part; the others stay.
    /// Gradients are multiplied by `gradientScale`. A parameter whose storage nobody else holds is changed in place.
    public mutating func step(
        _ module: inout some Module, _ gradients: Gradients, gradientScale: Double = 1, part: (String) -> Part? = { _ in Part() }
    ) {
        var updates: [Update] = []
        module.forEachParameter("") { name, parameter in
            guard let gradient = gradients[parameter], let part = part(name) else { return }
            updates.append(.init(name: name, value: parameter.value, gradient: gradient, lr: part.lr, isClipped: part.isClipped))
            // Nobody else holds the storage now: the optimizer changes it in place.
            parameter = parameter.replacing(.placeholder(parameter.shape))
        }
        // The list is handed over: were it still held here, every value in it would be copied.
        let names = Set(updates.map(\.name))
        var values = update(take(&updates), gradientScale: gradientScale)[...]
        module.forEachParameter("") { name, parameter in
            if names.contains(name), let value = values.popFirst() { parameter = parameter.replacing(value) }
        }
    }
}

/// Empties a list and returns what it held.
private func take<Element>(_ list: inout [Element]) -> [Element] {
    defer { list = [] }
    return list
}
