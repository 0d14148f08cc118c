import Files
import Language

/// A record of a journal.
enum JournalRecord: Equatable {
    /// The start of the session, in seconds since 1970, and its folder.
    case session(started: Int, folder: String)
    /// An input that was entered as this cell and is about to run.
    case cell(number: Int, source: String)
    /// How the last cell ended, and the place at which it was interrupted, where it reported progress.
    case ended(RunStatus, seconds: Double, mark: ProgressMark? = nil)
    /// A command of the prompt that changes the session without being a cell: ":reset", ":undo".
    case command(String)

    static let heading = "bas journal 1\n"

    /// Whether the record must be on disk before anything else happens.
    var isInput: Bool {
        switch self {
        case .cell, .command: true
        case .session, .ended: false
        }
    }

    // MARK: text: a line of words, then free text

    private var text: String {
        switch self {
        case .session(let started, let folder): "session \(started)\n\(folder)"
        case .cell(let number, let source): "cell \(number)\n\(source)"
        case .ended(let status, let seconds, let mark):
            "ended \(status.rawValue) \(seconds)\n" + (mark.map { "\($0.occurrence) \($0.completed) \($0.title)" } ?? "")
        case .command(let line): "command\n\(line)"
        }
    }

    private init?(text: String) {
        guard let end = text.firstIndex(of: "\n") else { return nil }
        let words = text[..<end].split(separator: " ")
        let rest = String(text[text.index(after: end)...])
        switch (words.first, words.count) {
        case ("session", 2):
            guard let started = Int(words[1]) else { return nil }
            self = .session(started: started, folder: rest)
        case ("cell", 2):
            guard let number = Int(words[1]) else { return nil }
            self = .cell(number: number, source: rest)
        case ("ended", 3):
            guard let status = RunStatus(rawValue: String(words[1])), let seconds = Double(words[2]) else { return nil }
            self = .ended(status, seconds: seconds, mark: Self.mark(rest))
        case ("command", 1): self = .command(rest)
        default: return nil
        }
    }

    private static func mark(_ text: String) -> ProgressMark? {
        let words = text.split(separator: " ", maxSplits: 2)
        guard words.count == 3, let occurrence = Int(words[0]), let completed = Int(words[1]) else { return nil }
        return ProgressMark(title: String(words[2]), occurrence: occurrence, completed: completed)
    }

    // MARK: bytes: length, CRC-32 of the payload, payload; numbers little-endian

    /// The record's length, checksum and payload.
    var encoded: [UInt8] {
        let payload = Array(text.utf8)
        return Self.bytes(UInt32(truncatingIfNeeded: payload.count)) + Self.bytes(CRC32.checksum(payload)) + payload
    }

    /// Returns the records of a journal up to the first that is torn or damaged, or nil where the bytes are no journal.
    static func decode(_ bytes: [UInt8]) -> [JournalRecord]? {
        guard bytes.starts(with: heading.utf8) else { return nil }
        var records: [JournalRecord] = []
        var place = heading.utf8.count
        while place + 8 <= bytes.count {
            let length = Int(number(bytes, place))
            let start = place + 8
            guard length <= bytes.count - start else { break }
            let payload = bytes[start..<start + length]
            guard CRC32.checksum(payload) == number(bytes, place + 4), let text = String(validating: payload, as: UTF8.self),
                let record = JournalRecord(text: text)
            else { break }
            records.append(record)
            place = start + length
        }
        return records
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    private static func number(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) }
    }
}
