/// A convention for the names of a LoRA's factors in files.
public enum LoRAFormat: String, CaseIterable, Sendable {
    /// `unet.down_blocks.0.….to_q.lora_A.weight`: diffusers with peft.
    case diffusers
    /// `lora_unet_down_blocks_0_…_to_q.lora_down.weight`, with `alpha`: kohya's trainer, A1111.
    case kohya
}

/// A tensor's name taken apart: the layer that it belongs to, and the factor that it is.
struct LoRAKey: Hashable {
    enum Factor: Hashable { case down, up, alpha }

    /// The layer's name after "unet." or "text_encoder.", with dots, or with underscores where the file has them.
    let layer: String
    let factor: Factor

    /// The endings of names of factors; "lora.down" and "_lora.down" are older forms of diffusers.
    private static let endings: [(String, Factor)] = [
        (".lora_A.weight", .down), (".lora_B.weight", .up), (".lora_A.default.weight", .down), (".lora_B.default.weight", .up),
        (".lora_down.weight", .down), (".lora_up.weight", .up), (".lora.down.weight", .down), (".lora.up.weight", .up),
        ("_lora.down.weight", .down), ("_lora.up.weight", .up), (".lora_linear_layer.down.weight", .down),
        (".lora_linear_layer.up.weight", .up), (".alpha", .alpha),
    ]
    /// The beginnings of names in files, and the parts of the model that they stand for.
    private static let parts = [
        ("lora_unet_", "unet."), ("lora_te_text_model_", "text_encoder."), ("lora_te_", "text_encoder."), ("unet.", "unet."),
        ("text_encoder.text_model.", "text_encoder."), ("text_encoder.", "text_encoder."),
        // peft's own files hold one network and do not say which: text encoders of transformers have all their layers below one name.
        ("base_model.model.text_model.", "text_encoder."), ("base_model.model.", "unet."),
    ]

    /// Takes a name apart; nil where it is not that of a factor in a known form.
    init?(_ key: String) {
        guard let ending = Self.endings.first(where: { key.hasSuffix($0.0) }), let part = Self.parts.first(where: { key.hasPrefix($0.0) })
        else { return nil }
        let middle = key.dropFirst(part.0.count).dropLast(ending.0.count)
        (layer, factor) = (part.1 + String(middle).replacing(".processor.", with: ".").replacing(".processor", with: "."), ending.1)
    }

    /// The layer's name in a form that can be compared: the same whatever separates words, and with or without the index of
    /// `to_out.0`.
    static func flat(_ layer: String) -> String {
        let name = layer.hasSuffix(".to_out") ? layer + ".0" : layer
        return name.replacing(".", with: "_")
    }

    /// A layer's name as a format writes it; `layer` begins with "unet." or "text_encoder.".
    static func name(_ layer: String, _ format: LoRAFormat) -> String {
        let isText = layer.hasPrefix("text_encoder.")
        let inner = layer.dropFirst(isText ? "text_encoder.".count : "unet.".count)
        return switch format {
        case .diffusers: isText ? "text_encoder.text_model.\(inner)" : layer
        case .kohya: (isText ? "lora_te_text_model_" : "lora_unet_") + String(inner).replacing(".", with: "_")
        }
    }
}
