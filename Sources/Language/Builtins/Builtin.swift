/// A row of the builtin table: everything that help, completion, argument checks, reference pages and the evaluator know about a builtin.
public struct Builtin: Sendable {
    /// An example, which is run as a test.
    public struct Example: Sendable {
        /// The program.
        public var code: String
        /// The text that the example's last value displays; nil where that varies.
        public var shows: String?

        /// Creates an example.
        public init(_ code: String, shows: String? = nil) {
            self.code = code
            self.shows = shows
        }
    }

    /// Enters a `with` block and returns the closure that leaves it. The closure is always called, also after an error, `return` or
    /// `break`.
    public typealias Scope = @Sendable (Call) throws -> @Sendable () -> Void

    /// The name by which programs call it.
    public var name: String
    /// The family under which reference pages list it.
    public var family: String
    /// One sentence on what it does.
    public var summary: String
    /// The parameters, in the order of positional arguments.
    public var parameters: [Parameter]
    /// The result in words.
    public var result: String
    /// Further words under which `?"words"` finds it.
    public var terms: [String]
    /// The section of the paper that it implements: "§3.2, eq. 2"; nil where there is none.
    public var paper: String?
    /// The examples, the first of which help shows.
    public var examples: [Example]
    /// The names of builtins that one may want instead or next.
    public var seeAlso: [String] = []
    /// The file of the program's source that holds this row: "Commands/Training/TrainingCommands.swift". Derived where it is asked for:
    /// the table is made at every start.
    public var home: String { file.suffix(after: "/Sources/") }
    /// The path of that file where the program was built.
    private let file: String
    /// Whether it may be called as a statement without parentheses: `show photo`.
    public var isCommand: Bool
    /// Opens the block of `with NAME(…) { … }`; nil where it cannot stand after `with`.
    public var scope: Scope?
    /// Carries out a call. Throws a `Problem` that names the argument at fault.
    public var run: @Sendable (Call) throws -> Value
    /// Infers the type of the result before running. Throws the run's own `Problem` where a call must fail. Where it is nil, the type
    /// follows from the words of `result`.
    public var infer: (@Sendable (StaticCall) throws -> StaticType)?
    /// What a call has to do with the session's random numbers.
    public var randomness = Randomness.none

    /// What a call has to do with the session's random numbers.
    public enum Randomness: Sendable {
        /// Neither draws nor seeds.
        case none
        /// Draws from the session's generator where no seed is given and the closure returns true for the arguments' types.
        case draws(@Sendable (StaticCall) -> Bool)
        /// Seeds the session's generator.
        case seeds

        var isSeeding: Bool { if case .seeds = self { true } else { false } }
    }

    /// Creates a row. `home` is filled in by the compiler.
    public init(
        _ name: String, family: String, summary: String, parameters: [Parameter] = [],
        result: String = "none",
        terms: [String] = [], paper: String? = nil, examples: [Example] = [], isCommand: Bool = false,
        file: String = #filePath, run: @escaping @Sendable (Call) throws -> Value
    ) {
        self.name = name
        self.file = file
        self.family = family
        self.summary = summary
        self.parameters = parameters
        self.result = result
        self.terms = terms
        self.paper = paper
        self.examples = examples
        self.isCommand = isCommand
        self.run = run
    }

    /// Creates a row that also opens a scope: `with NAME(…) { … }`.
    public init(
        _ name: String, family: String, summary: String, parameters: [Parameter] = [],
        result: String = "none",
        terms: [String] = [], paper: String? = nil, examples: [Example] = [], isCommand: Bool = false,
        file: String = #filePath, scope: @escaping Scope, run: @escaping @Sendable (Call) throws -> Value
    ) {
        self.init(
            name, family: family, summary: summary, parameters: parameters, result: result, terms: terms,
            paper: paper,
            examples: examples, isCommand: isCommand, file: file, run: run)
        self.scope = scope
    }

    /// The name with its parameters: "phase1(model, scene, init=[], *, steps=400)".
    public var signature: String { "\(name)(\(signatureParts.joined(separator: ", ")))" }

    /// The signature, cut after six of more than eight parameters.
    var shortSignature: String {
        let parts = signatureParts
        return parts.count <= 8 ? signature : "\(name)(\(parts.prefix(6).joined(separator: ", ")), …); ?\(name) tells all"
    }

    private var signatureParts: [String] {
        var parts: [String] = []
        var starred = false
        for parameter in parameters {
            if parameter.keywordOnly, !starred {
                if !parameters.contains(where: \.variadic) { parts.append("*") }
                starred = true
            }
            if parameter.variadic {
                parts.append("..\(parameter.name)")
            } else if let value = parameter.defaultValue {
                parts.append("\(parameter.name)=\(value.literalText)")
            } else {
                parts.append(parameter.optional ? "\(parameter.name)=none" : parameter.name)
            }
        }
        return parts
    }
}

extension String {
    /// Returns what follows the last `mark`, or the whole text where there is none.
    fileprivate func suffix(after mark: String) -> String {
        var rest = self[...]
        while let range = rest.firstRange(of: mark) { rest = rest[range.upperBound...] }
        return String(rest)
    }
}
