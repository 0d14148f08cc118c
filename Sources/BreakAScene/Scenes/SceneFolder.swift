import Images
import Tensors

/// A scene on disk, as the method's authors lay it out: `img.jpg` (or .png) and `mask0.png`, `mask1.png`, …;
/// `names.json` beside them where the things have names, `scene.json` where `fit` is not "crop".
public enum SceneFolder {
    private static let photoNames = ["img.jpg", "img.jpeg", "img.png"]

    /// The path of a folder's photo; nil where it has none.
    public static func photo(in folder: String) -> String? { photoNames.map { "\(folder)/\($0)" }.first(where: FileSystem.exists) }

    /// Reads a scene. `fit`: replaces what the folder says. Throws `SceneError`, `FileError`, and `ImageError` for a
    /// picture that cannot be read.
    public static func load(_ path: String, fit: SceneFit? = nil) throws -> Scene {
        let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard FileSystem.isFolder(folder) else { throw SceneError.notAFolder(path: path, isPicture: FileSystem.exists(folder)) }
        guard let photo = photo(in: folder) else { throw SceneError.noPhoto(path: path) }
        var masks: [Mask] = []
        while FileSystem.exists("\(folder)/mask\(masks.count).png") {
            masks.append(try Mask(contentsOf: "\(folder)/mask\(masks.count).png"))
        }
        let title = folder.split(separator: "/").last.map(String.init) ?? folder
        guard !masks.isEmpty else { throw SceneError.noMasks(path, found: leftOut(folder, masks: 0)) }
        return try Scene(
            image: Image(contentsOf: photo), masks: masks, names: try names(folder, count: masks.count), title: title,
            fit: fit ?? storedFit(folder))
    }

    /// The files of a folder that look like masks and are not among its first `masks`: behind a gap, or of another kind.
    public static func leftOut(_ folder: String, masks: Int) -> [String] {
        let known = Set((0..<masks).map { "mask\($0).png" })
        return FileSystem.contents(folder).filter { $0.lowercased().hasPrefix("mask") && !known.contains($0) }
    }

    /// The way in which a photo is written.
    public enum PhotoFile: Sendable, Equatable {
        /// Without loss.
        case png
        /// Smaller, with loss; `quality` is 1…100.
        case jpeg(quality: Int)

        fileprivate var name: String { self == .png ? "img.png" : "img.jpg" }

        fileprivate func data(_ image: Image) throws -> [UInt8] {
            switch self {
            case .png: try image.pngData()
            case .jpeg(let quality): try image.jpegData(quality: quality)
            }
        }
    }

    /// Writes the folder; the photo as PNG, so that loading gives the same scene, or as JPEG. Throws `SceneError.holdsAnother` where
    /// files in it would keep it from doing so (they are someone's: nothing is deleted), `ImageError`, `FileError`.
    public static func save(_ scene: Scene, to path: String, photo file: PhotoFile = .png) throws {
        let settingsFiles: [String] = scene.fit == .crop ? [settings] : []
        let others = (photoNames.filter { $0 != file.name } + settingsFiles + ["mask\(scene.masks.count).png"]).filter {
            FileSystem.exists("\(path)/\($0)")
        }
        if !others.isEmpty { throw SceneError.holdsAnother(path: path, files: others) }
        let photo = try file.data(scene.image)
        let masks = try scene.masks.map { try $0.pngData() }
        try Cancellation.check()
        // From here on a stop would leave a photo beside masks of another.
        try Cancellation.shielded {
            try FileSystem.createFolder(path)
            try AtomicFile.write("\(path)/\(file.name)") { try $0.write(photo) }
            try write(masks, scene, path)
        }
    }

    /// Replaces the masks, names and settings of a scene's folder by those of `scene`, which is of the same photo; the photo's file stays as
    /// it is. Files of further masks are removed: loading gives this scene. Throws `SceneError.noPhoto` where the folder has no photo,
    /// `ImageError`, `FileError`.
    public static func replaceMasks(of path: String, by scene: Scene) throws {
        guard photo(in: path) != nil else { throw SceneError.noPhoto(path: path) }
        let masks = try scene.masks.map { try $0.pngData() }
        try Cancellation.check()
        try Cancellation.shielded {
            try write(masks, scene, path)
            if scene.fit == .crop, FileSystem.exists("\(path)/\(settings)") { try FileSystem.remove("\(path)/\(settings)") }
            // The first one after the last mask goes first: without it the others are not read.
            var index = masks.count
            while FileSystem.exists("\(path)/mask\(index).png") {
                try FileSystem.remove("\(path)/mask\(index).png")
                index += 1
            }
        }
    }

    private static func write(_ masks: [[UInt8]], _ scene: Scene, _ path: String) throws {
        for (index, mask) in masks.enumerated() { try AtomicFile.write("\(path)/mask\(index).png") { try $0.write(mask) } }
        if scene.fit != .crop {
            try AtomicFile.write("\(path)/\(settings)", text: JSON.object(JSONObject([("fit", .string(scene.fit.rawValue))])).text() + "\n")
        }
        try AtomicFile.write("\(path)/names.json", text: JSON.array(scene.names.map(JSON.string)).text() + "\n")
    }

    private static let settings = "scene.json"

    /// What the folder's settings file says; `.crop` without one. Throws `SceneError.namesFile` where it cannot be read.
    private static func storedFit(_ folder: String) throws -> SceneFit {
        let path = "\(folder)/\(settings)"
        guard FileSystem.exists(path) else { return .crop }
        let json = try? JSON.parse(try ReadableFile.contents(path, limit: 1 << 20))
        guard let word = json?["fit"]?.stringValue, let fit = SceneFit(rawValue: word) else {
            throw SceneError.namesFile(path: path, "it must be {\"fit\": \"crop\"}, \"pad\" or \"squash\"")
        }
        return fit
    }

    /// The names of the masks from the folder; nil where it has no file of names. Throws `SceneError.namesFile`.
    private static func names(_ folder: String, count: Int) throws -> [String]? {
        guard FileSystem.exists("\(folder)/names.json") else { return nil }
        let path = "\(folder)/names.json"
        let bytes = try ReadableFile.contents(path, limit: 1 << 20)
        let json: JSON
        do { json = try JSON.parse(bytes) } catch { throw SceneError.namesFile(path: path, "\(error)") }
        guard let names = json.arrayValue?.compactMap(\.stringValue), names.count == count else {
            throw SceneError.namesFile(path: path, "it must be a list of \(count) strings, one a mask")
        }
        return names
    }
}
