import Diffusion
import Images
import Tensors

/// A report of what can be known of a scene before any time is spent on training: masks that vanish, are small or overlap,
/// words that are several tokens.
///
/// With a model it tests what training of this model uses: the part of the photo that it sees, its masks at its pixels,
/// brought down to its attention maps as training brings them down. Without one: a square part, and maps of 16×16.
public struct SceneReport: Sendable {
    /// The values of one mask.
    public struct Entry: Sendable {
        /// The mask's name.
        public let name: String
        /// The mask's area as a share of what the model sees of the photo, 0…1.
        public let area: Double
        /// The cells of the attention maps that are more than half covered after downsampling.
        public let cells: Int
        /// The mask at the size of the attention maps; its values above 0.5 are `cells`. A mask that vanishes there is empty.
        public let cellMap: Mask
        /// The number of these cells if the scene were cropped around its masks.
        public let croppedCells: Int
        /// The mask that it overlaps most, and the share of this entry's mask that lies in that one; nil where it overlaps
        /// none.
        public let overlap: (other: Int, share: Double)?
    }

    /// The margin of the crop that `croppedCells` and `gaining` are about.
    public static let margin = 0.25

    /// One entry for each mask, in the masks' order.
    public let entries: [Entry]
    /// Everything that may make training worse: masks in their order, then the model and its words.
    public let warnings: [Warning]
    /// The size of the attention maps.
    public let mapSize: PixelSize
    /// The maps that the attention loss of the model goes by, in words, where they are not of the paper's 16×16; nil else.
    public let otherLevel: String?
    /// The part of the photo that the model sees.
    public let frame: SceneFrame
    /// The names of masks that have few cells and gain at least half of them by `crop(scene, margin=0.25)`.
    public let gaining: [String]

    /// Examines a scene. `words`: what handles are to start from, looked up among the model's tokens. Without `looksCloser`
    /// it is not tried what cropping would gain: `croppedCells` then equals `cells`. Throws `ImageError`, `SceneError`.
    public init(
        _ scene: Scene, model: DiffusionModel? = nil, words: [String] = [], downsampling: MaskDownsampling = .nearest,
        looksCloser: Bool = true
    ) throws {
        let targets = try Targets(scene, model, downsampling)
        let closer = looksCloser ? try Targets(scene.cropped(margin: Self.margin), model, downsampling) : targets
        var (entries, warnings) = ([Entry](), [Warning]())
        (mapSize, frame) = (targets.size, targets.frame)
        let total = mapSize.width * mapSize.height
        for (index, mask) in scene.masks.enumerated() {
            let overlaps = scene.masks.indices.filter { $0 != index }.map { other in
                (other: other, share: Self.shared(mask, scene.masks[other]) / max(mask.area, 1e-9))
            }
            let overlap = overlaps.max { $0.share < $1.share }.flatMap { $0.share > 0 ? $0 : nil }
            let (area, cells) = (targets.masks[index].areaFraction, targets.cells[index])
            entries.append(
                Entry(
                    name: scene.names[index], area: area, cells: cells, cellMap: targets.cellMaps[index],
                    croppedCells: closer.cells[index], overlap: overlap))
            let brightest = Double(mask.values.max() ?? 0)
            if brightest < 0.5 {
                warnings.append(.faint(index, brightest: brightest))
            } else if area > 0.98 {
                warnings.append(.everything(index))
            } else if targets.vanishing.contains(index) {
                warnings.append(.vanishes(index, size: mapSize))
            } else if Self.isFew(cells, total) {
                warnings.append(.small(index, cells: cells, of: total, area: area))
            }
            if let overlap, overlap.share > 0.25 { warnings.append(.overlaps(index, overlap.other, share: overlap.share)) }
        }
        if scene.masks.count > 4 { warnings.append(.many(scene.masks.count)) }
        if let model { warnings += Self.modelWarnings(model, words) }
        otherLevel = model.flatMap { model in model.attentionLevel.flatMap { $0.isPaperSize ? nil : TrainingPlan.text($0, model) } }
        gaining = entries.filter { Self.isFew($0.cells, total) && 2 * $0.croppedCells >= 3 * max(1, $0.cells) }.map(\.name)
        (self.entries, self.warnings) = (entries, warnings)
    }

    /// The cells of maps of the paper's size that are more than half inside of a mask, by nearest sampling. Throws
    /// `ImageError`.
    public static func attentionCells(_ mask: Mask) throws -> Int { count(try cellMap(mask)) }

    private static func cellMap(_ mask: Mask) throws -> Mask {
        try mask.resized(to: PixelSize(width: PreparedScene.attentionSize, height: PreparedScene.attentionSize), .nearest)
    }

    private static func count(_ map: Mask) -> Int { map.values.count { $0 > 0.5 } }

    /// Whether so few cells are covered that a handle learns little: fewer than 12 of 256.
    private static func isFew(_ cells: Int, _ total: Int) -> Bool { cells * 256 < 12 * total }

    /// Warnings about this model, and about handles that start from these words.
    private static func modelWarnings(_ model: DiffusionModel, _ words: [String]) -> [Warning] {
        let ids = words.map { model.tokenizer.encode($0) }
        let long = zip(words, ids).filter { $0.1.count > 1 }.map { word, ids in
            Warning.severalTokens(word, count: ids.count, first: model.tokenizer.decode([ids[0]]))
        }
        let unknown = zip(words, ids).filter { $0.1.isEmpty }.map { Warning.noToken($0.0) }
        return (model.attentionLevel != nil ? [] : [.noMaps(model.name)]) + long + unknown
    }

    /// The area in which both masks lie, in pixels: the sum of the pixelwise minimum.
    private static func shared(_ a: Mask, _ b: Mask) -> Double {
        var sum = 0.0
        Parallel.eachRow(0..<a.height) { y in
            for i in y * a.width..<(y + 1) * a.width { sum += Double(min(a.values[i], b.values[i])) }
        }
        return sum
    }

    /// The targets that the attention loss compares maps with.
    private struct Targets {
        let frame: SceneFrame
        let size: PixelSize
        /// The masks as the model sees them, at its size; without a model, framed only.
        let masks: [Mask]
        /// The masks at the maps' size.
        let cellMaps: [Mask]
        /// Per mask: the cells that are more than half covered.
        var cells: [Int] { cellMaps.map(SceneReport.count) }
        /// The masks of which nearest sampling finds no pixel.
        let vanishing: Set<Int>

        init(_ scene: Scene, _ model: DiffusionModel?, _ downsampling: MaskDownsampling) throws {
            guard let model else {
                let square = PixelSize(width: PreparedScene.attentionSize, height: PreparedScene.attentionSize)
                let seen = SceneFrame(scene, for: square)
                let framed = try scene.masks.map { try $0.framed(seen.rect) }
                let nearest = try framed.map(SceneReport.cellMap)
                (frame, size, masks, cellMaps) = (seen, square, framed, nearest)
                vanishing = Set(nearest.indices.filter { SceneReport.count(nearest[$0]) == 0 })
                return
            }
            let prepared = try PreparedScene(scene, for: model, downsampling: downsampling)
            let targets = scene.masks.indices.map { prepared.attentionTarget($0, flipped: false) }
            frame = SceneFrame(scene, for: PixelSize(width: model.pixelSize.width, height: model.pixelSize.height))
            size = PixelSize(width: targets[0].shape[1], height: targets[0].shape[0])
            masks = prepared.masks
            let size = size
            cellMaps = targets.map { Mask(width: size.width, height: size.height, values: $0.values) }
            vanishing =
                downsampling == .nearest
                ? Set(
                    try prepared.masks.indices.filter { try PreparedScene.downsample(prepared.masks[$0], to: size, .nearest).maximum == 0 })
                : []
        }
    }
}
