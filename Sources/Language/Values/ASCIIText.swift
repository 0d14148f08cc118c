/// Returns the text for terminals that are not UTF-8. The signs with which values show themselves get spellings in ASCII; other characters,
/// as in names and prompts, stay.
public func asciiText(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.value > 0x7F }) else { return text }
    return text.reduce(into: "") { $0 += asciiSpellings[$1] ?? String($1) }
}

/// The spellings. Signs that may stand in aligned tables have spellings of one column.
private let asciiSpellings: [Character: String] = [
    "…": "...", "–": "-", "−": "-", "×": "x", "·": "-", "→": "->", "←": "<-", "⚠": "!", "∈": " in ", "μ": "mean", "σ": "std",
    "±": "+-", "≥": ">=", "≤": "<=", "≈": "~", "⋮": ":", "│": "|", "─": "-", "∞": "inf",
    "▁": "_", "▂": ".", "▃": "-", "▄": ":", "▅": "=", "▆": "+", "▇": "*", "█": "#",
]
