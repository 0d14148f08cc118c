import Glibc

/// The cosine of an angle in degrees.
func cosine(_ degrees: Double) -> Double { cos(degrees * .pi / 180) }

/// Texts cut and wrapped to a width, as measured on a canvas.
extension Canvas {
    /// The text, or, where it is wider than `width`, its beginning with an ellipsis.
    func fitted(_ text: String, _ font: Font, within width: Double) -> String {
        if measure(text, font).width <= width { return text }
        var letters = Array(text)
        // Bisection finds how many letters fit: labels may be thousands of letters long.
        var (low, high) = (0, letters.count)
        while low < high {
            let middle = (low + high + 1) / 2
            if measure(String(letters[..<middle]) + "…", font).width <= width { low = middle } else { high = middle - 1 }
        }
        letters.removeLast(letters.count - low)
        while letters.last == " " { letters.removeLast() }
        return String(letters) + "…"
    }

    /// The text, or, where it is wider than `width`, its beginning and end around an ellipsis: names that begin alike stay
    /// different.
    func cutInside(_ text: String, _ font: Font, within width: Double) -> String {
        if measure(text, font).width <= width { return text }
        let letters = Array(text)
        var (low, high) = (0, letters.count - 1)
        func cut(_ count: Int) -> String { String(letters.prefix(count / 2)) + "…" + String(letters.suffix(count - count / 2)) }
        while low < high {
            let middle = (low + high + 1) / 2
            if measure(cut(middle), font).width <= width { low = middle } else { high = middle - 1 }
        }
        return cut(low)
    }

    /// The names cut to a width at their ends; where names that differ would then be equal, they are cut inside, or before
    /// the part in which they differ.
    func distinct(_ names: [String], _ font: Font, within width: Double) -> [String] {
        let wanted = Set(names).count
        var best = names.map { fitted($0, font, within: width) }
        if Set(best).count == wanted { return best }
        // A few letters of the common beginning stay: the difference alone says little.
        let shared = max(0, sharedLetters(names) - 3)
        for others in [
            names.map { cutInside($0, font, within: width) },
            names.map { measure($0, font).width <= width ? $0 : fitted("…" + $0.dropFirst(shared), font, within: width) },
        ] where Set(others).count > Set(best).count { best = others }
        return best
    }

    /// The number of letters that all names begin with.
    private func sharedLetters(_ names: [String]) -> Int {
        guard let first = names.first else { return 0 }
        return names.map { zip($0, first).prefix { $0 == $1 }.count }.min() ?? 0
    }

    /// At most `limit` lines within a width, broken at spaces, and after dots and dashes inside of words that are too wide
    /// for a line; the last one is cut with an ellipsis where more would follow.
    func wrapped(_ text: String, _ font: Font, within width: Double, limit: Int) -> [String] {
        var (lines, line) = ([String](), "")
        var rest = text.split(whereSeparator: \.isWhitespace).flatMap { pieces(String($0), font, within: width) }[...]
        while let piece = rest.popFirst() {
            let longer = line.isEmpty ? piece.text : line + (piece.isGlued ? "" : " ") + piece.text
            if line.isEmpty || measure(longer, font).width <= width {
                line = longer
            } else if lines.count < limit - 1 {
                lines.append(fitted(line, font, within: width))
                line = piece.text
            } else {
                return lines + [fitted(longer + "…", font, within: width)]
            }
        }
        return line.isEmpty ? lines : lines + [fitted(line, font, within: width)]
    }

    /// A word, or, where it is too wide, its parts: "down_blocks." and "0".
    private func pieces(_ word: String, _ font: Font, within width: Double) -> [(text: String, isGlued: Bool)] {
        guard measure(word, font).width > width else { return [(word, false)] }
        var parts = [""]
        for letter in word {
            parts[parts.count - 1].append(letter)
            if ".-_/".contains(letter) { parts.append("") }
        }
        return parts.filter { !$0.isEmpty }.enumerated().map { ($0.element, $0.offset > 0) }
    }
}
