import BreakAScene
import Diffusion
import Language
import Synchronization
import Tensors

/// The checkpoints of a training in the folder that `checkpoint=` names. A training that is started again with the same settings goes on
/// from what lies there.
struct TrainingCheckpoints: Sendable {
    /// The folder of the checkpoints.
    private let folder: CheckpointFolder
    /// How many steps lie between two checkpoints.
    private let steps: Int
    private let context: Context
    /// Whether the last checkpoint could not be written.
    private let failing = Failing()

    /// A flag that several threads may read and set.
    private final class Failing: Sendable {
        private let state = Mutex(false)
        /// Calls `body` with the flag while no other thread has it.
        func withLock<Result: Sendable>(_ body: (inout Bool) -> Result) -> Result { state.withLock { body(&$0) } }
    }

    /// The folder that keeps the state.
    static let place = Key<String?>(
        "checkpoint", doc: "A folder that keeps the state: the same call, or resume(folder), goes on from there bit for bit.",
        keywordOnly: true, file: .output)
    static let interval = Key<Int>(
        "checkpoint_every", default: 100, range: 1...1_000_000, unit: "steps", doc: "Steps from one checkpoint to the next.",
        keywordOnly: true)
    /// The base model of `resume`.
    static let base = Key<ModelValue?>(
        "base", doc: "The base model of a folder, where its own folder has moved since.", keywordOnly: true)
    /// The parameters of commands that keep checkpoints.
    static let keys: [any Declaring] = [place, interval]

    /// Makes the checkpoints of a folder.
    private init(_ path: String, _ call: Call) throws {
        folder = CheckpointFolder(path)
        steps = try call[Self.interval]
        context = call.context
    }

    /// Makes the checkpoints that a call asks for; nil where it asks for none. Throws a problem for a path that no folder can have.
    init?(_ call: Call) throws {
        guard call.given(Self.place) != nil else { return nil }
        try self.init(call.target(Self.place, isFolder: true), call)
    }

    /// Returns what tells this training from others, all but its prior pictures. Throws a problem where the folder has another training's
    /// checkpoints.
    func identity(
        _ start: DiffusionModel, _ scene: Scene, _ plan: [PlannedPhase], _ replacements: TrainingReplacements, _ call: Call
    ) throws -> TrainingIdentity {
        let functions = TrainingFunctions(call).contents(of: replacements.names)
        let identity = TrainingIdentity(start, scene, plan, replaced: replacements.names, functions: functions)
        try call.mapped(Self.place) { try folder.checkOwner(identity) }
        return identity
    }

    /// Begins a training in the folder, and returns what the same training had done there before it was cut off; nil where it had not
    /// begun.
    func begin(
        _ scene: Scene, prior: PriorSet?, _ identity: TrainingIdentity, _ call: Call
    ) throws -> (learned: LearnedModel, run: TrainingRun, description: String)? {
        try call.mapped(Self.place) {
            let identity = identity.with(prior: prior)
            if try folder.begin(scene, prior: prior, identity) { return nil }
            let base = try Self.base(identity, call)
            return try load(base)
        }
    }

    /// Returns the prior pictures that the same training had drawn; nil where there are none.
    func prior(_ start: DiffusionModel, _ options: PriorOptions) -> PriorSet? { folder.prior(start, options) }

    /// The path where prior pictures are kept while they are drawn.
    var priorPath: String { folder.priorPath }

    /// Saves the state after every so many steps and after the last; a state that cannot be written is a warning.
    func keep(_ run: borrowing TrainingRun, _ learned: LearnedModel, description: String, isLast: Bool) {
        guard isLast || run.step % steps == 0 else { return }
        do {
            try folder.save(run, learned, description: description)
            failing.withLock { $0 = false }
        } catch {
            // Warns at the first failure in a row and at the last checkpoint: a full disk stays full for many checkpoints.
            guard
                failing.withLock({ failed in
                    defer { failed = true }; return !failed || isLast
                })
            else { return }
            context.warn(
                .checkpoint, "no checkpoint after step \(run.step): \(error)", argument: "checkpoint",
                help: "the training goes on; the last checkpoint that was written stays good")
        }
    }

    /// Runs `resume("folder")`. Throws a problem where the folder has no checkpoint, or where the functions given are not those that the
    /// training began with.
    static func resume(_ call: Call) throws -> ModelValue {
        let path = FileNames.readable(try String.read(call[TrainingCommands.interrupted], call, "model"), call.context)
        let keeper = try TrainingCheckpoints(path, call)
        return try call.mapped(TrainingCommands.interrupted) {
            let identity = try keeper.folder.identity()
            let base = try call[Self.base]?.model ?? base(identity, call)
            let (learned, run, description) = try keeper.load(base)
            let replacements = try TrainingFunctions(call).replacements(learned.model, run.scene)
            guard replacements.names == identity.replaced else {
                throw CheckpointError.otherFunctions(folder: path, had: identity.replaced)
            }
            let functions = TrainingFunctions(call).contents(of: replacements.names)
            let differences = identity.functionDifferences(replaced: replacements.names, functions)
            guard differences.isEmpty else { throw CheckpointError.otherRun(folder: path, differs: differences) }
            return try TrainingCommands.train(call, learned, run, description: description, replacements, keeper)
        }
    }

    /// Returns the newest checkpoint that can be read; warns of those that were passed over.
    private func load(_ base: DiffusionModel) throws -> (learned: LearnedModel, run: TrainingRun, description: String) {
        let (learned, run, description, damaged) = try folder.load(base: base)
        for what in damaged {
            context.warn(.checkpoint, "a checkpoint was passed over: \(what)", argument: nil, help: "going on from the one before it")
        }
        context.emit(.stream("Going on from \(folder.path): phase \(run.phase), step \(run.step) of \(run.options.steps).\n"))
        return (learned, run, description)
    }

    /// Returns the base model, from its folder or from what ships under its name.
    private static func base(_ identity: TrainingIdentity, _ call: Call) throws -> DiffusionModel {
        let folder =
            FileSystem.exists(identity.modelFolder)
            ? identity.modelFolder : call.context.resolveInLibrary("models/\(identity.modelName)") ?? identity.modelFolder
        return try ModelCommands.model(inFolder: folder, call)
    }
}
