import BreakAScene
import Language

/// The static types of the domain's values, with their fields. A test compares them with real values.
enum DomainTypes {
    static let handle = StaticType.host(
        NamedHostType(
            "handle",
            fields: [
                .init("token", .string), .init("index", .int), .init("embedding", TensorType.of([nil])), .init("start", .unknown),
                .init("scene", .unknown), .init("mask", .unknown), .init("thing", .unknown),
            ], element: nil, operators: false))

    static let history = StaticType.host(
        NamedHostType(
            "history",
            fields: (["phase", "step"] + HistoryCurves.columns.map(\.name)).map { .init($0, TensorType.of([nil])) }
                + [.init("handles", .listOf(.string))],
            // A column for each handle's attention loss: "attention_asset0".
            isOpen: true))

    static let model = StaticType.host(ModelType())

    static let image = StaticType.host(
        NamedHostType("image", fields: sized + [.init("shape", .list([.int, .int, .int])), .init("metadata", .record([], isOpen: true))]))

    static let mask = StaticType.host(MaskType())

    static let scene = StaticType.host(
        NamedHostType(
            "scene",
            fields: [
                .init("image", image), .init("masks", .listOf(mask)), .init("names", .listOf(.string)), .init("size", pair),
                .init("title", .string),
                .init("fit", .string),
            ], element: nil, operators: false))

    static let pick = StaticType.host(
        NamedHostType(
            "pick",
            fields: [
                .init("image", TensorType.of(nil)), .init("masks", .listOf(mask)), .init("handles", .listOf(handle)),
                .init("prompt", .string),
                .init("flipped", .bool), .init("part", .unknown),
            ], element: nil, operators: false))

    static let leakage = StaticType.host(
        NamedHostType(
            "leakage",
            fields: [
                .init("handles", .listOf(.string)), .init("shares", TensorType.of([nil, nil])), .init("chance", TensorType.of([nil])),
                .init("lift", TensorType.of([nil, nil])), .init("iou", .listOf(.float)), .init("mean_iou", .listOf(.float)),
                .init("iou_of_mean", .listOf(.float)), .init("attention", .listOf(.float)), .init("own", .float), .init("worst", .float),
                .init("worst_other", .float),
            ]))

    static let inspection = StaticType.host(
        NamedHostType(
            "inspection",
            fields: ["handles", "names", "prompts"].map { .init($0, .listOf(.string)) }
                + ["present", "unasked", "others", "doubled", "brings"].map { .init($0, .unknown) }
                + [
                    .init("likeness", .record([], isOpen: true)), .init("table", .host(NamedHostType("table"))),
                    .init("pictures", .host(NamedHostType("table"))), .init("images", .listOf(image)),
                    .init("sheet", figure),
                ]))

    static let check = StaticType.host(
        NamedHostType(
            "check",
            fields: [
                .init("warnings", .listOf(.string)), .init("names", .listOf(.string)), .init("cells", .listOf(.int)),
                .init("cropped_cells", .listOf(.int)), .init("map_size", pair), .init("advice", .unknown),
            ], element: .string, operators: false))

    static let attention = StaticType.host(
        NamedHostType(
            "attention",
            fields: [
                .init("shape", .listOf(.int)), .init("axes", .listOf(.string)), .init("tokens", .listOf(.string)),
                .init("layers", .listOf(.string)),
                .init("timesteps", .listOf(.int)), .init("image", .unknown),
            ]))

    static let figure = StaticType.host(
        NamedHostType(
            "figure", fields: [.init("title", .string)] + sized + [.init("image", image), .init("metadata", .record([], isOpen: true))],
            element: nil, operators: false))

    static let moments = StaticType.host(NamedHostType("moments", fields: [.init("names", .listOf(.string))]))
    static let optimizer = StaticType.host(
        NamedHostType(
            "optimizer",
            fields: ["lr", "beta1", "beta2", "eps", "weight_decay"].map { .init($0, .float) } + [
                .init("step", .int), .init("names", .listOf(.string)), .init("first", moments), .init("second", moments),
            ], element: nil, operators: false))
    static let gradients = StaticType.host(NamedHostType("gradients", fields: [.init("norm", .float), .init("names", .listOf(.string))]))
    static let scheduler = StaticType.host(SchedulerType())
    static let prediction = StaticType.host(
        NamedHostType(
            "prediction", fields: [.init("noise", TensorType.of(nil)), .init("attention", .unknown)], element: nil, operators: false))

    /// The types by the words of a row's `result`.
    static let byResult: [String: StaticType] = [
        "model": model, "scene": scene, "mask": mask, "image": image, "figure": figure, "optimizer": optimizer, "gradients": gradients,
        "scheduler": scheduler, "table": .host(NamedHostType("table")), "tensor": TensorType.of(nil),
        "tensor, one number": TensorType.of([]), "tensor [h, w]": TensorType.of([nil, nil]),
        "tensor [N, h, w, C]": TensorType.of([nil, nil, nil, nil]), "[model, optimizer]": .list([model, optimizer]),
        "inspection": inspection,
        "pick (image, masks, handles, prompt)": pick,
        "leakage (handles, shares, chance, lift, mean_iou, iou_of_mean, attention, own, worst, worst_other)": leakage,
        "list of handles": .listOf(handle), "check (warnings, names, cells, cropped_cells, map_size, advice)": check,
        "attention [kept axes…, H, W]": attention, "prediction (noise, attention)": prediction,
        "image, with the texts of a PNG as .metadata": image, "float, in dB": .float,
    ]

    fileprivate static let pair = StaticType.list([.int, .int])
    private static let sized: [StaticType.Field] = [.init("width", .int), .init("height", .int), .init("size", pair)]

    /// The type of a mask: `|`, `&`, `-` and `!` give masks, all other operators tensors.
    private struct MaskType: HostType {
        let typeName = "mask"
        private static let fields = sized + [.init("shape", pair), .init("area", .float), .init("cells", .int)]

        var fieldNames: [String]? { Self.fields.map(\.name) }
        func field(_ name: String) -> StaticType? { Self.fields.first { $0.name == name }?.type }
        func index(_ subscripts: [StaticSubscript]) throws -> StaticType { TensorType.of(nil) }

        func unary(_ op: UnaryOperator) -> StaticType? { op == .not ? .host(self) : .unknown }

        func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType? {
            guard case .host(let host) = other, host is MaskType else { return .unknown }
            return op == .or || op == .and || op == .subtract ? .host(self) : .unknown
        }
    }
}

/// The type of a model: where the model comes from, so that a plan can look into its folder, and what was trained since.
struct ModelType: HostType {
    struct Source: Hashable {
        let name: String
        let tokenizer: String?
        let prediction: String?
    }

    /// The arguments of the `load_model` that the model comes from; nil where they are not known.
    var source: Source?
    /// The parts that second phases trained, as their `train` names them.
    var trained: Set<String> = []

    let typeName = "model"
    let element: StaticType? = nil

    private static let fields: [StaticType.Field] = [
        .init("name", .string), .init("handles", .listOf(DomainTypes.handle)), .init("history", DomainTypes.history),
        .init("parameters", .host(NamedHostType("parameters", fields: [.init("names", .listOf(.string))]))),
        .init("phases", .listOf(.string)), .init("size", DomainTypes.pair),
        .init("latent_shape", .list([.int, .int, .int])), .init("layers", .listOf(.string)), .init("words", .listOf(.string)),
        .init("hash", .string), .init("interrupted", .bool),
    ]

    var fieldNames: [String]? { Self.fields.map(\.name) }
    func field(_ name: String) -> StaticType? { Self.fields.first { $0.name == name }?.type }
    func unary(_ op: UnaryOperator) -> StaticType? { nil }
    func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType? { nil }

    func joined(_ other: any HostType) -> (any HostType)? {
        guard let other = other as? ModelType else { return nil }
        return ModelType(source: source == other.source ? source : nil, trained: trained.union(other.trained))
    }

    /// Returns the type of the model that a call gives, from that of its model argument.
    @Sendable static func infer(_ call: StaticCall) -> StaticType {
        if call.builtin.name == "load_model" {
            guard let name = call.string("name") else { return DomainTypes.model }
            return .host(ModelType(source: Source(name: name, tokenizer: call.string("tokenizer"), prediction: call.string("prediction"))))
        }
        guard case .host(let host) = call.type("model"), var model = host as? ModelType else { return DomainTypes.model }
        switch call.builtin.name {
        case "phase2": model.trained.insert(call.string("train") ?? TrainableParts.all.rawValue)
        case "break_a_scene": model.trained.insert(TrainableParts.all.rawValue)
        default: break
        }
        return .host(model)
    }
}
