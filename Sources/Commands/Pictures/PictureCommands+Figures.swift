import Images
import Language
import Tensors

extension PictureCommands {
    private static let columnNames = Parameter(
        "columns", .list(.string), doc: "Which, in this order; all where not given.", optional: true)

    static let figures: [Builtin] = [
        Builtin(
            "show", family: "figures",
            summary: "Shows values: pictures as pictures, a list of pictures as a grid.",
            parameters: [
                Parameter("values", doc: "What to show.", variadic: true),
                Parameter(
                    "titles", .list(.any), doc: "Written over the pictures of a list.", keywordOnly: true,
                    optional: true),
                Parameter(
                    "columns", .int, range: 1...1000, doc: "Pictures of a list in a row.", keywordOnly: true,
                    optional: true),
            ],
            result: "none", terms: ["display", "view", "picture", "print", "see"],
            examples: [.init("show image(zeros([32, 32]))")], isCommand: true, run: show),
        Builtin(
            "table", family: "figures", summary: "Records as a table with named columns.",
            parameters: [
                Parameter(
                    "rows", .oneOf([.list(.any), .host("table"), .host("history"), .record]),
                    doc: "Records, one a row; or one record of lists, one a column."), columnNames,
            ],
            result: "table", terms: ["rows", "columns", "results", "compare", "align"],
            examples: [
                .init(
                    "table([{name: \"a\", iou: 0.5}, {name: \"b\"}])",
                    shows: "name  iou\na     0.5\nb       –")
            ],
            run: { .host(try table($0, "rows")) }),
        Builtin(
            "save_table", family: "figures", summary: "Writes a table to a .csv or .tsv file.",
            parameters: [
                Parameter(
                    "table", .oneOf([.list(.any), .host("table"), .host("history"), .record]),
                    doc: "A table, or what becomes one."),
                Parameter("path", .string, doc: "The file; its folder is made where there is none."),
                columnNames,
            ],
            result: "the path", terms: ["write", "export", "csv", "store", "spreadsheet"],
            examples: [
                .init("save_table([{step: 1, loss: 0.5}], \"out/losses.csv\")", shows: "\"out/losses.csv\"")
            ],
            run: saveTable),
    ]

    // MARK: show

    @Sendable private static func show(_ call: Call) throws -> Value {
        for value in call.rest {
            call.context.emit(.display(try display(value, call)))
        }
        return .none
    }

    private static func display(_ value: Value, _ call: Call) throws -> Display {
        let context = call.context.displayContext
        guard case .list(let items) = value, isPictures(items) else {
            return value.display(context)
        }
        let titles = call.optional("titles")?.elements?.map(\.inlineText) ?? []
        let columns = call.optional("columns") == nil ? nil : try call.int("columns")
        let image = try grid(items, titles: titles, columns: columns, call)
        let alt = "\(items.count) pictures" + (titles.isEmpty ? "" : ": " + titles.joined(separator: ", "))
        return Display(alt, image: DisplayImage(png: try call.mapped("values") { try image.pngData() }, alt: alt))
    }

    private static func isPictures(_ items: [Value]) -> Bool {
        !items.isEmpty && items.allSatisfy { $0.host(as: PictureReadable.self) != nil }
    }

    // MARK: tables

    static func table(_ call: Call, _ name: String) throws -> TableValue {
        let whole = try rows(try call.value(name), call, name)
        guard call.optional("columns") != nil else { return whole }
        let names = try call.strings("columns")
        let places = try names.map { column in
            if let place = whole.columns.firstIndex(of: column) { return place }
            throw Problem(
                .unknownField, "\(call.builtin.name): there is no column \"\(column)\"", argument: "columns",
                notes: ["there are \(whole.columns.joined(separator: ", "))"],
                help: nearestName(column, among: whole.columns).map { "did you mean \"\($0)\"?" })
        }
        return TableValue(columns: names, rows: whole.rows.map { row in places.map { row[$0] } })
    }

    /// Columns in the order in which records first name them.
    private static func rows(_ value: Value, _ call: Call, _ name: String) throws -> TableValue {
        if let table = value.host(as: TableReadable.self)?.table { return table }
        if case .record(let record) = value { return try columns(record, call, name) }
        let records = try (value.elements ?? []).enumerated().map { place, item in
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
        return TableValue(
            columns: columns.keys, rows: records.map { row in columns.keys.map { row[$0] ?? .none } })
    }

    private static func columns(_ record: Record, _ call: Call, _ name: String) throws -> TableValue {
        let columns = record.pairs.map { ($0, $1.elements ?? [$1]) }
        let count = columns.map(\.1.count).max() ?? 0
        if let short = columns.first(where: { $0.1.count != count }) {
            throw Problem(
                .badArgument, "\(call.builtin.name): columns have different lengths", argument: name,
                label: "\(short.0) has \(short.1.count) of \(count)")
        }
        return TableValue(columns: record.keys, rows: (0..<count).map { row in columns.map { $0.1[row] } })
    }

    @Sendable private static func saveTable(_ call: Call) throws -> Value {
        let (table, path) = (try table(call, "table"), try call.string("path"))
        let separators = [".csv": ",", ".tsv": "\t"]
        guard let separator = separators.first(where: { path.lowercased().hasSuffix($0.key) })?.value else {
            throw Problem(
                .cannotWrite, "a table is written as .csv or .tsv", argument: "path",
                label: "this ends otherwise")
        }
        let target = call.context.resolve(path)
        FileNames.makeFolder(above: target)
        try call.mapped("path") { try AtomicFile.write(target, text: table.separated(by: separator)) }
        return .string(path)
    }
}
