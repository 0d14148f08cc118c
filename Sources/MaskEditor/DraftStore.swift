import Files
import Images

/// Keeps masks that were not saved, so that nothing is lost when the page, the program or the machine ends. A file for each photo lies in a
/// folder of the project, and is removed when the masks are saved.
struct DraftStore: Sendable {
    private let path: String
    private let fingerprint: String

    /// The store for a photo that is called `name`, in `folder`, which is made when something is kept.
    init(_ photo: Image, name: String, folder: String) {
        fingerprint = String(SHA256.hexadecimal(of: photo.pixels).prefix(16))
        let stem = String(name.prefix(40).map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : "_" })
        path = "\(folder)/\(stem)-\(fingerprint).json"
    }

    /// Returns a draft of the photo with the masks that were kept for it; nil where there are none, or the file is damaged.
    func restored(_ draft: MaskDraft) -> MaskDraft? {
        guard FileSystem.exists(path), let bytes = try? ReadableFile.contents(path, limit: 64 << 20), let json = try? JSON.parse(bytes),
            json["photo"]?.stringValue == fingerprint, json["size"] == Self.size(draft)
        else { return nil }
        return draft.taking(json)
    }

    /// Keeps the masks of a draft. Throws `FileError`.
    func keep(_ draft: MaskDraft) throws {
        let head: [(String, JSON)] = [("photo", .string(fingerprint)), ("size", Self.size(draft))]
        let members = head + draft.json.members.map { ($0, $1) }
        try FileSystem.createFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        try AtomicFile.write(path, text: JSON.object(JSONObject(members)).text() + "\n")
    }

    /// Forgets what was kept.
    func forget() { try? FileSystem.remove(path) }

    private static func size(_ draft: MaskDraft) -> JSON { [JSON(draft.size.width), JSON(draft.size.height)] }
}
