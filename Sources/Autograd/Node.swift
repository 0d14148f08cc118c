import Synchronization
import Tensors

/// One entry of the tape: what was applied to which entries, and how a gradient goes back through it.
///
/// Entries are numbered as they are made, so descending numbers are a topological order. The saved tensors live in
/// `backward`'s captures and are dropped with it.
final class Node: @unchecked Sendable {
    let number: Int
    let operation: StaticString
    private(set) var parents: [Node?]
    private(set) var backward: ((Tensor) -> [Tensor?])?

    /// What lies behind one another in a concatenation along the outermost axis, so that its rows can be had without it.
    var pieces: [Variable] = []

    private static let counter = Atomic(0)

    init(operation: StaticString, parents: [Node?] = [], backward: ((Tensor) -> [Tensor?])? = nil) {
        number = Self.counter.wrappingAdd(1, ordering: .relaxed).oldValue
        self.operation = operation
        self.parents = parents
        self.backward = backward
    }

    var isLeaf: Bool { parents.isEmpty && backward == nil }

    /// Lets go of saved tensors and of the entries before this one.
    func release() {
        backward = nil
        parents = []
        pieces = []
    }

    deinit {
        // Iterative: a chain of a million entries must not overflow the stack.
        // Captures go first, while the entries before are still held here.
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
