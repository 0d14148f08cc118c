import Language

/// A list of records as a table in HTML. All that comes from values is escaped, and there is nothing but rows and cells.
enum HTMLTable {
    private static let mostRows = 60
    private static let mostColumns = 24
    /// The most characters of a cell.
    private static let longestCell = 200

    /// Returns the table of at least two records that have the same fields, none of which holds further values; nil for other values.
    static func text(of value: Value) -> String? {
        guard case .list(let items) = value, items.count > 1, case .record(let first)? = items.first else { return nil }
        let keys = first.keys
        guard (1...mostColumns).contains(keys.count) else { return nil }
        var rows: [String] = []
        for (place, item) in items.enumerated() {
            guard case .record(let record) = item, record.keys == keys else { return nil }
            if place >= mostRows { continue }
            let cells = record.values.map(cell)
            guard !cells.contains(nil) else { return nil }
            rows.append(row(cells.compactMap(\.self), "td"))
        }
        let rest = items.count - rows.count
        let caption = rest > 0 ? "<caption>\(rows.count) of \(items.count) rows</caption>" : ""
        return "<table>\(caption)<thead>\(row(keys.map(escaped), "th"))</thead><tbody>\(rows.joined())</tbody></table>"
    }

    private static func row(_ cells: [String], _ tag: String) -> String {
        "<tr>" + cells.map { "<\(tag)>\($0)</\(tag)>" }.joined() + "</tr>"
    }

    /// Returns the contents of a cell, or nil for a value that does not fit into one.
    private static func cell(_ value: Value) -> String? {
        switch value {
        case .none: return ""
        case .string(let text): return escaped(text)
        case .bool, .int, .float, .range: return escaped(value.literalText)
        case .list, .record, .function, .host: return nil
        }
    }

    /// Returns a text in which nothing means anything to HTML, cut to a readable length.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in printable(text).unicodeScalars.prefix(longestCell) {
            switch scalar {
            case "&": result += "&amp;".unicodeScalars
            case "<": result += "&lt;".unicodeScalars
            case ">": result += "&gt;".unicodeScalars
            case "\"": result += "&quot;".unicodeScalars
            case "'": result += "&#39;".unicodeScalars
            default: result.append(scalar)
            }
        }
        return String(result) + (text.unicodeScalars.count > longestCell ? "…" : "")
    }
}
