/// The result of a builtin: what help says of it, and its type before a run.
public struct ResultType: Sendable, ExpressibleByStringLiteral {
    /// Infers the type from a call before a run. Throws the run's own `Problem` where the call must fail.
    public typealias Rule = @Sendable (StaticCall) throws -> StaticType

    /// The result in words: "list of ints".
    public let words: String
    /// The rule by which the type follows from the arguments.
    public let infer: Rule
    /// The type where nothing is known of the arguments.
    public let usual: StaticType

    /// Creates a result whose type follows from the call; `usual` is the type where nothing is known of the arguments.
    public init(_ words: String, _ usual: StaticType = .unknown, infer: @escaping Rule) {
        (self.words, self.usual, self.infer) = (words, usual, infer)
    }

    /// Creates a result of one type.
    public init(_ words: String, _ type: StaticType) { self.init(words, type) { _ in type } }

    /// Creates a result of which only the words are known.
    public init(stringLiteral words: String) { self.init(words, .unknown) }

    /// Returns the result in other words.
    public func described(_ words: String) -> ResultType { ResultType(words, usual, infer: infer) }

    /// Returns the result in the same words, with its type inferred by a rule.
    public func inferred(_ rule: @escaping Rule) -> ResultType { ResultType(words, usual, infer: rule) }

    /// No value.
    public static let none = ResultType("none", .none)
    /// True or false.
    public static let bool = ResultType("bool", .bool)
    /// An int.
    public static let int = ResultType("int", .int)
    /// A float.
    public static let float = ResultType("float", .float)
    /// An int or a float.
    public static let number = ResultType("number", .number)
    /// A string.
    public static let string = ResultType("string", .string)
    /// A list of anything.
    public static let list = ResultType("list", .listOf(.unknown))
    /// A list of strings.
    public static let strings = ResultType("list of strings", .listOf(.string))
    /// A list of ints.
    public static let ints = ResultType("list of ints", .listOf(.int))
    /// A record whose fields are not known.
    public static let record = ResultType("record", .unknown)
    /// Any value.
    public static let any = ResultType("any value", .unknown)
    /// The path that was written, as the call gave it.
    public static let path = ResultType("the path", .string)
}
