import Files

/// The jobs of a folder and their results, in its database. One process writes it at a time (`JobLock`); any number read.
public final class ResultStore {
    /// "basj": what tells our databases from others'.
    static let application = 0x6261_736A
    private static let version = 1

    private let database: Database

    /// Opens the database of a folder; for writing it is made where it does not exist. Throws ``DatabaseError`` and `FileError`.
    public init(_ folder: JobFolder, _ access: Database.Access) throws {
        database = try Database(folder.database, access)
        // As much memory as a list of 100,000 jobs takes, in KiB: each write finds its pages there.
        try database.execute("PRAGMA cache_size = -65536")
        try check(isWriting: access == .writing)
    }

    private func check(isWriting: Bool) throws {
        let (application, version) = (try pragma("application_id"), try pragma("user_version"))
        if application == 0, version == 0, isWriting, try database.run("SELECT name FROM sqlite_schema LIMIT 1").rows.isEmpty {
            return try make()
        }
        guard application == Self.application else {
            throw DatabaseError(.foreign, database.path, "is a database of another program")
        }
        guard version == Self.version else { throw DatabaseError(.foreign, database.path, "is of another version of bas") }
    }

    /// Lets the database grow to so many pages: to tests, a full disk. Throws ``DatabaseError``.
    func limit(pages: Int) throws { try database.execute("PRAGMA max_page_count = \(pages)") }

    private func pragma(_ name: String) throws -> Int { try database.run("PRAGMA \(name)").rows.first?.first?.int ?? 0 }

    /// There is no index on lists: nearly all rows are of one, so that reading the table through is faster.
    private func make() throws {
        try database.transaction {
            try database.execute(
                """
                CREATE TABLE jobs (
                    identity TEXT PRIMARY KEY, list TEXT NOT NULL, number INTEGER NOT NULL, settings TEXT NOT NULL,
                    state TEXT NOT NULL DEFAULT 'waiting', measures TEXT, exact TEXT, error TEXT, diagnostic TEXT,
                    attempts INTEGER NOT NULL DEFAULT 0, seconds REAL, host TEXT, kernel TEXT, time REAL) WITHOUT ROWID;
                CREATE TABLE files (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;
                PRAGMA application_id = \(Self.application);
                PRAGMA user_version = \(Self.version);
                """)
        }
    }

    // MARK: the list

    /// A job of a list: its identity, its place, and its settings as a JSON object.
    public struct Job: Sendable, Equatable {
        /// The identity.
        public let identity: String
        /// The place in the list.
        public let number: Int
        /// The settings.
        public let settings: JSON

        /// Makes a job.
        public init(_ identity: String, number: Int, settings: JSON) {
            (self.identity, self.number, self.settings) = (identity, number, settings)
        }
    }

    /// Makes these the jobs of the list. Jobs that are known from another list join this one with their results; what the table says already
    /// is not written again. Throws ``DatabaseError``.
    public func plan(_ list: String, _ jobs: [Job]) throws {
        // In the table's own order, so that a page is written once. The first of several equal jobs gives the place.
        let sorted = jobs.sorted { ($0.identity, $0.number) < ($1.identity, $1.number) }
        let first = sorted.indices.lazy.filter { $0 == 0 || sorted[$0 - 1].identity != sorted[$0].identity }
        try database.transaction {
            try database.run(
                """
                INSERT INTO jobs (identity, list, number, settings) VALUES (?, ?, ?, ?)
                ON CONFLICT (identity) DO UPDATE SET list = excluded.list, number = excluded.number, settings = excluded.settings
                WHERE list <> excluded.list OR number <> excluded.number OR settings <> excluded.settings
                """,
                each: first.map { place -> [SQLValue] in
                    let job = sorted[place]
                    return [.text(job.identity), .text(list), .int(job.number), .text(job.settings.text())]
                })
        }
    }

    /// Returns the identities of the list's jobs that have no measures yet, in their order. Throws ``DatabaseError``.
    public func missing(_ list: String) throws -> [String] {
        try database.run("SELECT identity FROM jobs WHERE list = ? AND state <> 'done' ORDER BY number", [.text(list)]).rows.compactMap {
            $0[0].text
        }
    }

    /// Lets the list's jobs that have failed, or were running when a process ended, wait again. Throws ``DatabaseError``.
    public func retry(_ list: String) throws {
        try database.run("UPDATE jobs SET state = 'waiting' WHERE list = ? AND state IN ('running', 'failed')", [.text(list)])
    }

    /// Lets the list's jobs wait again that have begun and not ended. Throws ``DatabaseError``.
    public func requeue(_ list: String) throws {
        try database.run("UPDATE jobs SET state = 'waiting' WHERE list = ? AND state = 'running'", [.text(list)])
    }

    /// Counts the list's jobs by state. Throws ``DatabaseError``.
    public func counts(_ list: String) throws -> JobCounts {
        var counts = JobCounts()
        for row in try database.run("SELECT state, count(*) FROM jobs WHERE list = ? GROUP BY state", [.text(list)]).rows {
            counts[row[0].text ?? ""] = row[1].int ?? 0
        }
        return counts
    }

    // MARK: results

    /// Writes results, of which either all or none are then in the database, and how far the files were read that they come from. Throws
    /// ``DatabaseError``.
    public func record(_ results: [JobResult], read files: [(name: String, bytes: Int)] = []) throws {
        try database.transaction {
            // What ended well stays: a second run of the same job gives the same.
            try database.run(
                """
                UPDATE jobs SET state = ?, measures = ?, exact = ?, error = ?, diagnostic = ?, seconds = ?, host = ?, kernel = ?, time = ?,
                attempts = attempts + ? WHERE identity = ? AND state <> 'done'
                """, each: results.lazy.map(Self.values))
            try database.run(
                "INSERT INTO files VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes",
                each: files.lazy.map { file -> [SQLValue] in [.text(file.name), .int(file.bytes)] })
        }
    }

    private static func values(_ result: JobResult) -> [SQLValue] {
        let (values, isExact) = finite(result.measures)
        let isDone = result.state == .done
        return [
            .text(result.state.rawValue), isDone ? .text(JSON.object(values).text()) : .null,
            isDone && !isExact ? .text(JSON.object(result.measures).text(allowsNonFinite: true)) : .null,
            result.error.sql, result.diagnostic.sql, .real(result.seconds), .text(result.host), .text(result.kernel),
            .real(result.time), .int(result.state == .running ? 1 : 0), .text(result.identity),
        ]
    }

    /// Returns measures that SQLite's functions for JSON can read: null for what is not finite. False where anything was replaced.
    private static func finite(_ measures: JSONObject) -> (JSONObject, isExact: Bool) {
        func replaced(_ json: JSON) -> JSON {
            switch json {
            case .number(let number): number.double.isFinite ? json : .null
            case .array(let items): .array(items.map(replaced))
            case .object(let object): .object(JSONObject(object.members.map { ($0, replaced($1)) }))
            default: json
            }
        }
        let all = JSONObject(measures.members.map { ($0, replaced($1)) })
        return (all, all == measures)
    }

    /// What is known of a job that has ended.
    public struct Row: Sendable {
        /// The identity.
        public let identity: String
        /// The place in the list.
        public let number: Int
        /// The settings.
        public let settings: JSONObject
        /// What was measured; nil where the job failed.
        public let measures: JSONObject?
        /// The error in a line; nil where there is none.
        public let error: String?
        /// The error with its places, as JSON.
        public let diagnostic: String?
        /// The seconds that it took.
        public let seconds: Double
    }

    /// Returns the list's jobs that have ended, in their order. Throws ``DatabaseError``, with reason `.damaged` where a cell holds no JSON.
    public func rows(_ list: String) throws -> [Row] {
        try database.run(
            """
            SELECT identity, number, settings, coalesce(exact, measures), error, diagnostic, seconds FROM jobs
            WHERE list = ? AND state IN ('done', 'failed') ORDER BY number
            """, [.text(list)]
        ).rows.map { row in
            func object(_ value: SQLValue) throws -> JSONObject? {
                guard let text = value.text else { return nil }
                let json = try? JSON.parse(Array(text.utf8), depthLimit: 100, allowsNonFinite: true)
                guard let object = json?.objectValue else { throw DatabaseError(.damaged, database.path, "a cell of jobs is no JSON") }
                return object
            }
            return Row(
                identity: row[0].text ?? "", number: row[1].int ?? 0, settings: try object(row[2]) ?? JSONObject(),
                measures: try object(row[3]), error: row[4].text, diagnostic: row[5].text, seconds: row[6].real ?? 0)
        }
    }

    /// Returns the seconds that the list's ended jobs took, and its five most frequent errors with their numbers. Throws ``DatabaseError``.
    public func work(_ list: String) throws -> (seconds: Double, errors: [(text: String, count: Int)]) {
        let ended = "FROM jobs WHERE list = ? AND state IN ('done', 'failed')"
        let seconds = try database.run("SELECT sum(seconds) \(ended)", [.text(list)]).rows.first?.first?.real
        let errors = try database.run(
            "SELECT error, count(*) AS n \(ended) AND error IS NOT NULL GROUP BY error ORDER BY n DESC, error LIMIT 5", [.text(list)])
        return (seconds ?? 0, errors.rows.map { ($0[0].text ?? "", $0[1].int ?? 0) })
    }

    /// Returns how far each file of tasks was read. Throws ``DatabaseError``.
    public func filesRead() throws -> [String: Int] {
        Dictionary(
            try database.run("SELECT name, bytes FROM files").rows.compactMap { row in
                row[0].text.map { ($0, row[1].int ?? 0) }
            }
        ) { first, _ in first }
    }

    /// Returns when the newest `count` jobs of the list ended, oldest first, in seconds since 1970. Throws ``DatabaseError``.
    public func ends(_ list: String, last count: Int) throws -> [Double] {
        try database.run(
            "SELECT time FROM jobs WHERE list = ? AND state IN ('done', 'failed') ORDER BY time DESC LIMIT ?", [.text(list), .int(count)]
        ).rows.compactMap { $0[0].real }.reversed()
    }

    // MARK: queries

    /// Returns the rows of a query, which may only read. Beside the tables there is the view `runs`, a row for each of the list's jobs that
    /// has ended, with a column for each setting and measure, and `error`, `seconds`, `host`. Names with a double quote in them, and those of
    /// these three, stand in no column of it. Throws ``DatabaseError``.
    public func query(_ sql: String, _ list: String) throws -> (columns: [String], rows: [[SQLValue]]) {
        let known = try rows(list)
        func names(_ objects: [JSONObject]) -> [String] {
            var seen = Set<String>()
            return objects.flatMap(\.keys).filter { seen.insert($0).inserted }
        }
        var taken: Set<String> = ["error", "seconds", "host"]
        var columns: [String] = []
        for (source, keys) in [("settings", names(known.map(\.settings))), ("measures", names(known.compactMap(\.measures)))] {
            for key in keys where !key.contains("\"") && !key.contains("\u{0}") && taken.insert(key.lowercased()).inserted {
                let path = "$.\"\(key)\"".split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
                columns.append("json_extract(\(source), '\(path)') AS \"\(key)\"")
            }
        }
        try database.execute("PRAGMA temp_store = MEMORY")
        let id = list.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        try database.execute(
            """
            CREATE TEMP VIEW IF NOT EXISTS runs AS SELECT \((columns + ["error", "seconds", "host"]).joined(separator: ", "))
            FROM jobs WHERE list = '\(id)' AND state IN ('done', 'failed') ORDER BY number
            """)
        return try database.query(sql)
    }
}
