import Diffusion
import Images
import NeuralNetwork
import Tensors

/// A model with what was learned from a scene: what `phase1` and `phase2` return.
public struct LearnedModel: Sendable {
    /// The model as trained so far.
    public var model: DiffusionModel
    /// The losses of all steps that led here.
    public var history = History()
    /// The model before anything was learned, which shares every tensor that has not changed; nil for a base model.
    public var base: DiffusionModel?
    /// The prior pictures of its training, kept so that phase two uses those of phase one without drawing them anew.
    public var prior: PriorSet?
    /// The phases that led here, in words: "phase 1, 400 steps, seed 1".
    public var provenance: [String] = []
    /// The interrupted training, which can be continued; nil where none was interrupted.
    public var unfinished: TrainingRun?
    /// The functions that replaced parts of the method in that training.
    public var unfinishedReplacements = TrainingReplacements()
    /// The options of the prior pictures where training was interrupted before they were drawn: `unfinished` lacks them.
    public var pendingPrior: PriorOptions?
    /// The prior pictures of `pendingPrior` that were drawn already.
    public var drawnPrior: PriorStore?
    /// The phases that were to follow the interrupted one.
    public var remaining: [PlannedPhase] = []

    /// A model that has learned nothing yet, or of which nothing is known but itself.
    public init(_ model: DiffusionModel) { self.model = model }
}

/// A phase that is to be run.
public struct PlannedPhase: Sendable, Equatable {
    /// The phase, 1 or 2.
    public let phase: Int
    /// Its settings.
    public let options: TrainingOptions
    /// The seed of everything that it draws.
    public let seed: Int

    /// Plans a phase.
    public init(phase: Int, options: TrainingOptions, seed: Int) { (self.phase, self.options, self.seed) = (phase, options, seed) }
}

/// A report of training, made after every step.
public struct TrainingProgress: Sendable {
    /// The phase, 1 or 2.
    public let phase: Int
    /// The step just done, counted from 1.
    public let step: Int
    /// The steps of the whole phase.
    public let steps: Int
    /// The losses of that step.
    public let entry: History.Entry
}

/// Whether training goes on after a step.
public enum TrainingControl: Sendable { case proceed, stop }

extension LearnedModel {
    /// The model that draws prior pictures: never one that has learned something, since its pictures would preserve that
    /// too.
    public var untrained: DiffusionModel { base ?? model }

    /// Returns prior pictures: those at hand where they were drawn with the same options, else new ones of the base model,
    /// which are kept in `prior`. Throws the same errors as `PriorSet.init`.
    public mutating func preparePrior(_ options: PriorOptions, store: PriorStore? = nil, progress: (Int, Int) throws -> Void) throws
        -> PriorSet
    {
        if let prior, prior.isDrawn(with: options, by: untrained) { return prior }
        let drawn = try PriorSet(untrained, options, store: store, progress: progress)
        prior = drawn
        return drawn
    }

    /// The same result at another size, its base too. Throws `ModelError.size`.
    public func sized(_ size: PixelSize) throws -> LearnedModel {
        var result = self
        result.model = try model.sized(height: size.height, width: size.width)
        result.base = try base?.sized(height: size.height, width: size.width)
        return result
    }

    /// Runs (or continues) a phase until it is finished or `control` says stop; the result is the model as trained so far
    /// either way. `isCancelled` stops it too, within a step, which is then cancelled: whatever such a step throws is no
    /// error. Throws what a step and `control` throw.
    public func training(
        _ run: TrainingRun, description: String, replacing: TrainingReplacements = TrainingReplacements(),
        isCancelled: @escaping @Sendable () -> Bool = { false },
        control: (TrainingProgress, borrowing TrainingRun) throws -> TrainingControl
    ) throws -> LearnedModel {
        var run = run
        while !run.isFinished {
            do {
                // Where a preview was stopped, the run goes on with it.
                try run.drawPreview(isCancelled: isCancelled)
                try run.advance(replacing: replacing, isCancelled: isCancelled)
                try run.drawPreview(isCancelled: isCancelled)
            } catch  where isCancelled() {
                break
            }
            guard let entry = run.history.entries.last else { break }
            if try control(.init(phase: run.phase, step: run.step, steps: run.options.steps, entry: entry), run) == .stop { break }
        }
        var result = self
        result.base = base ?? model
        result.model = run.result
        result.history = run.history
        result.provenance.append(run.isFinished ? description : description + ", stopped after step \(run.step)")
        result.unfinished = run.isFinished ? nil : run
        result.unfinishedReplacements = run.isFinished ? TrainingReplacements() : replacing
        return result
    }
}

extension DiffusionModel {
    /// This model with a handle for each of the `masks` of a scene (all of them where nil), recorded as made for these.
    /// Throws `ModelError`.
    public func addingHandles(for scene: Scene, masks: [Int]? = nil, words: [String], start: HandleStart = .random, seed: Int) throws
        -> DiffusionModel
    {
        let (old, chosen) = (handleOrigins, masks ?? Array(scene.masks.indices))
        let origins = ScenePairing.origins(of: scene)
        return try addingHandles(count: chosen.count, words: words, start: start, seed: seed).withOrigins(old + chosen.map { origins[$0] })
    }

    /// This model with `count` more handles, the next free ones of `<asset0>`, `<asset1>`, … Each starts from a word's
    /// embedding, or, where `words` is empty, from what `start` says: random numbers with the spread of the token table, or
    /// rows of the table. Throws `ModelError`.
    public func addingHandles(count: Int, words: [String], start: HandleStart = .random, seed: Int) throws -> DiffusionModel {
        let width = textEncoder.configuration.hiddenSize
        let table = textEncoder.tokenEmbedding.value
        let random = RandomDraw(seed: UInt64(bitPattern: Int64(seed)), stream: "add_handles", step: 0)
        let spread = Float((table.sumOfSquares / Double(table.count)).squareRoot())
        // The code copies rows [-3N:-2N] of the table with its N new rows: those are V − 2N … V − N − 1 of the old one's V.
        let rare = table.shape[0] - 2 * count
        let rows =
            !words.isEmpty
            ? Self.handleTable(
                try words.map { word in
                    let start = try embedding(ofWord: word)
                    return start.reshaped([1] + start.shape)
                })
            : start == .rareTokens && rare >= 0 ? table.rows(rare..<rare + count) : random.normal([count, width]).scaled(by: spread)
        return try addingHandles(freeTokens(count), embeddings: rows)
    }

    /// The next `count` tokens of `<asset0>`, `<asset1>`, … that the model has not, from the number of its handles on.
    func freeTokens(_ count: Int) -> [String] {
        var (tokens, number) = ([String](), handles.count)
        while tokens.count < count {
            let token = "<asset\(number)>"
            if tokenizer.id(of: token) == nil { tokens.append(token) }
            number += 1
        }
        return tokens
    }
}
