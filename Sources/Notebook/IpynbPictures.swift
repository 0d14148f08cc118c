import Images
import Language

/// The pictures that an `.ipynb` file brings along, each under a name for the notebook's folder.
struct IpynbPictures {
    private(set) var files: [(name: String, png: [UInt8])] = []
    private var places: [String: Int] = [:]

    /// Returns whether a name can be that of a file in the folder: it leads nowhere else.
    static func isSafe(_ name: String) -> Bool {
        name.hasSuffix(".png") && (5...100).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte)
                }
            }
    }

    func contains(_ name: String) -> Bool { places[name] != nil }

    /// Takes a picture (PNG, or JPEG, which becomes a PNG) and returns its name: the wished one where it is free and safe, else one that
    /// follows from the pixels. Returns nil where the bytes are no picture.
    mutating func add(_ data: [UInt8], wish: String?) -> String? {
        guard let image = try? Image(data: data), case let png? = data.first == 0x89 ? data : try? image.pngData() else { return nil }
        if let wish, Self.isSafe(wish), places[wish].map({ files[$0].png == png }) ?? true { return put(png, wish) }
        return put(png, CellOutput.pictureName(png))
    }

    private mutating func put(_ png: [UInt8], _ name: String) -> String {
        if places[name] == nil {
            places[name] = files.count
            files.append((name, png))
        }
        return name
    }
}
