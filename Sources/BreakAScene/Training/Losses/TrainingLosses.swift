import Autograd
import Diffusion
import Tensors

/// The loss of a step: its terms and their weighted sum (Sources/BreakAScene/README.md, "Losses").
public struct TrainingLosses {
    /// The weighted sum, a scalar that gradients flow from.
    public let total: Variable
    /// Each of `LossTerm.all` before its weight; 0 where the step has nothing for it.
    public let values: LossValues
    /// The part of each handle of the step in the attention loss, averaged over the photos that name it; empty where a function
    /// of the user's takes the loss's place.
    public let handles: [String: Float]

    /// Computes the losses of a batch in one pass of the model. Throws what the replacements throw.
    public init(
        _ model: DiffusionModel, _ batch: TrainingBatch, _ scene: PreparedScene, _ options: TrainingOptions,
        replacing: TrainingReplacements = TrainingReplacements()
    ) throws {
        let noisy = model.addNoise(batch.latents, batch.noise, batch.timesteps)
        var pass = UNetPass(
            model.textEncoder(batch.ids), recording: model.attentionRecording(latents: noisy.shape),
            checkpointing: options.checkpointsGradients, local: model.localFeatures(batch.ids))
        let out = model.unet(Variable(noisy), timesteps: batch.timesteps.map(Float.init), &pass)
        let input = LossInput(
            model: model, batch: batch, options: options, replacing: replacing, noisy: noisy,
            target: Variable(model.predictionTarget(batch.latents, batch.noise, batch.timesteps)), predicted: out,
            views: try batch.views ?? batch.samples.map { try scene.view($0) }, maps: AttentionMaps(pass.maps),
            pairing: try model.pairing(with: scene.scene))
        var (total, values, handles) = (Variable?.none, [Float](), [String: Float]())
        for term in LossTerm.all {
            let weight = options.weight(of: term)
            let value = weight > 0 || term.isStandard ? try term.value(input) : nil
            values.append(value?.loss.value.scalar ?? 0)
            guard let value else { continue }
            handles.merge(value.handles) { first, _ in first }
            if weight == 0 { continue }
            let weighted = term.weight == nil ? value.loss : value.loss.scaled(by: Float(weight))
            total = total.map { $0 + weighted } ?? weighted
        }
        (self.total, self.values, self.handles) = (total ?? Variable(Tensor(0)), LossValues(values), handles)
    }
}

/// One number for each of `LossTerm.all`, in that order.
public struct LossValues: Sendable, Equatable {
    /// The numbers.
    public let all: [Float]

    /// Takes the numbers in the order of `LossTerm.all`; those that are missing are 0, and what is too much is left out.
    public init(_ numbers: [Float]) {
        all = LossTerm.all.indices.map { $0 < numbers.count ? numbers[$0] : 0 }
    }

    /// The number of a term.
    public subscript(_ term: LossTerm) -> Float {
        LossTerm.all.firstIndex { $0.name == term.name }.map { all[$0] } ?? 0
    }

    /// The first term whose number is not finite.
    var firstNotFinite: LossTerm? { zip(LossTerm.all, all).first { !$1.isFinite }?.0 }
}
