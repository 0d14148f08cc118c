import Tensors

/// What a handle was made for: one mask of one scene. Commands that pair handles with masks go by this.
public struct HandleOrigin: Sendable, Equatable {
    /// What the scene is called.
    public let scene: String
    /// Of the scene's photo and masks: 16 hexadecimal digits.
    public let fingerprint: String
    /// The mask's place in the scene, from 0.
    public let mask: Int
    /// What the masked thing is called.
    public let name: String

    public init(scene: String, fingerprint: String, mask: Int, name: String) {
        (self.scene, self.fingerprint, self.mask, self.name) = (scene, fingerprint, mask, name)
    }
}

extension HandleOrigin {
    var json: JSON { ["scene": .string(scene), "fingerprint": .string(fingerprint), "mask": JSON(mask), "name": .string(name)] }

    /// nil where a part is missing.
    init?(_ json: JSON) {
        guard let scene = json["scene"]?.stringValue, let fingerprint = json["fingerprint"]?.stringValue, let mask = json["mask"]?.intValue,
            mask >= 0, let name = json["name"]?.stringValue
        else { return nil }
        self.init(scene: scene, fingerprint: fingerprint, mask: mask, name: name)
    }

    /// A list as files hold it: one entry a handle, null for one that belongs to no scene.
    public static func json(_ origins: [HandleOrigin?]) -> JSON { .array(origins.map { $0?.json ?? .null }) }

    /// The same read; files without it, or with another number of entries than `count`, bind no handle to a scene.
    public static func list(_ json: JSON?, count: Int) -> [HandleOrigin?] {
        guard let entries = json?.arrayValue, entries.count == count else { return Array(repeating: nil, count: count) }
        return entries.map(HandleOrigin.init)
    }
}
