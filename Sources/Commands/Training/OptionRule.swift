import BreakAScene
import Files
import Language

/// A rule on options that another option, a preset or a function leaves without any effect. A call that gives such an option all the same
/// is refused, so that nobody believes in an effect that there is none of.
struct OptionRule: Sendable {
    /// The options that the rule is about.
    let options: [any Declaring]
    /// Returns what takes the effect away in this call; nil where the options have an effect.
    let cause: @Sendable (Call) throws -> Cause?

    /// What takes the effect away, in words, and what to write instead.
    struct Cause {
        /// The end of the sentence "… has no effect, because".
        let text: String
        /// The advice; nil where there is none.
        var help: String?

        /// Makes a cause.
        init(_ text: String, help: String? = nil) { (self.text, self.help) = (text, help) }
    }

    /// Makes a rule.
    init(_ options: [any Declaring], _ cause: @escaping @Sendable (Call) throws -> Cause?) { (self.options, self.cause) = (options, cause) }

    /// Throws `.badArgument` at the first option that was given and has no effect; the message names the option and the cause.
    static func check(_ rules: [OptionRule], _ call: Call) throws {
        for rule in rules {
            let given = rule.options.filter { call.has($0) && call.given($0) != nil }
            guard let option = given.first?.parameter.name, let cause = try rule.cause(call) else { continue }
            throw Problem(
                .badArgument, "\(call.builtin.name): \(option) has no effect, because \(cause.text)", argument: option,
                help: cause.help ?? "leave \(option) out")
        }
    }

    // MARK: the rules

    /// Returns the rules of `phase1`, `phase2`, `break_a_scene` and `plan`; `phases` are the options that preset and arguments lead to.
    static func training(_ phases: [TrainingOptions]) -> [OptionRule] {
        let parts = phases.last.map { $0.trainedNames == nil ? "\"\($0.trains.rawValue)\"" : "a function" } ?? ""
        return [
            OptionRule(TrainingParameters.priorKeys) { call in
                phases.allSatisfy { !$0.needsPrior } ? try noPrior(call) : nil
            },
            OptionRule([TrainingFunctions.priorLoss.key]) { call in
                phases.allSatisfy { $0.priorWeight == 0 } ? try noPrior(call) : nil
            },
            OptionRule([TrainingCommands.rank]) { _ in
                parts == "\"lora\"" ? nil : Cause("train is \(parts)", help: "train=\"lora\" has adapters of a rank")
            },
            OptionRule([TrainingCommands.handleRate]) { _ in
                parts == "\"handles\"" ? Cause("train is \"handles\", whose rate is lr") : nil
            },
            OptionRule([TrainingSetting.clipTable].compactMap(TrainingParameters.key)) { call in
                if phases.allSatisfy({ $0.clipNorm == nil }) { return Cause("clip is 0") }
                let isSecond = call.given(PlanCommand.phase)?.number == 2
                return isSecond ? Cause("phase two clips by the norm of all that moves") : nil
            },
            OptionRule([TrainingCommands.parts]) { call in
                call.given(PlanCommand.phase)?.number == 1 ? Cause("phase one moves the handles only") : nil
            },
            OptionRule([TrainingCheckpoints.interval]) { call in
                call.given(TrainingCheckpoints.place) == nil
                    ? Cause("checkpoint names no folder", help: "checkpoint=\"folder\" keeps the state") : nil
            },
        ] + losses(phases) + laws(phases) + handles
    }

    /// The cause that no prior pictures are learned.
    private static func noPrior(_ call: Call) throws -> Cause {
        let isPreset = TrainingParameters.key("prior_weight").flatMap { call.given($0) } == nil
        let source = try isPreset ? call[TrainingParameters.preset].map { " in preset \"\($0.rawValue)\"" } ?? "" : ""
        return Cause("prior_weight is 0\(source)", help: "prior_weight=1 keeps the model from forgetting")
    }

    /// The rules on options of the losses.
    private static func losses(_ phases: [TrainingOptions]) -> [OptionRule] {
        let keys = { (names: [String]) in names.compactMap(TrainingParameters.key) }
        let replaced = OptionRule(keys(["normalization", "reduction"])) { call in
            isFunction(TrainingFunctions.attentionLoss.key, call)
                ? Cause("attention_loss takes the place of the loss that it belongs to") : nil
        }
        let measure = phases.first?.attentionLoss ?? .meanSquaredError
        return [replaced] + measures(TrainingParameters.key("normalization"), TrainingParameters.key("reduction")) { _ in measure } + [
            OptionRule(keys(["mask_norm"])) { call in
                if phases.allSatisfy({ !$0.isMasked }) { return Cause("masked is false: the loss counts everywhere") }
                return call.given(TrainingFunctions.reconstructionLoss.key).map { _ in
                    Cause("reconstruction_loss takes the place of that loss")
                }
            },
            OptionRule(keys(["contrast_temperature"])) { _ in
                phases.allSatisfy { $0.weight(of: .contrast) == 0 }
                    ? Cause("contrast_weight is 0", help: "contrast_weight=0.001 pushes handles apart") : nil
            },
            OptionRule(keys(["overlap_weight", "contrast_weight"])) { call in
                guard let scene = call.given(TrainingCommands.scene)?.host(as: SceneValue.self)?.scene, scene.masks.count == 1 else {
                    return nil
                }
                return Cause("the scene has one mask, and it compares handles with each other")
            },
            OptionRule(keys(["overlap_weight"])) { _ in
                phases.allSatisfy { $0.sampling == .single } ? Cause("sampling is \"single\", and it compares the handles of a step") : nil
            },
        ]
    }

    /// The rules on options of the laws and of what a step shows.
    private static func laws(_ phases: [TrainingOptions]) -> [OptionRule] {
        let keys = { (names: [String]) in names.compactMap(TrainingParameters.key) }
        let law = phases.first?.sampling ?? .union
        let shares = TrainingParameters.key("single_share").map { key in
            share(key) { call in isFunction(TrainingParameters.key("sampling"), call) ? nil : law }
        }
        return [shares].compactMap { $0 } + [
            OptionRule(keys(["sampling"])) { call in
                law == .adaptive && isFunction(TrainingFunctions.attentionLoss.key, call)
                    ? Cause("it goes by each handle's part of the attention loss, which a function in its place does not tell") : nil
            },
            OptionRule(keys(["zoom"])) { _ in
                if phases.allSatisfy({ $0.data == .collection }) { return Cause("data is \"collection\", where things stand alone") }
                if phases.allSatisfy({ $0.copyPaste == 1 }) { return pastedAnew("copy_paste") }
                return phases.allSatisfy { $0.segmix == 1 } ? pastedAnew("segmix") : nil
            },
            OptionRule(keys(["segmix", "data"])) { _ in phases.allSatisfy { $0.copyPaste == 1 } ? pastedAnew("copy_paste") : nil },
        ]
    }

    private static func pastedAnew(_ option: String) -> Cause { Cause("\(option) is 1: every step pastes its things anew") }

    /// The rules on `normalization` and `reduction`, which not every measure of maps uses.
    static func measures(
        _ normalization: (any Declaring)?, _ reduction: (any Declaring)?, _ measure: @escaping @Sendable (Call) throws -> AttentionLoss
    ) -> [OptionRule] {
        func rule(_ option: (any Declaring)?, _ uses: @escaping @Sendable (AttentionLoss) -> Bool, _ what: String) -> OptionRule {
            OptionRule([option].compactMap { $0 }) { call in
                let measure = try measure(call)
                let others = AttentionLoss.all.filter(uses).map(\.name).joined(separator: ", ")
                return uses(measure) ? nil : Cause("the measure \(measure.name) \(what)", help: "\(others) use it")
            }
        }
        return [
            rule(normalization, { $0.isNormalized }, "compares distributions, whose sum is 1"),
            rule(reduction, { $0.isMeanOfCells }, "is no mean over cells"),
        ]
    }

    /// The rule on the share of the biased law; nil stands for a function of the user's.
    static func share(_ option: any Declaring, _ law: @escaping @Sendable (Call) throws -> SamplingLaw?) -> OptionRule {
        OptionRule([option]) { call in
            let law = try law(call)
            if law == .biased { return nil }
            return Cause("the law is \(law?.name ?? "a function")", help: "the law \"biased\" has such a share")
        }
    }

    /// The rules of `train`: what its method fixes cannot be given as well. A method that trains nothing has no option of a training; its
    /// seed may be given, since methods are compared with the same ones.
    static func method(_ method: TrainingMethod) -> [OptionRule] {
        guard method.isTrained else {
            let options: [any Declaring] =
                [TrainingCommands.initial, TrainingCommands.start] + TrainingParameters.shared(without: ["lr", "until", "seed"])
            return [
                OptionRule(options + TrainingCheckpoints.keys) { _ in
                    Cause("the method \"\(method.name)\" trains nothing", help: "its option is local, the weight of local features")
                }
            ]
        }
        let local = OptionRule([TrainingCommands.local]) { _ in
            Cause("the method \"\(method.name)\" has no local features", help: "the method \"\(TrainingMethod.elite.name)\" has them")
        }
        let names = TrainingSetting.all.map(\.name).filter { name in method.phases.contains { $0.fixed[name] != nil } }
        let fixed = names.map { name in
            let isPrior = name == LossTerm.prior.weightName
            let value = method.phases.lazy.compactMap { $0.fixed[name] }.first
            return OptionRule([TrainingParameters.key(name)].compactMap { $0 } + (isPrior ? TrainingParameters.ofPrior : [])) { call in
                if let value, let key = TrainingParameters.key(name), let given = call.given(key), Self.says(given, value) { return nil }
                return Cause(
                    "the method \"\(method.name)\" has \(name)=\(value?.text() ?? "none")", help: "phase1 and phase2 leave everything open")
            }
        }
        return [local] + fixed
    }

    /// Whether an argument is what a method fixes.
    private static func says(_ given: Value, _ fixed: JSON) -> Bool {
        switch given {
        case .bool(let flag): fixed.boolValue == flag
        case .string(let text): fixed.stringValue == text
        case .list(let items): items.isEmpty && fixed.arrayValue?.isEmpty == true
        default: given.number.map { $0 == fixed.doubleValue } ?? false
        }
    }

    /// Whether the call gives a function for an option.
    static func isFunction(_ option: (any Declaring)?, _ call: Call) -> Bool {
        guard let option, call.has(option), case .function? = call.given(option) else { return false }
        return true
    }

    /// The rules of commands that add handles.
    static let handles = [
        OptionRule([TrainingParameters.key(TrainingSetting.perLayer)].compactMap { $0 }) { call in
            guard let key = TrainingParameters.key(TrainingSetting.perLayer), case .bool(false)? = call.given(key),
                try call[TrainingCommands.model].model.hasHandlesPerLayer
            else { return nil }
            return Cause("this model's handles have an embedding for each layer, and keep them")
        },
        OptionRule([TrainingCommands.start]) { call in
            if try !call[TrainingCommands.initial].isEmpty { return Cause("init gives each handle the word that it starts from") }
            guard let scene = call.given(TrainingCommands.scene)?.host(as: SceneValue.self)?.scene else { return nil }
            let missing = try? call[TrainingCommands.model].model.masksWithoutHandle(of: scene)
            return missing == [] ? Cause("the model has the scene's handles already") : nil
        },
    ]

    /// The rules of `resume` with a model in place of a folder.
    static let resuming = [
        OptionRule([TrainingCheckpoints.base, TrainingCheckpoints.interval] + TrainingFunctions.all.map(\.key)) { _ in
            Cause("a model that was interrupted holds all that its training needs; it is for folders")
        }
    ]

    /// The rule of every builtin that draws with classifier-free guidance.
    static let guidance = OptionRule([GenerationCommands.negative]) { call in
        try call[GenerationCommands.scale] == 1 ? Cause("guidance is 1, which looks at the prompt only") : nil
    }

    /// The rules of `generate`.
    static let drawing = [
        guidance,
        OptionRule([GenerationCommands.size]) { call in try call[GenerationCommands.latents].map { _ in Cause("latents has its size") } },
    ]
}
