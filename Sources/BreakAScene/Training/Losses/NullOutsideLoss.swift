import Autograd
import Diffusion
import Tensors

extension LossTerm {
    /// mean(((ε̂ − ε̂₀) · (1 − M_s))²): outside of the chosen masks the model says with the step's prompt what it says with the
    /// empty prompt. ε̂₀ is a constant, from a pass of the same model on the same noised latents. This is ConceptPrism's
    /// exclusion loss (arXiv 2602.19575), which has other photos where this has the photo outside of the masks.
    public static let nullOutside = LossTerm(
        name: "null_outside", label: "null",
        weight: .init(
            standard: 0,
            doc: "Weight of the difference to the empty prompt's prediction outside of the masks; costs a pass."),
        extraPasses: 1
    ) { input in
        let outside = input.unionMasks.scaled(by: -1, plus: 1)
        let predicted = input.predicted.rows(input.photos)
        return Value(loss: .meanSquaredError(predicted, Variable(try input.emptyPrediction()), mask: outside))
    }
}

extension LossInput {
    /// The model's prediction for the photos with the empty prompt, [B, h, w, C]. Throws `ModelError`.
    fileprivate func emptyPrediction() throws -> Tensor {
        let text = model.textEncoder(try model.tokenize(photos.map { _ in "" })).detached
        var pass = UNetPass(text, checkpointing: options.checkpointsGradients)
        return model.unet(Variable(noisy.rows(photos)), timesteps: batch.timesteps[photos].map(Float.init), &pass).value
    }
}
