import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// Commands that load, make, save, check and prepare scenes, which are a photo with a mask for each thing in it.
enum SceneCommands {
    /// The rows of this family.
    static let all: [Builtin] = [
        Builtin(
            "load_scene", family: "scenes", summary: "Loads a scene: a folder with img.jpg and mask0.png, mask1.png, ….",
            parameters: [Parameter("name", .string, doc: "A scene that ships with bas (\"toys\"), or the path of a folder."), fit],
            result: "scene", terms: ["photo", "open", "masks"], paper: "§3",
            examples: [.init("len(load_scene(\"toys\").masks)", shows: "3")], run: load),
        Builtin(
            "scene", family: "scenes", summary: "Makes a scene of a picture and one mask per thing in it.",
            parameters: [
                Parameter("image", Accepts.picture, doc: "The photo."),
                Parameter("masks", .list(.host("mask")), doc: "One a thing, of the photo's size."),
                Parameter(
                    "names", .list(.string), doc: "What the things are called, for tables and figures.", keywordOnly: true, optional: true),
                Parameter("title", .string, default: "scene", doc: "What the scene is called: handles go by it.", keywordOnly: true), fit,
            ],
            result: "scene", terms: ["photo", "masks", "new"], paper: "§3",
            examples: [.init("scene(load_scene(\"toys\").image, [box([100, 100], [300, 300], [512, 512])]).names", shows: "[\"mask 0\"]")],
            run: make),
        Builtin(
            "save_scene", family: "scenes", summary: "Writes a scene as a folder that load_scene reads.",
            parameters: [
                Parameter("scene", .host("scene"), doc: "The scene."),
                Parameter("path", .string, doc: "The folder; made where it is missing, in one that is there."),
            ],
            result: "the path", terms: ["write", "export", "store"],
            examples: [
                .init("save_scene(load_scene(\"mug_rose\"), \"mine\"); load_scene(\"mine\") == load_scene(\"mug_rose\")", shows: "true")
            ],
            run: save),
        Builtin(
            "check", family: "scenes",
            summary: "Says before any time is spent what in a scene will not work well: small, vanishing or overlapping masks.",
            parameters: [
                Parameter("scene", .host("scene"), doc: "The scene."),
                Parameter(
                    "model", .host("model"), doc: "The model that is to learn it: its attention maps are tested, at its size.",
                    optional: true),
                Parameter(
                    "init", .list(.string), default: .list([]),
                    doc: "Words that handles are to start from: each should be one token of the model.", keywordOnly: true),
                Parameter(
                    "downsampling", .string, default: "nearest", allowed: MaskDownsampling.allCases.map(\.rawValue), doc: "As phase1's.",
                    keywordOnly: true),
            ],
            result: "check (warnings, names, cells, cropped_cells, map_size, advice)",
            terms: ["lint", "warnings", "masks", "preflight", "small thing"],
            examples: [.init("len(check(load_scene(\"mug_rose\")))", shows: "0")], run: check),
        Builtin(
            "prepare", family: "scenes",
            summary: "A scene as a model sees it: photo and masks at its size, cropped, padded or squashed as fit says.",
            parameters: [Parameter("scene", .host("scene"), doc: "The scene."), ModelCommands.model],
            result: "scene", terms: ["fit", "resize", "non-square", "training size", "masks"],
            examples: [.init("prepare(load_scene(\"toys\"), load_model(\"collage\")).size", shows: "[128, 128]")]
        ) { call in
            let (scene, model) = (try call.host("scene", as: SceneValue.self).scene, try call.host("model", as: ModelValue.self).model)
            let size = PixelSize(width: model.pixelSize.width, height: model.pixelSize.height)
            return .host(SceneValue(try call.mapped("scene") { try scene.prepared(for: size) }))
        },
    ]

    private static let fit = Parameter(
        "fit", .string, allowed: SceneFit.allCases.map(\.rawValue),
        doc: "How a photo of another shape comes to a model: crop (to its masks), pad or squash.", keywordOnly: true, optional: true)

    /// Returns the call's `fit`, or nil where none is given.
    private static func fit(_ call: Call) throws -> SceneFit? {
        call.optional("fit") == nil ? nil : SceneFit(rawValue: try call.string("fit"))
    }

    /// Runs `load_scene`: a name without "/" and "." is looked up among the scenes that ship first. Throws `.badArgument` for an empty name
    /// and `.fileMissing` where there is no such folder; warns of mask files that a gap in the numbering leaves out.
    @Sendable private static func load(_ call: Call) throws -> Value {
        let name = try call.string("name")
        guard !name.isEmpty else { throw Problem(.badArgument, "load_scene: the name is empty", argument: "name") }
        let shipped = name.contains("/") || name.contains(".") ? nil : call.context.resolveInLibrary("scenes/\(name)")
        let path = shipped ?? FileNames.readable(name, call.context)
        if !FileSystem.exists(path) {
            let shipped = call.shipped("scenes")
            let nearest = nearestName(name, among: shipped.names).map { "did you mean \"\($0)\"?" } ?? FileNames.nearest(to: path)
            throw Problem(.fileMissing, "there is no scene \"\(name)\"", argument: "name", notes: [shipped.note], help: nearest)
        }
        try call.checkFolder(path, "name")
        let scene = try call.mapped("name") { try SceneFolder.load(path, fit: fit(call)) }
        let leftOut = SceneFolder.leftOut(path, masks: scene.masks.count)
        if !leftOut.isEmpty {
            call.context.warn(
                .noMasks, "\(leftOut.joined(separator: ", ")) left out: masks are mask0.png, mask1.png, … without a gap", argument: "name",
                label: "\(scene.masks.count) mask\(scene.masks.count == 1 ? "" : "s") read")
        }
        return .host(SceneValue(scene))
    }

    /// Runs `scene`: makes a scene of a picture and its masks.
    @Sendable private static func make(_ call: Call) throws -> Value {
        let masks = try call.hosts("masks", as: MaskValue.self).map { eightBits($0.mask) }
        let names = call.optional("names") == nil ? nil : try call.strings("names")
        let title = try call.string("title")
        let image = try call.picture("image")
        return .host(
            SceneValue(
                try call.mapped("masks") { try Scene(image: image, masks: masks, names: names, title: title, fit: fit(call) ?? .crop) }))
    }

    /// Returns the mask with its values rounded to bytes, as a file would hold it: a scene that was saved and loaded equals the one in
    /// memory.
    private static func eightBits(_ mask: Mask) -> Mask {
        Mask(width: mask.width, height: mask.height, values: mask.bytes.map { Float(Double($0) / 255) })
    }

    /// Runs `save_scene` and returns the folder's path.
    @Sendable private static func save(_ call: Call) throws -> Value {
        let (value, path) = (try call.host("scene", as: SceneValue.self), try call.target("path", isFolder: true))
        try call.mapped("path") { try SceneFolder.save(value.scene, to: path) }
        return .string(path)
    }

    /// Runs `check`. Throws `.missingArgument` where words are given without a model, among whose tokens they are looked up.
    @Sendable private static func check(_ call: Call) throws -> Value {
        let scene = try call.host("scene", as: SceneValue.self).scene
        let model = try call.optional("model").map { _ in try call.host("model", as: ModelValue.self).model }
        let words = try call.strings("init")
        guard words.isEmpty || model != nil else {
            throw Problem(
                .missingArgument, "check: words are looked up among a model's tokens", argument: "init", help: "check(scene, model, init=…)"
            )
        }
        let downsampling = MaskDownsampling(rawValue: try call.string("downsampling")) ?? .nearest
        let report = try call.mapped("scene") { try SceneReport(scene, model: model, words: words, downsampling: downsampling) }
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
            call.context.warn(code, warning.description, argument: "scene")
        }
    }
}
