import BreakAScene
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
        [
            OptionRule(["normalization", "reduction"].compactMap(TrainingParameters.key)) { call in
                call.given(TrainingFunctions.attentionLoss.key).map { _ in
                    Cause("attention_loss takes the place of the loss that it belongs to")
                }
            },
            OptionRule(TrainingParameters.ofPrior) { call in
                guard phases.allSatisfy({ $0.priorWeight == 0 }) else { return nil }
                let isPreset = TrainingParameters.key("prior_weight").flatMap { call.given($0) } == nil
                let source = try isPreset ? call[TrainingParameters.preset].map { " in preset \"\($0.rawValue)\"" } ?? "" : ""
                return Cause("prior_weight is 0\(source)", help: "prior_weight=1 keeps the model from forgetting")
            },
            OptionRule([TrainingCommands.rank]) { call in
                try Self.parts(call).flatMap {
                    $0 == "\"lora\"" ? nil : Cause("train is \($0)", help: "train=\"lora\" has adapters of a rank")
                }
            },
            OptionRule([TrainingCommands.handleRate]) { call in
                try Self.parts(call) == "\"handles\"" ? Cause("train is \"handles\", whose rate is lr") : nil
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
        ] + handles
    }

    /// The rules of commands that add handles.
    static let handles = [
        OptionRule([TrainingCommands.start]) { call in
            if try !call[TrainingCommands.initial].isEmpty { return Cause("init gives each handle the word that it starts from") }
            guard let scene = call.given(TrainingCommands.scene)?.host(as: SceneValue.self)?.scene else { return nil }
            let missing = try? call[TrainingCommands.model].model.masksWithoutHandle(of: scene)
            return missing == [] ? Cause("the model has the scene's handles already") : nil
        }
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

    /// Returns the call's `train` as text ("\"lora\"", "a function"); nil for a command without that parameter.
    private static func parts(_ call: Call) throws -> String? {
        guard let given = call.given(TrainingCommands.parts) else { return nil }
        return if case .function = given { "a function" } else { given.literalText }
    }
}
