import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// Builtins on what the model looks at: attention maps, their agreement with masks, leakage.
enum AttentionCommands {
    static let prompt = Key<String>("prompt", doc: "The prompt.")
    private static let model = ModelCommands.model
    private static let image = Key<Value?>(
        "image", Accepts.picture,
        doc: "Look at this: the maps are comparable with masks. Without it, the maps of a generation.", keywordOnly: true)
    private static let timesteps = Key<[Int]>(
        "timesteps", default: [100, 300, 500, 700, 900], range: 0...999, doc: "Noise levels that the photo is looked at.",
        keywordOnly: true)
    private static let layers = Key<[String]>(
        "layers", default: [], doc: "Prefixes of layers (\"up_blocks.2\"); without, those nearest to the paper's 16×16.",
        keywordOnly: true)
    private static let heads = Key<[Int]?>("heads", doc: "Only these heads.", keywordOnly: true)
    private static let keep = Key<[AttentionStudy.Axis]>("keep", default: [], doc: "Axes that are not averaged.", keywordOnly: true)
    private static let steps = Key<Int>(
        "steps", default: 30, range: 1...1000, unit: "steps", doc: "Of the generation.", keywordOnly: true)
    private static let guidance = Key<Double?>("guidance", range: 0...100, doc: "Of the generation.", keywordOnly: true)
    private static let seed = Key<Int>(
        "seed", default: 0, doc: "Of the noise; a generation is the picture that generate draws with it.", keywordOnly: true)
    private static let map = Key<Tensor>("map", doc: "An attention map [H, W].")
    private static let mask = Key<Mask>("mask", doc: "A mask of any size.")
    private static let scene = Key<SceneValue>("scene", doc: "The scene that the handles were learned from.")
    private static let prompts = Key<[String]>(
        "prompts", default: [PromptContext.plain],
        doc: "Prompts with * in the place of the handles; the training prompt without.", keywordOnly: true)
    private static let orders = Key<[LeakageConditions.Order]>(
        "orders", default: [.masks], doc: "Which handles a prompt names: all as the masks are, all reversed, each alone.",
        keywordOnly: true)
    private static let flips = Key<Bool>("flips", default: false, doc: "Also the mirrored photo with its masks.", keywordOnly: true)
    private static let noises = Key<Int>("noises", default: 1, range: 1...1000, doc: "Draws of the noise.", keywordOnly: true)
    private static let noiseSeed = Key<Int>("seed", default: 0, doc: "Of the noise.", keywordOnly: true)

    static let all: [Builtin] = [
        Builtin(
            "attention", family: .attention,
            summary: "Cross-attention maps of a prompt's tokens: while the model looks at a noised picture (image=), or draws one.",
            parameters: [
                model, prompt, AttentionTokens.key, image, timesteps, layers, heads, keep, steps, SchedulerCommands.choice, guidance, seed,
            ],
            result: .host(AttentionValue.self, "attention [kept axes…, H, W]"),
            terms: ["cross-attention", "map", "daam", "heat map", "look"], paper: "§3.2",
            examples: [
                .init(
                    "attention(load_model(\"collage\"), \"a photo of a mug\", token=\"mug\", image=load_scene(\"mug_rose\"), timesteps=[500]).shape",
                    shows: "[16, 16]")
            ], seeAlso: ["leakage", "iou", "energy"], run: attention),
        Builtin(
            "iou", family: .attention, summary: "Soft IoU of a map, divided by its maximum, and a mask: 1 is agreement.",
            parameters: [map, mask], result: .float, terms: ["overlap", "agreement", "jaccard", "metric"],
            examples: [.init("iou(ones([16, 16]), box([0, 0], [64, 64], [64, 64]))", shows: "1.0")],
            seeAlso: ["leakage", "energy"], run: iou),
        Builtin(
            "energy", family: .attention, summary: "The share of a map's mass that lies inside a mask.",
            parameters: [map, mask], result: .float, terms: ["weighting game", "mass", "metric"],
            examples: [.init("energy(ones([16, 16]), box([0, 0], [32, 64], [64, 64]))", shows: "0.5")], seeAlso: ["leakage"], run: energy),
        Builtin(
            "leakage", family: .attention,
            summary: "Where each handle's attention goes: its share in every mask and in the background, and its soft IoU.",
            parameters: [model, scene, prompts, orders, flips, noises, timesteps, noiseSeed],
            result: .host(
                LeakageValue.self, "leakage (handles, shares, chance, lift, mean_iou, iou_of_mean, attention, own, worst, worst_other)"),
            terms: ["disentangle", "matrix", "metric", "separation", "entangled", "chance"], paper: "§3.2",
            examples: [.init("len(leakage(add_handles(load_model(\"collage\"), 2), load_scene(\"mug_rose\")).iou)", shows: "2")],
            seeAlso: ["inspect_pictures"], run: leakage),
    ]

    @Sendable private static func attention(_ call: Call) throws -> Value {
        let (model, prompt, seed, layers) = (try call[Self.model].model, try call[Self.prompt], try call[Self.seed], try call[Self.layers])
        let tokens = try AttentionTokens(call, model, prompt)
        let study: AttentionStudy
        let picture: Image
        if let given = try call[image] {
            let seen: Tensor
            (picture, seen) = try lookedAt(given, call, model)
            let times = try noiseLevels(call, model)
            study = try call.mapped(Self.prompt) {
                try model.studyAttention(prompt, picture: seen, timesteps: times, layers: layers, seed: seed)
            }
        } else {
            let (plan, steps) = try SchedulerCommands.plan(call, model)
            let options = GenerationOptions(steps: steps, plan: plan, guidanceScale: try GenerationCommands.guidance(call, model))
            var bar = ProgressBar(call.context, title: "drawing", unit: "step")
            defer { bar.finish() }
            let initial = try model.initialLatents(1, RandomDraw(seed: UInt64(bitPattern: Int64(seed)), stream: "generate", step: 0))
            let (record, latents) = try call.mapped(Self.prompt) {
                try model.studyGeneration(
                    prompt, initial: initial, noise: { DiffusionModel.stepNoise(seeds: [seed], step: $0, initial.shape) }, options,
                    layers: layers
                ) { step in
                    bar.update(step.index + 1, of: step.count)
                    try call.context.checkInterrupt()
                }
            }
            (study, picture) = (record, try Image(model.decodeLatents(latents)))
        }
        let (keep, heads) = try reduction(call, study)
        let maps = tokens.places.map { study.maps(token: $0, keep: keep, heads: heads) }
        let axes = (tokens.areSeveral ? ["token"] : []) + keep.map(\.rawValue) + ["height", "width"]
        return .host(
            AttentionValue(
                maps: tokens.areSeveral ? .concatenated(maps.map { $0.reshaped([1] + $0.shape) }, axis: 0) : maps[0], axes: axes,
                tokens: tokens.names, labels: tokens.labels, layers: study.layers, timesteps: study.timesteps, picture: picture,
                prompt: prompt, mask: tokens.areSeveral ? nil : ownMask(call, model, token: study.ids[tokens.places[0]]),
                origin: Provenance.of(call),
                explorer: call.context.displayContext.wantsExplorables
                    ? try AttentionExplorer(study, model, tokens, heads: heads).panel(picture) : nil))
    }

    /// Returns the picture that `image=` gives, as it is shown and as the model sees it: of a scene the part that training sees, of a
    /// picture its middle.
    private static func lookedAt(_ given: Value, _ call: Call, _ model: DiffusionModel) throws -> (shown: Image, seen: Tensor) {
        let size = PixelSize(width: model.pixelSize.width, height: model.pixelSize.height)
        if let scene = given.host(as: SceneValue.self)?.scene {
            return try call.mapped(image) {
                (try scene.image.framed(SceneFrame(scene, for: size).rect), try PreparedScenes.scene(scene, model, call).pictures[0])
            }
        }
        let (part, seen) = try call.fitted(Image.read(given, call, image.name), to: size, image.name)
        return (part, Tensor(seen))
    }

    /// Returns the mask of the thing that a handle names, at the model's pixels, or nil where the maps are not of a scene.
    private static func ownMask(_ call: Call, _ model: DiffusionModel, token id: Int) -> Mask? {
        guard let scene = try? call[image]?.host(as: SceneValue.self)?.scene else { return nil }
        guard let pairing = try? model.pairing(with: scene) else { return nil }
        guard let index = pairing.handles.firstIndex(where: { model.handleID($0) == id }) else { return nil }
        return try? PreparedScenes.scene(scene, model, call).masks[index]
    }

    /// Returns the timesteps to look at. Throws where there are none, more than one pass takes, or some that the model was not trained on.
    private static func noiseLevels(_ call: Call, _ model: DiffusionModel) throws -> [Int] {
        let (times, last) = (try call[timesteps], model.scheduler.trainTimesteps - 1)
        guard (1...100).contains(times.count) else {
            throw Problem(.badArgument, "\(call.builtin.name) looks at 1 to 100 timesteps, not at \(times.count)", argument: timesteps.name)
        }
        guard times.allSatisfy({ $0 <= last }) else {
            throw Problem(.outOfRange, "\(call.builtin.name): timesteps of \(model.name) are 0…\(last)", argument: timesteps.name)
        }
        return times
    }

    /// Returns the axes to keep and the heads to pick. Throws where the record does not have them.
    private static func reduction(_ call: Call, _ study: AttentionStudy) throws -> ([AttentionStudy.Axis], [Int]?) {
        let keep = try call[Self.keep]
        guard Set(keep).count == keep.count else {
            throw Problem(.badArgument, "attention: keep names an axis twice", argument: Self.keep.name)
        }
        let fewest = study.heads.min() ?? 0
        guard let heads = try call[Self.heads] else {
            if keep.contains(.head), Set(study.heads).count > 1 {
                throw Problem(
                    .badArgument, "attention: these layers have different numbers of heads: head cannot be kept",
                    argument: Self.keep.name,
                    help: "heads=[0] picks some that all have")
            }
            return (keep, nil)
        }
        guard !heads.isEmpty, heads.allSatisfy({ (0..<fewest).contains($0) }) else {
            throw Problem(.outOfRange, "attention: heads are among 0…\(fewest - 1) in these layers", argument: Self.heads.name)
        }
        return (keep, heads)
    }

    /// Returns a map and a mask at the map's size. Throws `.shapeMismatch` for anything but one map [H, W].
    private static func pair(_ call: Call) throws -> (Tensor, Tensor) {
        let (map, mask) = (try call[Self.map], try call[Self.mask])
        guard map.rank == 2, map.count > 0 else {
            throw Problem(
                .shapeMismatch, "\(call.builtin.name) takes one map [H, W]", argument: Self.map.name,
                label: "this is \(Shape.text(map.shape))")
        }
        let size = PixelSize(width: map.shape[1], height: map.shape[0])
        if mask.width * size.height != mask.height * size.width {
            call.context.warn(
                .maskSizeDiffers, "\(call.builtin.name): the mask of \(mask.size) pixels is squashed to the map's \(size)",
                argument: Self.mask.name,
                help: "prepare(scene, model).masks are where the model sees them")
        }
        return (map, try PreparedScene.cells(of: mask, size))
    }

    @Sendable private static func iou(_ call: Call) throws -> Value {
        let (map, mask) = try pair(call)
        return .float(Metrics.softIoU(map, mask))
    }

    @Sendable private static func energy(_ call: Call) throws -> Value {
        let (map, mask) = try pair(call)
        return .float(Metrics.energyInside(map, mask))
    }

    @Sendable private static func leakage(_ call: Call) throws -> Value {
        let (model, scene) = (try call[Self.model].model, try call[Self.scene].scene)
        _ = try call.pairing(model, scene)
        let prepared = try PreparedScenes.scene(scene, model, call)
        var conditions = LeakageConditions()
        conditions.timesteps = try noiseLevels(call, model)
        conditions.prompts = try templates(call)
        conditions.orders = try call[orders]
        conditions.flips = try call[flips]
        conditions.noises = try call[noises]
        conditions.seed = try call[noiseSeed]
        guard !conditions.orders.isEmpty else { throw Problem(.badArgument, "leakage: orders is empty", argument: orders.name) }
        var bar = ProgressBar(call.context, title: "measuring", unit: "pass")
        defer { bar.finish() }
        let matrix = try call.mapped(prompts) {
            try model.leakage(prepared, conditions) { done, total in
                if total > 1 { bar.update(done, of: total) }
                try call.context.checkInterrupt()
            }
        }
        return .host(LeakageValue(matrix: matrix))
    }

    /// Returns prompts with one place for the handles each. Throws where a prompt has none.
    private static func templates(_ call: Call) throws -> [String] {
        let given = try call[prompts]
        guard !given.isEmpty else { throw Problem(.badArgument, "leakage: prompts is empty", argument: prompts.name) }
        if let fault = given.lazy.compactMap(PromptContext.fault).first {
            throw Problem(.badArgument, "leakage: \(fault)", argument: prompts.name, help: "as \"a photo of * at the beach\"")
        }
        return given
    }
}

extension AttentionStudy.Axis: WordArgument {}
extension LeakageConditions.Order: WordArgument {}
