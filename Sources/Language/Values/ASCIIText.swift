/// A text for terminals that are not UTF-8: the signs that values show themselves with have spellings in ASCII; all
/// else (names, prompts) stays as it is.
public func asciiText(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.value > 0x7F }) else { return text }
    return text.reduce(into: "") { $0 += asciiSpellings[$1] ?? String($1) }
}

/// One column for one wherever the sign may stand in an aligned table.
private let asciiSpellings: [Character: String] = [
    "…": "...", "–": "-", "−": "-", "×": "x", "·": "-", "→": "->", "←": "<-", "⚠": "!", "∈": " in ", "μ": "mean", "σ": "std",
    "±": "+-", "≥": ">=", "≤": "<=", "≈": "~", "⋮": ":", "│": "|", "─": "-", "∞": "inf",
    "▁": "_", "▂": ".", "▃": "-", "▄": ":", "▅": "=", "▆": "+", "▇": "*", "█": "#",
]
