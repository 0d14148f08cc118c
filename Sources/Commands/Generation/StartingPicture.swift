import Diffusion
import Images
import Language
import Tensors

/// The picture with which image to image begins.
struct StartingPicture {
    let strength: Double
    private let image: Image

    /// Returns nil where the call has no picture. Throws where it gives a strength all the same.
    init?(_ call: Call) throws {
        guard call.optional("image") != nil else {
            if call.has("strength"), call.optional("strength") != nil {
                throw Problem(
                    .badArgument, "generate: strength is how far a picture is noised, and there is none", argument: "strength",
                    help: "image=photo begins with a picture")
            }
            return nil
        }
        image = try call.picture("image")
        strength = call.optional("strength") == nil ? 0.8 : try call.double("strength")
    }

    /// Returns the picture's latents at the noise level of the plan's first step. The picture is brought to the size that the noise is for.
    func latents(_ call: Call, _ model: DiffusionModel, noise: Tensor, _ plan: SamplingPlan) throws -> Tensor {
        let f = model.vae.configuration.downscale
        let size = PixelSize(width: noise.shape[2] * f, height: noise.shape[1] * f)
        return model.latents(
            of: Tensor(try call.fitted(image, to: size, "image", help: "size=[height, width] draws in other proportions").seen),
            noise: noise, at: plan)
    }

    /// The entries for the metadata of the drawn pictures.
    var entries: [(String, String)] {
        [("image", "\(image.size), \(SHA256.hexadecimal(of: image.pixels).prefix(16))"), ("strength", "\(strength)")]
    }
}
