// The original release's names of parameters, as tables: what a name begins with there, and what it begins with in
// diffusers' layout. (CompVis/stable-diffusion's `ldm`, and StabilityAI's version 2 with OpenCLIP.)

/// One rule: names that begin with `original` begin with `name` in diffusers' layout.
struct NameRule: Sendable {
    let original: String
    let name: String
    /// Replacements in the rest of the name, each done once.
    var inner: [(original: String, name: String)] = []

    /// The name in diffusers' layout; nil where the rule is not for this name.
    func apply(_ key: String) -> String? {
        guard key.hasPrefix(original) else { return nil }
        var rest = String(key.dropFirst(original.count))
        for pair in inner {
            if let range = rest.firstRange(of: pair.original) { rest.replaceSubrange(range, with: pair.name) }
        }
        return name + rest
    }
}

enum SingleFileNames {
    static let unetPrefix = "model.diffusion_model."
    static let autoencoderPrefix = "first_stage_model."
    static let textPrefix1 = "cond_stage_model.transformer."
    static let textPrefix2 = "cond_stage_model.model."

    private static let resnet = [
        ("in_layers.0.", "norm1."), ("in_layers.2.", "conv1."), ("emb_layers.1.", "time_emb_proj."), ("out_layers.0.", "norm2."),
        ("out_layers.3.", "conv2."), ("skip_connection.", "conv_shortcut."),
    ]

    /// The rules for a U-Net with `levels` levels and `layers` resnets in each; level 0 is the finest. `attends`: which
    /// levels have transformers.
    static func unet(levels: Int, layers: Int, attends: [Bool]) -> [NameRule] {
        var rules = [
            NameRule(original: "time_embed.0.", name: "time_embedding.linear_1."),
            NameRule(original: "time_embed.2.", name: "time_embedding.linear_2."),
            NameRule(original: "input_blocks.0.0.", name: "conv_in."), NameRule(original: "out.0.", name: "conv_norm_out."),
            NameRule(original: "out.2.", name: "conv_out."),
            NameRule(original: "middle_block.0.", name: "mid_block.resnets.0.", inner: resnet),
            NameRule(original: "middle_block.1.", name: "mid_block.attentions.0."),
            NameRule(original: "middle_block.2.", name: "mid_block.resnets.1.", inner: resnet),
        ]
        for level in 0..<levels {
            for layer in 0..<layers {
                let block = "input_blocks.\(1 + level * (layers + 1) + layer)."
                rules.append(NameRule(original: block + "0.", name: "down_blocks.\(level).resnets.\(layer).", inner: resnet))
                rules.append(NameRule(original: block + "1.", name: "down_blocks.\(level).attentions.\(layer)."))
            }
            let down = "input_blocks.\((level + 1) * (layers + 1)).0.op."
            rules.append(NameRule(original: down, name: "down_blocks.\(level).downsamplers.0.conv."))
            let up = levels - 1 - level
            for layer in 0...layers {
                let block = "output_blocks.\(up * (layers + 1) + layer)."
                rules.append(NameRule(original: block + "0.", name: "up_blocks.\(up).resnets.\(layer).", inner: resnet))
                // The upsampler comes after the transformer, where there is one.
                if layer == layers {
                    rules.append(NameRule(original: "\(block)\(attends[level] ? 2 : 1).conv.", name: "up_blocks.\(up).upsamplers.0.conv."))
                }
                if attends[level] { rules.append(NameRule(original: block + "1.", name: "up_blocks.\(up).attentions.\(layer).")) }
            }
        }
        return rules
    }

    /// The rules for an autoencoder with `levels` levels and `layers` resnets in each.
    static func autoencoder(levels: Int, layers: Int) -> [NameRule] {
        let shortcut = [("nin_shortcut.", "conv_shortcut.")]
        let attention = [("norm.", "group_norm."), ("q.", "to_q."), ("k.", "to_k."), ("v.", "to_v."), ("proj_out.", "to_out.0.")]
        var rules = ["quant_conv.", "post_quant_conv."].map { NameRule(original: $0, name: $0) }
        for side in ["encoder.", "decoder."] {
            rules += [
                NameRule(original: side + "conv_in.", name: side + "conv_in."),
                NameRule(original: side + "conv_out.", name: side + "conv_out."),
                NameRule(original: side + "norm_out.", name: side + "conv_norm_out."),
                NameRule(original: side + "mid.block_1.", name: side + "mid_block.resnets.0.", inner: shortcut),
                NameRule(original: side + "mid.block_2.", name: side + "mid_block.resnets.1.", inner: shortcut),
            ]
            // Exactly one of the short names stands at the beginning of the rest: one rule for each.
            for pair in attention {
                rules.append(NameRule(original: side + "mid.attn_1." + pair.0, name: side + "mid_block.attentions.0." + pair.1))
            }
        }
        for level in 0..<levels {
            rules.append(
                NameRule(original: "encoder.down.\(level).downsample.conv.", name: "encoder.down_blocks.\(level).downsamplers.0.conv."))
            rules.append(NameRule(original: "encoder.down.\(level).block.", name: "encoder.down_blocks.\(level).resnets.", inner: shortcut))
            let up = "decoder.up_blocks.\(levels - 1 - level)."
            rules.append(NameRule(original: "decoder.up.\(level).upsample.conv.", name: up + "upsamplers.0.conv."))
            rules.append(NameRule(original: "decoder.up.\(level).block.", name: up + "resnets.", inner: shortcut))
        }
        return rules
    }

    /// The rules for OpenCLIP's text encoder; the reader cuts the fused `in_proj`.
    static let openCLIP = [
        NameRule(original: "token_embedding.", name: "embeddings.token_embedding."),
        NameRule(original: "ln_final.", name: "final_layer_norm."),
        NameRule(original: "positional_embedding", name: "embeddings.position_embedding.weight"),
        NameRule(
            original: "transformer.resblocks.", name: "encoder.layers.",
            inner: [
                (".ln_1.", ".layer_norm1."), (".ln_2.", ".layer_norm2."), (".mlp.c_fc.", ".mlp.fc1."), (".mlp.c_proj.", ".mlp.fc2."),
                (".attn.", ".self_attn."),
            ]),
    ]

    /// Endings of names of tensors that are not needed.
    static let unneeded = ["position_ids", "logit_scale", "text_projection"]
}
