import CReadline
import Glibc

/// A terminal's measures, and how large a picture is shown on it.
struct ScreenSize: Sendable, Equatable {
    var columns: Int
    var rows: Int
    /// Pixels of a character. Most fonts are twice as high as wide.
    var cell: (width: Int, height: Int) = (10, 20)

    static func == (a: ScreenSize, b: ScreenSize) -> Bool {
        a.columns == b.columns && a.rows == b.rows && a.cell == b.cell
    }

    /// That of standard output; 80 × 24 where the terminal does not tell, and characters of `cell` pixels.
    static func current(cell: (width: Int, height: Int)? = nil) -> ScreenSize {
        var (width, height): (Int32, Int32) = (0, 0)
        let (columns, rows) = (bas_screen_columns(STDOUT_FILENO), bas_screen_rows(STDOUT_FILENO))
        bas_screen_cell(STDOUT_FILENO, &width, &height)
        var size = ScreenSize(columns: columns > 0 ? Int(columns) : 80, rows: rows > 0 ? Int(rows) : 24)
        if width > 1, height > 1 { size.cell = (Int(width), Int(height)) } else if let cell { size.cell = cell }
        return size
    }

    /// Rows that a picture may take: the screen's less what stands around it, and not more than one takes in.
    var mostRows: Int { max(4, min(rows - 4, ScreenSize.tallest)) }
    private static let tallest = 32
    /// Pictures smaller than this are enlarged to it.
    private static let shortest = 12.0
    /// Pixels of a side.
    private static let largestSixel = 1000.0

    /// Columns and rows for a picture of so many pixels, in its own proportions. In pixels it keeps its size where
    /// that fits and is not tiny; in characters, which show one pixel by half a cell, it takes what there is.
    func cells(width: Int, height: Int, graphics: Graphics) -> (columns: Int, rows: Int) {
        let (width, height) = (Double(max(1, width)), Double(max(1, height)))
        let perColumn = Double(cell.width)
        // Rows a picture takes at a number of columns.
        let slope = height / width * perColumn / Double(cell.height)
        let isDrawn = graphics == .symbols || graphics == .ascii
        let wanted = isDrawn ? width : max(width / perColumn, ScreenSize.shortest / slope)
        var count = min(wanted, Double(columns), Double(mostRows) / slope)
        if graphics == .sixel {
            // xterm drops larger ones without a word.
            count = min(count, ScreenSize.largestSixel / perColumn, ScreenSize.largestSixel / Double(cell.height) / slope).rounded(.down)
        }
        let wide = max(1, Int(count.rounded()))
        return (wide, max(1, min(mostRows, Int((Double(wide) * slope).rounded()))))
    }
}
