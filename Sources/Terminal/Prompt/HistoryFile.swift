import Glibc

/// What was entered, kept across sessions: one entry a line, oldest first, with `\n` and `\\` for line ends
/// and backslashes. Entries are appended at once under a lock, so that sessions beside each other keep each
/// other's.
struct HistoryFile {
    let path: String
    /// When a file holds twice as many entries, only the newest this many are kept.
    var limit = 10_000

    /// The newest `limit` entries, oldest first; none where there is no file. Bytes that are not UTF-8 are
    /// replaced.
    func load() -> [String] {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        flock(descriptor, LOCK_EX)
        let lines = HistoryFile.lines(of: descriptor)
        let kept = lines.suffix(limit)
        if lines.count > 2 * limit { rewrite(descriptor, Array(kept)) }
        return kept.map { HistoryFile.unescaped(String(decoding: $0, as: UTF8.self)) }
    }

    /// Adds an entry; false where that fails (`errno` says why). Empty entries and those that begin with a
    /// space are left out.
    func append(_ entry: String) -> Bool {
        guard HistoryFile.isKept(entry) else { return true }
        guard Surroundings.makeFolder(folder(of: path), mode: 0o700) else { return false }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        flock(descriptor, LOCK_EX)
        let bytes = Array((HistoryFile.escaped(entry) + "\n").utf8)
        return write(descriptor, bytes, bytes.count) == bytes.count
    }

    static func isKept(_ entry: String) -> Bool {
        guard let first = entry.first else { return false }
        return first != " " && !entry.allSatisfy(\.isWhitespace)
    }

    static func escaped(_ entry: String) -> String {
        var result = ""
        for character in entry.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\0", "\r": break
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    static func unescaped(_ line: String) -> String {
        var result = String.UnicodeScalarView()
        var scalars = line.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "\\" else {
                if scalar != "\0" { result.append(scalar) }
                continue
            }
            switch scalars.next() {
            case "n": result.append("\n")
            case let other?: result.append(other)
            case nil: result.append("\\")
            }
        }
        return String(result)
    }

    // MARK: the file

    private static func lines(of descriptor: Int32) -> [[UInt8].SubSequence] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        return bytes.split(separator: UInt8(ascii: "\n"))
    }

    /// In place, so that sessions which append keep their file; the lock is held.
    private func rewrite(_ descriptor: Int32, _ lines: [[UInt8].SubSequence]) {
        var bytes: [UInt8] = []
        for line in lines { bytes += line + [UInt8(ascii: "\n")] }
        guard lseek(descriptor, 0, SEEK_SET) == 0, write(descriptor, bytes, bytes.count) == bytes.count else {
            return
        }
        ftruncate(descriptor, off_t(bytes.count))
    }
}
