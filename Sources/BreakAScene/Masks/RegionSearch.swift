import Diffusion
import Images
import Tensors

/// The regions of one picture that may be things, and the choice of those that are.
///
/// The picture, its longer side at 96 pixels, is cut into some hundred regions of one colour (`Segmentation`), which are joined to larger
/// ones by colour and, with a model, by its self-attention (`RegionTree`).
struct RegionSearch {
    /// The longer side of the picture that regions are looked for in.
    private static let side = 96
    /// Lightness counts less than hue, and a difference of 12 in Lab as much as an unlike row of attention.
    private static let colorScale = SIMD3<Float>(0.7, 1, 1) / 12

    let segmentation: Segmentation
    private let tree: RegionTree
    private let scores: ThingScores
    private let size: PixelSize

    /// Finds the regions of a picture. `model`: whose self-attention is asked; nil looks at colours only. Throws `ImageError`, what
    /// tokenizing throws, and `CancellationError`.
    init(_ image: Image, _ model: DiffusionModel?, seed: Int) throws {
        let picture = try LabPicture(image, size: Self.workingSize(image.size))
        segmentation = Segmentation(picture, .init(scale: 0.1, smallest: 8))
        try Cancellation.check()
        let attention = try model.map { try AttentionLook($0, $0.seen(image), seed: seed) }
        tree = try RegionTree(segmentation, looks: Self.looks(segmentation, picture, attention))
        scores = ThingScores(tree, fields: Self.saliencies(segmentation, picture, attention))
        size = image.size
    }

    /// The masks, of the picture's size, of as many disjoint regions as there are `places`, those that stand out most together; nil
    /// where there are not as many. `maps`: a field for each place, [regions of the segmentation], whose contrast counts for it alone.
    /// `near`: a mask for each place, in which its region should lie. Either is empty where places are alike.
    func masks(places: Int, maps: [[Float]] = [], near: [Mask] = []) throws -> [Mask]? {
        let overlaps = try near.map { tree.overlaps(with: try means(of: $0)) }
        guard let regions = RegionChoice(tree, scores: scores.scores(places: places, maps: maps, overlaps: overlaps)).regions else {
            return nil
        }
        try Cancellation.check()
        return try regions.map(mask)
    }

    /// The mean of a mask over each region of the segmentation.
    private func means(of mask: Mask) throws -> [Float] {
        let small = try mask.resized(to: segmentation.size, .box)
        var sums = [Float](repeating: 0, count: segmentation.count)
        for (value, label) in zip(small.values, segmentation.labels) { sums[label] += value }
        return sums.indices.map { sums[$0] / Float(tree.regions[$0].area) }
    }

    /// The mask of a region at the picture's size.
    private func mask(of region: Int) throws -> Mask {
        let members = Set(tree.leaves(of: region))
        let small = Mask(
            width: segmentation.width, height: segmentation.height, values: segmentation.labels.map { members.contains($0) ? 1 : 0 })
        return try small.resized(to: size, .bilinear).thresholded()
    }

    /// The size with the proportions of `size` whose longer side is `side`.
    private static func workingSize(_ size: PixelSize) -> PixelSize {
        let longer = max(size.width, size.height)
        return PixelSize(width: max(1, size.width * side / longer), height: max(1, size.height * side / longer))
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
}

extension DiffusionModel {
    /// The whole picture at the size of the model's pictures, squashed where it has another shape: [1, H, W, 3].
    func seen(_ image: Image) throws -> Tensor {
        Tensor(try image.resized(to: PixelSize(width: pixelSize.width, height: pixelSize.height), .lanczos))
    }
}
