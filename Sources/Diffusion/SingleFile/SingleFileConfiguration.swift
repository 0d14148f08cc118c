import Tensors

/// The configurations of a checkpoint's parts, derived from its shapes. Shapes do not tell the number of heads, of groups
/// and the latents' scale: these are Stable Diffusion's (eight heads in version 1, heads of width 64 in version 2, and 32
/// groups).
struct SingleFileConfiguration {
    let isVersion2: Bool
    let unet: UNet2DConditionModelConfiguration
    let vae: AutoencoderKLConfiguration
    let text: CLIPTextModelConfiguration
    let scheduler: SchedulerConfiguration

    /// Throws `SingleFileError` and `ConfigurationError`.
    init(_ shapes: CheckpointShapes, prediction: PredictionType?) throws {
        isVersion2 = shapes.has(SingleFileNames.textPrefix2)
        (unet, vae) = (try Self.unet(shapes, isVersion2), try Self.autoencoder(shapes))
        text = try isVersion2 ? Self.openCLIP(shapes) : Self.clip(shapes)
        let type = prediction ?? (isVersion2 ? .vPrediction : .epsilon)
        scheduler = try SchedulerConfiguration(
            [
                "_class_name": .string(isVersion2 ? "DDIMScheduler" : "PNDMScheduler"), "beta_end": 0.012, "beta_schedule": "scaled_linear",
                "beta_start": 0.00085, "clip_sample": false, "num_train_timesteps": 1000, "prediction_type": .string(type.rawValue),
                "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1, "timestep_spacing": "leading", "trained_betas": nil,
            ], file: shapes.path)
    }

    private static func unet(_ shapes: CheckpointShapes, _ isVersion2: Bool) throws -> UNet2DConditionModelConfiguration {
        let p = SingleFileNames.unetPrefix
        let downs = (1..<64).filter { shapes.shapes["\(p)input_blocks.\($0).0.op.weight"] != nil }
        let (levels, layers) = (downs.count + 1, (downs.first ?? 3) - 1)
        let first = try shapes.shape(p + "input_blocks.0.0.weight", rank: 4)
        func block(_ level: Int) -> String { "\(p)input_blocks.\(1 + level * (layers + 1))." }
        let widths = try (0..<levels).map { try shapes.shape(block($0) + "0.out_layers.3.weight", rank: 4)[0] }
        let attends = (0..<levels).map { shapes.shapes[block($0) + "1.transformer_blocks.0.attn2.to_k.weight"] != nil }
        let cross = try shapes.shape(p + "middle_block.1.transformer_blocks.0.attn2.to_k.weight", rank: 2)[1]
        guard first[1] == 4 else {
            throw SingleFileError.otherModel(
                path: shapes.path, first[1] == 9 ? "an inpainting model" : "a model of \(first[1])-channel input")
        }
        let isLinear = shapes.shapes[p + "middle_block.1.proj_in.weight"]?.count == 2
        let size: Int = isVersion2 ? 96 : 64
        return try UNet2DConditionModelConfiguration(
            [
                "_class_name": "UNet2DConditionModel", "act_fn": "silu", "sample_size": JSON(size), "in_channels": 4, "out_channels": 4,
                "center_input_sample": false, "flip_sin_to_cos": true, "freq_shift": 0, "layers_per_block": JSON(layers),
                "mid_block_scale_factor": 1,
                "norm_eps": 1e-5, "norm_num_groups": 32, "downsample_padding": 1, "cross_attention_dim": JSON(cross),
                "attention_head_dim": isVersion2 ? .array(widths.map { JSON($0 / 64) }) : 8, "use_linear_projection": .bool(isLinear),
                "block_out_channels": .array(widths.map { JSON($0) }),
                "down_block_types": .array(attends.map { .string($0 ? "CrossAttnDownBlock2D" : "DownBlock2D") }),
                "up_block_types": .array(attends.reversed().map { .string($0 ? "CrossAttnUpBlock2D" : "UpBlock2D") }),
            ], file: shapes.path)
    }

    private static func autoencoder(_ shapes: CheckpointShapes) throws -> AutoencoderKLConfiguration {
        let p = SingleFileNames.autoencoderPrefix
        let levels = (0..<16).prefix { shapes.shapes["\(p)encoder.down.\($0).block.0.conv1.weight"] != nil }.count
        let layers = (0..<16).prefix { shapes.shapes["\(p)encoder.down.0.block.\($0).conv1.weight"] != nil }.count
        let widths = try (0..<levels).map { try shapes.shape("\(p)encoder.down.\($0).block.0.conv1.weight", rank: 4)[0] }
        let latents = try shapes.shape(p + "decoder.conv_in.weight", rank: 4)[1]
        return try AutoencoderKLConfiguration(
            [
                "_class_name": "AutoencoderKL", "act_fn": "silu", "in_channels": 3, "out_channels": 3, "latent_channels": JSON(latents),
                "layers_per_block": JSON(layers), "norm_num_groups": 32, "sample_size": 512, "scaling_factor": 0.18215,
                "block_out_channels": .array(widths.map { JSON($0) }),
                "down_block_types": .array(widths.map { _ in "DownEncoderBlock2D" }),
                "up_block_types": .array(widths.map { _ in "UpDecoderBlock2D" }),
            ], file: shapes.path)
    }

    private static func clip(_ shapes: CheckpointShapes) throws -> CLIPTextModelConfiguration {
        let p = SingleFileNames.textPrefix1 + (shapes.has(SingleFileNames.textPrefix1 + "text_model.") ? "text_model." : "")
        let layers = (0..<256).prefix { shapes.shapes["\(p)encoder.layers.\($0).mlp.fc1.weight"] != nil }.count
        return try text(
            shapes, tokens: p + "embeddings.token_embedding.weight", positions: p + "embeddings.position_embedding.weight",
            inner: p + "encoder.layers.0.mlp.fc1.weight", layers: layers, activation: "quick_gelu", pad: 1)
    }

    /// One layer less than the file has: Stable Diffusion 2 uses the output of the last but one.
    private static func openCLIP(_ shapes: CheckpointShapes) throws -> CLIPTextModelConfiguration {
        let p = SingleFileNames.textPrefix2
        let layers = (0..<256).prefix { shapes.shapes["\(p)transformer.resblocks.\($0).mlp.c_fc.weight"] != nil }.count
        return try text(
            shapes, tokens: p + "token_embedding.weight", positions: p + "positional_embedding",
            inner: p + "transformer.resblocks.0.mlp.c_fc.weight", layers: layers - 1, activation: "gelu", pad: 1)
    }

    private static func text(
        _ shapes: CheckpointShapes, tokens: String, positions: String, inner: String, layers: Int, activation: String, pad: Int
    ) throws -> CLIPTextModelConfiguration {
        let table = try shapes.shape(tokens, rank: 2)
        let width = table[1]
        return try CLIPTextModelConfiguration(
            [
                "model_type": "clip_text_model", "architectures": ["CLIPTextModel"], "vocab_size": JSON(table[0]),
                "hidden_size": JSON(width),
                "intermediate_size": JSON(try shapes.shape(inner, rank: 2)[0]), "num_hidden_layers": JSON(layers),
                "num_attention_heads": JSON(max(1, width / 64)), "max_position_embeddings": JSON(try shapes.shape(positions, rank: 2)[0]),
                "hidden_act": .string(activation), "layer_norm_eps": 1e-5, "attention_dropout": 0, "bos_token_id": 0, "eos_token_id": 2,
                "pad_token_id": JSON(pad), "projection_dim": JSON(width),
            ], file: shapes.path)
    }
}

/// The shapes of a checkpoint's tensors by their original names.
struct CheckpointShapes {
    let path: String
    let shapes: [String: [Int]]

    /// Whether any name begins with `prefix`.
    func has(_ prefix: String) -> Bool { shapes.keys.contains { $0.hasPrefix(prefix) } }

    /// The shape of a tensor. Throws `SingleFileError.incomplete` where there is none, or it has another number of axes.
    func shape(_ key: String, rank: Int) throws(SingleFileError) -> [Int] {
        guard let shape = shapes[key], shape.count == rank else { throw .incomplete(path: path, missing: key) }
        return shape
    }
}

extension CheckpointShapes {
    init(_ source: some SafetensorsSource) {
        self.init(path: source.path, shapes: Dictionary(source.tensors.map { ($0.name, $0.shape) }) { first, _ in first })
    }
}
