import Diffusion
import Images
import Tensors

/// The way in which masks come down to the attention's and the latents' resolution.
public enum MaskDownsampling: String, Sendable, CaseIterable {
    /// One pixel a cell, as the paper's code has it; a mask that would vanish falls back on `max`.
    case nearest
    /// The cell's mean coverage.
    case area
    /// Covered where any pixel of the cell is.
    case max
}

/// A scene at a model's size: the photo as the autoencoder takes it, and the masks at every resolution in use.
///
/// Where the photo has another shape than the model's pictures, `SceneFrame` says which part is taken. The part is resized
/// to the model's pixels by Lanczos, masks by area; then to latents and to the model's attention maps (`AttentionLevel`) by
/// `downsampling`.
public struct PreparedScene: Sendable {
    /// The side of the paper's attention maps: the one in use where no model says another.
    public static let attentionSize = AttentionLevel.paperSide

    /// The scene that it was made from.
    public let scene: Scene
    /// The photo as it is, and flipped: each [1, H, W, 3] in [−1, 1].
    public let pictures: [Tensor]
    /// The masks at the model's size in pixels.
    public let masks: [Mask]
    /// Per orientation and mask: [h, w] at the latents' size.
    let latentMasks: [[Tensor]]
    /// Per orientation and mask: [h, w] at the attention maps' size.
    let attentionMasks: [[Tensor]]
    /// The size of the attention maps that masks are compared with.
    public let mapSize: PixelSize
    /// The masks that nearest sampling would have lost, by their places.
    public let vanishing: [Int]
    /// The masks that reach all four sides of the photo, by their places: its background, which is not pasted on another one (`CopyPaste`).
    let surroundings: Set<Int>
    /// The finer photo and masks that a zoom cuts its part from.
    let detail: SceneDetail
    /// The posteriors of pictures that things were pasted on.
    let pasted = PastedPosteriors()
    private let downsampling: MaskDownsampling

    /// Prepares a scene for a model. Throws `ImageError`, and `SceneError` where nothing of a mask is left in the part that
    /// is seen.
    public init(_ scene: Scene, for model: DiffusionModel, downsampling: MaskDownsampling = .nearest) throws {
        let size = PixelSize(width: model.pixelSize.width, height: model.pixelSize.height)
        let seen = try scene.framed(SceneFrame(scene, for: size).rect)
        try self.init(
            scene, photo: seen.image.resized(to: size, .lanczos), masks: seen.masks.map { try $0.resized(to: size, .box) },
            detail: SceneDetail(photo: seen.image, masks: seen.masks, size: size),
            latents: PixelSize(width: model.latentSize.width, height: model.latentSize.height), maps: Self.mapSize(of: model), downsampling)
    }

    /// The size of a model's attention maps; the paper's for a model without cross-attention.
    public static func mapSize(of model: DiffusionModel) -> PixelSize {
        model.attentionLevel.map { PixelSize(width: $0.width, height: $0.height) } ?? paperSize
    }

    static let paperSize = PixelSize(width: attentionSize, height: attentionSize)

    /// Prepares a photo and masks that are at the model's size already; `detail` holds them at a finer one, nil takes them
    /// as they are.
    init(
        _ scene: Scene, photo: Image, masks resized: [Mask], detail: SceneDetail? = nil, latents latentSize: PixelSize,
        maps: PixelSize = paperSize,
        _ downsampling: MaskDownsampling
    ) throws {
        self.scene = scene
        self.downsampling = downsampling
        self.detail = try detail ?? SceneDetail(photo: photo, masks: resized, size: photo.size)
        pictures = [Tensor(photo), Tensor(photo.flipped())]
        masks = resized
        mapSize = maps
        let whole = PixelRect(x0: 0, y0: 0, x1: scene.image.width, y1: scene.image.height)
        surroundings = Set(scene.masks.indices.filter { scene.masks[$0].boundingBox() == whole })
        let orientations = [resized, resized.map { $0.flipped() }]
        var lost: Set<Int> = []
        func cells(_ size: PixelSize) throws -> [[Tensor]] {
            try orientations.map { masks in
                try masks.enumerated().map { index, mask in
                    guard downsampling == .nearest else { return try Self.downsample(mask, to: size, downsampling) }
                    let (cells, isLost) = try Self.keptCells(of: mask, size)
                    if isLost { lost.insert(index) }
                    return cells
                }
            }
        }
        latentMasks = try cells(latentSize)
        attentionMasks = try cells(maps)
        vanishing = lost.sorted()
    }

    var pixelSize: PixelSize { PixelSize(width: pictures[0].shape[2], height: pictures[0].shape[1]) }
    var latentSize: PixelSize { PixelSize(width: latentMasks[0][0].shape[1], height: latentMasks[0][0].shape[0]) }

    /// A mask, [height, width], brought down as the scene's masks are.
    func cells(_ mask: Mask, _ size: PixelSize) throws -> Tensor {
        downsampling == .nearest ? try Self.cells(of: mask, size) : try Self.downsample(mask, to: size, downsampling)
    }

    /// Whether it was prepared for models of this model's size.
    public func fits(_ model: DiffusionModel) -> Bool {
        pictures[0].shape == [1, model.pixelSize.height, model.pixelSize.width, 3]
            && latentMasks[0][0].shape == [model.latentSize.height, model.latentSize.width] && mapSize == Self.mapSize(of: model)
    }

    /// The union of the chosen masks at the latents' size, [h, w]: the pixelwise maximum.
    public func unionMask(_ chosen: [Int], flipped: Bool) -> Tensor {
        Self.union(chosen.map { latentMasks[flipped ? 1 : 0][$0] })
    }

    static func union(_ masks: [Tensor]) -> Tensor { masks.dropFirst().reduce(masks[0]) { Tensor.binary(.maximum, $0, $1) } }

    /// The target of a handle's attention map: its mask, [h, w] of `mapSize`.
    public func attentionTarget(_ index: Int, flipped: Bool) -> Tensor { attentionMasks[flipped ? 1 : 0][index] }

    /// A mask at the size of a map or of latents, [height, width]: one pixel per cell, and where that loses the mask the
    /// brightest pixel of every cell. The language's version has the same rule (`cells` in stdlib/break_a_scene.bas).
    /// Throws `ImageError`.
    public static func cells(of mask: Mask, _ size: PixelSize) throws -> Tensor { try keptCells(of: mask, size).cells }

    /// The cells of `cells(of:_:)`, and whether one pixel per cell would have lost the mask.
    private static func keptCells(of mask: Mask, _ size: PixelSize) throws -> (cells: Tensor, isLost: Bool) {
        let nearest = try downsample(mask, to: size, .nearest)
        if nearest.values.contains(where: { $0 > 0 }) { return (nearest, false) }
        return (try downsample(mask, to: size, .max), true)
    }

    /// A mask at `size`, as a tensor [height, width]. Throws `ImageError`.
    public static func downsample(_ mask: Mask, to size: PixelSize, _ method: MaskDownsampling) throws -> Tensor {
        switch method {
        case .nearest: return Tensor(try mask.resized(to: size, .nearest))
        case .area: return Tensor(try mask.resized(to: size, .box))
        case .max:
            let (rows, columns) = (spans(mask.height, size.height), spans(mask.width, size.width))
            return Tensor.make([size.height, size.width]) { cells in
                for y in 0..<size.height {
                    for x in 0..<size.width {
                        let pixels = rows[y].lazy.flatMap { row in columns[x].lazy.map { mask[$0, row] } }
                        cells[y * size.width + x] = pixels.max() ?? 0
                    }
                }
            }
        }
    }

    /// Which of `count` pixels belong to each of `cells` cells: at least one.
    private static func spans(_ count: Int, _ cells: Int) -> [Range<Int>] {
        (0..<cells).map { cell in
            let (first, end) = ((cell * count + cells - 1) / cells, ((cell + 1) * count + cells - 1) / cells)
            return first < end ? first..<end : cell * count / cells..<cell * count / cells + 1
        }
    }
}
