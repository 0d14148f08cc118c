import Glibc
import Images
import Tensors

/// How much each cell of a picture stands out by its colour, without a model: its contrast with the picture's border, where background
/// is mostly seen, times a preference for the middle.
struct ColorSaliency {
    static let grid = CellGrid(height: 16, width: 16)
    /// The cells of the border that a cell is compared with: those of the nearest colours, since a border may have several.
    private static let nearest = 10

    /// Per cell 0…1, [cells, 1].
    let values: Tensor

    init(_ picture: LabPicture) {
        let grid = Self.grid
        let cells = Self.means(picture)
        let border = zip(cells, grid.isAtBorder).filter(\.1).map(\.0)
        let contrasts = cells.map { cell in
            let distances = border.map { other in ((cell - other) * (cell - other)).sum().squareRoot() }.sorted()
            return distances.prefix(Self.nearest).reduce(0, +)
        }
        let (least, most) = (contrasts.min() ?? 0, contrasts.max() ?? 0)
        let salient = contrasts.indices.map { (contrasts[$0] - least) / max(most - least, 1e-6) * (Self.middle($0) + 0.3) }
        values = Tensor(salient.map { $0 / max(salient.max() ?? 0, 1e-6) }, shape: [grid.count, 1])
    }

    /// A Gaussian around the middle, a little below it, where things stand in most photos.
    private static func middle(_ cell: Int) -> Float {
        let (x, y) = ((Float(cell % grid.width) - 7.5) / 5, (Float(cell / grid.width) - 8.5) / 5)
        return expf(-(x * x + y * y) / 2)
    }

    /// The mean colour of each cell.
    private static func means(_ picture: LabPicture) -> [SIMD3<Float>] {
        (0..<grid.count).map { cell in
            let rows = span(cell / grid.width, grid.height, picture.height)
            let columns = span(cell % grid.width, grid.width, picture.width)
            let pixels = rows.flatMap { y in columns.map { picture.pixels[y * picture.width + $0] } }
            return pixels.reduce(.zero, +) / Float(pixels.count)
        }
    }

    /// The pixels, of `count`, of one of `cells` cells: at least one.
    private static func span(_ cell: Int, _ cells: Int, _ count: Int) -> Range<Int> {
        let first = min(cell * count / cells, count - 1)
        return first..<max(first + 1, (cell + 1) * count / cells)
    }
}
