/// A variable of a program: every place that binds it and every place that reads it. Filled by `Resolver`.
public final class NamedValue: @unchecked Sendable {
    // Written by the resolver only, before anyone else sees it.
    public enum Kind: String, Sendable {
        case global, local, parameter, loop, recovered
    }

    let id: Int
    public let name: String
    public let kind: Kind
    /// The function whose variable it is; 0 is the file.
    let owner: Int
    /// Byte offsets between which the name means this.
    public let visible: Range<Int>
    /// Where it is bound, in order.
    public internal(set) var bindings: [Span] = []
    public internal(set) var reads: [Span] = []
    /// Mentioned by a function inside its own.
    var isShared = false
    /// Bound by a pattern of several names: what is not needed of it has to stand there all the same.
    var isUnpacked = false
    /// Bound by `import`.
    var isModule = false
    /// The function that a single `fn` binds to the name.
    var function: FunctionSyntax?

    init(id: Int, name: String, kind: Kind, owner: Int, visible: Range<Int>) {
        self.id = id
        self.name = name
        self.kind = kind
        self.owner = owner
        self.visible = visible
    }
}

/// A name that nothing binds.
struct Unknown {
    var name: String
    var span: Span
    /// What could be meant.
    var candidates: [String]
    /// `try` recovers from it.
    var isTried: Bool
}

/// A program's names as the resolver found them.
struct NameTable {
    var symbols: [NamedValue] = []
    /// By the byte offset of the name.
    var read: [Int: NamedValue] = [:]
    var bound: [Int: NamedValue] = [:]
    /// Names that stand for a field and its value: `{steps, lr}`.
    var shorthand: Set<Int> = []
    /// A function's number, as `NamedValue.owner` has it, by the offset at which the function begins.
    var owners: [Int: Int] = [:]
    /// The variables of each function.
    var owned: [Int: [NamedValue]] = [:]
    /// Names that nothing binds, and those that could be meant.
    var unknown: [Unknown] = []
    /// By byte offset, those of `unknown`.
    var unknownPlaces: Set<Int> = []
    /// Builtins that are used by name, with the places.
    var builtins: [String: [Span]] = [:]
}
