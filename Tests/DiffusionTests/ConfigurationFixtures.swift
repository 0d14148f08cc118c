// config.json of the published Stable Diffusion folders and of the embedded model, as they are written.

enum PublishedConfiguration {
    static let sd15UNet = """
        {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.6.0", "act_fn": "silu",
         "attention_head_dim": 8, "block_out_channels": [320, 640, 1280, 1280],
         "center_input_sample": false, "cross_attention_dim": 768,
         "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D",
           "CrossAttnDownBlock2D", "DownBlock2D"],
         "downsample_padding": 1, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4,
         "layers_per_block": 2, "mid_block_scale_factor": 1, "norm_eps": 1e-05, "norm_num_groups": 32,
         "out_channels": 4, "sample_size": 64,
         "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]}
        """

    static let sd15VAE = """
        {"_class_name": "AutoencoderKL", "_diffusers_version": "0.6.0", "act_fn": "silu",
         "block_out_channels": [128, 256, 512, 512],
         "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D",
           "DownEncoderBlock2D"],
         "in_channels": 3, "latent_channels": 4, "layers_per_block": 2, "norm_num_groups": 32,
         "out_channels": 3, "sample_size": 512,
         "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]}
        """

    static let sd15Text = """
        {"_name_or_path": "openai/clip-vit-large-patch14", "architectures": ["CLIPTextModel"],
         "attention_dropout": 0.0, "bos_token_id": 0, "dropout": 0.0, "eos_token_id": 2,
         "hidden_act": "quick_gelu", "hidden_size": 768, "initializer_factor": 1.0,
         "initializer_range": 0.02, "intermediate_size": 3072, "layer_norm_eps": 1e-05,
         "max_position_embeddings": 77, "model_type": "clip_text_model", "num_attention_heads": 12,
         "num_hidden_layers": 12, "pad_token_id": 1, "projection_dim": 768, "torch_dtype": "float32",
         "transformers_version": "4.22.0.dev0", "vocab_size": 49408}
        """

    static let sd15Index = """
        {"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.6.0",
         "feature_extractor": ["transformers", "CLIPImageProcessor"],
         "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
         "scheduler": ["diffusers", "PNDMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
         "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
         "vae": ["diffusers", "AutoencoderKL"]}
        """

    /// `sampleSize` 64 and `upcast` false for 2.1-base; 96 and true for 2.1.
    static func sd21UNet(sampleSize: Int, upcast: Bool) -> String {
        """
        {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.10.0.dev0", "act_fn": "silu",
         "attention_head_dim": [5, 10, 20, 20], "block_out_channels": [320, 640, 1280, 1280],
         "center_input_sample": false, "cross_attention_dim": 1024,
         "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D",
           "CrossAttnDownBlock2D", "DownBlock2D"],
         "downsample_padding": 1, "dual_cross_attention": false, "flip_sin_to_cos": true, "freq_shift": 0,
         "in_channels": 4, "layers_per_block": 2, "mid_block_scale_factor": 1, "norm_eps": 1e-05,
         "norm_num_groups": 32, "num_class_embeds": null, "only_cross_attention": false, "out_channels": 4,
         "sample_size": \(sampleSize),
         "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
         "upcast_attention": \(upcast), "use_linear_projection": true}
        """
    }

    static let sd21Text = """
        {"_name_or_path": "stabilityai/stable-diffusion-2", "architectures": ["CLIPTextModel"],
         "attention_dropout": 0.0, "bos_token_id": 0, "dropout": 0.0, "eos_token_id": 2,
         "hidden_act": "gelu", "hidden_size": 1024, "initializer_factor": 1.0, "initializer_range": 0.02,
         "intermediate_size": 4096, "layer_norm_eps": 1e-05, "max_position_embeddings": 77,
         "model_type": "clip_text_model", "num_attention_heads": 16, "num_hidden_layers": 23,
         "pad_token_id": 1, "projection_dim": 512, "torch_dtype": "float32",
         "transformers_version": "4.25.0.dev0", "vocab_size": 49408}
        """

    static let embeddedUNet = """
        {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.42.1", "act_fn": "silu",
         "addition_embed_type": null, "addition_embed_type_num_heads": 64, "addition_time_embed_dim": null,
         "attention_head_dim": [2, 4, 8], "attention_type": "default", "block_out_channels": [48, 96, 192],
         "center_input_sample": false, "class_embed_type": null, "class_embeddings_concat": false,
         "conv_in_kernel": 3, "conv_out_kernel": 3, "cross_attention_dim": 192, "cross_attention_norm": null,
         "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
         "downsample_padding": 1, "dropout": 0.0, "dual_cross_attention": false, "encoder_hid_dim": null,
         "encoder_hid_dim_type": null, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 8,
         "layers_per_block": 1, "mid_block_only_cross_attention": null, "mid_block_scale_factor": 1,
         "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-05, "norm_num_groups": 16,
         "num_attention_heads": null, "num_class_embeds": null, "only_cross_attention": false,
         "out_channels": 8, "projection_class_embeddings_input_dim": null, "resnet_out_scale_factor": 1.0,
         "resnet_skip_time_act": false, "resnet_time_scale_shift": "default",
         "reverse_transformer_layers_per_block": null, "sample_size": 16, "time_cond_proj_dim": null,
         "time_embedding_act_fn": null, "time_embedding_dim": null, "time_embedding_type": "positional",
         "timestep_post_act": null, "transformer_layers_per_block": 1,
         "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
         "upcast_attention": false, "use_linear_projection": true}
        """

    static let embeddedVAE = """
        {"_class_name": "AutoencoderKL", "_diffusers_version": "0.42.1", "act_fn": "silu",
         "block_out_channels": [32, 64, 96, 128],
         "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D",
           "DownEncoderBlock2D"],
         "force_upcast": true, "in_channels": 3, "latent_channels": 8, "latents_mean": null,
         "latents_std": null, "layers_per_block": 1, "mid_block_add_attention": false,
         "norm_num_groups": 16, "out_channels": 3, "sample_size": 128,
         "scaling_factor": 0.26008258542789847, "shift_factor": null,
         "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
         "use_post_quant_conv": true, "use_quant_conv": true}
        """

    static let embeddedText = """
        {"architectures": ["CLIPTextModel"], "attention_dropout": 0.0, "bos_token_id": 1866,
         "dtype": "float16", "eos_token_id": 1867, "hidden_act": "gelu", "hidden_size": 192,
         "initializer_factor": 1.0, "initializer_range": 0.02, "intermediate_size": 768,
         "layer_norm_eps": 1e-05, "max_position_embeddings": 32, "model_type": "clip_text_model",
         "num_attention_heads": 4, "num_hidden_layers": 4, "pad_token_id": 1867, "projection_dim": 512,
         "transformers_version": "5.23.0", "vocab_size": 1868}
        """
}
