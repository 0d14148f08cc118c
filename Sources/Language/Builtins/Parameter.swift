/// A parameter of a builtin: the single source of its checks, completion and help.
public struct Parameter: Sendable {
    /// The name, by which a named argument gives it.
    public var name: String
    /// The values that it accepts.
    public var type: TypeRule
    /// The value where no argument is given. Without one the parameter is required, unless it is `optional` or `variadic`.
    public var defaultValue: Value?
    /// The allowed range of a number, and of each item of a list of numbers; nil for any.
    public var range: ClosedRange<Double>?
    /// The unit, "steps" or "px", written after numbers in help and messages.
    public var unit: String?
    /// The only strings accepted, for a string and each item of a list of strings; nil for any.
    public var allowed: [String]?
    /// What each of `allowed` means, in a few words; words without an entry speak for themselves.
    public var meanings: [String: String] = [:]
    /// One sentence on its meaning.
    public var doc: String
    /// Whether it can be given only by name.
    public var keywordOnly: Bool
    /// Whether it takes all remaining positional arguments (`Call.rest`).
    public var variadic: Bool
    /// Whether it may be none or left out although it has no default value.
    public var optional: Bool
    /// What applies where it is left out, in words, where that depends on something else: "paper 0.0, code 0.5, collage 0.0".
    public var standard: String?
    /// Whether a file is read or written at a string that is a path; nil where it is no path.
    public var file: FileUse?
    /// Whether it is the seed of what the call draws: without it, the session's generator is drawn from.
    public var isSeed = false

    /// What a call does with the file at a path.
    public enum FileUse: Sendable {
        /// Reads a file or folder, or one of this name in a folder of the library; `names` stand for something that has no file.
        case input(library: String?, names: Set<String> = [])
        /// Writes a file.
        case output
        /// Makes a folder, with those above it.
        case folder
        /// Looks whether something is there, lists it or goes there; what is missing is no mistake.
        case place
    }

    /// Creates a parameter. By default it is required and takes any value.
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

    /// The allowed strings as help lists them: "\"max\" | \"minmax\"", with their meanings where there are any; nil for any string.
    public var allowedText: String? {
        allowed.map { words in
            let texts = words.map { word in "\"\(word)\"" + (meanings[word].map { ": \($0)" } ?? "") }
            return texts.joined(separator: meanings.isEmpty ? " | " : "; ")
        }
    }

    /// Whether a call must give it.
    public var isRequired: Bool { defaultValue == nil && !optional && !variadic }
}
