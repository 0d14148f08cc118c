import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// Builtins on what the model looks at: attention maps, their agreement with masks, leakage.
enum AttentionCommands {
    private static let timesteps = Parameter(
        "timesteps", .list(.int), default: .list([100, 300, 500, 700, 900]), range: 0...999,
        doc: "Noise levels that the photo is looked at.", keywordOnly: true)

    static let all: [Builtin] = [
        Builtin(
            "attention", family: "attention",
            summary: "Cross-attention maps of a prompt's tokens: while the model looks at a noised picture (image=), or draws one.",
            parameters: [
                ModelCommands.model, Parameter("prompt", .string, doc: "The prompt."),
                Parameter(
                    "token", .oneOf([.host("handle"), .string, .int, .list(.any)]),
                    doc: "A handle, word or place of the prompt, or several (the first axis); without, its handles.", keywordOnly: true,
                    optional: true),
                Parameter(
                    "image", Accepts.picture,
                    doc: "Look at this: the maps are comparable with masks. Without it, the maps of a generation.", keywordOnly: true,
                    optional: true),
                timesteps,
                Parameter(
                    "layers", .list(.string), default: .list([]),
                    doc: "Prefixes of layers (\"up_blocks.2\"); without, those nearest to the paper's 16×16.", keywordOnly: true),
                Parameter("heads", .list(.int), doc: "Only these heads.", keywordOnly: true, optional: true),
                Parameter(
                    "keep", .list(.string), default: .list([]), allowed: AttentionStudy.Axis.allCases.map(\.rawValue),
                    doc: "Axes that are not averaged.", keywordOnly: true),
                Parameter("steps", .int, default: 30, range: 1...1000, unit: "steps", doc: "Of the generation.", keywordOnly: true),
                SchedulerCommands.choice,
                Parameter("guidance", .number, range: 0...100, doc: "Of the generation.", keywordOnly: true, optional: true),
                Parameter(
                    "seed", .int, default: 0, doc: "Of the noise; a generation is the picture that generate draws with it.",
                    keywordOnly: true),
            ],
            result: "attention [kept axes…, H, W]",
            terms: ["cross-attention", "map", "daam", "heat map", "look"], paper: "§3.2",
            examples: [
                .init(
                    "attention(load_model(\"collage\"), \"a photo of a mug\", token=\"mug\", image=load_scene(\"mug_rose\"), timesteps=[500]).shape",
                    shows: "[16, 16]")
            ], run: attention),
        Builtin(
            "iou", family: "attention", summary: "Soft IoU of a map, divided by its maximum, and a mask: 1 is agreement.",
            parameters: [
                Parameter("map", Accepts.tensor, doc: "An attention map [H, W]."),
                Parameter("mask", .host("mask"), doc: "A mask of any size."),
            ],
            result: "float", terms: ["overlap", "agreement", "jaccard", "metric"],
            examples: [.init("iou(ones([16, 16]), box([0, 0], [64, 64], [64, 64]))", shows: "1.0")], run: iou),
        Builtin(
            "energy", family: "attention", summary: "The share of a map's mass that lies inside a mask.",
            parameters: [
                Parameter("map", Accepts.tensor, doc: "An attention map [H, W]."),
                Parameter("mask", .host("mask"), doc: "A mask of any size."),
            ],
            result: "float", terms: ["weighting game", "mass", "metric"],
            examples: [.init("energy(ones([16, 16]), box([0, 0], [32, 64], [64, 64]))", shows: "0.5")], run: energy),
        Builtin(
            "leakage", family: "attention",
            summary: "Where each handle's attention goes: its share in every mask and in the background, and its soft IoU.",
            parameters: [
                ModelCommands.model, Parameter("scene", .host("scene"), doc: "The scene that the handles were learned from."),
                Parameter(
                    "prompts", .list(.string), default: .list([.string(PromptContext.plain)]),
                    doc: "Prompts with * in the place of the handles; the training prompt without.", keywordOnly: true),
                Parameter(
                    "orders", .list(.string), default: .list([.string("masks")]), allowed: LeakageConditions.Order.allCases.map(\.rawValue),
                    doc: "Which handles a prompt names: all as the masks are, all reversed, each alone.", keywordOnly: true),
                Parameter("flips", .bool, default: false, doc: "Also the mirrored photo with its masks.", keywordOnly: true),
                Parameter("noises", .int, default: 1, range: 1...1000, doc: "Draws of the noise.", keywordOnly: true), timesteps,
                Parameter("seed", .int, default: 0, doc: "Of the noise.", keywordOnly: true),
            ],
            result: "leakage (handles, shares, chance, lift, mean_iou, iou_of_mean, attention, own, worst, worst_other)",
            terms: ["disentangle", "matrix", "metric", "separation", "entangled", "chance"], paper: "§3.2",
            examples: [.init("len(leakage(add_handles(load_model(\"collage\"), 2), load_scene(\"mug_rose\")).iou)", shows: "2")],
            run: leakage),
    ]

    @Sendable private static func attention(_ call: Call) throws -> Value {
        let (model, prompt, seed) = (try call.host("model", as: ModelValue.self).model, try call.string("prompt"), try call.int("seed"))
        let layers = try call.strings("layers")
        let tokens = try AttentionTokens(call, model, prompt)
        let study: AttentionStudy
        let picture: Image
        if call.optional("image") != nil {
            let seen: Tensor
            (picture, seen) = try lookedAt(call, model)
            let times = try noiseLevels(call, model)
            study = try call.mapped("prompt") {
                try model.studyAttention(prompt, picture: seen, timesteps: times, layers: layers, seed: seed)
            }
        } else {
            let (plan, steps) = try SchedulerCommands.plan(call, model)
            let options = GenerationOptions(steps: steps, plan: plan, guidanceScale: try GenerationCommands.guidance(call, model))
            var bar = ProgressBar(call.context, title: "drawing", unit: "step")
            defer { bar.finish() }
            let initial = try model.initialLatents(1, RandomDraw(seed: UInt64(bitPattern: Int64(seed)), stream: "generate", step: 0))
            let (record, latents) = try call.mapped("prompt") {
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
                tokens: tokens.names, layers: study.layers, timesteps: study.timesteps, picture: picture, prompt: prompt,
                mask: tokens.areSeveral ? nil : ownMask(call, model, token: study.ids[tokens.places[0]]), origin: Provenance.of(call)))
    }

    /// Returns the picture that `image=` names, as it is shown and as the model sees it: of a scene the part that training sees, of a
    /// picture its middle.
    private static func lookedAt(_ call: Call, _ model: DiffusionModel) throws -> (shown: Image, seen: Tensor) {
        let size = PixelSize(width: model.pixelSize.width, height: model.pixelSize.height)
        if let scene = try call.value("image").host(as: SceneValue.self)?.scene {
            return try call.mapped("image") {
                (try scene.image.framed(SceneFrame(scene, for: size).rect), try PreparedScenes.scene(scene, model, call).pictures[0])
            }
        }
        let (part, seen) = try call.fitted(call.picture("image"), to: size, "image")
        return (part, Tensor(seen))
    }

    /// Returns the mask of the thing that a handle names, at the model's pixels, or nil where the maps are not of a scene.
    private static func ownMask(_ call: Call, _ model: DiffusionModel, token id: Int) -> Mask? {
        guard let scene = call.optional("image")?.host(as: SceneValue.self)?.scene else { return nil }
        guard let pairing = try? model.pairing(with: scene) else { return nil }
        guard let index = pairing.handles.firstIndex(where: { model.handleID($0) == id }) else { return nil }
        return try? PreparedScenes.scene(scene, model, call).masks[index]
    }

    /// Returns the timesteps to look at. Throws where there are none, more than one pass takes, or some that the model was not trained on.
    private static func noiseLevels(_ call: Call, _ model: DiffusionModel) throws -> [Int] {
        let (times, last) = (try call.ints("timesteps"), model.scheduler.trainTimesteps - 1)
        guard (1...100).contains(times.count) else {
            throw Problem(.badArgument, "\(call.builtin.name) looks at 1 to 100 timesteps, not at \(times.count)", argument: "timesteps")
        }
        guard times.allSatisfy({ $0 <= last }) else {
            throw Problem(.outOfRange, "\(call.builtin.name): timesteps of \(model.name) are 0…\(last)", argument: "timesteps")
        }
        return times
    }

    /// Returns the axes to keep and the heads to pick. Throws where the record does not have them.
    private static func reduction(_ call: Call, _ study: AttentionStudy) throws -> ([AttentionStudy.Axis], [Int]?) {
        let keep = try call.strings("keep").compactMap(AttentionStudy.Axis.init)
        guard Set(keep).count == keep.count else { throw Problem(.badArgument, "attention: keep names an axis twice", argument: "keep") }
        let fewest = study.heads.min() ?? 0
        guard call.optional("heads") != nil else {
            if keep.contains(.head), Set(study.heads).count > 1 {
                throw Problem(
                    .badArgument, "attention: these layers have different numbers of heads: head cannot be kept", argument: "keep",
                    help: "heads=[0] picks some that all have")
            }
            return (keep, nil)
        }
        let heads = try call.ints("heads")
        guard !heads.isEmpty, heads.allSatisfy({ (0..<fewest).contains($0) }) else {
            throw Problem(.outOfRange, "attention: heads are among 0…\(fewest - 1) in these layers", argument: "heads")
        }
        return (keep, heads)
    }

    /// Returns a map and a mask at the map's size. Throws `.shapeMismatch` for anything but one map [H, W].
    private static func pair(_ call: Call) throws -> (Tensor, Tensor) {
        let map = try call.tensor("map")
        guard map.rank == 2, map.count > 0 else {
            throw Problem(
                .shapeMismatch, "\(call.builtin.name) takes one map [H, W]", argument: "map", label: "this is \(Shape.text(map.shape))")
        }
        let mask = try call.mask("mask")
        let size = PixelSize(width: map.shape[1], height: map.shape[0])
        if mask.width * size.height != mask.height * size.width {
            call.context.warn(
                .maskSizeDiffers, "\(call.builtin.name): the mask of \(mask.size) pixels is squashed to the map's \(size)",
                argument: "mask",
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
        let (model, scene) = (try call.host("model", as: ModelValue.self).model, try call.host("scene", as: SceneValue.self).scene)
        _ = try call.pairing(model, scene)
        let prepared = try PreparedScenes.scene(scene, model, call)
        var conditions = LeakageConditions()
        conditions.timesteps = try noiseLevels(call, model)
        conditions.prompts = try templates(call)
        conditions.orders = try call.strings("orders").compactMap(LeakageConditions.Order.init)
        conditions.flips = try call.bool("flips")
        conditions.noises = try call.int("noises")
        conditions.seed = try call.int("seed")
        guard !conditions.orders.isEmpty else { throw Problem(.badArgument, "leakage: orders is empty", argument: "orders") }
        var bar = ProgressBar(call.context, title: "measuring", unit: "pass")
        defer { bar.finish() }
        let matrix = try call.mapped("prompts") {
            try model.leakage(prepared, conditions) { done, total in
                if total > 1 { bar.update(done, of: total) }
                try call.context.checkInterrupt()
            }
        }
        return .host(LeakageValue(matrix: matrix))
    }

    /// Returns prompts with one place for the handles each. Throws where a prompt has none.
    private static func templates(_ call: Call) throws -> [String] {
        let prompts = try call.strings("prompts")
        guard !prompts.isEmpty else { throw Problem(.badArgument, "leakage: prompts is empty", argument: "prompts") }
        if let fault = prompts.lazy.compactMap(PromptContext.fault).first {
            throw Problem(.badArgument, "leakage: \(fault)", argument: "prompts", help: "as \"a photo of * at the beach\"")
        }
        return prompts
    }
}
