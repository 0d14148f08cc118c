import Files
import Jobs
import Language

/// `load_results`: the database of a folder of jobs as a table.
enum LoadResults {
    private static let path = Key<String>("path", doc: "The folder that sweep or benchmark filled.", file: .input(library: nil))
    private static let query = Key<String?>(
        "sql", doc: "A query of SQLite's; the view runs has a column for each setting and measure.", keywordOnly: true)

    static let builtin = Builtin(
        "load_results", family: .evaluation,
        summary: "The results in the folder of a sweep or benchmark as a table, also while its jobs still run.",
        parameters: [path, query], result: .table, terms: ["database", "sqlite", "sql", "query", "read", "export", "jobs"],
        examples: [
            .init(
                "sweep({x: [1, 2], seed: 0..1}, fn(p) { {y: 10 * p.x + p.seed} }, folder=\"runs\")\nload_results(\"runs\", sql=\"SELECT x, avg(y) AS y FROM runs GROUP BY x\")",
                shows: "x     y\n1  10.5\n2  20.5")
        ],
        seeAlso: ["sweep", "benchmark", "summary", "save_table"], run: { .host(try load($0)) })

    private static func load(_ call: Call) throws -> TableValue {
        let folder = JobFolder(FileNames.readable(try call[path], call.context))
        let sql = try call[query]
        return try call.mapped(path) {
            guard FileNames.isFolder(folder.path) else {
                throw Problem(
                    .fileMissing, "there is no folder \"\(folder.path)\"", argument: path.name, help: FileNames.nearest(to: folder.path))
            }
            guard let what = try folder.described() else {
                throw Problem(.badFile, "the folder \"\(folder.path)\" holds no jobs", argument: path.name)
            }
            let store = try ResultStore(folder, .reading)
            guard let sql else { return table(try store.rows(what.list)) }
            let (columns, rows) = try call.mapped(query) { try store.query(sql, what.list) }
            return TableValue(columns: columns, rows: rows.map { $0.map(Self.value) })
        }
    }

    private static func value(_ value: SQLValue) -> Value {
        switch value {
        case .null: .none
        case .int(let number): .int(number)
        case .real(let number): .float(number)
        case .text(let text): .string(text)
        }
    }

    /// Returns the rows as `sweep` and `benchmark` give them.
    private static func table(_ rows: [ResultStore.Row]) -> TableValue {
        let settings = rows.first?.settings.keys ?? []
        var results = SweepResults(settings: settings, known: [:])
        for row in rows {
            results.take(
                settings.map { row.settings[$0].map(TableJSON.value) ?? .none },
                measures: Record((row.measures ?? JSONObject()).members.map { ($0, TableJSON.value($1)) }),
                error: row.measures == nil ? row.error ?? "failed" : nil)
        }
        return results.table
    }
}
