import CSQLite
import Files
import Glibc

/// A connection to an SQLite database in a file, for one thread.
///
/// The rollback journal is used and not the write-ahead log, whose shared memory does not work on network file systems.
public final class Database {
    /// What a connection may do.
    public enum Access: Sendable {
        /// Only reads, but for what a killed process has left half done; the file must exist.
        case reading
        /// Reads and writes; the file is made where it does not exist.
        case writing
    }

    /// The file.
    public let path: String
    private var handle: OpaquePointer?

    /// Opens a database. Throws ``DatabaseError`` where that cannot be, and `FileError` where the program is confined to other files.
    public init(_ path: String, _ wanted: Access) throws {
        self.path = path
        let isWriting = wanted == .writing
        // SQLite opens its files itself.
        for file in isWriting ? [path, path + "-journal"] : [path] { try Confinement.check(file, isWriting ? .create : .open) }
        guard !path.utf8.contains(0) else { throw FileError(.open, path, reason: .zeroByte) }
        // Where a process was killed while it wrote, whoever opens the database next must undo what it had begun: a reader, too.
        let mends = access(path, W_OK) == 0 && Confinement.current?.refusal(path + "-journal", .write) == nil
        let flags = isWriting ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : mends ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        // A name that begins with a colon or "file:" has meanings of its own.
        let code = sqlite3_open_v2(path.hasPrefix("/") ? path : "./" + path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK else { throw error(code) }
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5000)
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs a statement of somebody else's, which may do nothing but read the tables. Throws ``DatabaseError``.
    public func query(_ sql: String) throws(DatabaseError) -> (columns: [String], rows: [[SQLValue]]) {
        sqlite3_set_authorizer(
            handle,
            { _, action, _, _, _, _ in
                [SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE].contains(action) ? SQLITE_OK : SQLITE_DENY
            }, nil)
        defer { sqlite3_set_authorizer(handle, nil, nil) }
        return try run(sql)
    }

    /// Runs statements without values and without results. Throws ``DatabaseError``.
    public func execute(_ sql: String) throws(DatabaseError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Runs `body` within a transaction, which is undone where it throws. Throws ``DatabaseError`` and what `body` throws.
    public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // A transaction that failed for want of space is undone already.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Runs one statement with a value for each `?` and returns its rows. Throws ``DatabaseError``, with reason `.statement` for text that
    /// holds no statement or more than one.
    @discardableResult
    public func run(_ sql: String, _ values: [SQLValue] = []) throws(DatabaseError) -> (columns: [String], rows: [[SQLValue]]) {
        let statement = try prepared(sql)
        defer { sqlite3_finalize(statement) }
        for (place, value) in values.enumerated() { try bind(value, Int32(place + 1), statement) }
        let count = sqlite3_column_count(statement)
        let columns = (0..<count).map { sqlite3_column_name(statement, $0).map { String(cString: $0) } ?? "" }
        var rows: [[SQLValue]] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return (columns, rows) }
            guard code == SQLITE_ROW else { throw error(code) }
            rows.append((0..<count).map { Self.value(statement, $0) })
        }
    }

    /// Runs one statement without results once for each of `rows`, which have a value for each `?`. Throws as `run` does.
    public func run(_ sql: String, each rows: some Sequence<[SQLValue]>) throws(DatabaseError) {
        let statement = try prepared(sql)
        defer { sqlite3_finalize(statement) }
        for row in rows {
            for (place, value) in row.enumerated() { try bind(value, Int32(place + 1), statement) }
            let code = sqlite3_step(statement)
            guard code == SQLITE_DONE else { throw error(code) }
            sqlite3_reset(statement)
        }
    }

    private func prepared(_ sql: String) throws(DatabaseError) -> OpaquePointer? {
        var statement: OpaquePointer?
        var rest = 0
        let code = sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(handle, text, -1, &statement, &tail)
            while let byte = tail?.pointee, byte != 0 {
                if !" \t\r\n;".utf8.contains(UInt8(bitPattern: byte)) { rest += 1 }
                tail = tail.map { $0 + 1 }
            }
            return code
        }
        guard code == SQLITE_OK else { throw error(code) }
        guard statement != nil, rest == 0 else {
            sqlite3_finalize(statement)
            throw DatabaseError(.statement, path, statement == nil ? "there is no SQL statement" : "there is more than one SQL statement")
        }
        return statement
    }

    private func bind(_ value: SQLValue, _ place: Int32, _ statement: OpaquePointer?) throws(DatabaseError) {
        let code =
            switch value {
            case .null: sqlite3_bind_null(statement, place)
            case .int(let number): sqlite3_bind_int64(statement, place, Int64(number))
            case .real(let number): sqlite3_bind_double(statement, place, number)
            case .text(let text): bas_bind_text(statement, place, text, Int32(clamping: text.utf8.count))
            }
        guard code == SQLITE_OK else { throw error(code) }
    }

    private static func value(_ statement: OpaquePointer?, _ column: Int32) -> SQLValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .int(Int(sqlite3_column_int64(statement, column)))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_NULL: return .null
        default:
            let count = Int(sqlite3_column_bytes(statement, column))
            guard let bytes = sqlite3_column_text(statement, column) else { return .text("") }
            return .text(String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self))
        }
    }

    private func error(_ code: Int32) -> DatabaseError {
        DatabaseError(code: code, path, handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code)))
    }
}
