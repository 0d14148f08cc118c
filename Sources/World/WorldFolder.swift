import Files
import Images

/// A picture of the world in a folder: a scene's folder (`img.jpg` or `img.png`, `mask0.png`, …, `names.json`), and beside it
/// `full0.png`, … with the full masks of things that others hide, and `world.json` with everything that is true of it, from
/// which it can be drawn again and changed.
public enum WorldFolder {
    /// Reads a folder; nothing is drawn. `library` knows the things; a thing that it does not have is an error. Throws
    /// `WorldError.badFile`, `FileError`, `ImageError`.
    public static func load(_ path: String, library: ObjectLibrary) throws -> RenderedScene {
        let (json, file) = (try description(path), path + "/world.json")
        guard let scene = WorldScene(json), let caption = json["caption"]?.stringValue, let details = json["description"]?.stringValue
        else {
            throw WorldError.badFile(path: file, "it describes no scene")
        }
        let photo = ["img.jpg", "img.png"].map { "\(path)/\($0)" }.first(where: FileSystem.exists) ?? "\(path)/img.png"
        let image = try Image(contentsOf: photo)
        func mask(_ file: String) throws -> Mask {
            let mask = try Mask(contentsOf: file)
            guard mask.size == image.size else { throw WorldError.badFile(path: file, "it is \(mask.size), the photo \(image.size)") }
            return mask
        }
        let masks = try scene.things.indices.map { try mask("\(path)/mask\($0).png") }
        let full = try scene.things.indices.map { index in
            let file = "\(path)/full\(index).png"
            return FileSystem.exists(file) ? try mask(file) : masks[index]
        }
        return RenderedScene(
            scene: scene, objects: try scene.things.map { try library.object($0.object) }, image: image, masks: masks, fullMasks: full,
            caption: caption, description: details)
    }

    /// The name of the library that a folder's things are from, as `save` was given it. Throws as `load`.
    public static func library(of path: String) throws -> String? {
        try description(path)["library"]?.stringValue
    }

    private static func description(_ path: String) throws -> JSON {
        let file = path + "/world.json"
        guard FileSystem.exists(file) else { throw WorldError.badFile(path: path, "it has no world.json: it is no folder of the world") }
        do { return try JSON.parse(try ReadableFile.contents(file, limit: 1 << 22)) } catch let error as JSONError {
            throw WorldError.badFile(path: file, "\(error)")
        }
    }

    /// Adds to a scene's folder what makes it one of the world: `world.json`, and the full masks of things that others hide.
    /// Throws `ImageError`, `FileError`.
    public static func saveTruth(_ rendered: RenderedScene, library: String, to path: String) throws {
        for (index, mask) in rendered.fullMasks.enumerated() {
            let file = "\(path)/full\(index).png"
            if mask == rendered.masks[index] {
                if FileSystem.exists(file) { try FileSystem.remove(file) }
                continue
            }
            let bytes = try mask.pngData()
            try AtomicFile.write(file) { try $0.write(bytes) }
        }
        try AtomicFile.write("\(path)/world.json", text: truth(rendered, library: library).text(pretty: true) + "\n")
    }

    /// Everything that is true of a thing in a picture.
    private static func thing(_ rendered: RenderedScene, _ index: Int) -> [(String, JSON)] {
        let (thing, object) = (rendered.scene.things[index], rendered.objects[index])
        let pose = rendered.poses[index].map { [("azimuth", JSON($0.azimuth)), ("elevation", JSON($0.elevation))] } ?? []
        return [
            ("object", .string(object.id)), ("name", .string(object.name)), ("class", object.className.map(JSON.string) ?? .null),
            ("held_out", .bool(object.isHeldOut)), ("pose", JSON(thing.pose)),
        ] + pose + [
            ("turn", JSON(thing.turn)), ("flipped", .bool(thing.isFlipped)), ("scale", JSON(thing.scale)), ("x", JSON(thing.x)),
            ("base", JSON(thing.base)), ("area", JSON(rendered.fullMasks[index].areaFraction)), ("hidden", JSON(rendered.hidden[index])),
            ("license", .string(object.license)), ("attribution", .string(object.attribution)),
        ]
    }

    /// Everything that is true of a picture.
    static func truth(_ rendered: RenderedScene, library: String) -> JSON {
        let scene = rendered.scene
        let things = scene.things.indices.map { JSON.object(JSONObject(self.thing(rendered, $0))) }
        let seeds = WorldScene.Part.allCases.map { ($0.rawValue, JSON(scene.seed($0))) }
        return .object(
            JSONObject([
                ("caption", .string(rendered.caption)), ("description", .string(rendered.description)), ("library", .string(library)),
                ("side", JSON(scene.side)), ("background", .string(scene.background)), ("light", .string(scene.light)),
                ("style", .string(scene.style)), ("seeds", .object(JSONObject(seeds))), ("things", .array(things)),
            ]))
    }
}

extension WorldScene {
    /// Reads what `WorldFolder` writes; nil for anything else, and for numbers outside of their ranges.
    init?(_ json: JSON) {
        guard let side = json["side"]?.intValue, ScenePlanner.sides ~= side, let background = json["background"]?.stringValue,
            let light = json["light"]?.stringValue, let style = json["style"]?.stringValue, let entries = json["things"]?.arrayValue,
            1...ScenePlanner.mostThings ~= entries.count
        else { return nil }
        var things: [Thing] = []
        for entry in entries {
            guard let object = entry["object"]?.stringValue, let pose = entry["pose"]?.intValue, let scale = entry["scale"]?.doubleValue,
                let x = entry["x"]?.doubleValue, let base = entry["base"]?.doubleValue, scale > 0, scale < 1, -1...2 ~= x, -1...2 ~= base
            else { return nil }
            things.append(
                Thing(
                    object: object, pose: pose, isFlipped: entry["flipped"]?.boolValue ?? false, turn: entry["turn"]?.doubleValue ?? 0,
                    scale: scale,
                    x: x, base: base))
        }
        let seeds = Part.allCases.map { ($0, json["seeds"]?[$0.rawValue]?.intValue ?? 0) }
        self.init(
            side: side, things: things, background: background, light: light, style: style, seeds: Dictionary(uniqueKeysWithValues: seeds))
    }
}
