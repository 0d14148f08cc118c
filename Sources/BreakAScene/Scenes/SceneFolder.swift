import Images
import Tensors

/// A scene on disk, as the method's authors lay it out: `img.jpg` (or .png) and `mask0.png`, `mask1.png`, …;
/// `names.json` beside them where the things have names.
public enum SceneFolder {
    private static let photoNames = ["img.jpg", "img.jpeg", "img.png"]

    /// Throws `SceneError`, and `ImageError` for a picture that cannot be read.
    public static func load(_ path: String) throws -> Scene {
        let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard FileSystem.isFolder(folder) else { throw SceneError.notAFolder(path: path, isPicture: FileSystem.exists(folder)) }
        guard let photo = photoNames.map({ "\(folder)/\($0)" }).first(where: FileSystem.exists) else { throw SceneError.noPhoto(path: path) }
        var masks: [Mask] = []
        while FileSystem.exists("\(folder)/mask\(masks.count).png") { masks.append(try Mask(contentsOf: "\(folder)/mask\(masks.count).png")) }
        let title = folder.split(separator: "/").last.map(String.init) ?? folder
        guard !masks.isEmpty else { throw SceneError.noMasks(path) }
        return try Scene(image: Image(contentsOf: photo), masks: masks, names: try names(folder, count: masks.count), title: title)
    }

    /// Writes the folder; the photo as PNG, so that loading gives the same scene. Throws `ImageError`, `FileError`.
    public static func save(_ scene: Scene, to path: String) throws {
        try FileSystem.createFolder(path)
        try scene.image.write(to: "\(path)/img.png")
        for (index, mask) in scene.masks.enumerated() { try mask.write(to: "\(path)/mask\(index).png") }
        try AtomicFile.write("\(path)/names.json", text: JSON.array(scene.names.map(JSON.string)).text() + "\n")
    }

    private static func names(_ folder: String, count: Int) throws -> [String]? {
        guard FileSystem.exists("\(folder)/names.json") else { return nil }
        let json = try JSON.parse(try ReadableFile.contents("\(folder)/names.json", limit: 1 << 20))
        let names = json.arrayValue?.compactMap(\.stringValue) ?? []
        guard names.count == count else { throw SceneError.nameCount(names: names.count, masks: count) }
        return names
    }
}
