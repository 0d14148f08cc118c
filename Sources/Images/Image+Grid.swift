extension Image {
    /// Pictures in rows of `columns`, left to right, with a title above each. Cells are as large as the
    /// largest picture; smaller ones are centred. A title too long for its cell is wrapped onto a second
    /// line, then cut off.
    /// - Parameters:
    ///   - columns: nil puts up to four in a row.
    ///   - titles: in order; fewer titles than pictures leave the rest bare, an empty list takes no room.
    ///   - gap: pixels between cells and around the whole.
    /// Throws `ImageError` (badArgument) for no pictures, columns below 1, a gap outside 0…512, more titles
    /// than pictures, or a grid over 8192 a side.
    public static func grid(
        _ images: [Image], titles: [String] = [], columns: Int? = nil, gap: Int = 6,
        background: Color = .white
    ) throws -> Image {
        let layout = try GridLayout(images, titles: titles, columns: columns, gap: gap)
        var out = Image(width: layout.size.width, height: layout.size.height, color: background)
        let ink: Color = background.luma > 128 ? .ink : .white
        for (i, image) in images.enumerated() {
            let corner = layout.corner(of: i)
            let lines = layout.titles[i]
            for (n, line) in lines.enumerated() {
                let width = BitmapFont.width(of: line.count, scale: layout.scale)
                out.draw(
                    line, x: corner.x + (layout.cell.width - width) / 2,
                    y: corner.y - layout.height(ofLines: lines.count - n), color: ink, scale: layout.scale)
            }
            out.place(
                image, x: corner.x + (layout.cell.width - image.width) / 2,
                y: corner.y + (layout.cell.height - image.height) / 2)
        }
        return out
    }

    /// Copies a picture that fits inside.
    private mutating func place(_ image: Image, x: Int, y: Int) {
        for row in 0..<image.height {
            let from = row * image.width * 3
            let to = ((y + row) * width + x) * 3
            pixels.replaceSubrange(
                to..<(to + image.width * 3), with: image.pixels[from..<(from + image.width * 3)])
        }
    }
}

/// Where everything in a grid goes.
private struct GridLayout {
    let columns: Int
    let gap: Int
    /// Of the largest picture.
    let cell: PixelSize
    /// Of the titles' font.
    let scale: Int
    let titles: [[[UInt8]]]
    /// Where each row's pictures begin, below their titles.
    let tops: [Int]
    let size: PixelSize

    init(_ images: [Image], titles: [String], columns: Int?, gap: Int) throws {
        guard let width = images.map(\.width).max(), let height = images.map(\.height).max() else {
            throw ImageError.argument("a grid needs at least one picture")
        }
        let columns = columns ?? min(images.count, 4)
        guard columns >= 1 else { throw ImageError.argument("a grid has at least 1 column, not \(columns)") }
        guard (0...512).contains(gap) else {
            throw ImageError.argument("a grid's gap is 0…512 pixels, not \(gap)")
        }
        guard titles.count <= images.count else {
            throw ImageError.argument("\(titles.count) titles for \(images.count) pictures")
        }
        let scale = max(1, min(width, 1024) / 192)
        let letters = (width / scale + 1) / BitmapFont.advance
        let lines = images.indices.map { i in
            i < titles.count ? BitmapFont.wrapped(titles[i], columns: letters, limit: 2) : []
        }
        let perRow = min(columns, images.count)
        self.columns = perRow
        self.gap = gap
        cell = PixelSize(width: width, height: height)
        self.scale = scale
        self.titles = lines
        var (tops, bottom) = ([Int](), gap)
        for row in stride(from: 0, to: images.count, by: perRow) {
            let most = lines[row..<min(row + perRow, images.count)].map(\.count).max() ?? 0
            tops.append(bottom + Self.height(ofLines: most, scale))
            bottom = bottom + Self.height(ofLines: most, scale) + height + gap
        }
        self.tops = tops
        size = PixelSize(width: gap + perRow * (width + gap), height: bottom)
        _ = try size.validated()
    }

    /// Of the picture's cell, below its title.
    func corner(of index: Int) -> (x: Int, y: Int) {
        (gap + index % columns * (cell.width + gap), tops[index / columns])
    }

    func height(ofLines count: Int) -> Int { Self.height(ofLines: count, scale) }

    /// Titles stand on their picture, the last line one pixel of the font above it.
    private static func height(ofLines count: Int, _ scale: Int) -> Int {
        count == 0 ? 0 : (count * BitmapFont.lineHeight + 1) * scale
    }
}
