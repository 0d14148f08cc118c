import Autograd
import BreakAScene
import Diffusion
import Images
import Language
import Tensors

extension Call {
    /// Returns latents [N, h, w, C] of a model, in which [h, w, C] counts as one. Throws `.shapeMismatch`.
    func latents(_ name: String, _ model: DiffusionModel) throws -> Variable {
        let given = try variable(name)
        let x = given.shape.count == 3 ? given.reshaped([1] + given.shape) : given
        let channels = model.latentChannels
        let multiple = 1 << (model.unet.configuration.levels - 1)
        guard x.shape.count == 4, x.shape[0] > 0, x.shape[3] == channels, x.shape[1] > 0, x.shape[2] > 0 else {
            let isChannelsFirst = given.shape.count >= 3 && given.shape[given.shape.count - 3] == channels
            throw Problem(
                .shapeMismatch, "\(builtin.name): latents of \(model.name) are [N, h, w, \(channels)]", argument: name,
                label: "this is \(Shape.text(given.shape))",
                help: isChannelsFirst ? "latents are channels-last here" : nil)
        }
        guard x.shape[1] % multiple == 0, x.shape[2] % multiple == 0 else {
            throw Problem(
                .shapeMismatch, "\(builtin.name): height and width of latents are multiples of \(multiple)", argument: name,
                label: "this is \(Shape.text(x.shape))")
        }
        try reservePass(x.shape[0], height: x.shape[1], width: x.shape[2], model)
        return x
    }

    /// Throws `.tooManyBytes` for latents whose pass through the networks would not fit into memory: the widest activation of the U-Net,
    /// and that of the autoencoder for one picture.
    func reservePass(_ count: Int, height: Int, width: Int, _ model: DiffusionModel) throws {
        let (unet, vae) = (model.unet.configuration, model.vae.configuration)
        // The feed-forward part of a transformer is eight times as wide as its block.
        let widest = 8 * (unet.blockOutChannels.first ?? 1)
        try Reservation.check(
            [count, height, width, widest], of: MemoryLayout<Float>.stride,
            what: "the U-Net's activations for \(count)×\(height)×\(width) latents")
        try Reservation.check(
            [height, vae.downscale, width, vae.downscale, vae.blockOutChannels.prefix(2).reduce(1, max)], of: MemoryLayout<Float>.stride,
            what: "the autoencoder's activations for a picture of \(width * vae.downscale)×\(height * vae.downscale)")
    }

    /// Returns a size in pixels, from [height, width] or one number for both.
    func pixels(_ name: String) throws -> PixelSize {
        // Binding turns one number into a list of it; a call that is only analyzed keeps the number.
        let sides = if case .int(let side) = try value(name) { [side] } else { try ints(name) }
        guard (1...2).contains(sides.count), sides.allSatisfy({ (1...4096).contains($0) }) else {
            throw Problem(.badArgument, "\(name) is [height, width] in pixels, or one number for both, at most 4096", argument: name)
        }
        return PixelSize(width: sides[sides.count - 1], height: sides[0])
    }

    /// Returns one whole timestep for each sample. Throws `.outOfRange` outside of the model's range.
    func timesteps(_ name: String, _ count: Int, _ model: DiffusionModel) throws -> [Int] {
        try exactTimesteps(name, count, model) { $0 == $0.rounded() }.map { Int($0) }
    }

    /// Returns one timestep for each sample, which may lie between two of training. Throws `.outOfRange` outside of the model's range.
    func exactTimesteps(
        _ name: String, _ count: Int, _ model: DiffusionModel, where isAllowed: (Float) -> Bool = { _ in true }
    ) throws -> [Float] {
        let value = try value(name)
        let given: [Float] =
            switch value {
            case .int, .float: Array(repeating: Float(value.number ?? -1), count: count)
            case .host: try tensor(name).values
            default: try doubles(name).map { Float($0) }
            }
        guard given.count == count || given.count == 1 else {
            throw Problem(.badArgument, "\(builtin.name): \(given.count) timesteps for \(count) samples", argument: name)
        }
        let last = model.scheduler.trainTimesteps - 1
        guard given.allSatisfy({ (0...Float(last)).contains($0) && isAllowed($0) }) else {
            throw Problem(.outOfRange, "\(builtin.name): timesteps are 0…\(last)", argument: name)
        }
        return given.count == count ? given : Array(repeating: given[0], count: count)
    }

    /// Returns one prompt for each sample.
    func prompts(_ name: String, _ count: Int) throws -> [String] {
        let given = try strings(name)
        guard given.count == count || given.count == 1 else {
            throw Problem(.badArgument, "\(builtin.name): \(given.count) prompts for \(count) samples", argument: name)
        }
        return given.count == count ? given : Array(repeating: given[0], count: count)
    }

    /// Returns the recorded attention of one sample.
    func recordedAttention(_ name: String) throws -> SampleAttention {
        switch try value(name) {
        case .host(let value as SampleAttention): return value
        case .host(let value as PredictionValue) where value.attention.count == 1: return value.attention[0]
        default:
            throw Problem(
                .badArgument, "\(builtin.name) wants the attention of one sample", argument: name,
                help: "out.attention[i] is that of sample i of the batch")
        }
    }
}

/// The session's last prepared scene, and pictures at a model's size. Preparing a scene resizes it; a training loop asks for the same one
/// at every step.
enum PreparedScenes: ContextKey {
    static let initial: PreparedScene? = nil

    static func scene(_ scene: Scene, _ model: DiffusionModel, _ call: Call) throws -> PreparedScene {
        if let known = call.context[PreparedScenes.self], known.scene == scene, known.scene.title == scene.title, known.fits(model) {
            return known
        }
        let prepared = try call.mapped("scene") { try PreparedScene(scene, for: model) }
        if !Cancellation.isCancelled { call.context[PreparedScenes.self] = prepared }
        return prepared
    }

    /// Returns a picture of a model's size, [1, H, W, 3]; tensors are taken as they are.
    static func picture(_ value: Value, _ model: DiffusionModel, _ call: Call) throws -> Tensor {
        let multiple = model.vae.configuration.downscale
        if let tensor = value.host(as: TensorValue.self)?.tensor {
            let x = tensor.rank == 3 ? tensor.reshaped([1] + tensor.shape) : tensor
            guard x.rank == 4, x.shape[0] == 1, x.shape[3] == 3, x.shape[1] % multiple == 0, x.shape[2] % multiple == 0, x.count > 0 else {
                throw Problem(
                    .shapeMismatch, "\(call.builtin.name): a picture is [1, H, W, 3], H and W multiples of \(multiple)", argument: "images",
                    label: "this is \(Shape.text(tensor.shape))")
            }
            return x
        }
        guard let picture = value.host(as: PictureReadable.self)?.picture else {
            throw Problem(.wrongType, "\(call.builtin.name) wants images", argument: "images", label: "this is \(value.describedType)")
        }
        let size = PixelSize(width: model.pixelSize.width, height: model.pixelSize.height)
        // A scene gives the part of its photo that training sees.
        if let scene = value.host(as: SceneValue.self)?.scene {
            return Tensor(
                try call.mapped("images") { try scene.image.framed(SceneFrame(scene, for: size).rect).resized(to: size, .lanczos) })
        }
        return Tensor(try call.fitted(picture, to: size, "images").seen)
    }
}
