import BreakAScene
import Files
import Images

/// A photo with the masks that a person is painting. Masks are painted at the size of the page's picture, `size`, and come to the photo's
/// size when a scene is made of them; one that came from a file and was not touched stays exactly what it was.
struct MaskDraft: Sendable {
    /// A mask that is being painted.
    struct Layer: Sendable, Equatable {
        /// The number by which the page knows the mask; it stays when others come and go.
        var id: Int
        /// What the thing is called; empty for no name.
        var name: String
        /// The painted pixels.
        var runs: MaskRuns
    }

    /// The most masks, more than any model learns.
    static let mostMasks = 16
    /// The longest name in characters.
    static let longestName = 60
    /// The longer side of the page's picture in pixels, at most.
    static let longestSide = 1024

    /// The photo.
    let photo: Image
    /// The photo at the page's size.
    let picture: Image
    /// The masks in their order.
    var layers: [Layer]
    /// How the photo comes to a model of another shape.
    var fit: SceneFit
    /// The masks that came from a file, by the numbers of their layers, with the runs that the page shows of them.
    private let originals: [Int: (mask: Mask, runs: MaskRuns)]

    /// The size of the page's picture and of the runs.
    var size: PixelSize { picture.size }

    /// Begins with a photo, and with the masks of a scene of it where there are some. Throws `ImageError`.
    init(photo: Image, scene: Scene? = nil) throws {
        self.photo = photo
        picture = try photo.resized(to: Self.pageSize(photo.size))
        var (layers, originals) = ([Layer](), [Int: (mask: Mask, runs: MaskRuns)]())
        for (id, (mask, name)) in zip(scene?.masks ?? [], scene?.names ?? []).enumerated() {
            let runs = MaskRuns(try mask.resized(to: picture.size, .box))
            layers.append(Layer(id: id, name: name == "mask \(id)" ? "" : name, runs: runs))
            originals[id] = (mask, runs)
        }
        (self.layers, self.originals, fit) = (layers, originals, scene?.fit ?? .crop)
    }

    /// The size in which a photo is shown: its longer side has at most `longestSide` pixels.
    private static func pageSize(_ size: PixelSize) -> PixelSize {
        let scale = Double(longestSide) / Double(max(size.width, size.height))
        guard scale < 1 else { return size }
        return PixelSize(
            width: max(1, Int((Double(size.width) * scale).rounded())), height: max(1, Int((Double(size.height) * scale).rounded())))
    }

    /// The name of the mask at a place: the person's, or "mask 0".
    func name(_ place: Int) -> String { layers[place].name.isEmpty ? "mask \(place)" : layers[place].name }

    /// Returns the scene of the photo and all masks. Throws `SceneError` where there is no mask, one is empty, or two are equal.
    func scene(title: String) throws -> Scene {
        // Empty masks are told before any are brought to the photo's size.
        if let empty = layers.firstIndex(where: { isEmpty($0) }) { throw SceneError.maskEmpty(index: empty) }
        let masks = try layers.map(mask)
        return try Scene(image: photo, masks: masks, names: layers.indices.map(name), title: title, fit: fit)
    }

    /// The mask of a layer at the photo's size. The edge of a painted one is smoothed on the way and cut at one half.
    private func mask(_ layer: Layer) throws -> Mask {
        if let original = originals[layer.id], original.runs == layer.runs { return original.mask }
        let painted = layer.runs.mask
        if painted.size == photo.size { return painted }
        let larger = try painted.resized(to: photo.size, .bilinear).thresholded()
        return larger.isEmpty ? try painted.resized(to: photo.size, .nearest) : larger
    }

    /// Whether nothing is painted. A mask of a file may be faint, so that no pixel of it reaches one half: that one is not empty.
    private func isEmpty(_ layer: Layer) -> Bool {
        layer.runs.isEmpty && originals[layer.id].map { $0.runs != layer.runs || $0.mask.isEmpty } ?? true
    }

    /// Returns the draft with the masks and the fit of a page's message, `{"masks": [{"id", "name", "runs"}], "fit"}`; nil where the message
    /// has another form.
    func taking(_ json: JSON) -> MaskDraft? {
        guard let items = json["masks"]?.arrayValue, items.count <= Self.mostMasks,
            let fit = json["fit"]?.stringValue.flatMap(SceneFit.init(rawValue:))
        else { return nil }
        var layers: [Layer] = []
        for item in items {
            guard let id = item["id"]?.intValue, let name = item["name"]?.stringValue, let runs = MaskRuns(item["runs"], size: size),
                !layers.contains(where: { $0.id == id })
            else { return nil }
            layers.append(Layer(id: id, name: Self.clean(name), runs: runs))
        }
        var changed = self
        (changed.layers, changed.fit) = (layers, fit)
        return changed
    }

    /// A name without line ends and other control characters, and without spaces at its ends.
    private static func clean(_ name: String) -> String {
        let scalars = name.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        var text = Substring(String(String.UnicodeScalarView(scalars)).prefix(longestName))
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// The masks and the fit, in the form that `taking` reads.
    var json: JSONObject {
        let masks = layers.map { JSON.object(["id": JSON($0.id), "name": .string($0.name), "runs": $0.runs.json]) }
        return ["fit": .string(fit.rawValue), "masks": .array(masks)]
    }

    /// Whether the masks, their names and the fit are those of another draft of the photo.
    func isSame(as other: MaskDraft) -> Bool { layers == other.layers && fit == other.fit }
}
