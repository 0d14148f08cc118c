import Diffusion
import Images
import Tensors

/// One photo and a loose mask per thing in it: what the method learns from.
public struct Scene: Sendable, Equatable {
    /// The photo.
    public let image: Image
    /// One mask for each thing, of the photo's size.
    public let masks: [Mask]
    /// The names of the things, given by the person who made the scene; for messages and figures only.
    public let names: [String]
    /// The scene's title, for messages; handles of a scene whose photo has changed are found by it.
    public let title: String
    /// The way in which the photo is brought to a model whose pictures have another shape.
    public let fit: SceneFit
    /// A fingerprint of the photo and the masks, whatever they are called: 16 hexadecimal digits. Handles know their scene
    /// by it. A part of a scene, or the scene at another size, keeps it.
    public let fingerprint: String

    /// The title of a scene that was given none.
    public static let untitled = "scene"

    /// What the thing of the mask at place `index` is called where nobody has named it: "mask 0".
    public static func usualName(_ index: Int) -> String { "mask \(index)" }

    /// Makes a scene; without `names` masks are called "mask 0", "mask 1", … Throws `SceneError` where there is no mask,
    /// the names are not as many, or a mask has another size than the photo, is empty, or equals another.
    public init(image: Image, masks: [Mask], names: [String]? = nil, title: String = Scene.untitled, fit: SceneFit = .crop) throws {
        try self.init(image: image, masks: masks, names: names, title: title, fit: fit, fingerprint: nil)
    }

    /// Makes a scene with the fingerprint of the scene that it is a part of; nil computes the fingerprint. Throws as the
    /// other `init`.
    init(image: Image, masks: [Mask], names: [String]?, title: String, fit: SceneFit, fingerprint known: String?) throws {
        guard !masks.isEmpty else { throw SceneError.noMasks(title, found: []) }
        if let names, names.count != masks.count { throw SceneError.nameCount(names: names.count, masks: masks.count) }
        for (index, mask) in masks.enumerated() {
            guard mask.size == image.size else { throw SceneError.maskSize(index: index, mask: mask.size, image: image.size) }
            guard !mask.isEmpty else { throw SceneError.maskEmpty(index: index) }
            if let other = masks[..<index].firstIndex(of: mask) { throw SceneError.masksIdentical(other, index) }
        }
        self.image = image
        self.masks = masks
        self.names = names ?? masks.indices.map(Self.usualName)
        self.title = title
        self.fit = fit
        if let known {
            fingerprint = known
            return
        }
        var hash = Fingerprint()
        hash.mix("photo \(image.size)", Self.words(image.pixels))
        for mask in masks { hash.mix("mask", Tensor(mask)) }
        fingerprint = hash.text
    }

    /// Bytes packed four to a number: only for hashing, the numbers mean nothing.
    private static func words(_ bytes: [UInt8]) -> Tensor {
        Tensor.make([(bytes.count + 3) / 4]) { words in
            for index in words.indices.suffix(1) { words[index] = 0 }
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(words).copyMemory(from: $0) }
        }
    }

    /// Whether photo, masks, names and fit are equal; titles are not compared.
    public static func == (a: Scene, b: Scene) -> Bool { a.image == b.image && a.masks == b.masks && a.names == b.names && a.fit == b.fit }
}

/// An error of a scene or of its folder.
public enum SceneError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no folder at `path`; `isPicture`: there is a file.
    case notAFolder(path: String, isPicture: Bool)
    /// The folder at `path` has no photo.
    case noPhoto(path: String)
    /// The scene has no masks; `found`: files that were perhaps meant to be masks.
    case noMasks(String, found: [String])
    /// There are more or fewer names than masks.
    case nameCount(names: Int, masks: Int)
    /// The file at `path`, which holds names or settings, cannot be used; the text says why.
    case namesFile(path: String, String)
    /// The folder cannot take a scene: `files` of another one are in it, which loading would mix in.
    case holdsAnother(path: String, files: [String])
    /// The mask at place `index` has another size than the photo.
    case maskSize(index: Int, mask: PixelSize, image: PixelSize)
    /// The mask at place `index` is 0 everywhere.
    case maskEmpty(index: Int)
    /// The masks at these two places are equal.
    case masksIdentical(Int, Int)

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .notAFolder(let path, let isPicture):
            isPicture
                ? "\(path) is one picture; a scene is a folder with img.jpg and mask0.png, mask1.png, …"
                : "there is no scene folder \(path)"
        case .noPhoto(let path): "\(path) is not a scene: it has no img.jpg, img.jpeg or img.png"
        case .noMasks(let title, let found):
            "\(title) has no masks: a scene needs mask0.png, mask1.png, …, one for each thing"
                + (found.isEmpty ? "" : "; it has \(found.joined(separator: ", "))")
        case .nameCount(let names, let masks): "\(names) names for \(masks) masks"
        case .namesFile(let path, let what): "\(path): \(what)"
        case .holdsAnother(let path, let files):
            "\(path) holds another scene's \(files.joined(separator: ", ")), which would be read with this one"
        case .maskSize(let index, let mask, let image): "mask \(index) is \(mask) pixels, the photo is \(image)"
        case .maskEmpty(let index): "mask \(index) is empty: it marks no pixel of the photo"
        case .masksIdentical(let a, let b): "masks \(a) and \(b) are identical: two handles cannot be told apart by them"
        }
    }
}
