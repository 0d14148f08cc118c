import Language
import Tensors

/// The file formats of tables, which the ending of the name decides.
enum TableFormat {
    case separated(String)
    case jsonLines

    init?(_ path: String) {
        let formats: [(String, TableFormat)] = [(".csv", .separated(",")), (".tsv", .separated("\t")), (".jsonl", .jsonLines)]
        guard let format = formats.first(where: { path.lowercased().hasSuffix($0.0) })?.1 else { return nil }
        self = format
    }

    var separator: String? { if case .separated(let text) = self { text } else { nil } }
}

extension TableValue {
    /// A name that two columns have, or nil.
    var repeatedColumn: String? {
        var seen: Set<String> = []
        return columns.first { !seen.insert($0).inserted }
    }
}

/// Reads the table in a file.
struct TableReader {
    static let path = Key<String>("path", doc: "The file; relative to the script or the current folder.", file: .input(library: nil))

    private let call: Call
    private let name: String
    private let bytes: [UInt8]
    private let format: TableFormat

    init(_ call: Call) throws {
        self.call = call
        name = try call[Self.path]
        guard let format = TableFormat(name) else {
            throw Problem(.cannotRead, "a table is read from .csv, .tsv or .jsonl", argument: Self.path.name, label: "this ends otherwise")
        }
        self.format = format
        let path = FileNames.readable(name, call.context)
        bytes = try call.mapped(Self.path) { try ReadableFile.contents(path, limit: 1 << 28) }
    }

    func table() throws -> TableValue {
        let table = if let separator = format.separator { try separated(separator) } else { try jsonLines() }
        if let twice = table.repeatedColumn {
            throw Problem(.badFile, "\(name): two columns are called \"\(twice)\"", argument: Self.path.name)
        }
        return table
    }

    // MARK: separated values

    private func separated(_ separator: String) throws -> TableValue {
        var rows = try readRows(separator)
        guard let head = rows.first, !head.isBlank || rows.count > 1 else { return TableValue(columns: [], rows: []) }
        rows.removeFirst()
        // In a table of a single column, a blank line is a row with an empty cell.
        if head.cells.count > 1 { rows.removeAll(where: \.isBlank) }
        try Reservation.check([rows.count, head.cells.count], of: MemoryLayout<Value>.stride, what: "this table")
        if let odd = rows.first(where: { $0.cells.count != head.cells.count }) {
            let (found, wanted) = (odd.cells.count, head.cells.count)
            throw Problem(
                .badFile, "\(name), line \(odd.line) has \(found) cell\(found == 1 ? "" : "s"), the first line \(wanted)",
                argument: Self.path.name,
                help: "a cell with a \(separator == "," ? "comma" : "tab") in it stands between quotes")
        }
        // A heading that is quoted without need shows that its writer quotes everything; then quotes do not tell texts from numbers.
        let quotesTell = !head.cells.contains { $0.isQuoted && CellText.isText($0.text) && !needsQuotes($0.text, separator) }
        return TableValue(
            columns: head.cells.map(\.text),
            rows: rows.map { row in row.cells.map { $0.isQuoted && quotesTell ? .string($0.text) : CellText.value($0.text) } })
    }

    private func readRows(_ separator: String) throws -> [SeparatedText.Row] {
        do {
            return try SeparatedText.rows(bytes, separator: separator.utf8.first ?? UInt8(ascii: ","))
        } catch let mistake as SeparatedText.Mistake {
            throw Problem(.badFile, "\(name), line \(mistake.line): \(mistake.text)", argument: Self.path.name)
        }
    }

    private func needsQuotes(_ text: String, _ separator: String) -> Bool {
        text.utf8.contains { $0 == 34 || $0 == 10 || $0 == 13 } || text.contains(separator)
    }

    // MARK: JSON lines

    /// Returns a table whose columns are in the order in which rows first name them. In the file of a sweep, a run that was repeated
    /// replaces the earlier one, the settings are known, and errors are the last column, where a run failed and was not repeated.
    private func jsonLines() throws -> TableValue {
        let rows = try TableJSON.lines(bytes, name, argument: Self.path.name, allowsTorn: true).lines.map(\.object)
        let settings = rows.lazy.compactMap { $0[SweepFile.about]?["settings"]?.arrayValue?.compactMap(\.stringValue) }.first ?? []
        let kept = settings.isEmpty ? rows : latest(rows, settings)
        var columns = Record(settings.map { ($0, .none) })
        let later = settings.isEmpty ? [] : [SweepFile.about, SweepResults.error]
        for row in rows {
            for key in row.keys where !later.contains(key) && columns[key] == nil { columns[key] = Value.none }
        }
        if !settings.isEmpty, kept.contains(where: { $0[SweepResults.error] != nil }) { columns[SweepResults.error] = Value.none }
        let names = columns.keys
        try Reservation.check([kept.count, names.count], of: MemoryLayout<Value>.stride, what: "this table")
        return TableValue(columns: names, rows: kept.map { row in names.map { TableJSON.value(row[$0] ?? .null) } }, settings: settings)
    }

    /// Returns the last line with each combination of settings, in the order of the first ones.
    private func latest(_ rows: [JSONObject], _ settings: [String]) -> [JSONObject] {
        var (order, last) = ([String](), [String: JSONObject]())
        for row in rows {
            let key = SweepResults.key(settings.map { TableJSON.value(row[$0] ?? .null) })
            if last.updateValue(row, forKey: key) == nil { order.append(key) }
        }
        return order.compactMap { last[$0] }
    }
}
