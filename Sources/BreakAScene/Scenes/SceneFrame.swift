import Images

/// The way in which a photo is brought to the shape of a model's pictures. A photo that has this shape is taken whole.
public enum SceneFit: String, Sendable, CaseIterable {
    /// The largest part of that shape, with the masks in its middle as far as the photo's borders allow. Where the masks
    /// reach farther than any such part, nothing of them is cut off: the photo is padded instead.
    case crop
    /// The whole photo; the pixels of its border are repeated to fill the shape.
    case pad
    /// The whole photo, stretched to the shape.
    case squash
}

/// The part of a photo that a model sees, in the photo's pixels. It reaches outside of the photo where that is padded.
public struct SceneFrame: Sendable, Equatable {
    /// The part, in pixels of the photo.
    public let rect: PixelRect
    /// How the photo is brought to the shape; nil where it has the shape already.
    public let applied: SceneFit?

    /// The part that a model with pictures of the shape of `size` sees.
    public init(_ scene: Scene, for size: PixelSize) {
        let photo = scene.image.size
        let whole = PixelRect(x0: 0, y0: 0, x1: photo.width, y1: photo.height)
        guard photo.width * size.height != photo.height * size.width else {
            (rect, applied) = (whole, nil)
            return
        }
        let box = scene.extent
        // Largest part of the shape within the photo, and smallest around it.
        let inner = Self.size(of: size, within: photo)
        let outer = Self.size(of: size, around: photo)
        switch scene.fit {
        case .crop where box.width <= inner.width && box.height <= inner.height:
            let (x, y) = (Self.start(box.x0, box.x1, inner.width, photo.width), Self.start(box.y0, box.y1, inner.height, photo.height))
            (rect, applied) = (PixelRect(x0: x, y0: y, x1: x + inner.width, y1: y + inner.height), .crop)
        case .crop, .pad:
            let (x, y) = ((photo.width - outer.width) / 2, (photo.height - outer.height) / 2)
            (rect, applied) = (PixelRect(x0: x, y0: y, x1: x + outer.width, y1: y + outer.height), .pad)
        case .squash: (rect, applied) = (whole, .squash)
        }
    }

    /// The largest size of a shape that fits into a photo.
    private static func size(of shape: PixelSize, within photo: PixelSize) -> PixelSize {
        let isWider = photo.width * shape.height > photo.height * shape.width
        return isWider
            ? PixelSize(width: side(photo.height, shape.width, shape.height, 1...photo.width), height: photo.height)
            : PixelSize(width: photo.width, height: side(photo.width, shape.height, shape.width, 1...photo.height))
    }

    /// The smallest size of a shape that a photo fits into.
    private static func size(of shape: PixelSize, around photo: PixelSize) -> PixelSize {
        let isWider = photo.width * shape.height > photo.height * shape.width
        return isWider
            ? PixelSize(width: photo.width, height: side(photo.width, shape.height, shape.width, photo.height...Int.max))
            : PixelSize(width: side(photo.height, shape.width, shape.height, photo.width...Int.max), height: photo.height)
    }

    /// `length` · `times` / `by`, rounded and kept within `range`.
    private static func side(_ length: Int, _ times: Int, _ by: Int, _ range: ClosedRange<Int>) -> Int {
        min(max((length * times + by / 2) / by, range.lowerBound), range.upperBound)
    }

    /// The start of a part of `length` that has `low`..<`high` in its middle, moved to lie within 0..<`limit`.
    static func start(_ low: Int, _ high: Int, _ length: Int, _ limit: Int) -> Int {
        min(max((low + high - length) / 2, 0), limit - length)
    }

    /// The part in words, with the name of what is done: "its part 480×480 from column 80, row 0 (fit=\"crop\")"; nil for a
    /// photo that is taken whole.
    public var description: String? {
        switch applied {
        case nil: nil
        case .crop: "its part \(rect.width)×\(rect.height) from column \(rect.x0), row \(rect.y0) (fit=\"crop\")"
        case .pad: "all of it, padded to \(rect.width)×\(rect.height) (fit=\"pad\")"
        case .squash: "all of it, squashed (fit=\"squash\")"
        }
    }
}

extension Scene {
    /// The smallest rectangle that holds all masks, in pixels of the photo.
    public var extent: PixelRect {
        let whole = PixelRect(x0: 0, y0: 0, x1: image.width, y1: image.height)
        let boxes = masks.map { $0.boundingBox() ?? $0.boundingBox(above: 0) ?? whole }
        return boxes.dropFirst().reduce(boxes[0]) { $0.union($1) }
    }

    /// The part of the scene inside `rect`, which may reach outside of the photo. Handles take it for the same scene.
    /// Throws `ImageError`, and `SceneError` where nothing of a mask is left.
    func framed(_ rect: PixelRect) throws -> Scene {
        if rect == PixelRect(x0: 0, y0: 0, x1: image.width, y1: image.height) { return self }
        return try Scene(
            image: image.framed(rect), masks: masks.map { try $0.framed(rect) }, names: names, title: title, fit: fit,
            fingerprint: fingerprint)
    }

    /// The square around all masks, with a margin of `margin` times the longer side of what they cover: small things come
    /// closer. Where the square would reach beyond the photo it is moved, and where it is larger than the photo it becomes
    /// a rectangle. Handles take it for the same scene. Throws `ImageError`.
    public func cropped(margin: Double) throws -> Scene {
        let box = extent
        let side = Int((Double(max(box.width, box.height)) * (1 + 2 * min(max(margin, 0), 1e4))).rounded(.up))
        let (width, height) = (min(side, image.width), min(side, image.height))
        let (x, y) = (SceneFrame.start(box.x0, box.x1, width, image.width), SceneFrame.start(box.y0, box.y1, height, image.height))
        return try framed(PixelRect(x0: x, y0: y, x1: x + width, y1: y + height))
    }

    /// The part of the scene inside `rect`. Handles take it for the same scene. Throws `ImageError` where `rect` reaches
    /// outside of the photo, and `SceneError` where nothing of a mask is left.
    public func cropped(to rect: PixelRect) throws -> Scene {
        // Refuses what reaches outside.
        _ = try image.cropped(to: rect)
        return try framed(rect)
    }

    /// The scene as a model with pictures of `size` sees it: photo and masks as training takes them. Handles take it for
    /// the same scene. Throws `ImageError`, `SceneError`.
    public func prepared(for size: PixelSize) throws -> Scene {
        let part = try framed(SceneFrame(self, for: size).rect)
        return try Scene(
            image: part.image.resized(to: size, .lanczos), masks: part.masks.map { try $0.resized(to: size, .box) }, names: names,
            title: title, fit: fit, fingerprint: fingerprint)
    }
}
