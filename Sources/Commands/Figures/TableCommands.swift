import Language
import Tensors

/// Builtins for tables: from records, and in files.
enum TableCommands {
    private static let records = TypeRule.oneOf([.list(.any), TableValue.rule, HistoryValue.rule, .record])
    private static let rows = Key<Value>("rows", records, doc: "Records, one a row; or one record of lists, one a column.")
    private static let table = Key<Value>("table", records, doc: "A table, or what becomes one.")
    private static let columns = Key<[String]?>("columns", doc: "Which, in this order; all where not given.")
    private static let path = FigureCommands.path

    static let all: [Builtin] = [
        Builtin(
            "table", family: .figures, summary: "Records as a table with named columns.",
            parameters: [rows, columns], result: .table, terms: ["rows", "columns", "results", "compare", "align"],
            examples: [
                .init(
                    "table([{name: \"a\", iou: 0.5}, {name: \"b\"}])",
                    shows: "name  iou\na     0.5\nb       –")
            ],
            seeAlso: ["save_table", "load_table"], run: { .host(try table($0, rows)) }),
        Builtin(
            "save_table", family: .figures, summary: "Writes a table to a .csv, .tsv or .jsonl file.",
            parameters: [table, path, columns], result: .path, terms: ["write", "export", "csv", "store", "spreadsheet"],
            examples: [
                .init("save_table([{step: 1, loss: 0.5}], \"losses.csv\")", shows: "\"losses.csv\"")
            ],
            seeAlso: ["load_table"], run: saveTable),
        Builtin(
            "load_table", family: .figures, summary: "Reads a table from a .csv or .tsv file, or from the .jsonl file of a sweep.",
            parameters: [TableReader.path], result: .table,
            terms: ["read", "open", "import", "csv", "tsv", "json lines", "spreadsheet", "results"],
            examples: [
                .init("save_table([{step: 1, loss: 0.5}], \"losses.csv\")\nload_table(\"losses.csv\")", shows: "step  loss\n   1   0.5")
            ],
            run: { .host(try TableReader($0).table()) }),
    ]

    /// Returns an argument as a table, with the columns that `columns=` names.
    private static func table(_ call: Call, _ key: Key<Value>) throws -> TableValue {
        let whole = try rows(call[key], call, key.name)
        guard let names = try call[columns] else { return whole }
        let places = try names.map { column in
            if let place = whole.columns.firstIndex(of: column) { return place }
            throw noColumn(column, whole, call, columns.name)
        }
        return TableValue(columns: names, rows: whole.rows.map { row in places.map { row[$0] } })
    }

    /// Returns the problem that a table lacks a column which an argument names.
    static func noColumn(_ name: String, _ table: TableValue, _ call: Call, _ argument: String) -> Problem {
        Problem(
            .unknownField, "\(call.builtin.name): there is no column \"\(name)\"", argument: argument,
            notes: ["there are \(table.columns.joined(separator: ", "))"],
            help: nearestName(name, among: table.columns).map { "did you mean \"\($0)\"?" })
    }

    /// Returns a value as a table: a table, a record of columns, or records, whose columns are in the order in which they first appear.
    /// Throws a `Problem` for anything else.
    static func rows(_ value: Value, _ call: Call, _ name: String) throws -> TableValue {
        if let table = value.host(as: TableReadable.self)?.table { return table }
        if case .record(let record) = value { return try columns(record, call, name) }
        let records = try (try value.elements ?? []).enumerated().map { place, item in
            try Cancellation.check()
            if case .record(let record) = item { return record }
            throw Problem(
                .wrongType, "\(call.builtin.name) wants records", argument: name,
                label: "item \(place) is \(item.describedType)",
                help: "a row is written {name: \"a\", iou: 0.5}")
        }
        var columns = Record()
        for record in records {
            for key in record.keys where columns[key] == nil { columns[key] = Value.none }
        }
        let names = columns.keys
        return TableValue(
            columns: names,
            rows: try records.map { row in
                try Cancellation.check()
                return names.map { row[$0] ?? .none }
            })
    }

    private static func columns(_ record: Record, _ call: Call, _ name: String) throws -> TableValue {
        let columns = try record.pairs.map { ($0, try $1.elements ?? [$1]) }
        let count = columns.map(\.1.count).max() ?? 0
        if let short = columns.first(where: { $0.1.count != count }) {
            throw Problem(
                .badArgument, "\(call.builtin.name): columns have different lengths", argument: name,
                label: "\(short.0) has \(short.1.count) of \(count)")
        }
        try Reservation.check([count, max(1, columns.count)], of: MemoryLayout<Value>.stride, what: "a table of \(count) rows")
        return TableValue(columns: record.keys, rows: (0..<count).map { row in columns.map { $0.1[row] } })
    }

    @Sendable private static func saveTable(_ call: Call) throws -> Value {
        let (written, name) = (try table(call, table), try call[path])
        guard let format = TableFormat(name) else {
            throw Problem(
                .cannotWrite, "a table is written as .csv, .tsv or .jsonl", argument: path.name,
                label: "this ends otherwise")
        }
        if let twice = written.repeatedColumn {
            throw Problem(.badArgument, "save_table: two columns are called \"\(twice)\"", argument: table.name)
        }
        let target = try call.target(path, isFolder: false)
        let text = format.separator.map(written.separated) ?? written.jsonLines()
        try call.mapped(path) { try AtomicFile.write(target, text: text) }
        return .string(name)
    }
}
