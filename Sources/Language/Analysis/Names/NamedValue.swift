/// A variable of a program, with the places that bind it and the places that read it. `Resolver` fills it in.
public final class NamedValue: @unchecked Sendable {
    // Only the resolver writes to it, before anyone else sees it.
    /// Where a variable lives: in the file, in a function, as a parameter, as a loop's or comprehension's variable, or as the problem that
    /// `recover` binds.
    public enum Kind: String, Sendable {
        case global, local, parameter, loop, recovered
    }

    /// The variable's index in `NameTable.symbols`.
    let id: Int
    /// The variable's name.
    public let name: String
    /// Where the variable lives.
    public let kind: Kind
    /// The number of the function that the variable belongs to; 0 is the file.
    let owner: Int
    /// The byte offsets between which the name means this variable, unless an inner variable hides it.
    public let visible: Range<Int>
    /// The places that bind the variable, in program order.
    public internal(set) var bindings: [Span] = []
    /// The places that read the variable, in program order.
    public internal(set) var reads: [Span] = []
    /// Whether another function than its own reads the variable.
    var isShared = false
    /// Whether a pattern of several names binds the variable: such a name may have to stand there although it is unused.
    var isUnpacked = false
    /// Whether an `import` binds the variable.
    var isModule = false
    /// The function that the variable names, where a single `fn` definition binds it and nothing else does.
    var function: FunctionSyntax?

    init(id: Int, name: String, kind: Kind, owner: Int, visible: Range<Int>) {
        self.id = id
        self.name = name
        self.kind = kind
        self.owner = owner
        self.visible = visible
    }
}

/// A name that is read and that nothing binds.
struct Unknown {
    var name: String
    var span: Span
    /// The names that could have been meant, from which the nearest is suggested.
    var candidates: [String]
    /// Whether the name stands in a `try` block, which recovers from the error.
    var isTried: Bool
}

/// The names of a program, as the resolver found them.
struct NameTable {
    var symbols: [NamedValue] = []
    /// The variables that are read, by the byte offset of the name.
    var read: [Int: NamedValue] = [:]
    /// The variables that are bound, by the byte offset of the name.
    var bound: [Int: NamedValue] = [:]
    /// The byte offsets of names that are both a field's name and its value: `{steps, lr}`.
    var shorthand: Set<Int> = []
    /// The functions' numbers, as in `NamedValue.owner`, by the byte offset at which the function begins.
    var owners: [Int: Int] = [:]
    /// The parameters and local variables of each function, by its number.
    var owned: [Int: [NamedValue]] = [:]
    /// The names that are read and that nothing binds.
    var unknown: [Unknown] = []
    /// The byte offsets of the names in `unknown`.
    var unknownPlaces: Set<Int> = []
    /// The places at which builtins are used, by name.
    var builtins: [String: [Span]] = [:]
}
