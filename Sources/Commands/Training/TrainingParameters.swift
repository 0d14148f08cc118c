import BreakAScene
import Diffusion
import Files
import Images
import Language

/// The parameters that the commands that train share: one for each documented row of `TrainingSetting.all`, those of prior preservation,
/// and the functions that take the place of parts of the method. Where a call does not give one, the preset's value holds.
enum TrainingParameters {
    /// A setting with the key of its parameter in one phase.
    private struct Option {
        let setting: TrainingSetting
        let key: Key<Value?>
    }

    private static let firstPhase = options(phase: 1)
    private static let secondPhase = options(phase: 2)

    private static func options(phase: Int) -> [Option] {
        TrainingSetting.all.compactMap { setting in
            guard let doc = setting.doc, phase == 1 || setting.name != TrainingSetting.clipTable else { return nil }
            var key = Key<Value?>(
                setting.name, setting.rule, range: setting.range, unit: setting.unit, allowed: setting.words, doc: doc, keywordOnly: true,
                standard: PresetText.joined { setting.text(in: $0.options(phase: phase)) })
            key.parameter.meanings = setting.meanings
            return Option(setting: setting, key: key)
        }
    }

    static let preset = Key<Preset?>(
        "preset", doc: "Settings that belong together; collage or collage256 for the models that ship, else code.", keywordOnly: true)
    static let seed = Key<Int>("seed", default: 0, doc: "Of everything that training draws.", keywordOnly: true)
    /// The step at which to pause.
    static let until = Key<Int?>(
        "until", range: 1...1_000_000, unit: "steps",
        doc: "Stops after this step; resume goes on, more than once and with other ends if wanted.", keywordOnly: true)

    // MARK: prior preservation

    private static let priorCount = Key<Int?>(
        "prior", range: 1...10_000, doc: "Pictures that prior preservation draws.", keywordOnly: true,
        standard: PresetText.of { .int($0.prior.count) })
    private static let priorPrompts = Key<[String]?>("prior_prompts", doc: "Their prompts, taken in turn.", keywordOnly: true)
    private static let priorSteps = Key<Int?>(
        "prior_steps", range: 1...1000, doc: "Denoising steps of a prior picture.", keywordOnly: true,
        standard: PresetText.of { .int($0.prior.steps) })
    private static let priorGuidance = Key<Double?>(
        "prior_guidance", range: 0...100, doc: "Classifier-free guidance of the prior pictures.", keywordOnly: true,
        standard: PresetText.of { .float($0.prior.guidanceScale) })
    private static let priorSeed = Key<Int?>(
        "prior_seed", doc: "Of the prior pictures, which the base model draws; the training's seed without.", keywordOnly: true)
    /// The options of the pictures that the base model draws.
    static let priorKeys: [any Declaring] = [priorCount, priorPrompts, priorSteps, priorGuidance, priorSeed]

    /// The options of prior preservation, which mean nothing where its weight is 0.
    static let ofPrior: [any Declaring] = priorKeys + [TrainingFunctions.priorLoss.key]

    /// Returns the options of the pictures that the base model draws for these phases; nil where none needs any. Where things are pasted on
    /// them they show the places of the contexts, two of each. Throws `.badArgument` for an empty list of prompts, and where none of the
    /// pictures would show such a place.
    static func prior(_ call: Call, _ phases: [TrainingOptions], model: DiffusionModel) throws -> PriorOptions? {
        guard phases.contains(where: { $0.needsPrior && $0.steps > 0 }) else { return nil }
        var prior = try preset(call, model: model).prior
        let pasted = phases.filter { $0.copyPaste > 0 }
        if let first = pasted.first { prior.showPlaces(of: first.contexts) }
        prior.count = try call[priorCount] ?? prior.count
        prior.prompts = try call[priorPrompts] ?? prior.prompts
        guard !prior.prompts.isEmpty else { throw Problem(.badArgument, "prior_prompts is empty", argument: priorPrompts.name) }
        // Prompts are taken in turn, so that those after the last picture are not drawn.
        let drawn = Array(prior.prompts.prefix(prior.count))
        if let phase = pasted.first(where: { !CopyPaste.isPossible($0.contexts, prompts: drawn) }) {
            let wanted = CopyPaste.backgrounds(phase.contexts).map { "\"\($0)\"" }.joined(separator: ", ")
            throw Problem(
                .badArgument, "none of the prior pictures shows an empty place that things could be pasted on",
                argument: drawn.count < prior.prompts.count ? priorCount.name : priorPrompts.name,
                help: "the places of the contexts are \(wanted); copy_paste=0 pastes nothing")
        }
        prior.steps = try call[priorSteps] ?? prior.steps
        prior.guidanceScale = try call[priorGuidance] ?? prior.guidanceScale
        prior.seed = try call[priorSeed] ?? call[seed]
        return prior
    }

    // MARK: all of them

    /// The parameters of phase one, which are those of both phases in one command, too; phase two has other standard values.
    static let shared = parameters(phase: 1)

    /// Returns the parameters of a phase.
    static func parameters(phase: Int) -> [any Declaring] {
        [preset] + (phase == 1 ? firstPhase : secondPhase).map(\.key) + priorKeys + TrainingFunctions.losses.map(\.key) + [until, seed]
    }

    /// Returns the parameters of a command that shares all but some of them.
    static func shared(without names: Set<String>) -> [any Declaring] { shared.filter { !names.contains($0.parameter.name) } }

    /// Returns the key of a setting's parameter. `name` is that of a documented row of `TrainingSetting.all`.
    static func key(_ name: String) -> (any Declaring)? { firstPhase.first { $0.setting.name == name }?.key }

    /// Returns the call's preset, or the one that suits the model.
    static func preset(_ call: Call, model: DiffusionModel) throws -> Preset { try call[preset] ?? .suited(to: model) }

    private static let copyPaste = "copy_paste"
    /// Options of what a step sees of the photo: with one of them a preset's things are not pasted elsewhere.
    private static let photoOptions = ["masked", "data", "zoom", "segmix", "degrade_outside", "null_outside_weight"]

    /// Returns the preset's options with the call's arguments applied; `excluding` names parameters that mean something else in this
    /// command.
    static func options(_ call: Call, phase: Int, model: DiffusionModel, excluding: Set<String> = []) throws -> TrainingOptions {
        var options = try preset(call, model: model).options(phase: phase)
        for option in firstPhase where !excluding.contains(option.setting.name) {
            guard let value = call.given(option.key) else { continue }
            if case .function = value {
                TrainingFunctions.all.first { $0.key.name == option.setting.name }?.prepare(&options)
            } else {
                try option.setting.apply(value, option.key, call, to: &options)
            }
        }
        func isGiven(_ name: String) -> Bool { key(name).flatMap { call.given($0) } != nil }
        // Without masks the photo's own background would be learned under the name of every place.
        if !options.isMasked, !isGiven("contexts") { options.contexts = [] }
        // What is asked of the photo, or of each step's prompt, is not what pasted things show.
        let asksOfPhoto = photoOptions.contains(where: isGiven) || OptionRule.isFunction(key("contexts"), call)
        if asksOfPhoto, !isGiven(copyPaste) { options.copyPaste = 0 }
        return options
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
