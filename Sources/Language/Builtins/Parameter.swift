/// One parameter of a builtin: the single source of its checks, completion and help.
public struct Parameter: Sendable {
    public var name: String
    public var type: TypeRule
    /// nil = required, unless `optional` or `variadic`.
    public var defaultValue: Value?
    /// For numbers, and for every item of a list of numbers.
    public var range: ClosedRange<Double>?
    /// "steps", "px", "": written after numbers in help and messages.
    public var unit: String?
    /// For strings: the only values accepted.
    public var allowed: [String]?
    public var doc: String
    public var keywordOnly: Bool
    /// Takes all remaining positional arguments (`call.rest`).
    public var variadic: Bool
    /// May be left out or none, without a default value.
    public var optional: Bool
    /// What stands for it where it is left out, in words, where that depends: "paper 0.0, code 0.5, collage 0.0".
    public var standard: String?
    /// For strings that are paths: whether a file is read there or written.
    public var file: FileUse?
    /// Where values of the host's type that it takes come from.
    public var origin: Origin?

    public enum FileUse: Sendable {
        /// A file or folder that has to be there, or a name in this folder of the library.
        case input(library: String?)
        case output
        /// A folder that is made, with those above it.
        case folder
    }

    /// As one that is a path.
    func naming(_ use: FileUse) -> Parameter {
        var copy = self
        copy.file = use
        return copy
    }

    public init(
        _ name: String, _ type: TypeRule = .any, default defaultValue: Value? = nil,
        range: ClosedRange<Double>? = nil, unit: String? = nil, allowed: [String]? = nil, doc: String,
        keywordOnly: Bool = false, variadic: Bool = false, optional: Bool = false
    ) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.range = range
        self.unit = unit
        self.allowed = allowed
        self.doc = doc
        self.keywordOnly = keywordOnly
        self.variadic = variadic
        self.optional = optional
    }

    public var isRequired: Bool { defaultValue == nil && !optional && !variadic }
}
