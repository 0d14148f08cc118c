import Diffusion
import Evaluators
import Images
import Tensors

extension EliteFolder {
    /// A model whose handles for the things of a scene are what the encoders say of them: the embedding is the primary word, and the local
    /// features are kept beside it with the weight `scale` (nil: that of the encoders). Handles that the scene has already get these values;
    /// missing ones are added. Nothing is trained and nothing is random. Throws `ModelError`, `PairingError`, `ImageError`,
    /// `EliteError` where the model has local features of other encoders or of another scale.
    public func learn(_ scene: Scene, by model: DiffusionModel, scale: Double? = nil) throws -> DiffusionModel {
        let (words, features) = try encoded(scene)
        let missing = try model.masksWithoutHandle(of: scene)
        var result = model
        if !missing.isEmpty {
            result = try model.addingHandles(for: scene, masks: missing, words: [], seed: 0)
        }
        let places = try result.pairing(with: scene).handles
        guard let table = result.textEncoder.handleEmbedding?.value else { return model }
        func replaced(_ table: Tensor) -> Tensor {
            // Handles of other scenes may have an embedding for each layer: then all have.
            DiffusionModel.handleTable(
                (0..<table.shape[0]).map { row in places.firstIndex(of: row).map { words.rows($0..<$0 + 1) } ?? table.rows(row..<row + 1) })
        }
        result = try result.withHandles(
            result.handles, embeddings: replaced(table), starts: replaced(result.handleStarts ?? table), origins: result.handleOrigins)
        let named = places.enumerated().map { (result.handles[$1], features.row($0)) }
        let own = LocalAttention(
            features: Dictionary(named) { first, _ in first }, projections: encoder.layers, scale: Float(scale ?? settings.scale))
        guard let joined = model.localAttention.map({ $0.joined(with: own) }) ?? own else {
            throw EliteError.otherLocalFeatures(model: model.name)
        }
        return try result.with(localAttention: joined, from: model.name)
    }

    /// The words [N, D] and local features [N, P, E] of a scene's things, each cut out of the photo and shown on black. Throws `ImageError`.
    public func encoded(_ scene: Scene) throws -> (words: Tensor, features: Tensor) {
        let side = settings.encoder.imageSize / settings.encoder.patchSize
        let pictures = try scene.masks.map { try MaskedThing.cropped(scene.image, mask: $0) }
        let size = PixelSize(width: side, height: side)
        let cover = try scene.masks.map { mask in
            // The mask as a picture takes the same way as the photo; white is 1.
            let square = Tensor(try MaskedThing.cropped(Image(mask), mask: mask).resized(to: size, .box))
            return square.mean([3]).scaled(by: 0.5, plus: 0.5).reshaped([1, side * side])
        }
        return encoder(try processing(pictures), cover: .concatenated(cover, axis: 0))
    }
}
