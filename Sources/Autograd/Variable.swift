import Tensors

/// A tensor that knows how it was computed, where a gradient may be asked for.
///
/// A value without a node is a constant: operations on constants record nothing, so a frozen prefix of a network
/// costs nothing (phase one computes no weight gradients, and nothing before the first cross-attention is
/// differentiated).
public struct Variable: Sendable {
    public let value: Tensor
    let node: Node?

    /// A constant.
    public init(_ value: Tensor) { self.init(value, node: nil) }

    init(_ value: Tensor, node: Node?) {
        self.value = value
        self.node = node
    }

    public var shape: [Int] { value.shape }

    /// Does a gradient flow to or through this value?
    public var needsGrad: Bool { node != nil }

    /// A leaf of the tape: a value that `gradients(of:)` reports a gradient for.
    public static func leaf(_ value: Tensor) -> Variable { Variable(value, node: Node(operation: "leaf")) }

    /// The same value, cut off from how it was computed.
    public var detached: Variable { Variable(value) }

    /// The same leaf with another value: an optimizer's step.
    public func replacing(_ value: Tensor) -> Variable { Variable(value, node: node) }

    /// The value for a backward that wants it only where another input needs a gradient.
    func value(if isNeeded: Bool) -> Tensor? { isNeeded ? value : nil }

    /// The result of an operation: recorded only where an input needs a gradient. `backward` gets dL/doutput and
    /// returns dL/dinput for each input, or nil where `needs` (the same order) is false.
    ///
    /// What `backward` captures is what the tape saves: capture lists name tensors and shapes, never a `Variable`,
    /// which would hold a whole branch of the tape.
    static func record(
        _ operation: StaticString, _ output: Tensor, _ inputs: [Variable],
        backward: @escaping (_ gradient: Tensor, _ needs: [Bool]) -> [Tensor?]
    ) -> Variable {
        guard inputs.contains(where: \.needsGrad) else { return Variable(output) }
        let needs = inputs.map(\.needsGrad)
        let node = Node(operation: operation, parents: inputs.map(\.node)) { backward($0, needs) }
        return Variable(output, node: node)
    }
}
