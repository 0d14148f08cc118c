import BreakAScene
import Language

/// A way to learn handles, as `benchmark` takes it: a name, and a record of options, the name of a method or preset, or a function.
struct BenchmarkMethod {
    let name: String
    /// What `model(of:)` reads: a record of options, or a function of (model, scene, seed).
    let value: Value

    private static let parameter = "methods"

    /// Reads `methods=`: a list of records with a `name`, of names, and of functions, or a record of these by name. Throws a `Problem` where
    /// one is none, and where two have the same name.
    static func read(_ value: Value, _ call: Call) throws -> [BenchmarkMethod] {
        let methods: [BenchmarkMethod]
        if case .record(let record) = value {
            methods = try record.pairs.map { BenchmarkMethod(name: $0, value: try checked($1, $0, call)) }
        } else {
            methods = try (value.elements ?? [value]).map { try BenchmarkMethod($0, call) }
        }
        guard !methods.isEmpty else { throw Problem(.badArgument, "benchmark: there is no method", argument: parameter) }
        var seen = Set<String>()
        if let twice = methods.first(where: { !seen.insert($0.name).inserted }) {
            throw Problem(.badArgument, "benchmark: two methods are called \"\(twice.name)\"", argument: parameter)
        }
        return methods
    }

    private init(name: String, value: Value) { (self.name, self.value) = (name, value) }

    private init(_ item: Value, _ call: Call) throws {
        switch item {
        case .string(let name): self.init(name: name, value: try Self.checked(item, name, call))
        case .function(let function): self.init(name: function.name, value: try Self.checked(item, function.name, call))
        case .record(let record):
            guard case .string(let name)? = record["name"], !name.isEmpty else {
                throw Problem(
                    .badArgument, "benchmark: a method of a list needs a name", argument: Self.parameter,
                    help: "{name: \"no attention loss\", attention_weight: 0}")
            }
            let options = Record(record.pairs.filter { $0.0 != "name" })
            self.init(name: name, value: try Self.checked(.record(options), name, call))
        default:
            throw Problem(
                .wrongType, "benchmark: a method is a record of options, a name or a function", argument: Self.parameter,
                label: "one is \(item.describedType)")
        }
    }

    /// Returns what a method is, with names as records of options.
    private static func checked(_ value: Value, _ name: String, _ call: Call) throws -> Value {
        switch value {
        case .function(let function):
            guard function.parameterNames.count == 3 else {
                throw Problem(
                    .badArgument, "benchmark: the method \(name) is a function of \(function.parameterNames.count) parameters",
                    argument: parameter, help: "fn(model, scene, seed) { … } gives the model that has learned")
            }
            return value
        case .record(let options):
            try check(options, name, call)
            return value
        case .string(let word):
            if named(call.context)?.contains(word) == true { return .record(Record([("method", .string(word))])) }
            if Preset(rawValue: word) != nil { return .record(Record([("preset", .string(word))])) }
            let known = (named(call.context) ?? []) + Preset.allCases.map(\.rawValue)
            throw Problem(
                .badArgument, "benchmark: there is no method and no preset \"\(word)\"", argument: parameter,
                notes: ["there are \(known.joined(separator: ", "))"],
                help: nearestName(word, among: known).map { "did you mean \"\($0)\"?" })
        default:
            throw Problem(
                .wrongType, "benchmark: a method is a record of options, a name or a function", argument: parameter,
                label: "\(name) is \(value.describedType)")
        }
    }

    /// The names of the methods that the command `train` knows; nil where there is no such command.
    private static func named(_ context: Context) -> [String]? {
        context.builtins["train"]?.parameters.first { $0.name == "method" }?.allowed
    }

    /// The options that the benchmark sets itself.
    private static let own: Set<String> = ["model", "scene", "seed", "checkpoint", "checkpoint_every", "until"]

    private static func check(_ options: Record, _ name: String, _ call: Call) throws {
        if options["phase1"] != nil || options["phase2"] != nil {
            for (phase, value) in options.pairs {
                guard ["phase1", "phase2"].contains(phase), case .record(let part) = value else {
                    throw Problem(
                        .badArgument, "benchmark: the method \(name) names phases; its options belong into them", argument: parameter,
                        help: "{name: …, phase1: {steps: 100}, phase2: {steps: 100, train: \"lora\"}}")
                }
                try check(part, of: phase, name, call)
            }
        } else {
            try check(options, of: options["method"] == nil ? "break_a_scene" : "train", name, call)
        }
    }

    private static func check(_ options: Record, of command: String, _ name: String, _ call: Call) throws {
        let known = call.context.builtins[command]?.parameters.map(\.name) ?? []
        for option in options.keys {
            if own.contains(option) {
                throw Problem(
                    .badArgument, "benchmark: the method \(name) gives \(option), which the benchmark gives itself", argument: parameter)
            }
            guard known.contains(option) else {
                throw Problem(
                    .badArgument, "benchmark: the method \(name) has an option \"\(option)\" that \(command) does not know",
                    argument: parameter, help: nearestName(option, among: known).map { "did you mean \"\($0)\"?" })
            }
        }
    }

    // MARK: training

    /// Trains by a method, a value as `read` gives it, and returns the model. `words`: what handles start from where the method does not say.
    /// Throws what training throws, and a `Problem` where a function gives no model.
    static func model(of method: Value, _ model: Value, _ scene: Value, seed: Int, words: [String], _ call: Call) throws -> ModelValue {
        let result: Value
        switch method {
        case .function(let function): result = try call.invoke(function, arguments: [model, scene, .int(seed)])
        case .record(let options): result = try trained(options, model, scene, seed, words, call)
        default: throw Problem(.internal, "a method is \(method.describedType)")
        }
        guard let value = result.host(as: ModelValue.self) else {
            throw Problem(.wrongType, "the method gave \(result.describedType), not a model")
        }
        return value
    }

    private static func trained(
        _ options: Record, _ model: Value, _ scene: Value, _ seed: Int, _ words: [String], _ call: Call
    ) throws -> Value {
        func run(_ command: String, _ model: Value, _ options: Record, takesWords: Bool) throws -> Value {
            guard let builtin = call.context.builtins[command] else { throw Problem(.unknownName, "there is no command \(command)") }
            var named = options.pairs + [("seed", .int(seed))]
            if takesWords, options["init"] == nil, options["start"] == nil, !words.isEmpty {
                named.append(("init", .list(words.map { .string($0) })))
            }
            return try call.invoke(FunctionValue(builtin), arguments: [model, scene], named: named)
        }
        guard options["phase1"] != nil || options["phase2"] != nil else {
            guard case .string(let name)? = options["method"] else { return try run("break_a_scene", model, options, takesWords: true) }
            return try run("train", model, options, takesWords: TrainingMethod(rawValue: name)?.isTrained ?? true)
        }
        var current = model
        if case .record(let first)? = options["phase1"] { current = try run("phase1", current, first, takesWords: true) }
        guard case .record(let second)? = options["phase2"] else { return current }
        if options["phase1"] == nil {
            guard let builtin = call.context.builtins["add_handles"] else { throw Problem(.unknownName, "there is no command add_handles") }
            let named: [(String, Value)] =
                (words.isEmpty ? [] : [("init", .list(words.map { .string($0) }))]) + [("seed", .int(seed))]
            current = try call.invoke(FunctionValue(builtin), arguments: [current, scene], named: named)
        }
        return try run("phase2", current, second, takesWords: false)
    }
}
