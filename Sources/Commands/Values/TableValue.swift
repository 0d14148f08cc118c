import Language
import Tensors

/// Rows under named columns: what `table(…)` makes and `save_table` writes.
public struct TableValue: DeclaredValue, TableReadable {
    /// The names of the columns.
    public let columns: [String]
    /// The rows, each with one value for each column; none stands where a row lacks one.
    public let rows: [[Value]]
    /// The columns that say what was run, not what came of it; a sweep has some.
    public let settings: [String]

    /// Makes a table of rows that have one value for each column.
    public init(columns: [String], rows: [[Value]], settings: [String] = []) {
        (self.columns, self.rows, self.settings) = (columns, rows, settings)
    }

    /// The type of tables and the fields that all of them have; the columns of each are fields as well.
    public static let declaration = HostDeclaration<TableValue>(
        "table", "Rows under named columns: t[0] is a row, t.name or t[\"name\"] a column.",
        makers: "table(records), load_table(\"runs.csv\"), or sweep(…)",
        fields: [
            .init("columns", .listOf(.string), "The names of the columns.") { .list($0.columns.map { .string($0) }) },
            .init("rows", .listOf(.record([], isOpen: true)), "The rows as records.") { .list($0.elements ?? []) },
        ], isOpen: true)

    /// The table itself.
    public var table: TableValue { self }
    /// The names "columns" and "rows", and those of the columns.
    public var fieldNames: [String] { Self.declaration.fields.map(\.name) + columns }

    /// Returns a column, the names of the columns, or the rows; a column comes first. Returns nil for other names.
    public func field(_ name: String) throws -> Value? {
        try column(name) ?? declaredField(name)
    }

    /// Returns a column as a list, or nil where there is none of that name.
    public func column(_ name: String) -> Value? {
        columns.firstIndex(of: name).map { place in .list(rows.map { $0[place] }) }
    }

    /// The number of rows.
    public var count: Int? { rows.count }
    /// The rows as records.
    public var elements: [Value]? { rows.map(record) }
    /// Visits every cell.
    public func forEachValue(_ visit: (Value) -> Void) { for row in rows { row.forEach(visit) } }

    /// Returns a row as a record.
    private func record(_ row: [Value]) -> Value { .record(Record(Array(zip(columns, row)))) }

    /// Returns the row at a place (negative ones count from the end), or the column of a name. Throws `.badIndex`, `.indexOutOfRange` and
    /// `.unknownField`.
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

    /// Returns whether the other value is a table of the same columns and cells. Cells without a number (NaN) are equal, so that a
    /// table equals what was read from its file.
    public func isEqual(to other: any HostValue) -> Bool {
        guard let other = other as? TableValue, other.columns == columns, other.rows.count == rows.count else { return false }
        return zip(rows, other.rows).allSatisfy { zip($0, $1).allSatisfy(Self.areSame) }
    }

    private static func areSame(_ one: Value, _ other: Value) -> Bool {
        if let a = one.number, let b = other.number, a.isNaN, b.isNaN { return true }
        return (try? one.isEqual(to: other)) ?? false
    }

    /// The numbers of rows and columns in words.
    public var inlineText: String { "table of \(rows.count) × \(columns.count)" }
    /// An estimate of 32 bytes a cell.
    public var byteCount: Int { rows.count * columns.count * 32 }

    // MARK: text

    /// The cells as they are shown: floats with four digits, "–" where there is nothing.
    private var texts: [[String]] {
        let decimals = columns.indices.map { place in Self.decimals(rows.map { $0[place] }) }
        return rows.map { row in
            if Cancellation.isCancelled { return columns.map { _ in "" } }
            return row.indices.map { place in
                guard let digits = decimals[place], let number = Self.float(row[place]), number.isFinite,
                    let spec = FormatSpec(".\(digits)f"), let text = try? Value.float(number).formatted(spec)
                else { return Self.text(row[place]) }
                return text
            }
        }
    }

    /// Returns the number of decimals with which a column's floats stand with their dots in line; nil where their sizes differ too much.
    private static func decimals(_ column: [Value]) -> Int? {
        let texts = column.compactMap(float).filter(\.isFinite).map { Cancellation.isCancelled ? "" : text(.float($0)) }
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

    /// Returns the table fitted to the width: numbers at the right, all else at the left; a long table shows its first and last rows.
    public func display(_ context: DisplayContext) -> Display {
        guard !columns.isEmpty else { return Display("an empty table") }
        return Cancellable.answer { Display(layout.lines(width: context.width).joined(separator: "\n")) }
    }

    /// Returns the text that `display` has; with `full` it has every row and column.
    public func printed(full: Bool, _ context: DisplayContext) -> String {
        guard full, !columns.isEmpty else { return display(context).plain }
        var whole = layout
        whole.mostRows = .max
        return Cancellable.answer { whole.lines(width: .max / 2).joined(separator: "\n") }
    }

    /// The cells as a table of texts.
    var layout: TextTable {
        let heads = columns.indices.map { place in
            let isNumber =
                rows.contains { !$0[place].isNone }
                && rows.allSatisfy { $0[place].isNone || $0[place].number != nil || Self.float($0[place]) != nil }
            return TextTable.Column(columns[place], number: isNumber)
        }
        return TextTable(columns: heads, rows: texts)
    }

    /// Returns comma-separated values (RFC 4180), or values with another separator: numbers exactly, nothing for none, other values as
    /// texts. A text that `load_table` would read as something else stands between quotes, as does an empty one.
    public func separated(by separator: String = ",") -> String {
        var text = line(columns.map { Self.quoted($0, separator) }, separator)
        for row in rows {
            if Cancellation.isCancelled { break }
            text += line(row.map { Self.cell($0, separator) }, separator)
        }
        return text
    }

    /// Returns a line of the file.
    private func line(_ cells: [String], _ separator: String) -> String { cells.joined(separator: separator) + "\n" }

    /// Returns a cell of the file, as precisely as the value is known.
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

    /// Returns a cell, between quotes where it needs them.
    private static func quoted(_ cell: String, _ separator: String, always: Bool = false) -> String {
        let special: Set<Character> = ["\"", "\n", "\r", "\r\n"]
        guard always || cell.contains(where: special.contains) || cell.contains(separator) || cell.hasPrefix("\u{FEFF}") else {
            return cell
        }
        return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }

    /// Returns a JSON object with every column for each row, one to a line.
    func jsonLines() -> String {
        var text = ""
        for row in rows {
            if Cancellation.isCancelled { break }
            let members = zip(columns, row).map { ($0, Self.float($1).map { JSON($0) } ?? TableJSON.json($1)) }
            text += JSON.object(JSONObject(members)).text(allowsNonFinite: true) + "\n"
        }
        return text
    }
}
