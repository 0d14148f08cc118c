import Diffusion
import Images
import Tensors

/// What can be known of a scene before any time is spent on it (method.md §1.8, §7 item 3).
public struct SceneReport: Sendable {
    public struct Entry: Sendable {
        public let name: String
        /// Share of the photo, 0…1.
        public let area: Double
        /// Cells of the 16×16 attention maps that are more than half covered after downsampling.
        public let cells: Int
        /// The mask that it overlaps most, and the share of this mask that lies in it.
        public let overlap: (other: Int, share: Double)?
    }

    public enum Warning: Sendable, Equatable {
        /// Nearest sampling to 16×16 finds no pixel of it; its largest coverage is taken instead.
        case vanishes(Int)
        /// Few cells carry the attention loss.
        case small(Int, cells: Int, area: Double)
        case overlaps(Int, Int, share: Double)
        /// No pixel of it is bright; often its values are 0 and 1 of 255.
        case faint(Int, brightest: Double)
        /// It leaves nothing of the photo out.
        case everything(Int)
        /// More things than the paper shows to work.
        case many(Int)

        public var description: String {
            switch self {
            case .vanishes(let index):
                "mask \(index) vanishes at 16×16 when one pixel a cell is taken; every cell that it touches is used instead"
            case .small(let index, let cells, let area):
                "mask \(index) is small: \(cells) of 256 cells carry the attention loss (\(Self.percent(area)) of the photo; the paper's things cover at least 15 %)"
            case .overlaps(let a, let b, let share):
                "masks \(a) and \(b) overlap: \(Self.percent(share)) of mask \(a) lies in mask \(b)"
            case .faint(let index, let brightest):
                "mask \(index) is faint: its brightest pixel is \(Int((brightest * 255).rounded())) of 255; a mask is 0 outside its thing and 255 inside"
            case .everything(let index):
                "mask \(index) covers the whole photo: a mask is a grey picture, white on its thing (transparency is not looked at)"
            case .many(let count): "\(count) things: the paper reports good results for up to 4"
            }
        }

        private static func percent(_ share: Double) -> String {
            let tenths = Int((share * 1000).rounded())
            return "\(tenths / 10).\(tenths % 10) %"
        }
    }

    public let entries: [Entry]
    public let warnings: [Warning]

    /// Cells at the size of the attention maps that are more than half inside of a mask. Throws `ImageError`.
    public static func attentionCells(_ mask: Mask) throws -> Int {
        let size = PixelSize(width: PreparedScene.attentionSize, height: PreparedScene.attentionSize)
        return try PreparedScene.downsample(mask, to: size, .nearest).values.count { $0 > 0.5 }
    }

    /// In pixels.
    private static func shared(_ a: Mask, _ b: Mask) -> Double {
        var sum = 0.0
        Parallel.eachRow(0..<a.height) { y in
            for i in y * a.width..<(y + 1) * a.width { sum += Double(min(a.values[i], b.values[i])) }
        }
        return sum
    }

    public init(_ scene: Scene) throws {
        var (entries, warnings) = ([Entry](), [Warning]())
        for (index, mask) in scene.masks.enumerated() {
            let cells = try Self.attentionCells(mask)
            let overlaps = scene.masks.indices.filter { $0 != index }.map { other in
                (other: other, share: Self.shared(mask, scene.masks[other]) / max(mask.area, 1e-9))
            }
            let overlap = overlaps.max { $0.share < $1.share }.flatMap { $0.share > 0 ? $0 : nil }
            entries.append(Entry(name: scene.names[index], area: mask.areaFraction, cells: cells, overlap: overlap))
            let brightest = Double(mask.values.max() ?? 0)
            if brightest < 0.5 {
                warnings.append(.faint(index, brightest: brightest))
            } else if mask.areaFraction > 0.98 {
                warnings.append(.everything(index))
            } else if cells == 0 {
                warnings.append(.vanishes(index))
            } else if cells < 12 {
                warnings.append(.small(index, cells: cells, area: mask.areaFraction))
            }
            if let overlap, overlap.share > 0.25 { warnings.append(.overlaps(index, overlap.other, share: overlap.share)) }
        }
        if scene.masks.count > 4 { warnings.append(.many(scene.masks.count)) }
        (self.entries, self.warnings) = (entries, warnings)
    }
}
