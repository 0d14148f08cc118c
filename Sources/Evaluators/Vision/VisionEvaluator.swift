import Autograd
import Images
import Tensors

/// DINO or DINOv2 as an evaluator of identity: the class token of the last layer.
public struct VisionEvaluator: IdentityEncoder {
    /// The name of its folder.
    public let name: String
    let model: VisionTower<VisionLayer>
    /// What is done to pictures before it looks at them.
    public let processing: ImageProcessing
    /// Distinguishes its weights from others'.
    public let fingerprint: UInt64

    init(name: String, model: VisionTower<VisionLayer>, processing: ImageProcessing) {
        (self.name, self.model, self.processing) = (name, model, processing)
        fingerprint = model.weightsFingerprint
    }

    /// "ViT, patches of 16 at 224×224 pixels".
    public var summary: String {
        "\(model.configuration.layout == .vit ? "ViT" : "DINOv2"), patches of \(model.configuration.patchSize) at "
            + "\(processing.outputSize) pixels"
    }

    /// The width of the tokens.
    public var featureSize: Int { model.configuration.hiddenSize }

    /// Features [N, D] of pictures, of unit length. Throws as the protocol says.
    public func identityFeatures(_ images: [Image]) throws -> Tensor {
        try Features.inBatches(images, width: featureSize) { model(Variable(try processing($0))).value }
    }
}
