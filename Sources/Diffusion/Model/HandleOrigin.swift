import Tensors

/// The mask of the scene that a handle was made for. Commands pair handles with masks by it.
public struct HandleOrigin: Sendable, Equatable {
    /// The scene's title.
    public let scene: String
    /// The fingerprint of the scene's photo and masks: 16 hexadecimal digits.
    public let fingerprint: String
    /// The mask's place in the scene, from 0.
    public let mask: Int
    /// The name of the masked thing.
    public let name: String

    /// The mask at place `mask` of a scene.
    public init(scene: String, fingerprint: String, mask: Int, name: String) {
        (self.scene, self.fingerprint, self.mask, self.name) = (scene, fingerprint, mask, name)
    }
}

extension HandleOrigin {
    /// The origin as files keep it.
    var json: JSON { ["scene": .string(scene), "fingerprint": .string(fingerprint), "mask": JSON(mask), "name": .string(name)] }

    /// Reads an origin; nil where a member is missing.
    init?(_ json: JSON) {
        guard let scene = json["scene"]?.stringValue, let fingerprint = json["fingerprint"]?.stringValue, let mask = json["mask"]?.intValue,
            mask >= 0, let name = json["name"]?.stringValue
        else { return nil }
        self.init(scene: scene, fingerprint: fingerprint, mask: mask, name: name)
    }

    /// A list of origins as files keep it: one entry for each handle, null for one that belongs to no scene.
    public static func json(_ origins: [HandleOrigin?]) -> JSON { .array(origins.map { $0?.json ?? .null }) }

    /// Reads such a list; all entries are nil where there is none, or it has another number of entries than `count`.
    public static func list(_ json: JSON?, count: Int) -> [HandleOrigin?] {
        guard let entries = json?.arrayValue, entries.count == count else { return Array(repeating: nil, count: count) }
        return entries.map(HandleOrigin.init)
    }
}
