// A file that only grows, by whole lines, and keeps every line that was written whatever happens next.
import Glibc

/// A file of lines that is open for appending; it is locked, so no other program appends meanwhile. Closed with its last
/// reference.
public final class LineFile {
    private let path: String
    private let descriptor: Int32
    /// The contents when it was opened.
    public let bytes: [UInt8]

    /// Opens the file, or makes it. Throws ``FileError`` where it is not a regular file, is larger than `limit` bytes, or
    /// is locked by another program.
    public init(_ path: String, limit: Int = 1 << 28) throws {
        do {
            try Confinement.check(path, .create)
        } catch {
            (self.path, descriptor, bytes) = (path, -1, [])
            throw error
        }
        // Opening a pipe must not wait for its other end.
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else { throw FileError(.create, path, errno: errno) }
        (self.path, self.descriptor) = (path, descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            bytes = []
            throw FileError(.open, path, errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            bytes = []
            throw FileError(.open, path, reason: .notRegular)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            bytes = []
            throw FileError(.open, path, reason: .busy, code: errno)
        }
        do {
            bytes = try ReadableFile.contents(path, limit: limit)
        } catch {
            bytes = []
            throw error
        }
        if bytes.isEmpty { try AtomicFile.syncFolder(AtomicFile.folder(of: path)) }
    }

    deinit { close(descriptor) }

    /// Appends a line, which must not contain line breaks; it is on the disk when this returns. Throws ``FileError``.
    public func append(_ line: String) throws(FileError) {
        let text = Array((line + "\n").utf8)
        var done = 0
        while done < text.count {
            let count = text.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + done }, text.count - done) }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw FileError(.write, path, errno: errno)
            }
        }
        guard fsync(descriptor) == 0 else { throw FileError(.sync, path, errno: errno) }
    }

    /// Removes what follows the last whole line of `bytes`, lines that were appended since included: to be called before any
    /// is appended. Throws ``FileError``.
    public func cutOff() throws(FileError) {
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        guard ftruncate(descriptor, off_t(end)) == 0 else { throw FileError(.write, path, errno: errno) }
    }

    /// Ends the last line of `bytes` with a line break if it lacks one. Throws ``FileError``.
    public func endLine() throws(FileError) {
        guard let last = bytes.last, last != UInt8(ascii: "\n") else { return }
        try append("")
    }
}
