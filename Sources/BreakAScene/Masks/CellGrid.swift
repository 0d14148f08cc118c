import Images
import Tensors

/// A grid of cells over a picture, such as that of an attention map.
struct CellGrid: Sendable, Equatable {
    let height: Int
    let width: Int

    var count: Int { height * width }

    /// Whether each cell, row after row, touches the picture's border.
    var isAtBorder: [Bool] {
        (0..<count).map { [0, height - 1].contains($0 / width) || [0, width - 1].contains($0 % width) }
    }

    /// The cells between which a pixel in the middle of column `x` and row `y` of a picture of `size` lies, with their weights in a
    /// bilinear interpolation; the weights sum to 1.
    func neighbours(x: Int, y: Int, of size: PixelSize) -> [(cell: Int, weight: Float)] {
        let (column, row) = (Self.place(x, size.width, width), Self.place(y, size.height, height))
        return [row.first, row.second].flatMap { r in
            [column.first, column.second].map { c in (r.cell * width + c.cell, r.weight * c.weight) }
        }
    }

    /// The two of `cells` cells between which the middle of pixel `pixel` of `pixels` lies.
    private static func place(
        _ pixel: Int, _ pixels: Int, _ cells: Int
    ) -> (first: (cell: Int, weight: Float), second: (cell: Int, weight: Float)) {
        let at = min(max((Float(pixel) + 0.5) * Float(cells) / Float(pixels) - 0.5, 0), Float(cells - 1))
        let low = Int(at)
        let share = at - Float(low)
        return ((low, 1 - share), (min(low + 1, cells - 1), share))
    }
}

extension Segmentation {
    var size: PixelSize { PixelSize(width: width, height: height) }

    /// How much each region has of each cell of a grid: [regions, cells], rows that sum to 1. The product with numbers of the cells,
    /// [cells, D], is their mean over each region.
    func weights(of grid: CellGrid) -> Tensor {
        var areas = [Float](repeating: 0, count: count)
        for label in labels { areas[label] += 1 }
        return Tensor.make([count, grid.count]) { weights in
            weights.update(repeating: 0)
            for (pixel, label) in labels.enumerated() {
                for (cell, weight) in grid.neighbours(x: pixel % width, y: pixel / width, of: size) {
                    weights[label * grid.count + cell] += weight / areas[label]
                }
            }
        }
    }
}
