// Writing a file so that it is either the old one or the whole new one, whatever happens meanwhile:
// temporary file in the same folder, fsync, rename, fsync of the folder. The one writer of all that a program saves.
import Cancelling
import Glibc
import Synchronization

/// Writes files so that a path holds either the old contents or all of the new ones.
public enum AtomicFile {
    private static let counter = Atomic<Int>(0)

    /// Writes to `path` what `body` gives to the sink. Where `body` or the disk fails, or the work is cancelled, nothing of
    /// the new file remains, and an old one is untouched. Throws ``FileError``, `CancellationError`, and what `body`
    /// throws.
    ///
    /// A link stays a link, and the file that it leads to is replaced, or made. A pipe that has a reader and a device take
    /// the bytes as they come.
    ///
    /// The new file has the permissions of the old one, and its note of where it was downloaded from. One that may not be written to is not replaced either, although the
    /// folder's permissions would allow it.
    public static func write(_ path: String, _ body: (AtomicFileSink) throws -> Void) throws {
        try FileSystem.checkPath(path, .create)
        try Confinement.check(path, .create)
        var status = stat()
        guard stat(path, &status) == 0 else { return try replace(path, permissions: nil, by: body) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw FileError(.create, path, errno: EISDIR)
        case S_IFREG:
            guard access(path, W_OK) == 0 else { throw FileError(.create, path, errno: errno) }
            try replace(path, permissions: status.st_mode & 0o7777, by: body)
        default: try writeThrough(path, body)
        }
    }

    private static func writeThrough(_ path: String, _ body: (AtomicFileSink) throws -> Void) throws {
        // Without O_NONBLOCK, opening a pipe that has no reader would never end.
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(.create, path, errno: errno) }
        defer { close(descriptor) }
        let sink = AtomicFileSink(descriptor: descriptor, path: path)
        try body(sink)
        try sink.flush()
        try Cancellation.check()
    }

    private static func replace(_ path: String, permissions: mode_t?, by body: (AtomicFileSink) throws -> Void) throws {
        let target = try FileSystem.followingLinks(path)
        let number = counter.add(1, ordering: .relaxed).newValue
        // A short name of its own: the file's may be as long as names can be.
        let temporary = "\(folder(of: target))/.bas-\(getpid())-\(number).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(.create, path, errno: errno) }
        let sink = AtomicFileSink(descriptor: descriptor, path: path)
        do {
            if let permissions, fchmod(descriptor, permissions) != 0 { throw FileError(.create, path, errno: errno) }
            if permissions != nil { FileOrigin.copy(from: target, to: descriptor) }
            try body(sink)
            try sink.finish()
            // After cancelling, the new contents may be invalid, and the old file is not.
            try Cancellation.check()
        } catch {
            unlink(temporary)
            sink.discard()
            throw error
        }
        close(descriptor)
        guard rename(temporary, target) == 0 else {
            let code = errno
            unlink(temporary)
            throw FileError(.rename, path, errno: code)
        }
        try syncFolder(folder(of: target))
    }

    /// Writes a whole text. Throws as the other `write`.
    public static func write(_ path: String, text: String) throws {
        try write(path) { sink in
            var text = text
            try text.withUTF8 { try sink.write(UnsafeRawBufferPointer($0)) }
        }
    }

    /// Waits until the names in a folder are on the disk.
    static func syncFolder(_ folder: String) throws(FileError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.sync, folder, errno: errno) }
        defer { close(descriptor) }
        // Some file systems cannot sync a folder and say EINVAL; the rename stands all the same.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError(.sync, folder, errno: errno) }
    }

    /// The folder part of a path; "." where it has none.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Takes the bytes of a file that is being written, and collects small pieces into large writes.
public final class AtomicFileSink {
    private let descriptor: Int32
    private let path: String
    private var written = 0
    private var pending: [UInt8] = []
    private static let capacity = 1 << 18
    /// The bytes between two questions whether the work was cancelled.
    private static let piece = 8 << 20

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
        pending.reserveCapacity(Self.capacity)
    }

    /// Writes bytes. Throws ``FileError``.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        if pending.count + bytes.count > Self.capacity { try flush() }
        if bytes.count > Self.capacity {
            try writeAll(bytes)
        } else {
            pending.append(contentsOf: bytes)
        }
    }

    /// Writes a text as UTF-8. Throws ``FileError``.
    public func write(_ text: String) throws(FileError) {
        try write(Array(text.utf8))
    }

    /// Writes bytes. Throws ``FileError``.
    public func write(_ bytes: [UInt8]) throws(FileError) {
        let outcome = bytes.withUnsafeBytes { buffer in
            Result { () throws(FileError) in try write(buffer) }
        }
        try outcome.get()
    }

    /// Gives the collected bytes to the system.
    func flush() throws(FileError) {
        let bytes = pending
        pending.removeAll(keepingCapacity: true)
        let outcome = bytes.withUnsafeBytes { buffer in
            Result { () throws(FileError) in try writeAll(buffer) }
        }
        try outcome.get()
    }

    /// Waits until everything is on the disk, which may take its time; where the work is cancelled, it goes on with that
    /// unseen.
    func finish() throws {
        try flush()
        let (own, path) = (dup(descriptor), path)
        guard own >= 0 else { throw FileError(.sync, path, errno: errno) }
        try OwnThread.run(work: written) {
            defer { close(own) }
            guard fsync(own) == 0 else { throw FileError(.sync, path, errno: errno) }
        }
    }

    /// Closes a file that has no name any more; large ones on a thread of their own, since the system then frees all their
    /// blocks.
    func discard() {
        let descriptor = descriptor
        guard written >= Self.piece, OwnThread.detached({ close(descriptor) }) else {
            close(descriptor)
            return
        }
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var done = 0
        while done < bytes.count {
            // The file is discarded then.
            if Cancellation.isCancelled { return }
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = Glibc.write(descriptor, rest.baseAddress, min(rest.count, Self.piece))
            if count >= 0 {
                done += count
                written += count
            } else if errno == EAGAIN {
                // The pipe is full, and its reader may take its time.
                var question = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&question, 1, 50)
            } else if errno != EINTR {
                throw FileError(.write, path, errno: errno)
            }
        }
    }
}
