/// One row of the builtin table: everything that help, completion, argument checks, reference pages and the
/// evaluator know about a command.
public struct Builtin: Sendable {
    /// An example, run as a test; `shows` is the text that its last value displays.
    public struct Example: Sendable {
        public var code: String
        public var shows: String?

        public init(_ code: String, shows: String? = nil) {
            self.code = code
            self.shows = shows
        }
    }

    /// Enters a `with` block and gives back what leaves it. Leaving always happens: after an error, `return`,
    /// `break`.
    public typealias Scope = @Sendable (Call) throws -> @Sendable () -> Void

    public var name: String
    /// The family under which reference pages list it.
    public var family: String
    /// One sentence.
    public var summary: String
    public var parameters: [Parameter]
    /// What it returns, in words.
    public var result: String
    /// More words under which `?"words"` finds it.
    public var terms: [String]
    /// "§3.2, eq. 2": where the paper has it.
    public var paper: String?
    public var examples: [Example]
    /// Names of builtins that one may want instead or next.
    public var seeAlso: [String] = []
    /// The file of the program's source that holds this row: "Commands/Training/TrainingCommands.swift".
    public let home: String
    /// May be used as a statement without parentheses: `show photo`.
    public var isCommand: Bool
    /// For `with NAME(…) { … }`.
    public var scope: Scope?
    public var run: @Sendable (Call) throws -> Value
    /// What is known of the result before running, and what must fail: throws the run's own problems. Where
    /// nil, the words of `result` are taken.
    public var infer: (@Sendable (StaticCall) throws -> StaticType)?
    /// What it has to do with the session's random numbers.
    public var randomness = Randomness.none

    public enum Randomness: Sendable {
        case none
        /// Draws from the session's generator where no seed is given and the arguments, as far as they are known, say that
        /// something is drawn.
        case draws(@Sendable (StaticCall) -> Bool)
        /// Seeds the session's generator.
        case seeds

        var isSeeding: Bool { if case .seeds = self { true } else { false } }
    }

    public init(
        _ name: String, family: String, summary: String, parameters: [Parameter] = [],
        result: String = "none",
        terms: [String] = [], paper: String? = nil, examples: [Example] = [], isCommand: Bool = false,
        home: String = #filePath, run: @escaping @Sendable (Call) throws -> Value
    ) {
        self.name = name
        self.home = home.suffix(after: "/Sources/")
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

    /// One that also opens a scope: `with NAME(…) { … }`.
    public init(
        _ name: String, family: String, summary: String, parameters: [Parameter] = [],
        result: String = "none",
        terms: [String] = [], paper: String? = nil, examples: [Example] = [], isCommand: Bool = false,
        home: String = #filePath, scope: @escaping Scope, run: @escaping @Sendable (Call) throws -> Value
    ) {
        self.init(
            name, family: family, summary: summary, parameters: parameters, result: result, terms: terms,
            paper: paper,
            examples: examples, isCommand: isCommand, home: home, run: run)
        self.scope = scope
    }

    /// "phase1(model, scene, init=[], *, steps=400)".
    public var signature: String { "\(name)(\(signatureParts.joined(separator: ", ")))" }

    /// The signature, cut where it is longer than one takes in.
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
    /// What follows the last `mark`; all of it where there is none.
    fileprivate func suffix(after mark: String) -> String {
        var rest = self[...]
        while let range = rest.firstRange(of: mark) { rest = rest[range.upperBound...] }
        return String(rest)
    }
}
