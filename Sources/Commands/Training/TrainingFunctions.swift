import Autograd
import BreakAScene
import Diffusion
import Language
import Synchronization
import Tensors

/// Functions of the user that take the place of parts of the method: losses, and the laws by which a step's handles, view and prompt are
/// chosen. Each is a row of the table `all`.
struct TrainingFunctions {
    /// The call whose arguments the functions are.
    let call: Call

    /// Reads the functions of a call.
    init(_ call: Call) { self.call = call }

    /// A part of the method that a function may replace.
    struct Row: Sendable {
        /// The parameter, as a command has it that takes functions only.
        let key: Key<FunctionValue?>
        /// The number of arguments that the function is called with.
        let arity: Int
        /// Such a function, for advice.
        let example: String
        /// Sets what the options are to say while a function decides.
        let prepare: @Sendable (inout TrainingOptions) -> Void
        /// Puts the function into the replacements of a training.
        let install: @Sendable (FunctionValue, Training, inout TrainingReplacements) -> Void
    }

    /// What the functions of one training look at.
    struct Training: Sendable {
        let call: Call
        let model: DiffusionModel
        let scene: PreparedScene
        let pairing: ScenePairing
        let warnings = LossWarnings()
    }

    /// Returns what the call's functions replace. Throws `.badArgument` for a function of too few parameters; what it gives is checked at
    /// every step.
    func replacements(_ model: DiffusionModel, _ scene: PreparedScene) throws -> TrainingReplacements {
        var result = TrainingReplacements()
        let training = Training(call: call, model: model, scene: scene, pairing: try model.pairing(with: scene.scene))
        for row in Self.all {
            guard let function = function(row.key.name) else { continue }
            try check(function, row.key.name, of: row.arity, row.example)
            row.install(function, training, &result)
        }
        return result
    }

    /// Returns what the functions of these parameters do: their texts and the values that they read.
    func contents(of names: [String]) -> [TrainingIdentity.FunctionPart] {
        names.flatMap { name -> [TrainingIdentity.FunctionPart] in
            guard let function = function(name) else { return [] }
            return FunctionContents<EngineDigest>(function, named: name).parts.map {
                .init(name: $0.name, text: $0.text, kind: $0.kind.rawValue)
            }
        }
    }

    /// Returns the function of a row's parameter, which other commands give a plain value as well; nil where it is none.
    private func function(_ name: String) -> FunctionValue? {
        guard let row = Self.all.first(where: { $0.key.name == name }), case .function(let function)? = call.given(row.key) else {
            return nil
        }
        return function
    }

    /// Returns the names of the parameters for which a function says true. Throws `.wrongType` where it gives no bool and `.badArgument`
    /// where it chooses none.
    func names(_ model: DiffusionModel, chosenBy function: FunctionValue, _ argument: String) throws -> Set<String> {
        try check(function, argument, of: 1, "fn(name) { \".attn2.\" in name }")
        var names: Set<String> = []
        let all = model.parameters().map(\.name)
        for name in all {
            guard case .bool(let moves) = try call.invoke(function, arguments: [.string(name)]) else {
                throw Problem(.wrongType, "\(argument) says true or false of a parameter's name", argument: argument)
            }
            if moves { names.insert(name) }
        }
        guard !names.isEmpty else {
            throw Problem(
                .badArgument, "\(argument) chose no parameter", argument: argument,
                notes: ["names are \(all.prefix(2).joined(separator: ", ")), … \(all.last ?? "")"])
        }
        return names
    }

    /// Throws `.badArgument` where a function takes fewer than `count` arguments; `example` is the advice.
    private func check(_ function: FunctionValue, _ name: String, of count: Int, _ example: String) throws {
        guard function.parameterNames.count < count else { return }
        let takes = function.parameterNames.isEmpty ? "nothing" : function.parameterNames.joined(separator: ", ")
        throw Problem(
            .badArgument, "\(name) is a function of \(count); this one takes \(takes)", argument: name, help: example)
    }
}

/// Warns once in a training of a user's loss that has no gradient.
final class LossWarnings: Sendable {
    /// The names of the losses that were warned of.
    private let told = Mutex<Set<String>>([])

    /// Warns of a loss that has no gradient; a loss of 0 may have nothing to say of a step.
    func check(_ name: String, _ loss: Variable, _ call: Call) {
        guard !loss.needsGrad, loss.value.scalar != 0, loss.value.scalar.isFinite, told.withLock({ $0.insert(name).inserted }) else {
            return
        }
        call.context.warn(
            .noGradient, "\(name): what it gives has no gradient, so it moves nothing", argument: name,
            help: "detach, item, tolist, comparisons and numbers cut the way back to the model")
    }
}
