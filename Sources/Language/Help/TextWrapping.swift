/// Breaks text into lines that fit a width.
public enum TextWrapping {
    /// Returns lines of at most `width` columns, broken at blanks; a word that is longer keeps a line of its own. `first` blanks stand
    /// before the first line and `hanging` before the others; blanks within a line stay as they are.
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

    /// Returns the text cut into runs of blanks and runs of other characters.
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
