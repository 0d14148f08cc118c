/// Breaks text into lines that fit a width.
public enum TextWrapping {
    /// Lines of at most `width` columns where blanks allow it. `first` blanks stand before the first line,
    /// `hanging` before the others; blanks inside a line stay as they are.
    public static func lines(_ text: String, width: Int, first: Int = 0, hanging: Int = 0) -> [String] {
        var result: [String] = []
        var line = String(repeating: " ", count: first)
        var gap = ""
        var isEmpty = true
        for word in words(of: text) {
            if word.first == " " {
                gap = word
            } else {
                if !isEmpty, displayWidth(line) + gap.count + displayWidth(word) > width {
                    result.append(line)
                    line = String(repeating: " ", count: hanging)
                } else {
                    line += gap
                }
                line += word
                gap = ""
                isEmpty = false
            }
        }
        return result + [line]
    }

    /// Runs of blanks, and runs of anything else.
    private static func words(of text: String) -> [String] {
        var result: [String] = []
        for character in text {
            if let last = result.last?.last, (last == " ") == (character == " ") {
                result[result.count - 1].append(character)
            } else {
                result.append(String(character))
            }
        }
        return result
    }
}
