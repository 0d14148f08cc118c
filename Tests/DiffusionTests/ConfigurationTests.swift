// Reading the configurations of published folders; every unsupported or broken setting is named.
import Diffusion
import Tensors
import Testing

@Suite struct ConfigurationTests {
    typealias Problem = ConfigurationError.Problem
    typealias UNet = UNet2DConditionModelConfiguration

    private func unet(_ text: String) throws -> UNet { try UNet(JSON.parse(text), file: "unet.json") }
    private func vae(_ text: String) throws -> AutoencoderKLConfiguration {
        try AutoencoderKLConfiguration(JSON.parse(text), file: "vae.json")
    }
    private func text(_ text: String) throws -> CLIPTextModelConfiguration {
        try CLIPTextModelConfiguration(JSON.parse(text), file: "text.json")
    }

    @Test func stableDiffusion15() throws {
        let unet = try unet(PublishedConfiguration.sd15UNet)
        #expect(unet.blockOutChannels == [320, 640, 1280, 1280])
        #expect(unet.attentionHeads == [8, 8, 8, 8])
        #expect(unet.crossAttentionDimension == [768, 768, 768, 768])
        #expect(unet.layersPerBlock == [2, 2, 2, 2])
        #expect(unet.transformerLayersPerBlock == [1, 1, 1, 1])
        #expect(!unet.useLinearProjection && !unet.upcastAttention && unet.hasMidBlock)
        #expect(unet.downBlockTypes.map(\.hasCrossAttention) == [true, true, true, false])
        #expect(unet.upBlockTypes.map(\.hasCrossAttention) == [false, true, true, true])
        #expect(unet.sampleHeight == 64 && unet.sampleWidth == 64)
        #expect(unet.timeEmbeddingDimension == 1280 && unet.normEpsilon == 1e-5)
        #expect(unet.flipSinToCos && unet.frequencyShift == 0)
        let vae = try vae(PublishedConfiguration.sd15VAE)
        #expect(vae.scalingFactor == 0.18215 && vae.latentChannels == 4 && vae.downscale == 8)
        #expect(vae.useQuantConv && vae.usePostQuantConv && vae.midBlockAddAttention)
        let text = try text(PublishedConfiguration.sd15Text)
        #expect(text.activation == .quickGELU && text.layers == 12 && text.attentionHeads == 12)
        #expect(text.vocabularySize == 49408 && text.maxPositionEmbeddings == 77)
        #expect(text.eosTokenIDs == [2] && text.bosTokenID == 0 && text.padTokenID == 1)
    }

    @Test(arguments: [(64, false), (96, true)])
    func stableDiffusion21(_ sampleSize: Int, _ upcast: Bool) throws {
        let unet = try unet(PublishedConfiguration.sd21UNet(sampleSize: sampleSize, upcast: upcast))
        #expect(unet.attentionHeads == [5, 10, 20, 20])
        #expect(unet.crossAttentionDimension == [1024, 1024, 1024, 1024])
        #expect(unet.useLinearProjection && unet.upcastAttention == upcast)
        #expect(unet.sampleHeight == sampleSize)
        let text = try text(PublishedConfiguration.sd21Text)
        #expect(text.activation == .gelu && text.layers == 23 && text.hiddenSize == 1024)
        #expect(text.intermediateSize == 4096 && text.attentionHeads == 16)
    }

    @Test func embedded() throws {
        let unet = try unet(PublishedConfiguration.embeddedUNet)
        #expect(unet.levels == 3 && unet.attentionHeads == [2, 4, 8] && unet.inChannels == 8)
        #expect(unet.normGroups == 16 && unet.timeEmbeddingDimension == 192 && unet.useLinearProjection)
        let vae = try vae(PublishedConfiguration.embeddedVAE)
        #expect(vae.scalingFactor == 0.26008258542789847 && !vae.midBlockAddAttention)
        #expect(vae.latentChannels == 8 && vae.sampleSize == 128)
        let text = try text(PublishedConfiguration.embeddedText)
        #expect(text.vocabularySize == 1868 && text.eosTokenIDs == [1867] && text.padTokenID == 1867)
    }

    @Test func defaultsOfDiffusersAndTransformers() throws {
        let unet = try unet("{}")
        #expect(unet.crossAttentionDimension == [1280, 1280, 1280, 1280] && unet.attentionHeads[0] == 8)
        #expect(unet.inChannels == 4 && unet.sampleHeight == nil)
        let vae = try vae("{}")
        #expect(vae.blockOutChannels == [64] && vae.normGroups == 32 && vae.sampleSize == 32)
        let text = try text("{}")
        #expect(text.hiddenSize == 512 && text.activation == .quickGELU && text.eosTokenIDs == [49407])
        #expect(text.padTokenID == 1 && text.bosTokenID == 49406 && text.layerNormEpsilon == 1e-5)
    }

    @Test func valuesPerLevel() throws {
        let unet = try unet(
            """
            {"block_out_channels": [32, 64], "layers_per_block": [1, 2], "attention_head_dim": [2, 4],
             "transformer_layers_per_block": [1, 3], "cross_attention_dim": [8, 16], "norm_num_groups": 16,
             "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"], "mid_block_type": null,
             "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"], "sample_size": [8, 12],
             "time_embedding_dim": 96, "only_cross_attention": [false, false], "unheard_of": 1}
            """)
        #expect(unet.layersPerBlock == [1, 2] && unet.attentionHeads == [2, 4] && !unet.hasMidBlock)
        #expect(unet.transformerLayersPerBlock == [1, 3] && unet.crossAttentionDimension == [8, 16])
        #expect(unet.sampleHeight == 8 && unet.sampleWidth == 12 && unet.timeEmbeddingDimension == 96)
    }

    static let unsupportedUNet: [(String, JSON)] = [
        ("act_fn", "gelu"), ("center_input_sample", true), ("only_cross_attention", true),
        ("only_cross_attention", [true, false, false, false]), ("dual_cross_attention", true),
        ("class_embed_type", "timestep"), ("addition_embed_type", "text_time"), ("num_class_embeds", 10),
        ("encoder_hid_dim", 8), ("encoder_hid_dim_type", "text_proj"),
        ("resnet_time_scale_shift", "scale_shift"),
        ("resnet_skip_time_act", true), ("resnet_out_scale_factor", 1.5), ("time_embedding_type", "fourier"),
        ("time_embedding_act_fn", "silu"), ("timestep_post_act", "silu"), ("time_cond_proj_dim", 256),
        ("conv_in_kernel", 1), ("conv_out_kernel", 1), ("attention_type", "gated"), ("dropout", 0.1),
        ("class_embeddings_concat", true), ("mid_block_only_cross_attention", true),
        ("cross_attention_norm", "layer_norm"), ("mid_block_scale_factor", 2), ("downsample_padding", 0),
        ("mid_block_type", "UNetMidBlock2DSimpleCrossAttn"), ("num_attention_heads", 8),
        ("reverse_transformer_layers_per_block", [[1]]), ("_class_name", "UNet3DConditionModel"),
        ("down_block_types", ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"]),
        ("up_block_types", ["KUpBlock2D"]),
    ]

    @Test(arguments: unsupportedUNet)
    func unsupportedSettingsAreNamed(_ key: String, _ value: JSON) throws {
        var object = try #require(JSON.parse(PublishedConfiguration.embeddedUNet).objectValue)
        object[key] = value
        let error = #expect(throws: ConfigurationError.self) { try UNet(.object(object), file: "u.json") }
        #expect(error?.file == "u.json" && error?.key == key)
        guard case .unsupported = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    static let broken: [(String, JSON, Problem)] = [
        ("in_channels", "4", .wrongType(expected: "an integer", found: "a string")),
        ("in_channels", 0, .outOfRange(value: "0", expected: "from 1 to 4096")),
        ("in_channels", 1.5, .wrongType(expected: "an integer", found: "a number")),
        ("in_channels", 1e30, .wrongType(expected: "an integer", found: "a number")),
        ("use_linear_projection", 1, .wrongType(expected: "true or false", found: "an integer")),
        ("norm_eps", "x", .wrongType(expected: "a number", found: "a string")),
        ("norm_num_groups", nil, .wrongType(expected: "an integer", found: "null")),
        ("block_out_channels", [], .outOfRange(value: "[]", expected: "a list of at least one integer")),
        ("block_out_channels", [48, 96], .wrongCount(expected: 3, given: 2)),
        ("attention_head_dim", [2, 4], .wrongCount(expected: 3, given: 2)),
        ("down_block_types", ["DownBlock2D"], .wrongCount(expected: 3, given: 1)),
        (
            "norm_num_groups", 32,
            .inconsistent("48 channels do not divide into 32 groups (norm_num_groups)")
        ),
        ("attention_head_dim", 5, .inconsistent("48 channels do not divide into 5 heads")),
    ]

    @Test(arguments: broken)
    func brokenSettingsAreNamed(_ key: String, _ value: JSON, _ problem: Problem) throws {
        var object = try #require(JSON.parse(PublishedConfiguration.embeddedUNet).objectValue)
        object[key] = value
        let error = #expect(throws: ConfigurationError.self) { try UNet(.object(object), file: "u.json") }
        if case .wrongCount = problem {
        } else if case .inconsistent = problem {
        } else {
            #expect(error?.key == key)
        }
        if key != "block_out_channels" || value != [48, 96] { #expect(error?.problem == problem) }
        #expect(error?.description.hasPrefix("u.json: ") == true)
    }

    @Test(
        arguments: [
            ("shift_factor", 0.1), ("latents_mean", [0, 0]), ("act_fn", "relu"), ("_class_name", "VQModel"),
            ("down_block_types", ["DownEncoderBlock2D", "AttnDownEncoderBlock2D", "x", "y"]),
        ] as [(String, JSON)])
    func unsupportedVAE(_ key: String, _ value: JSON) throws {
        var object = try #require(JSON.parse(PublishedConfiguration.embeddedVAE).objectValue)
        object[key] = value
        let error = #expect(throws: ConfigurationError.self) {
            try AutoencoderKLConfiguration(.object(object), file: "v.json")
        }
        #expect(error?.key == key)
    }

    @Test func brokenVAEAndText() throws {
        #expect(throws: ConfigurationError.self) { try vae(#"{"block_out_channels": [64, 128]}"#) }
        #expect(throws: ConfigurationError.self) { try vae(#"{"norm_num_groups": 48}"#) }
        let act = #expect(throws: ConfigurationError.self) { try text(#"{"hidden_act": "relu"}"#) }
        #expect(act?.problem == .unsupported(value: "\"relu\"", supported: ["\"gelu\"", "\"quick_gelu\""]))
        #expect(
            act?.description
                == "text.json: hidden_act = \"relu\" is not supported; supported: \"gelu\", \"quick_gelu\"")
        #expect(throws: ConfigurationError.self) { try text(#"{"num_attention_heads": 7}"#) }
        #expect(throws: ConfigurationError.self) { try text(#"{"model_type": "t5"}"#) }
        #expect(throws: ConfigurationError.self) { try text("[]") }
        #expect(try text(#"{"eos_token_id": [5, 6]}"#).eosTokenIDs == [5, 6])
        let missing = #expect(throws: FileError.self) { try UNet(path: "/tmp/none/config.json") }
        #expect(missing?.reason == .notFound)
    }

    @Test func modelIndex() throws {
        func index(_ text: String) throws -> ModelIndex {
            try ModelIndex(JSON.parse(text), file: "model_index.json")
        }
        let good = try index(PublishedConfiguration.sd15Index)
        #expect(good.components["scheduler"]?.className == "PNDMScheduler")
        #expect(
            good.components["unet"]
                == ModelIndex.Component(library: "diffusers", className: "UNet2DConditionModel"))
        let xl = PublishedConfiguration.sd15Index.replacing(
            "StableDiffusionPipeline", with: "StableDiffusionXLPipeline")
        #expect(throws: ConfigurationError.self) { try index(xl) }.map { #expect($0.key == "_class_name") }
        let t5 = PublishedConfiguration.sd15Index.replacing("CLIPTextModel", with: "T5EncoderModel")
        #expect(throws: ConfigurationError.self) { try index(t5) }.map { #expect($0.key == "text_encoder") }
        let none = PublishedConfiguration.sd15Index.replacing("\"vae\"", with: "\"vea\"")
        #expect(throws: ConfigurationError.self) { try index(none) }.map { #expect($0.problem == .missing) }
    }
}
