/// A block of Markdown; texts are not read for emphasis and links yet.
indirect enum MarkdownBlock {
    case heading(level: Int, String)
    case paragraph(String)
    case code(String, language: String)
    case quote([MarkdownBlock])
    /// A list; `start` is the first number, nil for bullets. A tight list has no space between its items.
    case list(start: Int?, isTight: Bool, [MarkdownItem])
    case table(header: [String], [MarkdownAlignment], rows: [[String]])
    case rule
}

/// An item of a list.
struct MarkdownItem {
    /// Whether a task is done; nil for an item that is none.
    var isDone: Bool?
    var blocks: [MarkdownBlock]
}

/// How the cells of a table's column stand.
enum MarkdownAlignment: String {
    case none, left, center, right
}

/// The address that a name stands for, as in `[name]: address "title"`.
struct MarkdownReference {
    var address: String
    var title: String

    /// Returns a name as it is compared: case and the number of blanks do not matter.
    static func key(_ name: String) -> String {
        name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
