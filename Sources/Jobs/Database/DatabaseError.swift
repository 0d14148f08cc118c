import CSQLite

/// What went wrong with a database.
public struct DatabaseError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The reasons that callers tell apart.
    public enum Reason: Sendable {
        /// The file is no database, or one whose contents contradict each other.
        case damaged
        /// It is a database of another program, or of a later version of this one.
        case foreign
        /// There is no such file, or it cannot be opened.
        case cannotOpen
        /// The file or its folder may not be written.
        case readOnly
        /// The disk is full.
        case full
        /// Another process is using it.
        case busy
        /// The SQL is wrong, or does what is not allowed.
        case statement
        /// Anything else, such as an error of the device.
        case other
    }

    /// The reason.
    public let reason: Reason
    /// The file.
    public let path: String
    /// What SQLite says.
    public let detail: String

    /// Makes an error.
    public init(_ reason: Reason, _ path: String, _ detail: String) { (self.reason, self.path, self.detail) = (reason, path, detail) }

    /// The error of a result code of SQLite.
    init(code: Int32, _ path: String, _ detail: String) {
        self.init(Self.reasons[code & 0xFF] ?? .other, path, detail)
    }

    private static let reasons: [Int32: Reason] = [
        SQLITE_CORRUPT: .damaged, SQLITE_NOTADB: .damaged, SQLITE_CANTOPEN: .cannotOpen, SQLITE_READONLY: .readOnly, SQLITE_PERM: .readOnly,
        SQLITE_FULL: .full, SQLITE_BUSY: .busy, SQLITE_LOCKED: .busy, SQLITE_ERROR: .statement, SQLITE_AUTH: .statement,
        SQLITE_RANGE: .statement,
    ]

    /// The error in words, without a full stop.
    public var description: String {
        switch reason {
        case .damaged: "\(path) is damaged, or no database: \(detail)"
        case .foreign: "\(path) \(detail)"
        case .cannotOpen: "cannot open \(path): \(detail)"
        case .readOnly: "cannot write \(path): \(detail)"
        case .full: "cannot write \(path): no space left on the disk"
        case .busy: "another program is using \(path)"
        case .statement: detail
        case .other: "\(path): \(detail)"
        }
    }
}
