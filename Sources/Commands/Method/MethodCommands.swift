import Autograd
import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// The method's primitives, in which `stdlib/break_a_scene.bas` is written. Each draws from the random stream of its own name, as the
/// built-in phases do, so that both see the same numbers with the same seed.
enum MethodCommands {
    static let all: [Builtin] = sampling + views + autoencoder + prediction + optimization

    static let model = ModelCommands.model
    static let latents = Key<Variable>("latents", doc: "Scaled latents [N, h, w, C].")
    private static let scene = Key<SceneValue>("scene", doc: "The photo with its masks.")
    private static let flip = Key<Double>(
        "flip", default: 0.5, range: 0...1, doc: "Probability that photo and masks are flipped.", keywordOnly: true)
    private static let law = Key<SamplingLaw>(
        "law", default: .union, doc: "How handles are drawn.", keywordOnly: true
    ).explained()
    private static let singleShare = Key<Double>(
        "single_share", default: SamplingInput(count: 1).singleShare, range: 0...1,
        doc: "Share of draws with one handle under the biased law.",
        keywordOnly: true)
    private static let items = Key<[Value]>("items", doc: "A list.")
    private static let subjects = Key<[String]>("prompts", doc: "Taken in turn.")
    private static let pictureCount = Key<Int>("n", default: 16, range: 1...10_000, doc: "How many.", keywordOnly: true)
    private static let priorGuidance = Key<Double>(
        "guidance", defaultValue: .float(3), range: 0...100, doc: "Classifier-free guidance.", keywordOnly: true)
    private static let priorSeed = Key<Int>(
        "seed", default: 0, doc: "Of the pictures: with a training's seed those that it would draw.", keywordOnly: true)
    private static let timestepCount = Key<Int>("n", range: 1...100_000, doc: "How many.")
    private static let images = Key<[Value]>(oneOrMore: "images", doc: "Images, scenes, or tensors [1, H, W, 3] in -1…1.")
    private static let isSampled = Key<Bool>("sampled", default: true, doc: "False takes the posterior's mean.", keywordOnly: true)
    private static let handles = "with seed(1) { union_sample(add_handles(load_model(\"collage\"), 2), load_scene(\"mug_rose\")) }"

    private static let sampling: [Builtin] = [
        Builtin(
            "union_sample", family: .method,
            summary: "Draws a random subset of the handles: picture, masks, handles and prompt of one step.",
            parameters: [model, scene, flip, law, singleShare, SeedState.key],
            result: .pick, terms: ["subset", "union sampling", "concepts"], paper: "§3.1", examples: [.init(handles + ".prompt")],
            seeAlso: ["attention_loss", "zoomed", "in_context", "sample", "shuffle", "random_timesteps", "prior_images"], run: unionSample),
        Builtin(
            "sample", family: .method, summary: "Draws one element of a list at random.", parameters: [items, SeedState.key],
            result: "an element", terms: ["choice", "random", "pick"], examples: [.init("sample([7])", shows: "7")],
            seeAlso: ["shuffle", "random_timesteps", "prior_images"], run: sample),
        Builtin(
            "shuffle", family: .method, summary: "A list's elements in random order.", parameters: [items, SeedState.key],
            result: .list, terms: ["permutation", "random", "order", "epoch"],
            examples: [.init("sorted(shuffle([3, 1, 2], seed=1))", shows: "[1, 2, 3]")], seeAlso: ["random_timesteps", "prior_images"]
        ) { call in
            let given = try call[items]
            return .list(try SeedState.draw(call, stream: "shuffle").sample(given.count, below: given.count).map { given[$0] })
        },
        Builtin(
            "prior_images", family: .method,
            summary: "Draws pictures with the base model, to hold on to while it learns: a list of {image, prompt}.",
            parameters: [model, subjects, pictureCount, priorGuidance, SchedulerCommands.steps, priorSeed],
            result: .list.described("list of records"), terms: ["prior preservation", "class images", "regularisation"],
            examples: [.init("len(prior_images(load_model(\"collage\"), [\"a photo at the beach\"], n=1, steps=2))", shows: "1")],
            seeAlso: ["random_timesteps"], run: priorImages),
        Builtin(
            "random_timesteps", family: .method, summary: "Draws timesteps uniformly, 0…999.",
            parameters: [model, timestepCount, SeedState.key],
            result: .ints, terms: ["timestep", "t", "noise level"],
            examples: [.init("len(random_timesteps(load_model(\"collage\"), 2))", shows: "2")], run: randomTimesteps),
    ]

    private static let autoencoder: [Builtin] = [
        Builtin(
            "encode", family: .method, summary: "Encodes pictures to scaled latents, drawn from the autoencoder's posterior.",
            parameters: [model, images, isSampled, SeedState.key],
            result: .tensor("[N, h, w, C]", axes: 4), terms: ["vae", "latents", "autoencoder"], paper: "§3",
            examples: [.init("encode(load_model(\"collage\"), load_scene(\"mug_rose\")).shape", shows: "[1, 16, 16, 8]")],
            seeAlso: ["decode", "add_noise"],
            // With sampled=false the result is the posterior's mean, which draws nothing.
            randomness: .draws { $0.bool(isSampled) != false }, run: encode),
        Builtin(
            "decode", family: .method, summary: "Decodes scaled latents to a picture, or to a list of pictures.",
            parameters: [model, latents], result: "image or list", terms: ["vae", "latents", "autoencoder"],
            examples: [.init("decode(load_model(\"collage\"), zeros([1, 16, 16, 8])).size", shows: "[128, 128]")],
            seeAlso: ["add_noise"], run: decode),
    ]

    // MARK: sampling

    @Sendable private static func unionSample(_ call: Call) throws -> Value {
        let (model, scene) = (try call[Self.model].model, try call[Self.scene].scene)
        let pairing = try call.mapped(Self.model) { try model.pairing(with: scene) }
        let law = try call[Self.law]
        if law == .adaptive {
            throw Problem(
                .badArgument, "union_sample: the adaptive law goes by the losses of a training's steps, and there are none here",
                argument: Self.law.name, help: "phase1(…, sampling=\"adaptive\") has them")
        }
        try OptionRule.check([OptionRule.share(singleShare) { _ in law }], call)
        let union = UnionSample(
            SamplingInput(count: pairing.count, singleShare: try call[singleShare]), law: law, flip: try call[flip],
            try SeedState.draw(call, stream: "union_sample"))
        return .host(try PickValue(model: model, scene: try PreparedScenes.scene(scene, model, call), pairing: pairing, union: union))
    }

    @Sendable private static func sample(_ call: Call) throws -> Value {
        let given = try call[items]
        guard !given.isEmpty else { throw Problem(.badArgument, "sample: the list is empty", argument: items.name) }
        return given[try SeedState.draw(call, stream: "sample").integer(below: given.count)]
    }

    @Sendable private static func priorImages(_ call: Call) throws -> Value {
        var options = PriorOptions()
        options.count = try call[pictureCount]
        options.prompts = try call[subjects]
        options.guidanceScale = try call[priorGuidance]
        options.steps = try call[SchedulerCommands.steps]
        options.seed = try call[priorSeed]
        guard !options.prompts.isEmpty else { throw Problem(.badArgument, "prompts is empty", argument: subjects.name) }
        var bar = ProgressBar(call.context, title: "prior pictures", unit: "step")
        defer { bar.finish() }
        let model = try call[Self.model].model
        let prior = try call.mapped(subjects) {
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
        let (model, n) = (try call[Self.model].model, try call[timestepCount])
        let draw = try SeedState.draw(call, stream: "random_timesteps")
        return .list((0..<n).map { .int(draw.integer(below: model.scheduler.trainTimesteps, index: $0)) })
    }

    // MARK: autoencoder

    @Sendable private static func encode(_ call: Call) throws -> Value {
        let model = try call[Self.model].model
        let pictures = try call[images].map { try picture($0, model, call) }
        guard !pictures.isEmpty else { throw Problem(.badArgument, "encode: there is no picture", argument: images.name) }
        if let other = pictures.first(where: { $0.shape != pictures[0].shape }) {
            throw Problem(
                .shapeMismatch, "encode: the pictures have different sizes", argument: images.name,
                label: "\(Shape.text(pictures[0].shape)) and \(Shape.text(other.shape))", help: "encode them one by one")
        }
        let posterior = model.posterior(of: .concatenated(pictures, axis: 0))
        guard try call[isSampled] else { return .tensor(posterior.mean.scaled(by: model.vae.configuration.scalingFactor)) }
        let noise = try SeedState.draw(call, stream: "encode").normal(posterior.mean.shape)
        return .tensor(posterior.sample(noise).scaled(by: model.vae.configuration.scalingFactor))
    }

    /// Returns a picture of a model's size, [1, H, W, 3]; tensors are taken as they are.
    private static func picture(_ value: Value, _ model: DiffusionModel, _ call: Call) throws -> Tensor {
        let multiple = model.vae.configuration.downscale
        if let tensor = value.host(as: TensorValue.self)?.tensor {
            let x = tensor.rank == 3 ? tensor.reshaped([1] + tensor.shape) : tensor
            guard x.rank == 4, x.shape[0] == 1, x.shape[3] == 3, x.shape[1] % multiple == 0, x.shape[2] % multiple == 0, x.count > 0 else {
                throw Problem(
                    .shapeMismatch, "encode: a picture is [1, H, W, 3], H and W multiples of \(multiple)", argument: images.name,
                    label: "this is \(Shape.text(tensor.shape))")
            }
            return x
        }
        guard let picture = value.host(as: PictureReadable.self)?.picture else {
            throw Problem(.wrongType, "encode wants images", argument: images.name, label: "this is \(value.describedType)")
        }
        let size = PixelSize(width: model.pixelSize.width, height: model.pixelSize.height)
        // A scene gives the part of its photo that training sees.
        if let scene = value.host(as: SceneValue.self)?.scene {
            return Tensor(try call.mapped(images) { try scene.image.framed(SceneFrame(scene, for: size).rect).resized(to: size, .lanczos) })
        }
        return Tensor(try call.fitted(picture, to: size, images.name).seen)
    }

    @Sendable private static func decode(_ call: Call) throws -> Value {
        let model = try call[Self.model].model
        let pictures = model.decodeLatents(try call.latents(latents, model).value)
        call.warnOfNotFinite(pictures, latents.name)
        let images = try Image.batch(pictures).map { Value.host(Provenance.derived($0, call)) }
        return images.count == 1 ? images[0] : .list(images)
    }
}
