import BreakAScene
import Images
import Language
import Tensors

/// The builtin that makes scenes of COCO annotations.
enum COCOCommand {
    private static let annotations = Key<String>(
        "annotations", doc: "The .json file: instances or panoptic.", file: .input(library: nil))
    private static let images = Key<String>("images", doc: "The folder of the photos.", file: .input(library: nil))
    private static let count = Key<Int>(
        "n", default: 10, range: 1...100_000, doc: "How many scenes, of pictures drawn at random.", keywordOnly: true)
    private static let folder = Key<String?>(
        "folder", doc: "A folder that gets a scene's folder for each; their paths come back in place of scenes.", keywordOnly: true,
        file: .folder)
    private static let share = Key<Double>(
        "share", default: 0.15, range: 0.01...0.5, doc: "The least part of the square crop that a thing covers.", keywordOnly: true)
    private static let exclude = Key<[String]>(
        oneOrMore: "exclude", default: COCOAnnotations.Rule.paperExclusions, doc: "Classes that do not count.", keywordOnly: true)
    private static let segments = Key<String?>(
        "segments", doc: "The folder of a panoptic file's segments; the .json file's name without its ending where not given.",
        keywordOnly: true, file: .input(library: nil))
    private static let seed = Key<Int>("seed", default: 0, doc: "Of the choice of pictures.", keywordOnly: true)

    /// The most scenes that are given as values; of more, the folders are.
    private static let valueLimit = 200

    static let builtin = Builtin(
        "coco_scenes", family: .scenes,
        summary: "Makes scenes of a file of COCO annotations by the paper's rule: a square crop with two large things of distinct classes.",
        parameters: [annotations, images, count, folder, share, exclude, segments, seed],
        result: "list of scenes, or of their folders' paths",
        terms: ["COCO", "MS COCO", "instances", "panoptic", "dataset", "evaluation set", "RLE", "segmentation"], paper: "B.2",
        examples: [.init(example, shows: "[\"cat\", \"dog\"]")], seeAlso: ["load_scene", "scene", "save_scene"], run: run)

    /// Files as COCO's, of one picture with two halves.
    private static let example = """
        save_image(image(zeros([64, 64])), "1.png")
        fn half(x) { {image_id: 1, iscrowd: 0, area: 2048, segmentation: [[x, 0, x + 32, 0, x + 32, 64, x, 64]]} }
        save_json({images: [{id: 1, file_name: "1.png", width: 64, height: 64}], categories: [{id: 1, name: "cat"}, {id: 2, name: "dog"}],
            annotations: [{category_id: 1, ..half(0)}, {category_id: 2, ..half(32)}]}, "instances.json")
        coco_scenes("instances.json", ".", n=1)[0].names
        """

    @Sendable private static func run(_ call: Call) throws -> Value {
        let (wanted, target) = (try call[count], try folderTarget(call))
        guard target != nil || wanted <= valueLimit else {
            throw Problem(
                .outOfRange, "coco_scenes: more than \(valueLimit) scenes are written into folders, not held in memory",
                argument: count.name,
                help: "folder=\"scenes\" writes them, and load_scene reads each")
        }
        let rule = COCOAnnotations.Rule(share: try call[share], excluded: Set(try call[exclude]))
        let path = FileNames.readable(try call[annotations], call.context)
        let photos = FileNames.readable(try call[images], call.context)
        guard FileNames.isFolder(photos) else {
            throw Problem(
                .fileMissing, "there is no folder \"\(try call[images])\"", argument: images.name, help: FileNames.nearest(to: photos))
        }
        let maps =
            try call[segments].map { FileNames.readable($0, call.context) } ?? (path.hasSuffix(".json") ? String(path.dropLast(5)) : path)
        let found = try mapped(call) { try COCOAnnotations(path, rule: rule) }
        var scenes = COCOScenes(found, rule: rule, photos: photos, maps: maps)
        var bar = ProgressBar(call.context, title: "making scenes", unit: "scene")
        defer { bar.finish() }
        var results: [Value] = []
        _ = try mapped(call) {
            try scenes.forEach(wanted, seed: call[seed]) { scene in
                try call.context.checkInterrupt()
                results.append(try target.map { Value.string(try save(scene, $0, call)) } ?? .host(SceneValue(scene)))
                bar.update(results.count, of: wanted)
            }
        }
        try tell(scenes, results.count, of: wanted, found, call)
        return .list(results)
    }

    private static func folderTarget(_ call: Call) throws -> String? {
        guard try call[folder] != nil else { return nil }
        return try call.target(folder, isFolder: true)
    }

    private static func save(_ scene: Scene, _ folder: String, _ call: Call) throws -> String {
        let path = "\(folder)/\(scene.title.split(separator: " ").joined(separator: "_"))"
        try call.mapped(Self.folder) {
            try FileSystem.createFolder(folder)
            try SceneFolder.save(scene, to: path)
        }
        return path
    }

    /// Warns of photos that are missing or do not fit, and of fewer scenes than were asked for. Throws where there is none.
    private static func tell(_ scenes: COCOScenes, _ made: Int, of wanted: Int, _ found: COCOAnnotations, _ call: Call) throws {
        var notes = ["\(countText(found.count, "picture")) of the file have large things of two classes"]
        if let first = scenes.missing.first { notes.append("\(scenes.missing.count) of these are not in the folder: \(first), …") }
        if let first = scenes.unfit.first {
            notes.append("\(scenes.unfit.count) have another size, or segments that cannot be read: \(first), …")
        }
        guard made > 0 else {
            throw Problem(
                .badFile, "coco_scenes: no picture makes a scene", argument: annotations.name, notes: notes,
                help: "share= asks for smaller things; exclude=[] lets every class count")
        }
        guard made < wanted || !scenes.unfit.isEmpty else { return }
        call.context.warn(.badFile, "\(countText(made, "scene")) of \(wanted)", argument: annotations.name, notes: notes)
    }

    private static func mapped<T>(_ call: Call, _ body: () throws -> T) throws -> T {
        do {
            return try call.mapped(annotations, body)
        } catch let error as COCOError {
            throw Problem(.badFile, error.description, argument: annotations.name)
        }
    }
}
