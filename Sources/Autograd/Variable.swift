import Tensors

/// A tensor that remembers how it was computed, where a gradient may be asked for.
///
/// A variable without a node is a constant. Operations on constants record nothing, so a frozen prefix of a network costs
/// nothing: phase one computes no gradients of weights, and differentiates nothing before the first cross-attention.
public struct Variable: Sendable {
    /// The elements.
    public let value: Tensor
    let node: Node?

    /// A constant.
    public init(_ value: Tensor) { self.init(value, node: nil) }

    /// The result of the operation that `node` records.
    init(_ value: Tensor, node: Node?) {
        self.value = value
        self.node = node
    }

    /// The sizes of the axes, outermost first.
    public var shape: [Int] { value.shape }

    /// Whether a gradient flows to or through this variable.
    public var needsGrad: Bool { node != nil }

    /// A leaf of the tape: a variable that `Gradients` has a gradient for.
    public static func leaf(_ value: Tensor) -> Variable { Variable(value, node: Node(operation: "leaf")) }

    /// A constant with the same value.
    public var detached: Variable { Variable(value) }

    /// The same leaf with another value, as after an optimizer's step: it has the same gradient in `Gradients`.
    public func replacing(_ value: Tensor) -> Variable { Variable(value, node: node) }

    /// The value, to be saved for the gradient of another input; nil where that is not needed.
    func value(if isNeeded: Bool) -> Tensor? { isNeeded ? value : nil }

    /// The result of an operation, recorded only where an input needs a gradient. `backward` gets dL/doutput and returns
    /// dL/dinput for each input; it may return nil where `needs`, in the same order, is false.
    ///
    /// What `backward` captures is what the tape saves. Its capture list names tensors and shapes, never a `Variable`: that
    /// would keep a whole branch of the tape in memory.
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
