import Autograd
import Diffusion
import Images
import Tensors

/// CLIP as an evaluator: of prompts (CLIP-T) and of identity (CLIP-I).
public struct CLIPEvaluator: ImageTextEncoder, IdentityEncoder {
    /// The name of its folder.
    public let name: String
    let model: CLIPModel
    let tokenizer: CLIPTokenizer
    /// What is done to pictures before it looks at them.
    public let processing: ImageProcessing
    /// Distinguishes its weights from others'.
    public let fingerprint: UInt64

    init(name: String, model: CLIPModel, tokenizer: CLIPTokenizer, processing: ImageProcessing) {
        (self.name, self.model, self.tokenizer, self.processing) = (name, model, tokenizer, processing)
        fingerprint = model.weightsFingerprint
    }

    /// "CLIP, patches of 32 at 224×224 pixels".
    public var summary: String {
        "CLIP, patches of \(model.configuration.vision.patchSize) at \(processing.outputSize) pixels"
    }

    /// The width of the common space.
    public var featureSize: Int { model.configuration.projectionSize }

    /// Features [N, D] of pictures, of unit length. Throws as the protocol says.
    public func imageFeatures(_ images: [Image]) throws -> Tensor {
        try Features.inBatches(images, width: featureSize) { model.imageFeatures(Variable(try processing($0))).value }
    }

    /// The same as `imageFeatures`: CLIP-I.
    public func identityFeatures(_ images: [Image]) throws -> Tensor { try imageFeatures(images) }

    /// Features [N, D] of texts, of unit length. Throws `TokenizerError` for a text that is too long.
    public func textFeatures(_ texts: [String]) throws -> Tensor {
        guard !texts.isEmpty else { return .zeros([0, featureSize]) }
        let length = min(tokenizer.modelMaxLength, model.configuration.text.maxPositionEmbeddings)
        let ids = try texts.map { try tokenizer.encodePadded($0, length: length).ids }
        return Features.normalized(model.textFeatures(ids).value)
    }
}
