import BreakAScene
import Language

/// The type of a model: where the model comes from, so that a plan can look into its folder, and what was trained since.
struct ModelType: HostType {
    /// The arguments of a `load_model`.
    struct Source: Hashable {
        let name: String
        let tokenizer: String?
        let prediction: String?
    }

    /// The arguments of the `load_model` that the model comes from; nil where they are not known.
    var source: Source?
    /// The parts that second phases trained, as their `train` names them.
    var trained: Set<String> = []

    var typeName: String { ModelValue.declaration.name.text }
    let element: StaticType? = nil

    var fieldNames: [String]? { ModelValue.declaration.type.fieldNames }
    func field(_ name: String) -> StaticType? { ModelValue.declaration.type.field(name) }
    func unary(_ op: UnaryOperator) -> StaticType? { nil }
    func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType? { nil }

    func joined(_ other: any HostType) -> (any HostType)? {
        guard let other = other as? ModelType else { return nil }
        return ModelType(source: source == other.source ? source : nil, trained: trained.union(other.trained))
    }

    // MARK: rules

    /// Returns the type of the model that a call gives: that of its argument `model`.
    @Sendable static func infer(_ call: StaticCall) -> StaticType { .host(argument(of: call) ?? ModelType()) }

    /// Returns the type of the model that a call of `load_model` loads.
    @Sendable static func loaded(_ call: StaticCall) -> StaticType { .host(ModelType(source: Source(call))) }

    /// Returns the result of a training that moves the model's own parameters. `parts` returns what the call's `train` names; for nil all
    /// parts count as trained.
    static func training(_ parts: @escaping @Sendable (StaticCall) -> String?) -> ResultType {
        .model.inferred { call in
            guard var model = argument(of: call) else { return ModelValue.valueType }
            model.trained.insert(parts(call) ?? TrainableParts.all.rawValue)
            return .host(model)
        }
    }

    private static func argument(of call: StaticCall) -> ModelType? {
        if case .host(let host) = call.type(ModelCommands.model) { host as? ModelType } else { nil }
    }
}

extension ModelType.Source {
    /// Reads a call of `load_model`; nil where the name is not known before a run.
    init?(_ call: StaticCall) {
        guard let name = call.string(ModelCommands.source) else { return nil }
        self.init(name: name, tokenizer: call.string(ModelCommands.tokenizer), prediction: call.string(ModelCommands.prediction))
    }
}
