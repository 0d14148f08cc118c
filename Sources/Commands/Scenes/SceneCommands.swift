import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// Commands that load, make, save, check and prepare scenes, which are a photo with a mask for each thing in it.
enum SceneCommands {
    static let scene = Key<SceneValue>("scene", doc: "The scene.")
    private static let source = Key<String>(
        "name", doc: "A scene that ships with bas (\"toys\"), or the path of a folder.", file: .input(library: "scenes"))
    private static let fit = Key<SceneFit?>(
        "fit", doc: "How a photo of another shape comes to a model: crop (to its masks), pad or squash.", keywordOnly: true)
    private static let image = Key<Image>("image", doc: "The photo.")
    private static let masks = Key<[Mask]>("masks", doc: "One a thing, of the photo's size.")
    private static let names = Key<[String]?>("names", doc: "What the things are called, for tables and figures.", keywordOnly: true)
    private static let backgroundName = Key<String>("name", default: "background", doc: "What the background is called.", keywordOnly: true)
    private static let title = Key<String>(
        "title", default: "scene", doc: "What the scene is called: handles go by it.", keywordOnly: true)
    private static let folder = Key<String>("path", doc: "The folder; made where it is missing, in one that is there.", file: .output)
    private static let learner = Key<ModelValue?>(
        "model", doc: "The model that is to learn it: its attention maps are tested, at its size.")
    private static let initial = Key<[String]>(
        "init", default: [], doc: "Words that handles are to start from: each should be one token of the model.", keywordOnly: true)
    private static let downsampling = Key<MaskDownsampling>("downsampling", default: .nearest, doc: "As phase1's.", keywordOnly: true)

    /// The rows of this family.
    static let all: [Builtin] = [
        masksRow, COCOCommand.builtin,
        Builtin(
            "load_scene", family: .scenes, summary: "Loads a scene: a folder with img.jpg and mask0.png, mask1.png, ….",
            parameters: [source, fit], result: .scene, terms: ["photo", "open", "masks"], paper: "§3",
            examples: [.init("len(load_scene(\"toys\").masks)", shows: "3")], seeAlso: ["scene", "save_scene", "check"], run: load),
        Builtin(
            "scene", family: .scenes, summary: "Makes a scene of a picture and one mask per thing in it.",
            parameters: [image, masks, names, title, fit], result: .scene, terms: ["photo", "masks", "new"], paper: "§3",
            examples: [.init("scene(load_scene(\"toys\").image, [box([100, 100], [300, 300], [512, 512])]).names", shows: "[\"mask 0\"]")],
            seeAlso: ["save_scene", "check"], run: make),
        Builtin(
            "add_background", family: .scenes,
            summary:
                "A scene with one mask more, of all that no mask covers: a handle for the background, for prompts \"… at {background}\".",
            parameters: [scene, backgroundName], result: .scene, terms: ["v_bg", "complement", "place", "room", "rest"], paper: "§4.3",
            examples: [.init("add_background(load_scene(\"toys\")).names[-1]", shows: "\"background\"")], seeAlso: ["scene", "complement"],
            run: addBackground),
        Builtin(
            "save_scene", family: .scenes, summary: "Writes a scene as a folder that load_scene reads.",
            parameters: [scene, folder], result: .path, terms: ["write", "export", "store"],
            examples: [
                .init("save_scene(load_scene(\"mug_rose\"), \"mine\"); load_scene(\"mine\") == load_scene(\"mug_rose\")", shows: "true")
            ], seeAlso: ["check"], run: save),
        Builtin(
            "check", family: .scenes,
            summary: "Says before any time is spent what in a scene will not work well: small, vanishing or overlapping masks.",
            parameters: [scene, learner, initial, downsampling],
            result: .host(CheckValue.self, "check (warnings, names, cells, cropped_cells, map_size, advice)"),
            terms: ["lint", "warnings", "masks", "preflight", "small thing"],
            examples: [.init("len(check(load_scene(\"mug_rose\")))", shows: "0")], seeAlso: ["crop", "prepare"], run: check),
        Builtin(
            "prepare", family: .scenes,
            summary: "A scene as a model sees it: photo and masks at its size, cropped, padded or squashed as fit says.",
            parameters: [scene, ModelCommands.model], result: .scene, terms: ["fit", "resize", "non-square", "training size", "masks"],
            examples: [.init("prepare(load_scene(\"toys\"), load_model(\"collage\")).size", shows: "[128, 128]")], seeAlso: ["crop"]
        ) { call in
            let (value, model) = (try call[scene], try call[ModelCommands.model].model)
            let size = PixelSize(width: model.pixelSize.width, height: model.pixelSize.height)
            return .host(SceneValue(try call.mapped(scene) { try value.scene.prepared(for: size) }))
        },
    ]

    /// Runs `load_scene`: a name without "/" and "." is looked up among the scenes that ship first. Throws `.badArgument` for an empty name
    /// and `.fileMissing` where there is no such folder; warns of mask files that a gap in the numbering leaves out.
    @Sendable private static func load(_ call: Call) throws -> Value {
        let name = try call[source]
        guard !name.isEmpty else { throw Problem(.badArgument, "load_scene: the name is empty", argument: source.name) }
        let shipped = name.contains("/") || name.contains(".") ? nil : call.context.resolveInLibrary("scenes/\(name)")
        let path = shipped ?? FileNames.readable(name, call.context)
        if !FileSystem.exists(path) {
            let shipped = call.shipped("scenes")
            let nearest = nearestName(name, among: shipped.names).map { "did you mean \"\($0)\"?" } ?? FileNames.nearest(to: path)
            throw Problem(.fileMissing, "there is no scene \"\(name)\"", argument: source.name, notes: [shipped.note], help: nearest)
        }
        try call.checkFolder(path, source)
        let scene = try call.mapped(source) { try SceneFolder.load(path, fit: call[fit]) }
        let leftOut = SceneFolder.leftOut(path, masks: scene.masks.count)
        if !leftOut.isEmpty {
            call.context.warn(
                .noMasks, "\(leftOut.joined(separator: ", ")) left out: masks are mask0.png, mask1.png, … without a gap",
                argument: source.name,
                label: "\(scene.masks.count) mask\(scene.masks.count == 1 ? "" : "s") read")
        }
        return .host(SceneValue(scene))
    }

    /// Runs `scene`: makes a scene of a picture and its masks.
    @Sendable private static func make(_ call: Call) throws -> Value {
        let (photo, parts) = (try call[image], try call[masks].map(eightBits))
        return .host(
            SceneValue(
                try call.mapped(masks) {
                    try Scene(image: photo, masks: parts, names: call[names], title: call[title], fit: call[fit] ?? .crop)
                }))
    }

    /// Returns the mask with its values rounded to bytes, as a file would hold it: a scene that was saved and loaded equals the one in
    /// memory.
    private static func eightBits(_ mask: Mask) -> Mask {
        Mask(width: mask.width, height: mask.height, values: mask.bytes.map { Float(Double($0) / 255) })
    }

    /// Runs `add_background`. Throws `.maskEmpty` where the masks cover the whole photo.
    @Sendable private static func addBackground(_ call: Call) throws -> Value {
        let (scene, name) = (try call[Self.scene].scene, try call[backgroundName])
        guard !scene.names.contains(name) else {
            throw Problem(.badArgument, "add_background: a thing is called \"\(name)\" already", argument: backgroundName.name)
        }
        var rest = [Float](repeating: 1, count: scene.image.width * scene.image.height)
        for mask in scene.masks { for (index, value) in mask.values.enumerated() { rest[index] = min(rest[index], 1 - value) } }
        let background = Mask(width: scene.image.width, height: scene.image.height, values: rest)
        guard !background.isEmpty else {
            throw Problem(.maskEmpty, "add_background: the masks cover the whole photo, nothing is left", argument: Self.scene.name)
        }
        return .host(
            SceneValue(
                try call.mapped(Self.scene) {
                    try Scene(
                        image: scene.image, masks: scene.masks + [eightBits(background)], names: scene.names + [name], title: scene.title,
                        fit: scene.fit)
                }))
    }

    /// Runs `save_scene` and returns the folder's path.
    @Sendable private static func save(_ call: Call) throws -> Value {
        let (value, path) = (try call[scene], try call.target(folder, isFolder: true))
        try call.mapped(folder) { try SceneFolder.save(value.scene, to: path) }
        return .string(path)
    }

    /// Runs `check`. Throws `.missingArgument` where words are given without a model, among whose tokens they are looked up.
    @Sendable private static func check(_ call: Call) throws -> Value {
        let (scene, model, words) = (try call[Self.scene].scene, try call[learner]?.model, try call[initial])
        guard words.isEmpty || model != nil else {
            throw Problem(
                .missingArgument, "check: words are looked up among a model's tokens", argument: initial.name,
                help: "check(scene, model, init=…)")
        }
        let report = try call.mapped(Self.scene) { try SceneReport(scene, model: model, words: words, downsampling: call[downsampling]) }
        // At the prompt the value that is shown lists the warnings itself.
        if call.context.isScript || call.assignedName != nil { warn(report, call) }
        return .host(CheckValue(title: scene.title, report: report, model: model?.name))
    }

    /// Issues each warning of a report as a diagnostic at the call's `scene`.
    static func warn(_ report: SceneReport, _ call: Call) {
        for warning in report.warnings {
            let code: ErrorCode =
                switch warning {
                case .vanishes: .maskVanishes
                case .faint: .maskEmpty
                case .severalTokens, .noToken: .unknownWord
                case .noMaps: .unsupportedConfiguration
                default: .smallMask
                }
            call.context.warn(code, warning.description, argument: scene.name)
        }
    }
}
