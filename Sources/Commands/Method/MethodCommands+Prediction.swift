import Autograd
import BreakAScene
import Diffusion
import Language
import Tensors

// What the networks say of latents and prompts, and the attention in what they say.
extension MethodCommands {
    private static let noise = Key<Tensor>("noise", doc: "Of the same shape.")
    private static let timesteps = Key<Value>(
        "t", .oneOf([.int, .list(.int), TensorValue.rule]), doc: "A timestep 0…999, or one a sample.")
    private static let exactTimesteps = Key<Value>(
        "t", .oneOf([.number, .list(.number), TensorValue.rule]),
        doc: "A timestep 0…999, or one a sample; some schedulers stop between two.")
    private static let texts = Key<[String]>(oneOrMore: "prompts", doc: "One or more.")
    private static let layer = Key<Value?>(
        HandleLayer.name, HandleLayer.rule, doc: "For handles per layer: the cross-attention that gets the states, of model.layers.",
        keywordOnly: true)
    private static let prompts = Key<[String]>(oneOrMore: "prompts", doc: "One a sample, or one for all.")
    private static let guidance = Key<Double>("guidance", defaultValue: .float(3), range: 0...100, doc: "1 is none.")
    private static let recorded: TypeRule = .oneOf([SampleAttention.rule, PredictionValue.rule])
    private static let attention = Key<Value>("attention", recorded, doc: "out.attention of one sample.")
    private static let photoAttention = Key<Value>("attention", recorded, doc: "out.attention of the photo's sample.")
    private static let handle = Key<HandleValue>("handle", doc: "A handle of the prompt.")
    private static let measure = Key<AttentionLoss>(
        "measure", default: .meanSquaredError, doc: "How map and mask are compared.", keywordOnly: true
    ).explained()
    private static let normalization = Key<AttentionNormalization>(
        "normalization", default: .max, doc: "How a map is brought to 0…1 for mse, iou and bce.", keywordOnly: true)
    private static let reduction = Key<AttentionReduction>(
        "reduction", default: .mean, doc: "mse and bce as a mean over all cells, or inside and outside of the mask half each.",
        keywordOnly: true)

    static let prediction: [Builtin] = [
        Builtin(
            "add_noise", family: .method,
            summary: "Latents at a timestep: the signal's share of them plus the noise's share of the noise.",
            parameters: [model, latents, noise, timesteps], result: .tensor, terms: ["forward process", "diffuse", "noising"],
            examples: [
                .init(
                    "add_noise(load_model(\"collage\"), zeros([1, 16, 16, 8]), zeros([1, 16, 16, 8]), 500).shape", shows: "[1, 16, 16, 8]")
            ], seeAlso: ["prediction_target", "predict_noise"], run: addNoise),
        Builtin(
            "prediction_target", family: .method,
            summary: "What the model is trained to say: the noise, or the velocity for a v-prediction model.",
            parameters: [model, latents, noise, timesteps], result: .tensor, terms: ["velocity", "epsilon", "target"],
            examples: [
                .init("max(prediction_target(load_model(\"collage\"), zeros([1, 16, 16, 8]), ones([1, 16, 16, 8]), 500))", shows: "1.0")
            ], seeAlso: ["predict_noise"], run: target),
        Builtin(
            "encode_prompts", family: .method, summary: "What the text encoder makes of prompts: its last hidden state [N, L, D].",
            parameters: [model, texts, layer], result: .tensor("[N, L, D]", axes: 3), terms: ["text encoder", "clip", "embedding"],
            examples: [.init("encode_prompts(load_model(\"collage\"), \"a dog\").shape[0]", shows: "1")], seeAlso: ["predict_noise"]
        ) { call in
            let (model, given) = (try call[Self.model].model, try call[texts])
            guard !given.isEmpty else { throw Problem(.badArgument, "encode_prompts: there is no prompt", argument: texts.name) }
            let states = try call.mapped(texts) { try model.encodePrompts(given) }
            let place = try HandleLayer.place(layer, call, model)
            guard states.isShared || place != nil else {
                throw Problem(
                    .badArgument, "encode_prompts: the handles in these prompts have an embedding for each layer, and so have the states",
                    argument: layer.name, help: "layer=0 gives those of model.layers[0]")
            }
            return .tensor(states[layer: place ?? 0])
        },
        Builtin(
            "predict_noise", family: .method,
            summary: "One pass through the U-Net: its prediction, and every sample's cross-attention at the level nearest to 16×16.",
            parameters: [model, latents, exactTimesteps, prompts], result: .host(PredictionValue.self, "prediction (noise, attention)"),
            terms: ["unet", "denoise", "forward", "epsilon"], paper: "eq. 1",
            examples: [
                .init(
                    "predict_noise(load_model(\"collage\"), zeros([1, 16, 16, 8]), 500, \"a photo of a dog\").noise.shape",
                    shows: "[1, 16, 16, 8]")
            ], seeAlso: ["guided_noise", "attention_map"], run: predict),
        Builtin(
            "guided_noise", family: .method, summary: "The prediction with classifier-free guidance: away from the empty prompt's.",
            parameters: [model, latents, exactTimesteps, prompts, guidance], result: .tensor,
            terms: ["cfg", "guidance", "classifier-free"],
            examples: [
                .init(
                    "guided_noise(load_model(\"collage\"), zeros([1, 16, 16, 8]), 500, \"a photo of a dog\").shape", shows: "[1, 16, 16, 8]"
                )
            ], seeAlso: ["attention_map", "ddim", "step", "advance"], run: guided),
        Builtin(
            "attention_map", family: .method,
            summary: "A handle's map [h, w] in the recorded attention of one sample, 16×16 or nearest to it; gradients flow through it.",
            parameters: [attention, handle], result: .tensor("[h, w]", axes: 2), terms: ["cross-attention", "map"], paper: "eq. 2",
            examples: [
                .init(
                    "m = add_handles(load_model(\"collage\"), 1); attention_map(predict_noise(m, zeros([1, 16, 16, 8]), 500, \"a photo of {m.handles[0]}\").attention, m.handles[0]).shape",
                    shows: "[16, 16]")
            ], seeAlso: ["attention_loss"], run: attentionMap),
        Builtin(
            "attention_loss", family: .method,
            summary: "The paper's cross-attention loss: each chosen handle's map, divided by its maximum, against its mask; summed.",
            parameters: [photoAttention, pick, measure, normalization, reduction],
            result: .tensor, terms: ["cross-attention", "disentangle", "loss"], paper: "eq. 2",
            examples: [
                .init(
                    "m = add_handles(load_model(\"collage\"), 2); pick = union_sample(m, load_scene(\"mug_rose\"), law=\"single\"); attention_loss(predict_noise(m, zeros([1, 16, 16, 8]), 500, pick.prompt).attention, pick) > 0",
                    shows: "true")
            ], run: attentionLoss),
    ]

    @Sendable private static func addNoise(_ call: Call) throws -> Value { try noised(call) { $0.addNoise($1, $2, $3) } }
    @Sendable private static func target(_ call: Call) throws -> Value { try noised(call) { $0.predictionTarget($1, $2, $3) } }

    private static func noised(_ call: Call, _ body: (DiffusionModel, Tensor, Tensor, [Int]) -> Tensor) throws -> Value {
        let model = try call[Self.model].model
        let (latents, noise) = (try call.latents(Self.latents, model).value, try call[Self.noise])
        guard latents.shape == noise.shape || latents.count == noise.count else {
            throw Problem(
                .shapeMismatch, "\(call.builtin.name): latents and noise have different shapes", argument: Self.noise.name,
                label: "\(Shape.text(noise.shape)), the latents are \(Shape.text(latents.shape))")
        }
        return .tensor(body(model, latents, noise.reshaped(latents.shape), try call.timesteps(timesteps, latents.shape[0], model)))
    }

    @Sendable private static func predict(_ call: Call) throws -> Value {
        let model = try call[Self.model].model
        let latents = try call.latents(Self.latents, model)
        let prompts = try call.prompts(Self.prompts, latents.shape[0])
        let ids = try call.mapped(Self.prompts) { try model.tokenize(prompts) }
        let text = model.textEncoder(ids)
        var pass = UNetPass(
            call.context[GradientMode.self] ? text.detached : text, recording: model.attentionRecording(latents: latents.shape),
            local: model.localFeatures(ids))
        let out = model.unet(latents, timesteps: try call.exactTimesteps(exactTimesteps, latents.shape[0], model), &pass)
        let attention = AttentionMaps(pass.maps).map { maps in
            prompts.enumerated().map { SampleAttention(maps: maps, sample: $0.offset, prompt: $0.element, model: model) }
        }
        return .host(PredictionValue(noise: out, attention: attention ?? []))
    }

    @Sendable private static func guided(_ call: Call) throws -> Value {
        let model = try call[Self.model].model
        let (latents, guidance) = (try call.latents(Self.latents, model).value, Float(try call[Self.guidance]))
        let prompts = try call.prompts(Self.prompts, latents.shape[0])
        let times = try call.exactTimesteps(exactTimesteps, latents.shape[0], model)
        let ids = try call.mapped(Self.prompts) { try model.tokenize(prompts.map { _ in "" } + prompts) }
        var pass = UNetPass(model.textEncoder(ids).detached, local: model.localFeatures(ids))
        let out = model.unet(Variable(.concatenated([latents, latents], axis: 0)), timesteps: times + times, &pass).value
        return .tensor(DiffusionModel.guide(out, guidance))
    }

    @Sendable private static func attentionMap(_ call: Call) throws -> Value {
        let recorded = try call.recordedAttention(attention)
        return .tensor(try map(recorded, try call[handle], call, handle.name))
    }

    /// Returns the map of a handle. Throws `.unknownHandle` at an argument where the prompt does not name it.
    private static func map(
        _ attention: SampleAttention, _ handle: HandleValue, _ call: Call, _ argument: String, help: String? = nil
    ) throws -> Variable {
        // Looked up by its token: another model may have the handle at another index.
        if let index = attention.model.handles.firstIndex(of: handle.token),
            let map = try attention.map(token: attention.model.handleID(index))
        {
            return map
        }
        throw Problem(
            .unknownHandle, "\(call.builtin.name): the prompt \"\(attention.prompt)\" does not name \(handle.token)", argument: argument,
            help: help)
    }

    @Sendable private static func attentionLoss(_ call: Call) throws -> Value {
        let (recorded, pick) = (try call.recordedAttention(photoAttention), try call[Self.pick])
        let (measure, normalization, reduction) = (try call[Self.measure], try call[Self.normalization], try call[Self.reduction])
        try OptionRule.check(OptionRule.measures(Self.normalization, Self.reduction) { _ in measure }, call)
        var total = Variable(Tensor(0))
        for (index, target) in zip(pick.union.chosen, pick.view.attentionTargets) {
            let map = try map(
                recorded, HandleValue(pick.model, index: pick.pairing.handles[index]), call, Self.pick.name,
                help: "predict_noise with pick.prompt as the prompt of that sample")
            total = total + measure(map, target: target, normalization, reduction)
        }
        return .tensor(total)
    }
}
