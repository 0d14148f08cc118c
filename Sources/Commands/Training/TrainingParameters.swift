import BreakAScene
import Diffusion
import Language

/// The parameters that both phases share, each of which sets one of the `TrainingOptions`. Where a call does not give one, the preset's
/// value holds.
enum TrainingParameters {
    /// A parameter and the option that it sets.
    private struct Row {
        /// The parameter without a phase's standard values.
        let parameter: Parameter
        /// Returns the option's value, for the help text.
        let value: @Sendable (TrainingOptions) -> Value
        /// Reads the argument into the options.
        let apply: @Sendable (Call, inout TrainingOptions) throws -> Void

        /// Returns the option in words; nil unless its value would be too long for the help text.
        let standard: (@Sendable (TrainingOptions) -> String)?

        /// Makes a row whose parameter is optional and given by name only.
        init(
            _ name: String, _ type: TypeRule, range: ClosedRange<Double>? = nil, allowed: [String]? = nil, unit: String? = nil,
            standard: (@Sendable (TrainingOptions) -> String)? = nil, doc: String,
            value: @escaping @Sendable (TrainingOptions) -> Value, apply: @escaping @Sendable (Call, inout TrainingOptions) throws -> Void
        ) {
            parameter = Parameter(name, type, range: range, unit: unit, allowed: allowed, doc: doc, keywordOnly: true, optional: true)
            (self.value, self.apply, self.standard) = (value, apply, standard)
        }

        /// Returns the parameter with the values that the presets have in a phase.
        func parameter(phase: Int) -> Parameter {
            var parameter = parameter
            parameter.standard =
                if let standard {
                    PresetText.joined { standard($0.options(phase: phase)) }
                } else {
                    PresetText.of { value($0.options(phase: phase)) }
                }
            return parameter
        }
    }

    /// Steps and the optimizer's settings.
    private static let optimization: [Row] = [
        Row("steps", .int, range: 0...1_000_000, unit: "steps", doc: "Training steps.", value: { .int($0.steps) }) {
            $1.steps = try $0.int("steps")
        },
        Row("lr", .number, range: 0...10, doc: "Learning rate.", value: { .float($0.optimizer.lr) }) {
            $1.optimizer.lr = try $0.double("lr")
        },
        Row("beta2", .number, range: 0...0.99999, doc: "AdamW's second decay.", value: { .float($0.optimizer.beta2) }) {
            $1.optimizer.beta2 = try $0.double("beta2")
        },
        Row("weight_decay", .number, range: 0...1, doc: "AdamW's weight decay.", value: { .float($0.optimizer.weightDecay) }) {
            $1.optimizer.weightDecay = try $0.double("weight_decay")
        },
        Row(
            "optimizer_bits", .int, range: 8...32, unit: "bits",
            doc: "Bits of each of AdamW's two moments: 32, or 8 by blocks, a quarter of the memory.",
            value: { .int($0.optimizer.stateBits) }
        ) {
            let bits = try $0.int("optimizer_bits")
            guard bits == 8 || bits == 32 else {
                throw Problem(.outOfRange, "AdamW's moments have 32 bits or 8", argument: "optimizer_bits")
            }
            $1.optimizer.stateBits = bits
        },
    ]

    /// The weights of the loss's terms.
    private static let weights: [Row] = LossTerm.all.compactMap { term in
        guard let weight = term.weight, let name = term.weightName else { return nil }
        return Row(name, .number, range: 0...1000, doc: weight.doc, value: { .float($0.weight(of: term)) }) {
            $1.setWeight(of: term, to: try $0.double(name))
        }
    }

    /// The parameters and what they set.
    private static let rows: [Row] =
        optimization + weights + [
            Row(
                "normalization", .string, allowed: AttentionNormalization.allCases.map(\.rawValue),
                doc: "How a map is brought to 0…1 for that loss.", value: { .string($0.attentionNormalization.rawValue) }
            ) {
                $1.attentionNormalization = AttentionNormalization(rawValue: try $0.string("normalization")) ?? .max
            },
            Row(
                "reduction", .string, allowed: AttentionReduction.allCases.map(\.rawValue),
                doc: "That loss as a mean over all cells (the code), or half inside, half outside of the mask.",
                value: { .string($0.attentionReduction.rawValue) }
            ) {
                $1.attentionReduction = AttentionReduction(rawValue: try $0.string("reduction")) ?? .mean
            },
            Row("masked", .bool, doc: "The diffusion loss only inside the chosen masks.", value: { .bool($0.isMasked) }) {
                $1.isMasked = try $0.bool("masked")
            },
            Row(
                "sampling", .oneOf([.string, .function]), allowed: SamplingLaw.allCases.map(\.rawValue),
                doc: "The law of a step's handles; or a function of (step, count) that gives their places.",
                value: { .string($0.sampling.rawValue) }
            ) {
                if case .string(let law)? = $0.optional("sampling") { $1.sampling = SamplingLaw(rawValue: law) ?? .union }
            },
            Row("flip", .number, range: 0...1, doc: "Probability that photo and masks are flipped.", value: { .float($0.flip) }) {
                $1.flip = try $0.double("flip")
            },
            Row(
                "contexts", .oneOf([.list(.string), .function]), standard: { contextsText($0) },
                doc: "Prompts to learn in, one at random a photo, * for the handles; or a function of (step, pick).",
                value: { .list($0.contexts.map { .string($0) }) }
            ) {
                $1.contexts = if case .function? = $0.optional("contexts") { [] } else { try ViewLaws.checked($0.strings("contexts")) }
            },
            Row(
                "zoom", .oneOf([.number, .function]), range: 0...1,
                doc: "Share of photos seen from closer, around their things; or a function of (step, pick).",
                value: { .float($0.zoom) }
            ) {
                // A function may zoom at every step, and a plan counts that many.
                $1.zoom = if case .function? = $0.optional("zoom") { 1 } else { try $0.double("zoom") }
            },
            Row(
                "downsampling", .string, allowed: MaskDownsampling.allCases.map(\.rawValue),
                doc: "How masks come down to the size of latents and attention maps.", value: { .string($0.maskDownsampling.rawValue) }
            ) {
                $1.maskDownsampling = MaskDownsampling(rawValue: try $0.string("downsampling")) ?? .nearest
            },
            Row("batch", .int, range: 1...64, doc: "Photos in a step, each with a subset of its own.", value: { .int($0.batchSize) }) {
                $1.batchSize = try $0.int("batch")
            },
            Row(
                "clip", .number, range: 0...1e6, doc: "Norm that gradients are clipped to; 0 does not clip.",
                value: { .float($0.clipNorm ?? 0) }
            ) {
                let norm = try $0.double("clip")
                $1.clipNorm = norm == 0 ? nil : norm
            },
            Row(
                "gradient_checkpointing", .bool,
                doc: "Computes activations again instead of keeping them: a third slower, far less memory.",
                value: { .bool($0.checkpointsGradients) }
            ) {
                $1.checkpointsGradients = try $0.bool("gradient_checkpointing")
            },
            Row(
                "size", .listOrSingle(.int), range: 1...4096, unit: "px",
                doc: "Size that it trains at, [height, width] or one number for both; the model's own without.",
                value: { $0.size.map { .list([.int($0.height), .int($0.width)]) } ?? .none }
            ) { $1.size = try $0.pixels("size") },
            Row(
                "clip_table", .bool, doc: "In phase one clip by the norm of the whole token table's gradient, as the paper's code does.",
                value: { .bool($0.clipsWholeTable) }
            ) {
                $1.clipsWholeTable = try $0.bool("clip_table")
            },
        ]

    /// Returns "none" or "8 prompts".
    private static func contextsText(_ options: TrainingOptions) -> String {
        options.contexts.isEmpty ? "none" : "\(Set(options.contexts).count) prompts"
    }

    /// The parameters of prior preservation.
    private static let priorRows: [Parameter] = [
        standing("prior", .int, range: 1...10_000, doc: "Pictures that prior preservation draws.") { .int($0.prior.count) },
        Parameter("prior_prompts", .list(.string), doc: "Their prompts, taken in turn.", keywordOnly: true, optional: true),
        standing("prior_steps", .int, range: 1...1000, doc: "Denoising steps of a prior picture.") { .int($0.prior.steps) },
        standing("prior_guidance", .number, range: 0...100, doc: "Classifier-free guidance of the prior pictures.") {
            .float($0.prior.guidanceScale)
        },
        Parameter(
            "prior_seed", .int, doc: "Of the prior pictures, which the base model draws; the training's seed without.",
            keywordOnly: true, optional: true),
    ]

    /// The names of the options of prior preservation.
    static let priorNames = priorRows.map(\.name) + ["prior_loss"]

    /// The parameter `until`: the step at which to pause.
    static let until = Parameter(
        "until", .int, range: 1...1_000_000, unit: "steps",
        doc: "Stops after this step; resume goes on, more than once and with other ends if wanted.",
        keywordOnly: true, optional: true)

    /// Returns a parameter of prior preservation with the values that the presets have.
    private static func standing(
        _ name: String, _ type: TypeRule, range: ClosedRange<Double>, doc: String, _ value: (Preset) -> Value
    ) -> Parameter {
        var parameter = Parameter(name, type, range: range, doc: doc, keywordOnly: true, optional: true)
        parameter.standard = PresetText.of(value)
        return parameter
    }

    /// The parameters of phase one, which are those of both phases in one command, too; phase two has other standard values.
    static let shared = parameters(phase: 1)

    /// Returns the parameters of a phase.
    static func parameters(phase: Int) -> [Parameter] {
        [
            Parameter(
                "preset", .string, allowed: Preset.allCases.map(\.rawValue),
                doc: "Settings that belong together; collage for the embedded model, else code.", keywordOnly: true, optional: true)
        ] + rows.filter { phase == 1 || $0.parameter.name != "clip_table" }.map { $0.parameter(phase: phase) } + priorRows
            + TrainingFunctions.parameters + [
                until,
                Parameter("seed", .int, default: 0, doc: "Of everything that training draws.", keywordOnly: true),
            ]
    }

    /// Returns the call's preset, or the one that suits the model.
    static func preset(_ call: Call, model: DiffusionModel) throws -> Preset {
        call.optional("preset") == nil ? .suited(to: model) : Preset(rawValue: try call.string("preset")) ?? .code
    }

    /// Returns the preset's options with the call's arguments applied; `excluding` names parameters that mean something else in this
    /// command.
    static func options(_ call: Call, phase: Int, model: DiffusionModel, excluding: Set<String> = []) throws -> TrainingOptions {
        var options = try preset(call, model: model).options(phase: phase)
        for row in rows where !excluding.contains(row.parameter.name) && call.optional(row.parameter.name) != nil {
            try row.apply(call, &options)
        }
        // Without masks the photo's own background would be learned under the name of every place.
        if !options.isMasked, call.optional("contexts") == nil { options.contexts = [] }
        return options
    }

    /// Returns the options of prior preservation. Throws `.badArgument` for an empty list of prompts.
    static func prior(_ call: Call, model: DiffusionModel) throws -> PriorOptions {
        var prior = try preset(call, model: model).prior
        if call.optional("prior") != nil { prior.count = try call.int("prior") }
        if call.optional("prior_prompts") != nil {
            prior.prompts = try call.strings("prior_prompts")
            guard !prior.prompts.isEmpty else { throw Problem(.badArgument, "prior_prompts is empty", argument: "prior_prompts") }
        }
        if call.optional("prior_steps") != nil { prior.steps = try call.int("prior_steps") }
        if call.optional("prior_guidance") != nil { prior.guidanceScale = try call.double("prior_guidance") }
        prior.seed = try call.int(call.optional("prior_seed") == nil ? "seed" : "prior_seed")
        return prior
    }
}

/// The values that the presets have for one parameter, as help shows them.
enum PresetText {
    /// Returns "400", or "paper 0, code 0.5, collage 0" where the presets differ.
    static func of(_ value: (Preset) -> Value) -> String { joined { value($0).literalText } }

    /// Returns the same for values that are texts already.
    static func joined(_ text: (Preset) -> String) -> String {
        let texts = Preset.allCases.map { (preset: $0.rawValue, text: text($0)) }
        guard let first = texts.first, texts.contains(where: { $0.text != first.text }) else { return texts.first?.text ?? "" }
        return texts.map { "\($0.preset) \($0.text)" }.joined(separator: ", ")
    }
}
