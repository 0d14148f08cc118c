import Synchronization
import Tensors

/// A node of the tape: which operation was applied to which nodes, and how a gradient goes back through it.
///
/// Nodes are numbered in the order in which they are made, so descending numbers are a topological order. The saved tensors
/// are what `backward` captures, and are released with it.
final class Node: @unchecked Sendable {
    let number: Int
    let operation: StaticString
    private(set) var parents: [Node?]
    private(set) var backward: ((Tensor) -> [Tensor?])?

    /// The parts of a concatenation along the outermost axis, so that `rows` can return a part without going through the
    /// whole.
    var pieces: [Variable] = []

    private static let counter = Atomic(0)

    init(operation: StaticString, parents: [Node?] = [], backward: ((Tensor) -> [Tensor?])? = nil) {
        number = Self.counter.wrappingAdd(1, ordering: .relaxed).oldValue
        self.operation = operation
        self.parents = parents
        self.backward = backward
    }

    var isLeaf: Bool { parents.isEmpty && backward == nil }

    /// Releases the saved tensors, and the nodes that this one depends on.
    func release() {
        backward = nil
        parents = []
        pieces = []
    }

    deinit {
        // Iteratively, since a chain of a million nodes must not overflow the stack. The captures go first, while `stack`
        // still holds the parents.
        var stack = parents.compactMap { $0 }
        release()
        while var node = stack.popLast() {
            if isKnownUniquelyReferenced(&node) {
                stack.append(contentsOf: node.parents.compactMap { $0 })
                node.release()
            }
        }
    }
}
