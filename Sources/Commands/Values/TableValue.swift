import Language
import Tensors

/// Rows under named columns: what `table(…)` makes and `save_table` writes.
public struct TableValue: TableReadable {
    public let columns: [String]
    /// As many values a row as there are columns; none where a row lacks one.
    public let rows: [[Value]]
    /// Columns that say what was run, and not what came of it: a sweep's.
    public let settings: [String]

    public init(columns: [String], rows: [[Value]], settings: [String] = []) {
        (self.columns, self.rows, self.settings) = (columns, rows, settings)
    }

    public var typeName: String { "table" }
    public var table: TableValue { self }
    public var fieldNames: [String] { ["columns", "rows"] + columns }

    public func field(_ name: String) throws -> Value? {
        if let column = column(name) { return column }
        switch name {
        case "columns": return .list(columns.map { .string($0) })
        case "rows": return .list(elements ?? [])
        default: return nil
        }
    }

    /// The values below a heading.
    public func column(_ name: String) -> Value? {
        columns.firstIndex(of: name).map { place in .list(rows.map { $0[place] }) }
    }

    public var count: Int? { rows.count }
    public var elements: [Value]? { rows.map(record) }
    public func forEachValue(_ visit: (Value) -> Void) { for row in rows { row.forEach(visit) } }

    private func record(_ row: [Value]) -> Value { .record(Record(Array(zip(columns, row)))) }

    /// A row by its place, a column by its name.
    public func index(_ subscripts: [Subscript]) throws -> Value {
        guard subscripts.count == 1, case .at(let place) = subscripts[0] else {
            throw Problem(.badIndex, "a table takes one index: a row's place or a column's name")
        }
        switch place {
        case .int(let index):
            let row = index < 0 ? index + rows.count : index
            guard rows.indices.contains(row) else {
                throw Problem(.indexOutOfRange, "row \(index) of a table with \(rows.count) rows")
            }
            return record(rows[row])
        case .string(let name):
            if let column = column(name) { return column }
            throw Problem(
                .unknownField, "this table has no column \"\(name)\"",
                notes: ["it has \(columns.joined(separator: ", "))"],
                help: nearestName(name, among: columns).map { "did you mean \"\($0)\"?" })
        default:
            throw Problem(
                .badIndex, "a table takes a row's place or a column's name, not \(place.describedType)")
        }
    }

    public func isEqual(to other: any HostValue) -> Bool {
        guard let other = other as? TableValue, other.columns == columns else { return false }
        return Abandonable.answer { other.texts == texts }
    }

    public var inlineText: String { "table of \(rows.count) × \(columns.count)" }
    public var byteCount: Int { rows.count * columns.count * 32 }

    // MARK: text

    /// Cells as they are shown: floats to four digits, "–" where there is nothing.
    private var texts: [[String]] {
        let decimals = columns.indices.map { place in Self.decimals(rows.map { $0[place] }) }
        return rows.map { row in
            if Parallel.isAbandoned { return columns.map { _ in "" } }
            return row.indices.map { place in
                guard let digits = decimals[place], let number = Self.float(row[place]), number.isFinite,
                    let spec = FormatSpec(".\(digits)f"), let text = try? Value.float(number).formatted(spec)
                else { return Self.text(row[place]) }
                return text
            }
        }
    }

    /// So many decimals that a column's floats stand with their dots in line; nil where they are of too many
    /// sizes.
    private static func decimals(_ column: [Value]) -> Int? {
        let texts = column.compactMap(float).filter(\.isFinite).map { Parallel.isAbandoned ? "" : text(.float($0)) }
        guard !texts.isEmpty, !texts.contains(where: { $0.contains("e") }) else { return nil }
        let most = texts.map { $0.drop { $0 != "." }.count - 1 }.max() ?? 0
        return max(1, most)
    }

    private static let fourDigits = FormatSpec(".4g") ?? FormatSpec()

    private static func text(_ value: Value) -> String {
        if value.isNone { return "–" }
        if let number = float(value) { return (try? Value.float(number).formatted(fourDigits)) ?? "" }
        return value.inlineText.split(separator: "\n").joined(separator: " ")
    }

    private static func float(_ value: Value) -> Double? {
        if case .float(let number) = value { return number }
        return value.host(as: TensorValue.self)?.number
    }

    public var explanation: String { "Rows under named columns: t[0] is a row, t.name or t[\"name\"] a column." }

    /// Numbers are aligned to the right, all else to the left; long tables show their first and last rows.
    public func display(_ context: DisplayContext) -> Display {
        guard !columns.isEmpty else { return Display("an empty table") }
        return Abandonable.answer { Display(layout.lines(width: context.width).joined(separator: "\n")) }
    }

    /// As it shows itself; in full with every row and column.
    public func printed(full: Bool, _ context: DisplayContext) -> String {
        guard full, !columns.isEmpty else { return display(context).plain }
        var whole = layout
        whole.mostRows = .max
        return Abandonable.answer { whole.lines(width: .max / 2).joined(separator: "\n") }
    }

    var layout: TextTable {
        let heads = columns.indices.map { place in
            let isNumber =
                rows.contains { !$0[place].isNone }
                && rows.allSatisfy { $0[place].isNone || $0[place].number != nil || Self.float($0[place]) != nil }
            return TextTable.Column(columns[place], number: isNumber)
        }
        return TextTable(columns: heads, rows: texts)
    }

    /// Comma-separated values (RFC 4180), or with another separator: numbers exactly, nothing for none, other values as
    /// texts. A text that `load_table` would take for something else stands between quotes, as an empty one does.
    public func separated(by separator: String = ",") -> String {
        var text = line(columns.map { Self.quoted($0, separator) }, separator)
        for row in rows {
            if Parallel.isAbandoned { break }
            text += line(row.map { Self.cell($0, separator) }, separator)
        }
        return text
    }

    private func line(_ cells: [String], _ separator: String) -> String { cells.joined(separator: separator) + "\n" }

    /// As precisely as the value is known.
    private static func cell(_ value: Value, _ separator: String) -> String {
        switch value {
        case .none: return ""
        case .bool, .int: return value.literalText
        default: break
        }
        if let number = float(value) { return Value.float(number).literalText }
        let text = value.inlineText
        return quoted(text, separator, always: !CellText.isText(text))
    }

    private static func quoted(_ cell: String, _ separator: String, always: Bool = false) -> String {
        let special: Set<Character> = ["\"", "\n", "\r", "\r\n"]
        guard always || cell.contains(where: special.contains) || cell.contains(separator) || cell.hasPrefix("\u{FEFF}") else {
            return cell
        }
        return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }

    /// A JSON object a row with every column, a line each.
    func jsonLines() -> String {
        var text = ""
        for row in rows {
            if Parallel.isAbandoned { break }
            let members = zip(columns, row).map { ($0, Self.float($1).map { JSON($0) } ?? TableJSON.json($1)) }
            text += JSON.object(JSONObject(members)).text(allowsNonFinite: true) + "\n"
        }
        return text
    }
}
