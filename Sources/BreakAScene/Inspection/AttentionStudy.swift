import Autograd
import Diffusion
import Tensors

/// Cross-attention maps of one prompt by timestep, layer and head, kept in full and reduced on request.
public struct AttentionStudy: Sendable {
    /// The axes of the record that a reduction may keep.
    public enum Axis: String, Sendable, CaseIterable { case timestep, layer, head }

    /// The prompt that the maps are of.
    public let prompt: String
    /// The prompt's token ids, as many as the maps have tokens.
    public let ids: [Int]
    /// The timesteps of the record, in order.
    public let timesteps: [Int]
    /// The layers' names, such as "up_blocks.2.attentions.0.transformer_blocks.0.attn2".
    public let layers: [String]
    /// The size of every map; 0×0 where nothing was recorded.
    public let size: (height: Int, width: Int)
    /// Per layer: probabilities [T, A, H·W, L] of T timesteps, A heads and L tokens.
    let probabilities: [Tensor]

    /// Collects maps, all of one resolution.
    init(prompt: String, ids: [Int], timesteps: [Int], maps: [CrossAttentionMap]) {
        (self.prompt, self.ids, self.timesteps) = (prompt, ids, timesteps)
        layers = maps.map(\.layer)
        size = maps.first.map { ($0.height, $0.width) } ?? (0, 0)
        probabilities = maps.map(\.probabilities.value)
    }

    /// The number of heads of each layer.
    public var heads: [Int] { probabilities.map { $0.shape[1] } }

    /// The maps of the token at place `token` of the prompt, averaged over every axis that is not kept: [kept axes…, H, W],
    /// the axes in the order of `keep`. `heads`: only these heads of each layer; nil is all. All heads count the same.
    public func maps(token: Int, keep: [Axis] = [], heads: [Int]? = nil) -> Tensor {
        let places = size.height * size.width
        // Every layer as [T, A, HW], chosen heads only.
        let perLayer = probabilities.map { p -> Tensor in
            let part = p.sliced([
                .init(start: 0, count: p.shape[0]), .init(start: 0, count: p.shape[1]), .init(start: 0, count: places),
                .init(start: token, count: 1),
            ]).reshaped([p.shape[0], p.shape[1], places])
            guard let heads else { return part }
            return .concatenated(
                heads.filter { $0 < p.shape[1] }.map { head in
                    part.sliced([.init(start: 0, count: p.shape[0]), .init(start: head, count: 1), .init(start: 0, count: places)])
                }, axis: 1)
        }
        // [L?, T?, A?, HW], then the kept axes in the wanted order.
        let natural: [Axis] = [.layer, .timestep, .head].filter(keep.contains)
        let result: Tensor
        if keep.contains(.layer) {
            result = .concatenated(
                perLayer.map { layer in
                    let reduced = Self.reduce(layer, keep: keep)
                    return reduced.reshaped([1] + reduced.shape)
                }, axis: 0)
        } else if keep.contains(.head) {
            let sum = perLayer.dropFirst().reduce(perLayer[0], +).scaled(by: 1 / Float(perLayer.count))
            result = Self.reduce(sum, keep: keep)
        } else {
            result = Self.reduce(.concatenated(perLayer, axis: 1), keep: keep)
        }
        let order = keep.compactMap { natural.firstIndex(of: $0) }
        return result.reshaped(result.shape.dropLast() + [size.height, size.width]).permuted(order + [order.count, order.count + 1])
    }

    private static func reduce(_ layer: Tensor, keep: [Axis]) -> Tensor {
        layer.mean((keep.contains(.timestep) ? [] : [0]) + (keep.contains(.head) ? [] : [1]))
    }
}

extension DiffusionModel {
    /// Records maps while the model looks at a picture [1, H, W, 3] in [−1, 1], noised to each of `timesteps`: these are
    /// what masks can be compared with. The noise is the same at every timestep; `draw` counts draws of a seed. `layers`
    /// are prefixes of names ("up_blocks.2"); without any, the layers of the model's `AttentionLevel` are taken. Throws
    /// `AttentionError.noLayers` where no layer has such a name, and what tokenizing the prompt throws.
    public func studyAttention(
        _ prompt: String, picture: Tensor, timesteps: [Int], layers: [String] = [], seed: Int, draw: Int = 0
    ) throws -> AttentionStudy {
        let ids = try tokenize([prompt])[0]
        let latents = noised(picture, timesteps, seed: seed, draw: draw)
        var pass = UNetPass(
            textEncoder([ids]).repeated(timesteps.count), recording: recording(layers, latents.shape),
            local: localFeatures(Array(repeating: ids, count: timesteps.count)))
        _ = unet(Variable(latents), timesteps: timesteps.map(Float.init), &pass)
        return AttentionStudy(prompt: prompt, ids: ids, timesteps: timesteps, maps: try Self.select(pass.maps, layers))
    }

    /// The latents of a picture [1, H, W, 3] in [−1, 1], noised to each of `timesteps` by the same noise, [T, h, w, C]. `draw` counts
    /// draws of a seed.
    func noised(_ picture: Tensor, _ timesteps: [Int], seed: Int, draw: Int = 0) -> Tensor {
        let z = posterior(of: picture).mean.scaled(by: vae.configuration.scalingFactor)
        let noise = RandomDraw(seed: UInt64(bitPattern: Int64(seed)), stream: "attention", step: UInt32(clamping: draw)).normal(z.shape)
        let n = timesteps.count
        return addNoise(
            .concatenated(Array(repeating: z, count: n), axis: 0), .concatenated(Array(repeating: noise, count: n), axis: 0), timesteps)
    }

    /// Records maps during a generation, one timestep per denoising step, and returns the latents that it drew with them.
    /// `noise`: as for `sampleLatents`. Throws as `studyAttention`, and what `progress` throws.
    public func studyGeneration(
        _ prompt: String, initial: Tensor, noise: ((_ step: Int) -> Tensor)? = nil, _ options: GenerationOptions, layers: [String] = [],
        progress: (GenerationStep) throws -> Void = { _ in }
    ) throws -> (AttentionStudy, latents: Tensor) {
        var options = options
        options.recording = recording(layers, initial.shape)
        var (steps, timesteps) = ([[CrossAttentionMap]](), [Int]())
        let latents = try sampleLatents([prompt], initial: initial, noise: noise, options) { step in
            steps.append(try Self.select(step.maps, layers))
            timesteps.append(Int(step.timestep.rounded()))
            try progress(step)
        }
        let maps = (steps.first ?? []).indices.map { layer in
            CrossAttentionMap(
                layer: steps[0][layer].layer, height: steps[0][layer].height, width: steps[0][layer].width,
                probabilities: Variable(.concatenated(steps.map { $0[layer].probabilities.value }, axis: 0)))
        }
        return (AttentionStudy(prompt: prompt, ids: try tokenize([prompt])[0], timesteps: timesteps, maps: maps), latents)
    }

    private func recording(_ layers: [String], _ latents: [Int]) -> AttentionRecording {
        layers.isEmpty ? attentionRecording(latents: latents) : .all
    }

    /// Keeps the maps of the layers that were asked for; where these differ in resolution, only those of the first one's.
    private static func select(_ maps: [CrossAttentionMap], _ prefixes: [String]) throws -> [CrossAttentionMap] {
        let wanted = prefixes.isEmpty ? maps : maps.filter { map in prefixes.contains { map.layer == $0 || map.layer.hasPrefix($0 + ".") } }
        guard let first = wanted.first else { throw AttentionError.noLayers(wanted: prefixes, known: maps.map(\.layer)) }
        return wanted.filter { $0.height == first.height && $0.width == first.width }
    }
}

/// An error of a question about attention.
public enum AttentionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No layer's name begins with one of `wanted`; the model has the layers `known`.
    case noLayers(wanted: [String], known: [String])
    /// The picture that is looked at has other masks than the scene has handles.
    case masks(expected: Int, found: Int)

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .noLayers(let wanted, let known):
            wanted.isEmpty
                ? "this model has no cross-attention in its down and up blocks"
                : "no cross-attention is called \(wanted.joined(separator: ", ")); there are \(known.joined(separator: ", "))"
        case .masks(let expected, let found): "the scene has \(expected) masks, what is looked at has \(found)"
        }
    }
}
