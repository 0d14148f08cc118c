import Autograd
import BreakAScene
import Diffusion
import Images
import Language
import Tensors

extension Call {
    /// Returns latents [N, h, w, C] of a model, in which [h, w, C] counts as one. Throws `.shapeMismatch`.
    func latents<Argument>(_ key: Key<Argument>, _ model: DiffusionModel) throws -> Variable {
        let given = try Variable.read(value(key), self, key.name)
        let x = given.shape.count == 3 ? given.reshaped([1] + given.shape) : given
        let channels = model.latentChannels
        let multiple = 1 << (model.unet.configuration.levels - 1)
        guard x.shape.count == 4, x.shape[0] > 0, x.shape[3] == channels, x.shape[1] > 0, x.shape[2] > 0 else {
            let isChannelsFirst = given.shape.count >= 3 && given.shape[given.shape.count - 3] == channels
            throw Problem(
                .shapeMismatch, "\(builtin.name): latents of \(model.name) are [N, h, w, \(channels)]", argument: key.name,
                label: "this is \(Shape.text(given.shape))",
                help: isChannelsFirst ? "latents are channels-last here" : nil)
        }
        guard x.shape[1] % multiple == 0, x.shape[2] % multiple == 0 else {
            throw Problem(
                .shapeMismatch, "\(builtin.name): height and width of latents are multiples of \(multiple)", argument: key.name,
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
    func pixels<Argument>(_ key: Key<Argument>) throws -> PixelSize {
        let sides = try [Int].read(value(key), self, key.name)
        guard (1...2).contains(sides.count), sides.allSatisfy({ (1...4096).contains($0) }) else {
            throw Problem(
                .badArgument, "\(key.name) is [height, width] in pixels, or one number for both, at most 4096", argument: key.name)
        }
        return PixelSize(width: sides[sides.count - 1], height: sides[0])
    }

    /// Returns one whole timestep for each sample. Throws `.outOfRange` outside of the model's range.
    func timesteps(_ key: Key<Value>, _ count: Int, _ model: DiffusionModel) throws -> [Int] {
        try exactTimesteps(key, count, model) { $0 == $0.rounded() }.map { Int($0) }
    }

    /// Returns one timestep for each sample, which may lie between two of training. Throws `.outOfRange` outside of the model's range.
    func exactTimesteps(
        _ key: Key<Value>, _ count: Int, _ model: DiffusionModel, where isAllowed: (Float) -> Bool = { _ in true }
    ) throws -> [Float] {
        let value = try self[key]
        let given: [Float] =
            switch value {
            case .int, .float: Array(repeating: Float(value.number ?? -1), count: count)
            case .host: try Tensor.read(value, self, key.name).values
            default: try [Double].read(value, self, key.name).map { Float($0) }
            }
        guard given.count == count || given.count == 1 else {
            throw Problem(.badArgument, "\(builtin.name): \(given.count) timesteps for \(count) samples", argument: key.name)
        }
        let last = model.scheduler.trainTimesteps - 1
        guard given.allSatisfy({ (0...Float(last)).contains($0) && isAllowed($0) }) else {
            throw Problem(.outOfRange, "\(builtin.name): timesteps are 0…\(last)", argument: key.name)
        }
        return given.count == count ? given : Array(repeating: given[0], count: count)
    }

    /// Returns one prompt for each sample.
    func prompts(_ key: Key<[String]>, _ count: Int) throws -> [String] {
        let given = try self[key]
        guard given.count == count || given.count == 1 else {
            throw Problem(.badArgument, "\(builtin.name): \(given.count) prompts for \(count) samples", argument: key.name)
        }
        return given.count == count ? given : Array(repeating: given[0], count: count)
    }

    /// Returns the recorded attention of one sample.
    func recordedAttention(_ key: Key<Value>) throws -> SampleAttention {
        switch try self[key] {
        case .host(let value as SampleAttention): return value
        case .host(let value as PredictionValue) where value.attention.count == 1: return value.attention[0]
        default:
            throw Problem(
                .badArgument, "\(builtin.name) wants the attention of one sample", argument: key.name,
                help: "out.attention[i] is that of sample i of the batch")
        }
    }
}

/// The session's last prepared scene. Preparing a scene resizes it; a training loop asks for the same one at every step.
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
}
