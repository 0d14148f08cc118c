import CReadline
import Glibc

/// The size of a terminal, and that of pictures on it.
struct ScreenSize: Sendable, Equatable {
    var columns: Int
    var rows: Int
    /// The pixels of a character. Most fonts are twice as high as wide.
    var cell: (width: Int, height: Int) = (10, 20)

    static func == (a: ScreenSize, b: ScreenSize) -> Bool {
        a.columns == b.columns && a.rows == b.rows && a.cell == b.cell
    }

    /// Returns the size of standard output's terminal; 80 × 24 where it does not tell, with characters of `cell` pixels.
    static func current(cell: (width: Int, height: Int)? = nil) -> ScreenSize {
        var (width, height): (Int32, Int32) = (0, 0)
        let (columns, rows) = (bas_screen_columns(STDOUT_FILENO), bas_screen_rows(STDOUT_FILENO))
        bas_screen_cell(STDOUT_FILENO, &width, &height)
        var size = ScreenSize(columns: columns > 0 ? Int(columns) : 80, rows: rows > 0 ? Int(rows) : 24)
        if width > 1, height > 1 { size.cell = (Int(width), Int(height)) } else if let cell { size.cell = cell }
        return size
    }

    /// The most rows that a picture may take: those of the screen without what stands around it, and no more than can be taken in at once.
    var mostRows: Int { max(4, min(rows - 4, ScreenSize.tallest)) }
    private static let tallest = 32
    /// The fewest rows of a picture in pixels; smaller ones are enlarged.
    private static let shortest = 12.0
    /// The largest side of a sixel picture, in pixels.
    private static let largestSixel = 1000.0

    /// Returns the columns and rows for a picture of this many pixels, in its own proportions. Drawn in pixels, it keeps its size where
    /// that fits and is not tiny; in characters, which show one pixel by half a cell, it takes the room there is.
    func cells(width: Int, height: Int, graphics: Graphics) -> (columns: Int, rows: Int) {
        let (width, height) = (Double(max(1, width)), Double(max(1, height)))
        let perColumn = Double(cell.width)
        // The number of rows for each column of the picture.
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
