import Autograd
import Diffusion
import Tensors

/// The three losses of a step and their weighted sum (Sources/BreakAScene/README.md, "Losses").
public struct TrainingLosses {
    /// The weighted sum, a scalar that gradients flow from.
    public let total: Variable
    /// The masked diffusion loss.
    public let reconstruction: Float
    /// The loss of the prior pictures before its weight; 0 without any.
    public let prior: Float
    /// The attention loss before its weight, summed over handles and averaged over photos; 0 without maps.
    public let attention: Float
    /// The attention loss of each handle of the step, averaged over the photos that name it; empty where a function of the
    /// user's takes the loss's place.
    public let handles: [String: Float]

    /// The name of the first loss that is not finite.
    var firstNotFinite: String {
        [("reconstruction loss", reconstruction), ("prior loss", prior), ("attention loss", attention)].first { !$0.1.isFinite }?.0
            ?? "loss"
    }

    /// Computes the losses of a batch in one pass of the model. Throws what the replacements throw.
    public init(
        _ model: DiffusionModel, _ batch: TrainingBatch, _ scene: PreparedScene, _ options: TrainingOptions, priorWeight: Double,
        replacing: TrainingReplacements = TrainingReplacements()
    ) throws {
        let noisy = model.addNoise(batch.latents, batch.noise, batch.timesteps)
        var pass = UNetPass(
            model.textEncoder(batch.ids), recording: model.attentionRecording(latents: noisy.shape),
            checkpointing: options.checkpointsGradients)
        let out = model.unet(Variable(noisy), timesteps: batch.timesteps.map(Float.init), &pass)
        let goal = Variable(model.predictionTarget(batch.latents, batch.noise, batch.timesteps))

        let (p, n) = (batch.priorCount, out.shape[0])
        let views = try batch.views ?? batch.samples.map { try scene.view($0) }
        let mask = options.isMasked ? Self.masks(views) : nil
        let rec =
            try replacing.reconstructionLoss.map { try $0(goal.rows(p..<n), out.rows(p..<n), mask) }
            ?? Variable.meanSquaredError(out.rows(p..<n), goal.rows(p..<n), mask: mask)
        var total = rec
        var priorLoss: Variable?
        if p > 0 {
            let loss =
                try replacing.priorLoss.map { try $0(goal.rows(0..<p), out.rows(0..<p)) }
                ?? Variable.meanSquaredError(out.rows(0..<p), goal.rows(0..<p))
            total = total + loss.scaled(by: Float(priorWeight))
            priorLoss = loss
        }
        var parts: [String: [Float]] = [:]
        let pairing = try model.pairing(with: scene.scene)
        let attn = try AttentionMaps(pass.maps).map { try Self.attention($0, model, batch, views, pairing, options, replacing, &parts) }
        handles = parts.mapValues { $0.reduce(0, +) / Float($0.count) }
        if let attn, options.attentionWeight != 0 { total = total + attn.scaled(by: Float(options.attentionWeight)) }
        self.total = total
        reconstruction = rec.value.scalar
        prior = priorLoss?.value.scalar ?? 0
        attention = attn?.value.scalar ?? 0
    }

    /// The union masks of the photos, [B, h, w, 1].
    private static func masks(_ views: [SceneView]) -> Tensor {
        Tensor.concatenated(views.map { $0.unionMask.reshaped([1] + $0.unionMask.shape + [1]) }, axis: 0)
    }

    /// The attention loss: summed over a photo's handles, averaged over photos. Adds each handle's own loss to `parts`.
    private static func attention(
        _ maps: AttentionMaps, _ model: DiffusionModel, _ batch: TrainingBatch, _ views: [SceneView], _ pairing: ScenePairing,
        _ options: TrainingOptions, _ replacing: TrainingReplacements, _ parts: inout [String: [Float]]
    ) throws -> Variable {
        var total = Variable(Tensor(0))
        for (index, union) in batch.samples.enumerated() {
            let sample = batch.priorCount + index
            let tokens = union.chosen.map { handle in batch.ids[sample].firstIndex(of: model.handleID(pairing.handles[handle])) ?? 0 }
            if let custom = replacing.attentionLoss {
                total =
                    total + (try custom(AttentionLossInput(maps: maps, sample: sample, union: union, view: views[index], tokens: tokens)))
                continue
            }
            for (place, token) in tokens.enumerated() {
                let target = views[index].attentionTargets[place]
                let loss = crossAttentionLoss(
                    maps.map(sample: sample, token: token), target: target, options.attentionNormalization, options.attentionReduction)
                parts[pairing.tokens[union.chosen[place]], default: []].append(loss.value.scalar)
                total = total + loss
            }
        }
        return total.scaled(by: 1 / Float(batch.samples.count))
    }
}
