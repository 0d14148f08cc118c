// A file opened for reading at any offset. Read, never mapped: a file that is cut short under a mapping
// kills the process, under `pread` it is an error.
import Cancelling
import Glibc

/// An open file, closed with its last reference. It can be read from several threads at once.
public final class ReadableFile: Sendable {
    /// The path that it was opened by.
    public let path: String
    /// The size in bytes when it was opened.
    public let size: Int
    private let descriptor: Int32
    /// The bytes between two questions whether the work was cancelled.
    private static let piece = 8 << 20

    /// Opens a regular file, following links. Throws ``FileError`` where there is none, it may not be read, or it is a
    /// folder, a pipe or a device.
    public init(_ path: String) throws(FileError) {
        try FileSystem.checkPath(path, .open)
        try Confinement.check(path, .open)
        // Without O_NONBLOCK, opening a pipe that has no writer would never end.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(.open, path, errno: errno) }
        do throws(FileError) {
            size = try Self.regularSize(descriptor, path)
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Fills `buffer` with the bytes from `offset` on. Throws ``FileError`` with reason `cutShort` where the file is no
    /// longer as long as it was when opened. Where the work is cancelled, the rest of the buffer is left as it was.
    public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
        var done = 0
        while done < buffer.count {
            if Cancellation.isCancelled { return }
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = pread(descriptor, rest.baseAddress, min(rest.count, Self.piece), off_t(offset + done))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw FileError(.read, path, reason: .cutShort)
            } else if errno != EINTR {
                throw FileError(.read, path, errno: errno)
            }
        }
    }

    /// Throws ``FileError`` with reason `cutShort` where the file is shorter than when it was opened.
    public func checkSize() throws(FileError) {
        guard try Self.regularSize(descriptor, path) >= size else {
            throw FileError(.read, path, reason: .cutShort)
        }
    }

    /// The contents of the file at `path`. Throws ``FileError``, with reason `tooLarge` where it has more than `limit`
    /// bytes.
    public static func contents(_ path: String, limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
        let file = try ReadableFile(path)
        guard file.size <= limit else { throw FileError(.read, path, reason: .tooLarge) }
        return try file.contents()
    }

    /// All bytes that the file had when it was opened. Throws ``FileError``.
    public func contents() throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        let outcome = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(FileError) in try read(into: buffer, at: 0) }
        }
        try outcome.get()
        return bytes
    }

    private static func regularSize(_ descriptor: Int32, _ path: String) throws(FileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(.open, path, errno: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw FileError(.open, path, errno: EISDIR)
        default: throw FileError(.open, path, reason: .notRegular)
        }
        return Int(status.st_size)
    }
}
