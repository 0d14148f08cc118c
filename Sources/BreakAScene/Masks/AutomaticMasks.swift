import Diffusion
import Images
import Tensors

/// First guesses of a loose mask for each of several things in a picture, for a person to correct.
///
/// The picture, its longer side at 96 pixels, is cut into some hundred regions of one colour, which are joined to larger ones by colour
/// and, with a model, by its self-attention (`AttentionLook`). Of all regions that arise, as many disjoint ones are taken as things are
/// wanted, those that stand out most (`ThingScores`). Nothing here was trained to find things.
public enum AutomaticMasks {
    /// The most masks that can be guessed at once.
    public static let most = 8
    /// The longer side of the picture that regions are looked for in.
    private static let side = 96
    /// Lightness counts less than hue, and a difference of 12 in Lab as much as an unlike row of attention.
    private static let colorScale = SIMD3<Float>(0.7, 1, 1) / 12

    /// Guesses `count` masks, of the picture's size, which do not overlap, from left to right by their middles. The same input gives the
    /// same masks. Takes about a second with the embedded model.
    ///
    /// - Parameters:
    ///   - count: How many, 1…`most`.
    ///   - model: The model whose attention is asked for what belongs together; without one only colours are looked at, which finds
    ///     things less well.
    ///   - seed: Of the noise that the model looks through.
    ///
    /// Throws `AutomaticMaskError`, `ImageError`, and `CancellationError` where the work around it is cancelled.
    public static func guess(image: Image, count: Int, model: DiffusionModel? = nil, seed: Int = 0) throws -> [Mask] {
        guard (1...most).contains(count) else { throw AutomaticMaskError.count(count) }
        let size = workingSize(image.size)
        let picture = try LabPicture(image, size: size)
        let segmentation = Segmentation(picture, .init(scale: 0.1, smallest: 8))
        try Cancellation.check()
        let attention = try model.map { try AttentionLook($0, seen(image, $0), seed: seed) }
        let tree = try RegionTree(segmentation, looks: looks(segmentation, picture, attention))
        let scores = ThingScores(tree, fields: saliencies(segmentation, picture, attention)).scores(places: count)
        guard let regions = RegionChoice(tree, scores: scores).regions else { throw AutomaticMaskError.tooFew(count) }
        try Cancellation.check()
        let masks = try regions.map { try mask(of: $0, tree, segmentation, image.size) }
        return masks.sorted { ($0.centroid?.x ?? 0, $0.centroid?.y ?? 0) < ($1.centroid?.x ?? 0, $1.centroid?.y ?? 0) }
    }

    /// The size with the proportions of `size` whose longer side is `side`.
    private static func workingSize(_ size: PixelSize) -> PixelSize {
        let longer = max(size.width, size.height)
        return PixelSize(width: max(1, size.width * side / longer), height: max(1, size.height * side / longer))
    }

    /// The whole picture at the size of a model's pictures, squashed where it has another shape: [1, H, W, 3].
    private static func seen(_ image: Image, _ model: DiffusionModel) throws -> Tensor {
        Tensor(try image.resized(to: PixelSize(width: model.pixelSize.width, height: model.pixelSize.height), .lanczos))
    }

    /// What regions are compared by: their mean colour, and the mean of the attention's rows over them, all layers together as much as
    /// one unlike row.
    private static func looks(_ segmentation: Segmentation, _ picture: LabPicture, _ attention: AttentionLook?) -> [[Float]] {
        var sums = [SIMD3<Float>](repeating: .zero, count: segmentation.count)
        var areas = [Float](repeating: 0, count: segmentation.count)
        for (pixel, label) in segmentation.labels.enumerated() {
            sums[label] += picture.pixels[pixel] * colorScale
            areas[label] += 1
        }
        var looks = zip(sums, areas).map { sum, area in [sum.x / area, sum.y / area, sum.z / area] }
        let layers = attention?.layers ?? []
        for layer in layers {
            let means = segmentation.weights(of: layer.grid).matmul(layer.rows).scaled(by: 1 / Float(layers.count).squareRoot())
            let values = means.values
            for region in looks.indices { looks[region] += values[region * layer.grid.count..<(region + 1) * layer.grid.count] }
        }
        return looks
    }

    /// The mean saliency of each region by colour, and by the attention of all layers.
    private static func saliencies(_ segmentation: Segmentation, _ picture: LabPicture, _ attention: AttentionLook?) -> [[Float]] {
        let color = segmentation.weights(of: ColorSaliency.grid).matmul(ColorSaliency(picture).values).values
        guard let layers = attention?.layers, !layers.isEmpty else { return [color] }
        let sums = layers.map { segmentation.weights(of: $0.grid).matmul($0.saliency) }
        return [color, sums.dropFirst().reduce(sums[0], +).scaled(by: 1 / Float(layers.count)).values]
    }

    /// The mask of a region at the picture's size, with a soft edge of about a working pixel.
    private static func mask(of region: Int, _ tree: RegionTree, _ segmentation: Segmentation, _ size: PixelSize) throws -> Mask {
        let members = Set(tree.leaves(of: region))
        let small = Mask(
            width: segmentation.width, height: segmentation.height, values: segmentation.labels.map { members.contains($0) ? 1 : 0 })
        return try small.resized(to: size, .bilinear).thresholded()
    }
}

/// An error of a guess of masks.
public enum AutomaticMaskError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not 1…`AutomaticMasks.most` masks were asked for.
    case count(Int)
    /// The picture has not as many regions that differ.
    case tooFew(Int)

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .count(let count): "1 to \(AutomaticMasks.most) masks can be guessed, not \(count)"
        case .tooFew(let count):
            "the picture has not \(count) regions that differ enough to be \(count == 1 ? "a thing" : "things"): draw masks by hand, with box or polygon"
        }
    }
}
