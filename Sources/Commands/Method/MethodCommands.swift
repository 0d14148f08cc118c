import Autograd
import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// The method's primitives, in which `stdlib/break_a_scene.bas` is written. Each draws from the random stream of its own name, as the
/// built-in phases do, so that both see the same numbers with the same seed.
enum MethodCommands {
    static let all: [Builtin] = sampling + views + prediction + optimization

    private static let model = ModelCommands.model
    static let latents = Parameter("latents", Accepts.tensor, doc: "Scaled latents [N, h, w, C].")
    private static let timesteps = Parameter("t", .oneOf([.int, .list(.int), .host("tensor")]), doc: "A timestep 0…999, or one a sample.")
    private static let exactTimesteps = Parameter(
        "t", .oneOf([.number, .list(.number), .host("tensor")]), doc: "A timestep 0…999, or one a sample; some schedulers stop between two."
    )
    private static let prompts = Parameter("prompts", .listOrSingle(.string), doc: "One a sample, or one for all.")
    private static let handles = "with seed(1) { union_sample(add_handles(load_model(\"collage\"), 2), load_scene(\"mug_rose\")) }"

    private static let sampling: [Builtin] = [
        Builtin(
            "union_sample", family: "method",
            summary: "Draws a random subset of the handles: picture, masks, handles and prompt of one step.",
            parameters: [
                model, Parameter("scene", .host("scene"), doc: "The photo with its masks."),
                Parameter(
                    "flip", .number, default: .float(0.5), range: 0...1, doc: "Probability that photo and masks are flipped.",
                    keywordOnly: true),
                Parameter(
                    "law", .string, default: "union", allowed: SamplingLaw.allCases.map(\.rawValue),
                    doc: "A uniform number of handles, any subset, or one.", keywordOnly: true),
                SeedState.parameter,
            ],
            result: pickResult, terms: ["subset", "union sampling", "concepts"], paper: "§3.1", examples: [.init(handles + ".prompt")],
            run: unionSample),
        Builtin(
            "sample", family: "method", summary: "Draws one element of a list at random.",
            parameters: [Parameter("items", .list(.any), doc: "A list."), SeedState.parameter], result: "an element",
            terms: ["choice", "random", "pick"],
            examples: [.init("sample([7])", shows: "7")], run: sample),
        Builtin(
            "shuffle", family: "method", summary: "A list's elements in random order.",
            parameters: [Parameter("items", .list(.any), doc: "A list."), SeedState.parameter], result: "list",
            terms: ["permutation", "random", "order", "epoch"],
            examples: [.init("sorted(shuffle([3, 1, 2], seed=1))", shows: "[1, 2, 3]")]
        ) { call in
            let items = try call.list("items")
            return .list(try SeedState.draw(call, stream: "shuffle").sample(items.count, below: items.count).map { items[$0] })
        },
        Builtin(
            "prior_images", family: "method",
            summary: "Draws pictures with the base model, to hold on to while it learns: a list of {image, prompt}.",
            parameters: [
                model, Parameter("prompts", .list(.string), doc: "Taken in turn."),
                Parameter("n", .int, default: 16, range: 1...10_000, doc: "How many.", keywordOnly: true),
                Parameter("guidance", .number, default: .float(3), range: 0...100, doc: "Classifier-free guidance.", keywordOnly: true),
                Parameter("steps", .int, default: 30, range: 1...1000, unit: "steps", doc: "Denoising steps.", keywordOnly: true),
                Parameter(
                    "seed", .int, default: 0, doc: "Of the pictures: with a training's seed those that it would draw.", keywordOnly: true),
            ],
            result: "list of records", terms: ["prior preservation", "class images", "regularisation"],
            examples: [.init("len(prior_images(load_model(\"collage\"), [\"a photo at the beach\"], n=1, steps=2))", shows: "1")],
            run: priorImages),
        Builtin(
            "random_timesteps", family: "method", summary: "Draws timesteps uniformly, 0…999.",
            parameters: [model, Parameter("n", .int, range: 1...100_000, doc: "How many."), SeedState.parameter],
            result: "list of ints", terms: ["timestep", "t", "noise level"],
            examples: [.init("len(random_timesteps(load_model(\"collage\"), 2))", shows: "2")],
            run: randomTimesteps),
        Builtin(
            "encode", family: "method", summary: "Encodes pictures to scaled latents, drawn from the autoencoder's posterior.",
            parameters: [
                model, Parameter("images", .listOrSingle(.any), doc: "Images, scenes, or tensors [1, H, W, 3] in -1…1."),
                Parameter("sampled", .bool, default: true, doc: "False takes the posterior's mean.", keywordOnly: true),
                SeedState.parameter,
            ],
            result: "tensor [N, h, w, C]", terms: ["vae", "latents", "autoencoder"], paper: "§3",
            examples: [.init("encode(load_model(\"collage\"), load_scene(\"mug_rose\")).shape", shows: "[1, 16, 16, 8]")], run: encode
        )
        // With sampled=false the result is the posterior's mean, which draws nothing.
        .drawing { $0.bool("sampled") != false },
        Builtin(
            "decode", family: "method", summary: "Decodes scaled latents to a picture, or to a list of pictures.",
            parameters: [model, latents], result: "image or list", terms: ["vae", "latents", "autoencoder"],
            examples: [.init("decode(load_model(\"collage\"), zeros([1, 16, 16, 8])).size", shows: "[128, 128]")], run: decode),
    ]

    private static let prediction: [Builtin] = [
        Builtin(
            "add_noise", family: "method",
            summary: "Latents at a timestep: the signal's share of them plus the noise's share of the noise.",
            parameters: [model, latents, Parameter("noise", Accepts.tensor, doc: "Of the same shape."), timesteps], result: "tensor",
            terms: ["forward process", "diffuse", "noising"],
            examples: [
                .init(
                    "add_noise(load_model(\"collage\"), zeros([1, 16, 16, 8]), zeros([1, 16, 16, 8]), 500).shape", shows: "[1, 16, 16, 8]")
            ],
            run: addNoise),
        Builtin(
            "prediction_target", family: "method",
            summary: "What the model is trained to say: the noise, or the velocity for a v-prediction model.",
            parameters: [model, latents, Parameter("noise", Accepts.tensor, doc: "Of the same shape."), timesteps], result: "tensor",
            terms: ["velocity", "epsilon", "target"],
            examples: [
                .init("max(prediction_target(load_model(\"collage\"), zeros([1, 16, 16, 8]), ones([1, 16, 16, 8]), 500))", shows: "1.0")
            ], run: target),
        Builtin(
            "encode_prompts", family: "method", summary: "What the text encoder makes of prompts: its last hidden state [N, L, D].",
            parameters: [model, Parameter("prompts", .listOrSingle(.string), doc: "One or more.")], result: "tensor [N, L, D]",
            terms: ["text encoder", "clip", "embedding"],
            examples: [.init("encode_prompts(load_model(\"collage\"), \"a dog\").shape[0]", shows: "1")]
        ) { call in
            let model = try call.host("model", as: ModelValue.self).model
            let prompts = try call.strings("prompts")
            guard !prompts.isEmpty else { throw Problem(.badArgument, "encode_prompts: there is no prompt", argument: "prompts") }
            return .tensor(try call.mapped("prompts") { try model.encodePrompts(prompts) })
        },
        Builtin(
            "predict_noise", family: "method",
            summary: "One pass through the U-Net: its prediction, and every sample's cross-attention at the level nearest to 16×16.",
            parameters: [model, latents, exactTimesteps, prompts], result: "prediction (noise, attention)",
            terms: ["unet", "denoise", "forward", "epsilon"], paper: "eq. 1",
            examples: [
                .init(
                    "predict_noise(load_model(\"collage\"), zeros([1, 16, 16, 8]), 500, \"a photo of a dog\").noise.shape",
                    shows: "[1, 16, 16, 8]")
            ],
            run: predict),
        Builtin(
            "guided_noise", family: "method", summary: "The prediction with classifier-free guidance: away from the empty prompt's.",
            parameters: [
                model, latents, exactTimesteps, prompts,
                Parameter("guidance", .number, default: .float(3), range: 0...100, doc: "1 is none."),
            ],
            result: "tensor", terms: ["cfg", "guidance", "classifier-free"],
            examples: [
                .init(
                    "guided_noise(load_model(\"collage\"), zeros([1, 16, 16, 8]), 500, \"a photo of a dog\").shape", shows: "[1, 16, 16, 8]"
                )
            ], run: guided),
        Builtin(
            "attention_map", family: "method",
            summary: "A handle's map [h, w] in the recorded attention of one sample, 16×16 or nearest to it; gradients flow through it.",
            parameters: [
                Parameter("attention", .oneOf([.host("recorded attention"), .host("prediction")]), doc: "out.attention of one sample."),
                Parameter("handle", .host("handle"), doc: "A handle of the prompt."),
            ],
            result: "tensor [h, w]", terms: ["cross-attention", "map"], paper: "eq. 2",
            examples: [
                .init(
                    "m = add_handles(load_model(\"collage\"), 1); attention_map(predict_noise(m, zeros([1, 16, 16, 8]), 500, \"a photo of {m.handles[0]}\").attention, m.handles[0]).shape",
                    shows: "[16, 16]")
            ], run: attentionMap),
        Builtin(
            "attention_loss", family: "method",
            summary: "The paper's cross-attention loss: each chosen handle's map, divided by its maximum, against its mask; summed.",
            parameters: [
                Parameter(
                    "attention", .oneOf([.host("recorded attention"), .host("prediction")]), doc: "out.attention of the photo's sample."),
                Parameter("pick", .host("pick"), doc: "From union_sample."),
                Parameter(
                    "normalization", .string, default: "max", allowed: AttentionNormalization.allCases.map(\.rawValue),
                    doc: "How a map is brought to 0…1.", keywordOnly: true),
                Parameter(
                    "reduction", .string, default: "mean", allowed: AttentionReduction.allCases.map(\.rawValue),
                    doc: "Mean over all cells, or inside and outside of the mask half each.", keywordOnly: true),
            ],
            result: "tensor", terms: ["cross-attention", "disentangle", "loss"], paper: "eq. 2",
            examples: [
                .init(
                    "m = add_handles(load_model(\"collage\"), 2); pick = union_sample(m, load_scene(\"mug_rose\"), law=\"single\"); attention_loss(predict_noise(m, zeros([1, 16, 16, 8]), 500, pick.prompt).attention, pick) > 0",
                    shows: "true")
            ], run: attentionLoss),
    ]

    // MARK: sampling

    @Sendable private static func unionSample(_ call: Call) throws -> Value {
        let (model, scene) = (try call.host("model", as: ModelValue.self).model, try call.host("scene", as: SceneValue.self).scene)
        let pairing = try call.mapped("model") { try model.pairing(with: scene) }
        let union = UnionSample(
            handles: pairing.count, law: SamplingLaw(rawValue: try call.string("law")) ?? .union, flip: try call.double("flip"),
            try SeedState.draw(call, stream: "union_sample"))
        return .host(try PickValue(model: model, scene: try PreparedScenes.scene(scene, model, call), pairing: pairing, union: union))
    }

    @Sendable private static func sample(_ call: Call) throws -> Value {
        let items = try call.list("items")
        guard !items.isEmpty else { throw Problem(.badArgument, "sample: the list is empty", argument: "items") }
        return items[try SeedState.draw(call, stream: "sample").integer(below: items.count)]
    }

    @Sendable private static func priorImages(_ call: Call) throws -> Value {
        var options = PriorOptions()
        options.count = try call.int("n")
        options.prompts = try call.strings("prompts")
        options.guidanceScale = try call.double("guidance")
        options.steps = try call.int("steps")
        options.seed = try call.int("seed")
        guard !options.prompts.isEmpty else { throw Problem(.badArgument, "prompts is empty", argument: "prompts") }
        var bar = ProgressBar(call.context, title: "prior pictures", unit: "step")
        defer { bar.finish() }
        let model = try call.host("model", as: ModelValue.self).model
        let prior = try call.mapped("prompts") {
            try PriorSet(model, options) { done, total in
                bar.update(done, of: total)
                try call.context.checkInterrupt()
            }
        }
        return .list(
            try prior.prompts.indices.map { index in
                .record(
                    Record([
                        ("image", .image(try Image(prior.pictures.rows(index..<index + 1)))), ("prompt", .string(prior.prompts[index])),
                    ]))
            })
    }

    @Sendable private static func randomTimesteps(_ call: Call) throws -> Value {
        let (model, n) = (try call.host("model", as: ModelValue.self).model, try call.int("n"))
        let draw = try SeedState.draw(call, stream: "random_timesteps")
        return .list((0..<n).map { .int(draw.integer(below: model.scheduler.trainTimesteps, index: $0)) })
    }

    @Sendable private static func encode(_ call: Call) throws -> Value {
        let model = try call.host("model", as: ModelValue.self).model
        let pictures = try call.list("images").map { try PreparedScenes.picture($0, model, call) }
        guard !pictures.isEmpty else { throw Problem(.badArgument, "encode: there is no picture", argument: "images") }
        if let other = pictures.first(where: { $0.shape != pictures[0].shape }) {
            throw Problem(
                .shapeMismatch, "encode: the pictures have different sizes", argument: "images",
                label: "\(Shape.text(pictures[0].shape)) and \(Shape.text(other.shape))", help: "encode them one by one")
        }
        let posterior = model.posterior(of: .concatenated(pictures, axis: 0))
        guard try call.bool("sampled") else { return .tensor(posterior.mean.scaled(by: model.vae.configuration.scalingFactor)) }
        let noise = try SeedState.draw(call, stream: "encode").normal(posterior.mean.shape)
        return .tensor(posterior.sample(noise).scaled(by: model.vae.configuration.scalingFactor))
    }

    @Sendable private static func decode(_ call: Call) throws -> Value {
        let model = try call.host("model", as: ModelValue.self).model
        let pictures = model.decodeLatents(try call.latents("latents", model).value)
        call.warnOfNotFinite(pictures, "latents")
        let images = try Image.batch(pictures).map { Value.host(Provenance.derived($0, call)) }
        return images.count == 1 ? images[0] : .list(images)
    }

    // MARK: prediction

    @Sendable private static func addNoise(_ call: Call) throws -> Value { try noised(call) { $0.addNoise($1, $2, $3) } }
    @Sendable private static func target(_ call: Call) throws -> Value { try noised(call) { $0.predictionTarget($1, $2, $3) } }

    private static func noised(_ call: Call, _ body: (DiffusionModel, Tensor, Tensor, [Int]) -> Tensor) throws -> Value {
        let model = try call.host("model", as: ModelValue.self).model
        let (latents, noise) = (try call.latents("latents", model).value, try call.tensor("noise"))
        guard latents.shape == noise.shape || latents.count == noise.count else {
            throw Problem(
                .shapeMismatch, "\(call.builtin.name): latents and noise have different shapes", argument: "noise",
                label: "\(Shape.text(noise.shape)), the latents are \(Shape.text(latents.shape))")
        }
        return .tensor(body(model, latents, noise.reshaped(latents.shape), try call.timesteps("t", latents.shape[0], model)))
    }

    @Sendable private static func predict(_ call: Call) throws -> Value {
        let model = try call.host("model", as: ModelValue.self).model
        let latents = try call.latents("latents", model)
        let prompts = try call.prompts("prompts", latents.shape[0])
        let text = model.textEncoder(try call.mapped("prompts") { try model.tokenize(prompts) })
        var pass = UNetPass(
            call.context[GradientMode.self] ? text.detached : text, recording: model.attentionRecording(latents: latents.shape))
        let out = model.unet(latents, timesteps: try call.exactTimesteps("t", latents.shape[0], model), &pass)
        let attention = AttentionMaps(pass.maps).map { maps in
            prompts.enumerated().map { SampleAttention(maps: maps, sample: $0.offset, prompt: $0.element, model: model) }
        }
        return .host(PredictionValue(noise: out, attention: attention ?? []))
    }

    @Sendable private static func guided(_ call: Call) throws -> Value {
        let model = try call.host("model", as: ModelValue.self).model
        let (latents, guidance) = (try call.latents("latents", model).value, Float(try call.double("guidance")))
        let prompts = try call.prompts("prompts", latents.shape[0])
        let times = try call.exactTimesteps("t", latents.shape[0], model)
        let ids = try call.mapped("prompts") { try model.tokenize(prompts.map { _ in "" } + prompts) }
        var pass = UNetPass(Variable(model.textEncoder(ids).value))
        let out = model.unet(Variable(.concatenated([latents, latents], axis: 0)), timesteps: times + times, &pass).value
        return .tensor(DiffusionModel.guide(out, guidance))
    }

    @Sendable private static func attentionMap(_ call: Call) throws -> Value {
        let attention = try call.recordedAttention("attention")
        let handle = try call.host("handle", as: HandleValue.self)
        return .tensor(try map(attention, handle, call))
    }

    private static func map(_ attention: SampleAttention, _ handle: HandleValue, _ call: Call) throws -> Variable {
        // Looked up by its token: another model may have the handle at another index.
        if let index = attention.model.handles.firstIndex(of: handle.token),
            let map = try attention.map(token: attention.model.handleID(index))
        {
            return map
        }
        let argument = call.builtin.parameters.contains { $0.name == "handle" } ? "handle" : "pick"
        throw Problem(
            .unknownHandle, "\(call.builtin.name): the prompt \"\(attention.prompt)\" does not name \(handle.token)", argument: argument,
            help: argument == "pick" ? "predict_noise with pick.prompt as the prompt of that sample" : nil)
    }

    @Sendable private static func attentionLoss(_ call: Call) throws -> Value {
        let (attention, pick) = (try call.recordedAttention("attention"), try call.host("pick", as: PickValue.self))
        let normalization = AttentionNormalization(rawValue: try call.string("normalization")) ?? .max
        let reduction = AttentionReduction(rawValue: try call.string("reduction")) ?? .mean
        var total = Variable(Tensor(0))
        for (handle, target) in zip(pick.union.chosen, pick.view.attentionTargets) {
            total =
                total
                + crossAttentionLoss(
                    try map(attention, HandleValue(pick.model, index: pick.pairing.handles[handle]), call), target: target, normalization,
                    reduction)
        }
        return .tensor(total)
    }
}
