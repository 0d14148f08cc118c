import BreakAScene
import Files
import Images
import Language
import World

/// Commands that draw scenes with exact masks, and draw their things again in other poses, lights and places.
enum WorldCommands {
    private static let things = Key<Value>(
        "things", .oneOf([.int, .string, .list(.string), WorldValue.rule]),
        doc: "How many (1 to 8), or which: names or classes; or a world whose things are drawn again.")
    private static let area = Key<[Double]?>(
        oneOrMore: "area", range: 0.002...0.6, doc: "Share of the picture that each thing covers; one for all, or a list.",
        keywordOnly: true)
    private static let overlap = Key<Double?>(
        "overlap", range: 0...0.9, doc: "Share of a thing that its neighbour in front hides; 0 keeps all apart.", keywordOnly: true)
    private static let azimuth = Key<[Double]?>(
        oneOrMore: "azimuth", range: -3600...3600, unit: "degrees",
        doc: "From where things are seen: 0 is their front. The nearest drawn pose is taken.",
        keywordOnly: true)
    private static let background = Key<String?>(
        "background", allowed: Words.backgrounds, doc: "Where it is; drawn at random where not given.", keywordOnly: true)
    private static let light = Key<String?>(
        "light", allowed: Words.lights, doc: "From where the light comes; drawn at random where not given.", keywordOnly: true)
    private static let style = Key<String?>(
        "style", allowed: Words.styles, doc: "How it is drawn; photo where not given.", keywordOnly: true)
    private static let side = Key<Int?>(
        "side", range: 64...1024, unit: "px", doc: "Side of the picture; 256, or that of the world that is drawn again.", keywordOnly: true)
    private static let sameClass = Key<Bool>(
        "same_class", default: false, doc: "Whether the first two things are of one class.", keywordOnly: true)
    private static let split = Key<SceneRequest.Split>(
        "split", default: .heldOut, doc: "Things that no model was trained on, those that models are trained on, or all.", keywordOnly: true
    )
    private static let library = Key<WorldLibrary>(
        "library", default: .pack, doc: "The things that ship, or all that make setup-world has drawn.", keywordOnly: true)
    private static let redraw = Key<[WorldScene.Part]>(
        "redraw", default: [], doc: "Of a world: what is drawn anew from seed; with a seed alone all but things and sizes.",
        keywordOnly: true)
    private static let seed = Key<Int>("seed", default: 0, doc: "Of everything that is drawn at random.", keywordOnly: true)

    private static let name = Key<String>(
        "name", doc: "A scene that ships (world_scenes lists them), or the path of a folder.", file: .input(library: "world/scenes"))
    private static let world = Key<WorldValue>("world", doc: "The world.")
    private static let path = Key<String>("path", doc: "The folder; made where it is missing, in one that is there.", file: .output)
    private static let quality = Key<Int?>(
        "quality", range: 1...100, doc: "Writes the photo as JPEG of this quality; PNG, without loss, where not given.", keywordOnly: true)

    /// The words that recipe and code share; a test holds them to the recipe.
    enum Words {
        static let backgrounds = [
            "plain", "beach", "snow", "grass", "forest", "desert", "water", "night", "brick", "wood", "tiles", "city", "sunset",
        ]
        static let lights = ["left", "right", "above"]
        static let styles = ["photo", "oil", "sketch", "pixel", "bw"]
    }

    /// The rows of this family.
    static let all: [Builtin] = [
        Builtin(
            "render", family: .world, summary: "Draws a captioned scene of 1 to 8 things with exact masks, or a world's things once more.",
            parameters: [
                things, area, overlap, azimuth, background, light, style, side, sameClass, split, library, redraw, seed,
            ], result: .host(WorldValue.self),
            terms: [
                "world", "synthetic", "collage", "ground truth", "exact masks", "pose", "light", "occlusion", "overlap", "benchmark",
                "compose",
            ],
            examples: [
                .init("w = render(3, seed=1, side=128)\n[len(w.masks), len(w.full_masks)]", shows: "[3, 3]"),
                .init(
                    "w = render([\"cat\", \"cup\"], background=\"snow\", light=\"left\", side=128)\nw.names", shows: "[\"cat\", \"cup\"]"),
                .init(
                    "w = render(2, seed=1, side=128)\nother = render(w, light=\"right\", background=\"beach\")\nother.masks == w.masks",
                    shows: "true"),
            ], seeAlso: ["load_world", "world_objects", "scene"], run: render),
        Builtin(
            "load_world", family: .world, summary: "Loads a drawn scene with its truth: one that ships, or a folder of save_world.",
            parameters: [name], result: .host(WorldValue.self), terms: ["ground truth", "held out", "benchmark", "pack"],
            examples: [.init("w = load_world(world_scenes()[0])\nlen(w.masks) == len(w.names)", shows: "true")],
            seeAlso: ["world_scenes", "save_world", "load_scene"], run: load),
        Builtin(
            "save_world", family: .world,
            summary: "Writes a world as a scene's folder with full masks and truth; load_scene reads it, too.",
            parameters: [world, path, quality], result: .path, terms: ["write", "export", "store", "ground truth"],
            examples: [
                .init("w = render(2, side=128); save_world(w, \"mine\"); load_world(\"mine\") == w", shows: "true")
            ], seeAlso: ["save_scene"], run: save),
        Builtin(
            "world_scenes", family: .world, summary: "The names of the drawn scenes that ship; no model was trained on their things.",
            result: ResultType("list of string", .listOf(.string)), terms: ["held out", "benchmark", "pack", "list"],
            examples: [.init("len(world_scenes())", shows: "24")], seeAlso: ["load_world"]
        ) { call in .list(scenes(call.context).map { .string($0) }) },
        Builtin(
            "world_objects", family: .world, summary: "A table of the things that render can draw, with class, poses and licence.",
            parameters: [library], result: .table, terms: ["things", "models", "cut-outs", "licence", "attribution", "held out"],
            examples: [.init("len(world_objects()) > 20", shows: "true")], run: objects),
    ]

    // MARK: render

    @Sendable private static func render(_ call: Call) throws -> Value {
        let given = try call[things]
        if let world = given.host(as: WorldValue.self) { return try again(world, call) }
        try refuse(call, redraw.name, "redraw is of a world that is drawn again: render(world, redraw=[\"places\"], seed=2)")
        var request = SceneRequest(
            split: try call[split], sameClass: try call[sameClass], areas: try call[area], overlap: try call[overlap] ?? 0,
            azimuths: try call[azimuth], background: try call[background], light: try call[light], style: try call[style] ?? "photo",
            side: try call[side] ?? 256, seed: try call[seed])
        switch given {
        case .int(let count): request.count = count
        case .string(let name): request.names = [name]
        default: request.names = try [String].read(given, call, things.name)
        }
        if request.count == nil, request.sameClass {
            throw Problem(.badArgument, "render: same_class is of things that are drawn at random", argument: sameClass.name)
        }
        return try draw(call, try call[library]) { try $0.scene(request) }
    }

    /// Draws a world's things once more.
    private static func again(_ world: WorldValue, _ call: Call) throws -> Value {
        for name in [sameClass.name, split.name, library.name] {
            try refuse(call, name, "\(name) is of new scenes; this one's things stay")
        }
        var parts = Set(try call[redraw])
        if parts.isEmpty, call.has(seed) { parts = Set(WorldScene.Part.allCases).subtracting([.things, .sizes]) }
        guard !parts.contains(.things) else {
            throw Problem(
                .badArgument, "render: other things are another scene", argument: redraw.name,
                help: "render(\(world.rendered.objects.count), seed=…)")
        }
        let change = SceneChange(
            redraw: parts, seed: try call[seed], areas: try call[area], overlap: try call[overlap], azimuths: try call[azimuth],
            background: try call[background], light: try call[light], style: try call[style], side: try call[side])
        return try draw(call, world.library, title: world.title) { try $0.changed(world.rendered.scene, change) }
    }

    private static func refuse(_ call: Call, _ name: String, _ message: String) throws {
        guard let parameter = call.builtin.parameters.first(where: { $0.name == name }), call.has(parameter) else { return }
        throw Problem(.badArgument, "render: \(message)", argument: name)
    }

    private static func draw(
        _ call: Call, _ library: WorldLibrary, title: String? = nil, _ plan: (ScenePlanner) throws -> WorldScene
    ) throws -> Value {
        try call.mapped(things) {
            let (recipe, opened) = (try WorldLibrary.recipe(call.context), try library.open(call.context))
            let scene = try plan(ScenePlanner(recipe: recipe, library: opened))
            let rendered = try SceneRenderer(recipe: recipe, library: opened).render(scene)
            return .host(WorldValue(rendered: rendered, library: library, title: title ?? WorldValue.title(rendered)))
        }
    }

    // MARK: folders

    /// The names of the scenes that ship, in order.
    private static func scenes(_ context: Context) -> [String] {
        guard let folder = context.resolveInLibrary("world/scenes") else { return [] }
        return FileSystem.contents(folder).filter { FileSystem.exists("\(folder)/\($0)/world.json") }.sorted()
    }

    @Sendable private static func load(_ call: Call) throws -> Value {
        let name = try call[name]
        guard !name.isEmpty else { throw Problem(.badArgument, "load_world: the name is empty", argument: Self.name.name) }
        let shipped = name.contains("/") || name.contains(".") ? nil : call.context.resolveInLibrary("world/scenes/\(name)")
        let path = shipped ?? FileNames.readable(name, call.context)
        guard FileSystem.exists(path) else {
            let names = scenes(call.context)
            throw Problem(
                .fileMissing, "there is no world \"\(name)\"", argument: Self.name.name,
                help: nearestName(name, among: names).map { "did you mean \"\($0)\"?" } ?? "world_scenes() lists those that ship")
        }
        try call.checkFolder(path, Self.name)
        return try call.mapped(Self.name) {
            let library = try WorldFolder.library(of: path).flatMap(WorldLibrary.init(rawValue:)) ?? .pack
            let rendered = try WorldFolder.load(path, library: try library.open(call.context))
            let title = path.split(separator: "/").last.map(String.init) ?? path
            return .host(WorldValue(rendered: rendered, library: library, title: title))
        }
    }

    @Sendable private static func save(_ call: Call) throws -> Value {
        let (value, path) = (try call[world], try call.target(path, isFolder: true))
        try call.mapped(Self.path) {
            let scene = try value.scene()
            if let quality = try call[quality] {
                try SceneFolder.save(scene, to: path, photo: .jpeg(quality: quality))
            } else {
                try SceneFolder.save(scene, to: path)
            }
            try WorldFolder.saveTruth(value.rendered, library: value.library.rawValue, to: path)
        }
        return .string(path)
    }

    // MARK: things

    @Sendable private static func objects(_ call: Call) throws -> Value {
        let opened = try call.mapped(library) { try call[library].open(call.context) }
        let rows = opened.objects.sorted { ($0.className ?? "", $0.name, $0.id) < ($1.className ?? "", $1.name, $1.id) }.map {
            object -> [Value] in
            [
                .string(object.name), object.className.map { .string($0) } ?? .none, .string(object.kind.rawValue), .bool(object.isHeldOut),
                .int(max(1, object.poses.count)), .int(max(1, object.lights.count)), .string(object.license), .string(object.attribution),
                .string(object.id),
            ]
        }
        let columns = ["name", "class", "kind", "held_out", "poses", "lights", "licence", "author", "id"]
        return .host(TableValue(columns: columns, rows: rows))
    }
}

extension WorldScene.Part: WordArgument {}
