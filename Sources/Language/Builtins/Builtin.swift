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
    public var family: Family
    /// One sentence on what it does.
    public var summary: String
    /// The parameters, in the order of positional arguments.
    public var parameters: [Parameter]
    /// The result, in words and as a type.
    public var result: ResultType
    /// Further words under which `?"words"` finds it.
    public var terms: [String]
    /// The section of the paper that it implements: "§3.2, eq. 2"; nil where there is none.
    public var paper: String?
    /// The examples, the first of which help shows.
    public var examples: [Example]
    /// The names of builtins that one may want instead or next. The table adds this row to theirs.
    public var seeAlso: [String]
    /// The file of the program's source that holds this row: "Commands/Training/TrainingCommands.swift". Derived where it is asked for:
    /// the table is made at every start.
    public var home: String { file.suffix(after: "/Sources/") }
    /// The path of that file where the program was built.
    private let file: String
    /// Whether it may be called as a statement without parentheses: `show photo`.
    public var isCommand: Bool
    /// Opens the block of `with NAME(…) { … }`; nil where it cannot stand after `with`.
    public var scope: Scope?
    /// How a request to stop ends a call.
    public var cost: Cost
    /// What `bas check --plan` computes of a call; nil where it has nothing to say.
    public var planner: (any CallPlanner)?
    /// What a call has to do with the session's random numbers.
    public var randomness: Randomness
    /// What a call reads or changes outside of the program, beside the files that its parameters name: "reads the clock"; nil for nothing.
    /// A notebook does not keep the results of a cell with such a call.
    public var outside: String?
    /// Whether a call takes steps of a training, which magnify differences of rounding: what follows from it is the same only under the same
    /// arithmetic kernel.
    public var trains: Bool
    private let work: @Sendable (Call) throws -> Value

    /// What a call has to do with the session's random numbers.
    public enum Randomness: Sendable {
        /// Neither draws nor seeds.
        case none
        /// Draws from the session's generator where no seed is given and the closure returns true for the arguments' types.
        case draws(@Sendable (StaticCall) -> Bool)
        /// Seeds the session's generator.
        case seeds

        /// Whether it seeds.
        public var isSeeding: Bool { if case .seeds = self { true } else { false } }
    }

    /// Creates a row. `file` is filled in by the compiler. `cost` is that of the family where it is nil; `randomness` follows from the
    /// parameters where it is nil: a row with a parameter of `Parameter.isSeed` draws; `trains` is that of the family where it is nil. `scope` opens the block of `with`; `run` carries
    /// out a call and throws a `Problem` that names the argument at fault.
    public init(
        _ name: String, family: Family, summary: String, parameters: [any Declaring] = [],
        result: ResultType = .none, terms: [String] = [], paper: String? = nil, examples: [Example] = [], seeAlso: [String] = [],
        isCommand: Bool = false, cost: Cost? = nil, randomness: Randomness? = nil, outside: String? = nil,
        planner: (any CallPlanner)? = nil, trains: Bool? = nil,
        file: String = #filePath, scope: Scope? = nil, run: @escaping @Sendable (Call) throws -> Value
    ) {
        self.name = name
        self.file = file
        self.family = family
        self.summary = summary
        self.parameters = parameters.map(\.parameter)
        self.result = result
        self.terms = terms
        self.paper = paper
        self.examples = examples
        self.seeAlso = seeAlso
        self.isCommand = isCommand
        self.cost = cost ?? family.cost
        self.randomness = randomness ?? (self.parameters.contains(where: \.isSeed) ? .draws { _ in true } : .none)
        self.outside = outside
        self.planner = planner
        self.trains = trains ?? family.trains
        self.scope = scope
        work = run
    }

    /// Carries out a call, in the way that its cost asks for. Throws a `Problem` that names the argument at fault, or the `.interrupted`
    /// problem where a stop was requested.
    public func run(_ call: Call) throws -> Value { try cost.run(call, work) }

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
