import Glibc
import Tensors

/// Whole files, in and out, with the system's errors turned into `ImageError`.
enum FileAccess {
    private enum Action { case read, write }
    /// Bytes between two questions whether the work is still wanted.
    private static let piece = 8 << 20

    /// The bytes of a regular file.
    static func read(_ path: String, maximumBytes: Int) throws -> [UInt8] {
        try check(path)
        // Without O_NONBLOCK a named pipe would hang here.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw failure(errno, path, .read) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure(errno, path, .read) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw failure(EISDIR, path, .read)
        default: throw ImageError(.cannotRead, path: path, reason: "it is a device or a pipe, not a file")
        }
        guard status.st_size <= maximumBytes else {
            throw ImageError(
                .tooLarge, path: path,
                reason: "the file has \(status.st_size >> 20) MiB; the limit is \(maximumBytes >> 20) MiB")
        }
        return try readAll(file, count: Int(status.st_size), path)
    }

    private static func readAll(_ file: Int32, count: Int, _ path: String) throws -> [UInt8] {
        var failed: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                if Parallel.isAbandoned { break }
                let got = Glibc.read(file, buffer.baseAddress.map { $0 + filled }, min(count - filled, piece))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failed = errno }
                if got <= 0 { break }
                filled += got
            }
        }
        if failed != 0 { throw failure(failed, path, .read) }
        try Parallel.checkWanted()
        return bytes
    }

    /// Replaces the file at once or not at all: writes a temporary file in the same folder, then renames it.
    /// A link is followed; a device or pipe is written to directly.
    static func writeAtomically(_ bytes: [UInt8], to path: String) throws {
        try check(path)
        var status = stat()
        if stat(path, &status) == 0 {
            switch status.st_mode & S_IFMT {
            case S_IFDIR: throw failure(EISDIR, path, .write)
            case S_IFREG: break
            default: return try writeThrough(bytes, path)
            }
        }
        let target = resolved(path)
        let (file, temporary) = try openTemporary(beside: target, path)
        var problem = write(bytes, to: file)
        if close(file) != 0 && problem == 0 { problem = errno }
        // What is not wanted any more may be rubbish, and the old file is not.
        if Parallel.isAbandoned {
            unlink(temporary)
            throw Parallel.Unwanted()
        }
        if problem == 0 && rename(temporary, target) != 0 { problem = errno }
        if problem != 0 {
            unlink(temporary)
            throw failure(problem, path, .write)
        }
    }

    private static func writeThrough(_ bytes: [UInt8], _ path: String) throws {
        try Parallel.checkWanted()
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(errno, path, .write) }
        var problem = write(bytes, to: file)
        if close(file) != 0 && problem == 0 { problem = errno }
        if problem != 0 { throw failure(problem, path, .write) }
    }

    /// 0, or the errno.
    private static func write(_ bytes: [UInt8], to file: Int32) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                if Parallel.isAbandoned { return 0 }
                let count = Glibc.write(file, buffer.baseAddress.map { $0 + done }, min(buffer.count - done, piece))
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return count < 0 ? errno : EIO }
                done += count
            }
            return 0
        }
    }

    private static func openTemporary(beside target: String, _ path: String) throws -> (Int32, String) {
        let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? ""
        for attempt in 0..<100 {
            let name = "\(folder).bas-\(getpid())-\(attempt).tmp"
            let file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if file >= 0 { return (file, name) }
            if errno != EEXIST { throw failure(errno, path, .write) }
        }
        throw ImageError(
            .cannotWrite, path: path, reason: "its folder is full of unfinished .bas-*.tmp files")
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func check(_ path: String) throws {
        if path.isEmpty { throw ImageError(.badArgument, path: path, reason: "the path is empty") }
        if path.utf8.contains(0) {
            throw ImageError(.badArgument, path: path, reason: "a path cannot contain a zero byte")
        }
    }

    private static func failure(_ code: Int32, _ path: String, _ action: Action) -> ImageError {
        let other: ImageError.Kind = action == .read ? .cannotRead : .cannotWrite
        let (kind, reason): (ImageError.Kind, String) =
            switch code {
            case ENOENT where action == .write: (.missing, "the folder does not exist")
            case ENOENT: (.missing, "there is no file of this name")
            case ENOTDIR: (.missing, "a part of this path is a file, not a folder")
            case EISDIR: (.isDirectory, "give the path of a PNG or JPEG file")
            case EACCES, EPERM:
                (.noPermission, action == .read ? "it may not be read" : "it may not be written")
            case EROFS: (.noPermission, "the file system is read-only")
            case ENOSPC, EDQUOT, EFBIG: (.diskFull, "nothing was written")
            case ENAMETOOLONG: (other, "the name is too long")
            case ELOOP: (other, "its links go round in a circle")
            default: (other, String(cString: strerror(code)))
            }
        return ImageError(kind, path: path, reason: reason)
    }
}
