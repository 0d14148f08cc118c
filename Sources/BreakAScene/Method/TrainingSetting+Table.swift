import Images
import NeuralNetwork
import Tensors

extension TrainingSetting {
    /// Every setting, in the order in which help lists the parameters: the optimizer's, the weights of the loss's terms, the method's, and
    /// those that only some commands set.
    public static let all: [TrainingSetting] = optimization + weights + method + others

    private static let optimization: [TrainingSetting] = [
        int("steps", 0...1_000_000, unit: "steps", \.steps, "Training steps."),
        number("lr", 0...10, \.optimizer.lr, "Learning rate."),
        word(
            "lr_scheduler", \.schedule, "How the learning rate goes down: not at all, or to 0 at the end.",
            meanings: LearningRateSchedule.meanings),
        number("beta2", 0...0.99999, \.optimizer.beta2, "AdamW's second decay."),
        number("weight_decay", 0...1, \.optimizer.weightDecay, "AdamW's weight decay."),
        TrainingSetting(
            "optimizer_bits", .int(8...32, unit: "bits"),
            "Bits of each of AdamW's two moments: 32, or 8 by blocks, a quarter of the memory.",
            fault: { [8, 32].contains($0.intValue) ? nil : "AdamW's moments have 32 bits or 8" },
            read: { JSON($0.optimizer.stateBits) }, write: { $0.optimizer.stateBits = $1.intValue ?? 32 }),
    ]

    private static let weights: [TrainingSetting] = LossTerm.all.compactMap { term in
        guard let weight = term.weight, let name = term.weightName else { return nil }
        return TrainingSetting(name, .number(0...1000), weight.doc, read: { JSON($0.weight(of: term)) }) {
            $0.setWeight(of: term, to: $1.doubleValue ?? weight.standard)
        }
    }

    private static let method: [TrainingSetting] = [
        number(
            "contrast_temperature", 0.01...10, \.contrastTemperature,
            "Temperature of the contrastive loss; low ones ask of near handles only."),
        row("attention_loss", \.attentionLoss, "How the attention loss compares map and mask; or a function of (out, pick)."),
        word("normalization", \.attentionNormalization, "How a map is brought to 0…1 for mse, iou and bce."),
        word(
            "reduction", \.attentionReduction,
            "mse and bce as a mean over all cells (the code), or half inside and half outside of the mask."),
        bool("masked", \.isMasked, "The diffusion loss only inside the chosen masks."),
        TrainingSetting(
            "snr_gamma", .number(0...1000), "Min-SNR weights of timesteps (as in diffusers' scripts: 5); 0 weighs all alike.",
            isOptional: true, read: { $0.snrGamma.map { JSON($0) } ?? .null },
            write: { $0.snrGamma = $1.doubleValue.flatMap { $0 == 0 ? nil : $0 } }),
        word("mask_norm", \.maskNormalization, "That loss divided by all elements (the code), or by those inside the masks."),
        row("sampling", \.sampling, "The law of a step's handles; or a function of (step, count) that gives their places."),
        number("single_share", 0...1, \.singleShare, "Share of steps with one handle under the biased law."),
        word("data", \.data, "What a step shows: the photo, or its chosen things where they stand on a solid background."),
        number("flip", 0...1, \.flip, "Probability that photo and masks are flipped."),
        TrainingSetting(
            "contexts", .texts, "Prompts to learn in, one at random a photo, * for the handles; or a function of (step, pick).",
            fault: { $0.arrayValue?.lazy.compactMap(\.stringValue).compactMap(PromptContext.fault).first },
            read: { .array($0.contexts.map(JSON.string)) }, write: { $0.contexts = $1.arrayValue?.compactMap(\.stringValue) ?? [] }),
        number("zoom", 0...1, \.zoom, "Share of photos seen from closer, around their things; or a function of (step, pick)."),
        number("segmix", 0...1, \.segmix, "Share of photos whose things are pasted at random places of a solid background (MuDI)."),
        number(
            "copy_paste", 0...1, \.copyPaste, "Share of photos whose things are pasted on prior pictures of the contexts' places."),
        number(
            "degrade_outside", 0...1, \.degradesOutside,
            "Noise on the photo outside of the masks, at first so strong, gone at the end (MagicTailor: 0.5)."),
        word("downsampling", \.maskDownsampling, "How masks come down to the size of latents and attention maps."),
        int("batch", 1...64, \.batchSize, "Photos in a step, each with a subset of its own."),
        TrainingSetting(
            "clip", .number(0...1e6), "Norm that gradients are clipped to; 0 does not clip.", isOptional: true,
            read: { $0.clipNorm.map { JSON($0) } ?? .null }, write: { $0.clipNorm = $1.doubleValue.flatMap { $0 == 0 ? nil : $0 } }),
        bool(
            "gradient_checkpointing", \.checkpointsGradients,
            "Computes activations again instead of keeping them: a third slower, far less memory."),
        TrainingSetting(
            "size", .sides(1...4096), "Size that it trains at, [height, width] or one number for both; the model's own without.",
            isOptional: true, read: { $0.size.map { [JSON($0.height), JSON($0.width)] } ?? .null }
        ) { options, value in
            let sides = value.arrayValue?.compactMap(\.intValue) ?? []
            options.size = sides.count == 2 ? PixelSize(width: sides[1], height: sides[0]) : nil
        },
        bool(
            perLayer, \.isPerLayer,
            "Gives each handle an embedding for each cross-attention layer (P+), all equal at first."),
        bool(
            clipTable, \.clipsWholeTable,
            "In phase one clip by the norm of the whole token table's gradient, as the paper's code does."),
        TrainingSetting(
            "previews", .int(1...1_000_000, unit: "steps"),
            "Steps between small pictures of all handles, for the history's chart; one costs some ten steps.",
            isOptional: true, read: { $0.previews == 0 ? .null : JSON($0.previews) }, write: { $0.previews = $1.intValue ?? 0 }),
    ]

    /// The name of the setting that gives handles an embedding for each layer.
    public static let perLayer = "per_layer"
    /// The name of the one setting that means nothing in phase two.
    public static let clipTable = "clip_table"

    private static let others: [TrainingSetting] = [
        number("beta1", 0...0.99999, \.optimizer.beta1),
        number("eps", 0...1, \.optimizer.eps),
        TrainingSetting(
            "handle_lr", .number(0...10), isOptional: true, read: { $0.handleRate.map { JSON($0) } ?? .null },
            write: { $0.handleRate = $1.doubleValue }),
        word("train", \.trains),
        TrainingSetting(
            "train_names", .texts, isOptional: true, read: { $0.trainedNames.map { .array($0.sorted().map(JSON.string)) } ?? .null },
            write: { $0.trainedNames = $1.arrayValue.map { Set($0.compactMap(\.stringValue)) } }),
        int("lora_rank", 1...1024, \.loraRank),
    ]
}

extension TrainingOptions {
    /// Every setting by its name, in the order of the table.
    public var json: JSON { .object(JSONObject(TrainingSetting.all.map { ($0.name, $0.value(in: self)) })) }

    /// Reads all settings; nil where one is missing, unknown, of another kind or out of range. Settings that came later may be missing: what
    /// was written before there were any has none.
    public init?(_ json: JSON) {
        guard var object = json.objectValue else { return nil }
        let none = TrainingOptions()
        for setting in TrainingSetting.all where setting.isLater && object[setting.name] == nil {
            object[setting.name] = setting.value(in: none)
        }
        guard object.count == TrainingSetting.all.count else { return nil }
        self.init()
        for setting in TrainingSetting.all {
            guard let value = object[setting.name], setting.set(value, in: &self) else { return nil }
        }
    }
}
