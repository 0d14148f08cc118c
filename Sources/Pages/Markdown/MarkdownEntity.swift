/// Entities, such as `&amp;` and `&#8212;`.
enum MarkdownEntity {
    /// The names that prose commonly uses; others stay as they are written.
    private static let names: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "copy": "©", "reg": "®", "trade": "™",
        "mdash": "—", "ndash": "–", "hellip": "…", "times": "×", "divide": "÷", "plusmn": "±", "deg": "°", "micro": "µ", "middot": "·",
        "larr": "←", "rarr": "→", "uarr": "↑", "darr": "↓", "harr": "↔", "rArr": "⇒", "le": "≤", "ge": "≥", "ne": "≠", "asymp": "≈",
        "infin": "∞", "sum": "∑", "prod": "∏", "radic": "√", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε",
        "lambda": "λ", "mu": "μ", "pi": "π", "sigma": "σ", "theta": "θ", "laquo": "«", "raquo": "»", "ldquo": "“", "rdquo": "”",
        "lsquo": "‘", "rsquo": "’", "sect": "§", "para": "¶", "euro": "€", "pound": "£", "frac12": "½", "sup2": "²", "sup3": "³",
    ]

    /// Returns the text that an entity stands for and the entity's length; nil where none begins at the place.
    static func read(_ text: [Unicode.Scalar], at place: Int) -> (text: String, length: Int)? {
        var end = place + 1
        while end < text.count, end - place < 12, text[end] != ";" { end += 1 }
        guard end < text.count, text[end] == ";", end > place + 1 else { return nil }
        let name = String(String.UnicodeScalarView(text[place + 1..<end]))
        let length = end + 1 - place
        guard name.hasPrefix("#") else { return names[name].map { ($0, length) } }
        let digits = name.dropFirst()
        let number = "xX".contains(digits.first ?? " ") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let number else { return nil }
        return (String(Character(Unicode.Scalar(number == 0 ? 0xFFFD : number) ?? "\u{FFFD}")), length)
    }

    /// Returns a text with its entities and escaped punctuation read, as in the address of a link.
    static func plain(_ source: String) -> String {
        let text = Array(source.unicodeScalars)
        var result = String.UnicodeScalarView()
        var place = 0
        while place < text.count {
            if text[place] == "\\", place + 1 < text.count, text[place + 1].isASCII, text[place + 1].isMarkdownPunctuation {
                result.append(text[place + 1])
                place += 2
            } else if text[place] == "&", let (words, length) = read(text, at: place) {
                result.append(contentsOf: words.unicodeScalars)
                place += length
            } else {
                result.append(text[place])
                place += 1
            }
        }
        return String(result)
    }
}
