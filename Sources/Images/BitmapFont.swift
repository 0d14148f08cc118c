/// A small fixed-width font for labels in pictures: printable ASCII, five columns by nine rows a glyph.
public enum BitmapFont {
    static let glyphWidth = 5
    static let glyphHeight = 9
    /// From one character to the next.
    static let advance = glyphWidth + 1

    /// Characters drawn as others because ASCII has no such glyph.
    private static let substitutes: [Character: String] = [
        "…": "...", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": "\"", "”": "\"", "×": "x",
        "·": "-",
        "→": "->", "←": "<-", "≥": ">=", "≤": "<=", "±": "+-", "≈": "~", "\t": " ", "\n": " ", "\u{A0}": " ",
        "λ": "lambda", "σ": "sigma", "ε": "eps", "°": "deg", "²": "2", "ä": "a", "ö": "o", "ü": "u", "é": "e",
        "è": "e", "ê": "e", "á": "a", "à": "a", "â": "a", "ç": "c", "ñ": "n", "ó": "o", "ú": "u", "í": "i",
        "ß": "ss",
    ]

    /// As drawn: only characters that the font has; what it lacks becomes a box.
    static func drawable(_ text: String) -> [UInt8] {
        text.flatMap { character -> [UInt8] in
            let drawn = Array((substitutes[character] ?? String(character)).utf8)
            return drawn.allSatisfy { (32...126).contains($0) } ? drawn : [box]
        }
    }

    private static let box: UInt8 = 127

    /// glyphs[character - 32][row]: the columns as bits, the leftmost highest.
    private static let glyphs: [[UInt8]] = {
        let rows = drawing.split(separator: "\n").map { $0.split(separator: " ") }
        return (0..<96).map { glyph in
            (0..<glyphHeight).map { row in
                rows[glyph / 16 * glyphHeight + row][glyph % 16].reduce(0) { $0 << 1 | ($1 == "#" ? 1 : 0) }
            }
        }
    }()

    static func isInk(_ character: UInt8, column: Int, row: Int) -> Bool {
        let index = (32...126).contains(character) ? Int(character) - 32 : 95
        return glyphs[index][row] >> (glyphWidth - 1 - column) & 1 == 1
    }

    /// Pixels that a text of `count` characters takes at `scale`.
    static func width(of count: Int, scale: Int) -> Int { max(0, count * advance - 1) * scale }
}

extension Image {
    /// With `text` written from `at` (top left corner, in pixels) in one line; parts outside are cut off.
    public func drawing(_ text: String, x: Int, y: Int, color: Color = .ink, scale: Int = 1) -> Image {
        var out = self
        out.draw(BitmapFont.drawable(text), x: x, y: y, color: color, scale: scale)
        return out
    }

    mutating func draw(_ text: [UInt8], x: Int, y: Int, color: Color, scale: Int) {
        let scale = min(max(scale, 1), 64)
        for (i, character) in text.enumerated() {
            let left = x + i * BitmapFont.advance * scale
            if left >= width { break }
            for row in 0..<BitmapFont.glyphHeight {
                for column in 0..<BitmapFont.glyphWidth
                where BitmapFont.isInk(character, column: column, row: row) {
                    fill(left + column * scale, y + row * scale, scale, scale, color)
                }
            }
        }
    }

    /// A rectangle in one colour, cut off at the border.
    mutating func fill(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: Color) {
        for row in max(y, 0)..<max(min(y + height, self.height), max(y, 0)) {
            for column in max(x, 0)..<max(min(x + width, self.width), max(x, 0)) { self[column, row] = color }
        }
    }
}
