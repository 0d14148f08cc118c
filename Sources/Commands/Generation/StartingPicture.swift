import Diffusion
import Images
import Language
import Tensors

/// The picture with which image to image begins.
struct StartingPicture {
    static let image = Key<Image?>(
        "image", doc: "A picture to begin with: it is noised as far as strength says, and denoised again.", keywordOnly: true)
    static let strength = Key<Double?>(
        "strength", range: 0...1, doc: "With image: 0 gives it back, 1 hardly depends on it; 0.8 without.", keywordOnly: true)

    let strength: Double
    private let image: Image

    /// Returns nil where the call has no picture. Throws where it gives a strength all the same.
    init?(_ call: Call) throws {
        guard let image = try call[Self.image] else {
            if try call[Self.strength] != nil {
                throw Problem(
                    .badArgument, "generate: strength is how far a picture is noised, and there is none", argument: Self.strength.name,
                    help: "image=photo begins with a picture")
            }
            return nil
        }
        (self.image, strength) = (image, try call[Self.strength] ?? 0.8)
    }

    /// Returns the picture's latents at the noise level of the plan's first step. The picture is brought to the size that the noise is for.
    func latents(_ call: Call, _ model: DiffusionModel, noise: Tensor, _ plan: SamplingPlan) throws -> Tensor {
        let f = model.vae.configuration.downscale
        let size = PixelSize(width: noise.shape[2] * f, height: noise.shape[1] * f)
        return model.latents(
            of: Tensor(try call.fitted(image, to: size, Self.image.name, help: "size=[height, width] draws in other proportions").seen),
            noise: noise, at: plan)
    }

    /// The entries for the metadata of the drawn pictures.
    var entries: [(String, String)] {
        [("image", "\(image.size), \(SHA256.hexadecimal(of: image.pixels).prefix(16))"), ("strength", "\(strength)")]
    }
}
