import Glibc

/// The inputs that are kept across sessions, one entry a line, oldest first, with `\n` and `\\` for line ends and backslashes. Entries are
/// appended at once and under a lock, so that concurrent sessions keep each other's.
struct HistoryFile {
    let path: String
    /// The number of entries that are kept when the file holds twice as many.
    var limit = 10_000

    /// Returns the newest `limit` entries, oldest first; none where there is no file. A damaged file, whose bytes are not text, is moved
    /// aside with the time in its name, and its readable entries go into a new one.
    func load() -> [String] {
        guard let descriptor = opened(O_RDWR) else { return [] }
        defer { close(descriptor) }
        guard let bytes = Surroundings.bytes(of: descriptor) else { return [] }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let isDamaged = bytes.contains(0) || String(validating: bytes, as: UTF8.self) == nil
        let kept = lines.suffix(limit).map { HistoryFile.unescaped(String(decoding: $0, as: UTF8.self)) }
        if isDamaged {
            let aside = "\(path)-damaged-\(Surroundings.localTime("%Y%m%d-%H%M%S"))"
            if rename(path, aside) == 0 { replace(with: kept) }
        } else if lines.count > 2 * limit {
            replace(with: kept)
        }
        return kept
    }

    /// Appends an entry. Returns false where that fails (`errno` says why). Empty entries and those that begin with a space are left out.
    func append(_ entry: String) -> Bool {
        guard HistoryFile.isKept(entry) else { return true }
        guard Surroundings.makeFolder(folder(of: path), mode: 0o700) else { return false }
        guard let descriptor = opened(O_RDWR | O_CREAT | O_APPEND) else { return false }
        defer { close(descriptor) }
        var bytes = Array((HistoryFile.escaped(entry) + "\n").utf8)
        // An entry that a crash left half written must not swallow this one.
        if HistoryFile.endsMidLine(descriptor) { bytes.insert(UInt8(ascii: "\n"), at: 0) }
        return write(descriptor, bytes, bytes.count) == bytes.count
    }

    /// Returns whether an entry belongs into the history.
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

    /// Returns the descriptor of the locked file, or nil where it cannot be opened. Where another session replaces the file between opening
    /// and locking, the new one is opened.
    private func opened(_ mode: Int32) -> Int32? {
        for _ in 0..<10 {
            let descriptor = open(path, mode | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return nil }
            flock(descriptor, LOCK_EX)
            var (own, named) = (stat(), stat())
            if fstat(descriptor, &own) == 0, stat(path, &named) == 0, own.st_ino == named.st_ino { return descriptor }
            close(descriptor)
        }
        errno = EBUSY
        return nil
    }

    private static func endsMidLine(_ descriptor: Int32) -> Bool {
        var last: UInt8 = 0
        let size = lseek(descriptor, 0, SEEK_END)
        return size > 0 && pread(descriptor, &last, 1, size - 1) == 1 && last != UInt8(ascii: "\n")
    }

    /// Replaces the locked file by a new one at once; where that fails nothing changes.
    private func replace(with entries: [String]) {
        let new = "\(path).new-\(getpid())"
        let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let bytes = entries.flatMap { Array((HistoryFile.escaped($0) + "\n").utf8) }
        let written = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        if !written || rename(new, path) != 0 { unlink(new) }
    }
}
