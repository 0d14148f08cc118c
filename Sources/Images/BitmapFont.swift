/// A small fixed-width font for labels in pictures: printable ASCII, each glyph five columns by nine rows.
public enum BitmapFont {
    static let glyphWidth = 5
    static let glyphHeight = 9
    /// The pixels from the beginning of one character to the next.
    static let advance = glyphWidth + 1

    /// Replacements for characters that ASCII has not.
    private static let substitutes: [Character: String] = [
        "…": "...", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": "\"", "”": "\"", "×": "x",
        "·": "-",
        "→": "->", "←": "<-", "≥": ">=", "≤": "<=", "±": "+-", "≈": "~", "\t": " ", "\n": " ", "\u{A0}": " ",
        "λ": "lambda", "σ": "sigma", "ε": "eps", "°": "deg", "²": "2", "ä": "a", "ö": "o", "ü": "u", "é": "e",
        "è": "e", "ê": "e", "á": "a", "à": "a", "â": "a", "ç": "c", "ñ": "n", "ó": "o", "ú": "u", "í": "i",
        "ß": "ss",
    ]

    /// A text as it is drawn: only characters that the font has, and a box for each that it lacks.
    static func drawable(_ text: String) -> [UInt8] {
        text.flatMap { character -> [UInt8] in
            let drawn = Array((substitutes[character] ?? String(character)).utf8)
            return drawn.allSatisfy { (32...126).contains($0) } ? drawn : [box]
        }
    }

    private static let box: UInt8 = 127

    /// The glyphs by character − 32 and row: the columns as bits, the leftmost the highest.
    private static let glyphs: [[UInt8]] = {
        let rows = drawing.split(separator: "\n").map { $0.split(separator: " ") }
        return (0..<96).map { glyph in
            (0..<glyphHeight).map { row in
                rows[glyph / 16 * glyphHeight + row][glyph % 16].reduce(0) { $0 << 1 | ($1 == "#" ? 1 : 0) }
            }
        }
    }()

    /// Whether a pixel of a character's glyph is drawn.
    static func isInk(_ character: UInt8, column: Int, row: Int) -> Bool {
        let index = (32...126).contains(character) ? Int(character) - 32 : 95
        return glyphs[index][row] >> (glyphWidth - 1 - column) & 1 == 1
    }

    /// The width in pixels of a text of `count` characters at `scale`.
    static func width(of count: Int, scale: Int) -> Int { max(0, count * advance - 1) * scale }
}

extension Image {
    /// The picture with a line of text whose top left corner is at `x`, `y` in pixels; parts outside are cut off. Each
    /// pixel of the font is a square of `scale` pixels, 1…64.
    public func drawing(_ text: String, x: Int, y: Int, color: Color = .ink, scale: Int = 1) -> Image {
        var out = self
        out.draw(BitmapFont.drawable(text), x: x, y: y, color: color, scale: scale)
        return out
    }

    /// Writes a text, given as `BitmapFont.drawable` makes it.
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

    /// Fills a rectangle with one colour; parts outside are cut off.
    mutating func fill(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: Color) {
        for row in max(y, 0)..<max(min(y + height, self.height), max(y, 0)) {
            for column in max(x, 0)..<max(min(x + width, self.width), max(x, 0)) { self[column, row] = color }
        }
    }
}
