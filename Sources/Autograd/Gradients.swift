import Tensors

/// The gradients of one scalar with respect to the leaves that it depends on.
public struct Gradients: Sendable {
    private var values: [ObjectIdentifier: Tensor] = [:]

    /// The gradient of a leaf; nil where the scalar does not depend on it.
    public subscript(_ leaf: Variable) -> Tensor? {
        leaf.node.flatMap { values[ObjectIdentifier($0)] }
    }

    /// Differentiates `output` with respect to every leaf, starting from dL/dL = 1, or from `seed` of `output`'s shape;
    /// traps where `output` has several elements and there is no seed.
    ///
    /// Saved tensors are released as they are used, unless `retainsTape`: then the same output can be differentiated again.
    /// Gradients of gradients are not supported.
    public init(of output: Variable, seed: Tensor? = nil, retainsTape: Bool = false) {
        precondition(seed != nil || output.value.count == 1, "a gradient starts from one number; this is \(Shape.text(output.shape))")
        self.init(of: [(output, seed ?? Tensor(repeating: 1, shape: output.shape))], retainsTape: retainsTape)
    }

    /// Differentiates several outputs at once, each from its own seed.
    init(of outputs: [(Variable, seed: Tensor)], retainsTape: Bool = false) {
        var (pending, roots) = ([ObjectIdentifier: Tensor](), [Node]())
        for (output, seed) in outputs {
            guard let root = output.node else { continue }
            let key = ObjectIdentifier(root)
            if pending[key] == nil { (pending[key], roots) = (seed, roots + [root]) } else { pending[key]?.accumulate(seed) }
        }
        for node in Self.reachable(from: roots) {
            let id = ObjectIdentifier(node)
            guard let gradient = pending.removeValue(forKey: id) else { continue }
            guard let backward = node.backward else {
                if node.isLeaf { values[id] = gradient }
                continue
            }
            for (parent, part) in zip(node.parents, backward(gradient)) {
                guard let parent, let part else { continue }
                let key = ObjectIdentifier(parent)
                if pending[key] == nil { pending[key] = part } else { pending[key]?.accumulate(part) }
            }
            if !retainsTape { node.release() }
        }
    }

    /// All nodes that `roots` depend on, themselves included, the latest first.
    private static func reachable(from roots: [Node]) -> [Node] {
        var seen = Set(roots.map { ObjectIdentifier($0) })
        var (nodes, stack) = (roots, roots)
        while let node = stack.popLast() {
            for case let parent? in node.parents where seen.insert(ObjectIdentifier(parent)).inserted {
                nodes.append(parent)
                stack.append(parent)
            }
        }
        return nodes.sorted { $0.number > $1.number }
    }
}
