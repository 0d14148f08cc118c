// A file that only grows, a line at a time, and keeps every line that was written whatever happens next.
import Glibc

/// A file of lines, open for adding more; nobody else adds to it meanwhile. Closed when the last holder lets go.
public final class LineFile {
    private let path: String
    private let descriptor: Int32
    /// What it held when it was opened.
    public let bytes: [UInt8]

    /// Opens the file, or makes it. Throws ``FileError``: no ordinary file, larger than `limit`, another program is
    /// writing to it, …
    public init(_ path: String, limit: Int = 1 << 28) throws {
        // Not to wait for what is at the other end of a pipe.
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

    /// Adds a line; it is on the disk when this returns. `line` has no line breaks in it.
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

    /// Takes away what stands after the last whole line.
    public func cutOff() throws(FileError) {
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        guard ftruncate(descriptor, off_t(end)) == 0 else { throw FileError(.write, path, errno: errno) }
    }

    /// Ends a last line that lacks its line break.
    public func endLine() throws(FileError) {
        guard let last = bytes.last, last != UInt8(ascii: "\n") else { return }
        try append("")
    }
}
