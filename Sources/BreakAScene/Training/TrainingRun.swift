import Autograd
import Diffusion
import Images
import NeuralNetwork
import Tensors

/// One phase of the method in progress: a value, so that a run can branch and be rewound. Every step is a function of
/// it; continuing a copy gives the same as never having stopped.
public struct TrainingRun: Sendable {
    /// 1: textual inversion, only the handles' embeddings move. 2: what `options.trains` says.
    public let phase: Int
    /// The settings of the phase.
    public let options: TrainingOptions
    /// The scene that it learns from.
    public let scene: PreparedScene
    /// The prior pictures; nil where nothing needs them.
    public private(set) var prior: PriorSet?
    /// The model in training: parameters that move require gradients, and adapters are not merged. `result` is for use.
    public private(set) var model: DiffusionModel
    /// The handles that it trains: those of other scenes stay as they are.
    public let pairing: ScenePairing
    /// AdamW with its moments.
    public private(set) var optimizer: AdamW
    /// The counters of everything that is drawn.
    public private(set) var random: RandomState
    /// The losses so far, those of earlier phases included.
    public private(set) var history: History
    /// The number of steps done in this phase.
    public private(set) var step: Int

    /// Begins a phase, 1 or 2. Where the options say so, all handles of the model get an embedding for each cross-attention layer.
    /// `history`: the steps of earlier phases, which it continues. Traps where the model has no handles of the scene.
    public init(
        phase: Int, _ model: DiffusionModel, scene: PreparedScene, prior: PriorSet?, options: TrainingOptions, seed: Int,
        history: History = History()
    ) {
        var model = options.isPerLayer ? model.withHandlesPerLayer : model
        if phase == 2, options.trains == .lora, options.trainedNames == nil {
            model.attachAdapters(rank: options.loraRank, RandomState(seed: seed))
        }
        self.init(
            phase: phase, model, scene: scene, prior: prior, options: options, optimizer: AdamW(options.optimizer),
            random: RandomState(seed: seed, scope: Self.scope(phase: phase)), history: history, step: 0)
    }

    /// The scope of a phase's random streams: every phase has streams of its own, so that no seed makes two phases draw the
    /// same numbers. The language's version draws in `with seed(…, scope=…)`.
    static func scope(phase: Int) -> String { phase == 1 ? "" : "phase \(phase)" }

    /// A run as it was after `step` steps: what a checkpoint kept.
    init(
        phase: Int, _ model: DiffusionModel, scene: PreparedScene, prior: PriorSet?, options: TrainingOptions, optimizer: AdamW,
        random: RandomState, history: History, step: Int
    ) {
        guard let pairing = try? model.pairing(with: scene.scene) else { preconditionFailure("the model has no handles of this scene") }
        (self.phase, self.options, self.scene, self.history) = (phase, options, scene, history)
        (self.model, self.pairing) = (model.binding(pairing, to: scene.scene), pairing)
        (self.optimizer, self.random, self.step) = (optimizer, random, step)
        self.prior = options.needsPrior ? prior : nil
        let trains = trainable
        let observed = observedOnly
        self.model.requireGrad { trains($0) || observed($0) }
    }

    /// The model as trained so far: its parameters are constants again, and adapters are merged.
    public var result: DiffusionModel {
        var result = model
        result.mergeAdapters()
        result.requireGrad { _ in false }
        return result
    }

    /// Whether all steps are done.
    public var isFinished: Bool { step >= options.steps }

    /// This run, not begun yet, with the prior pictures that it still lacked; they are dropped where nothing needs them.
    public func with(prior: PriorSet) -> TrainingRun {
        var run = self
        run.prior = options.needsPrior ? prior : nil
        return run
    }

    /// Does the next step; everything random is drawn from the run's own counters.
    ///
    /// `isCancelled` returns true once the step is cancelled: it then ends within a part of its time. Throws
    /// `TrainingError.cancelled` then, otherwise as the other `advance` and as `replacing`; on every error the run is as
    /// before the step.
    public mutating func advance(
        replacing: TrainingReplacements = TrainingReplacements(), isCancelled: (@Sendable () -> Bool)? = nil
    ) throws {
        let before = random
        do {
            let laws = replacing.laws(step: step + 1, handles: pairing.count)
            let batch = try Cancellation.scope(when: isCancelled ?? { false }) {
                try TrainingBatch(
                    model, scene, prior: prior, options, step: step, &random, history: history.entries.suffix(step), laws: laws)
            }
            try advance(batch, replacing: replacing, isCancelled: isCancelled)
        } catch {
            random = before
            throw error
        }
    }

    /// Does a step on a given batch. Throws `TrainingError` where a loss or the gradient is not finite, or `isCancelled`
    /// says so: the run is then as it was before the step.
    @discardableResult
    public mutating func advance(
        _ batch: TrainingBatch, replacing: TrainingReplacements = TrainingReplacements(), isCancelled: (@Sendable () -> Bool)? = nil
    ) throws -> TrainingLosses {
        // Passes can be cancelled; the update, once begun, is finished.
        let (losses, gradients) = try Cancellation.scope(when: isCancelled ?? { false }) {
            let losses = try TrainingLosses(model, batch, scene, options, replacing: replacing)
            if isCancelled?() == true { throw TrainingError.cancelled }
            guard losses.total.value.scalar.isFinite else {
                throw diverged(losses.values.firstNotFinite.map { "\($0.name) loss" } ?? "loss")
            }
            return (losses, Gradients(of: losses.total))
        }
        if isCancelled?() == true { throw TrainingError.cancelled }
        guard let norm = update(gradients) else { throw diverged("gradient") }
        step += 1
        history.append(
            .init(
                phase: phase, step: step, losses: losses.values, gradientNorm: Float(norm),
                subsets: batch.samples.map { $0.chosen.map { pairing.tokens[$0] } }, handleLosses: losses.handles))
        return losses
    }

    /// Keeps a picture of the model after the step that was done last.
    mutating func keep(preview picture: Image) { history.append(preview: picture) }

    private func diverged(_ what: String) -> TrainingError {
        .notFinite(what: what, phase: phase, step: step + 1, steps: options.steps, lr: options.optimizer.lr)
    }

    // MARK: Parameters

    private static let table = "text_encoder." + CLIPTextModel.tokenEmbeddingName
    private static let handles = "text_encoder." + CLIPTextModel.handleEmbeddingName

    /// Whether a parameter, by its full name, is trained.
    var trainable: @Sendable (String) -> Bool {
        if phase == 2, let names = options.trainedNames { return { names.contains($0) } }
        return (phase == 1 ? .handles : options.trains).includes
    }

    /// Whether a parameter's gradient is computed only to count in the clipped norm.
    private var observedOnly: @Sendable (String) -> Bool {
        if phase == 1 && options.clipsWholeTable && options.clipNorm != nil { return { $0 == Self.table } }
        return { _ in false }
    }

    /// The embeddings, [1, D] or [1, A, D], of handles that are not this scene's, by their places.
    private var otherHandles: [Int: Tensor] {
        guard pairing.others > 0, let table = model.textEncoder.handleEmbedding?.value else { return [:] }
        let places = Set(model.handles.indices).subtracting(pairing.handles)
        return Dictionary(uniqueKeysWithValues: places.map { ($0, table.rows($0..<$0 + 1)) })
    }

    /// Sets other scenes' handles back to what they were before weight decay, or a prior prompt that names them, changed
    /// them.
    private mutating func putBack(_ rows: [Int: Tensor]) {
        guard !rows.isEmpty, let table = model.textEncoder.handleEmbedding else { return }
        let all = model.handles.indices.map { rows[$0] ?? table.value.rows($0..<$0 + 1) }
        model.textEncoder.handleEmbedding = table.replacing(.concatenated(all, axis: 0))
    }

    /// Clips the gradients and updates the parameters; returns the global norm before clipping. Does nothing and returns
    /// nil where that norm is not finite.
    private mutating func update(_ gradients: Gradients) -> Double? {
        var measured: [Tensor] = []
        let clipped = phase == 2 && options.trainedNames == nil ? options.trains : .all
        model.forEachParameter("") { name, parameter in
            if clipped.clips(name), let gradient = gradients[parameter] { measured.append(gradient) }
        }
        let norm = GradientClipping.norm(measured)
        guard norm.isFinite else { return nil }
        let factor = options.schedule.factor(step: step, of: options.steps)
        optimizer.options.lr = options.optimizer.lr * factor
        let (trains, others, handleRate) = (trainable, otherHandles, options.handleRate.map { $0 * factor })
        optimizer.step(&model, gradients, gradientScale: GradientClipping.scale(norm: norm, limit: options.clipNorm)) { name in
            trains(name) ? AdamW.Part(lr: name == Self.handles ? handleRate : nil, isClipped: clipped.clips(name)) : nil
        }
        putBack(others)
        return norm
    }
}
