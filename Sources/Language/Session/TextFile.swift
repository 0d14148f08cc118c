import Glibc

/// Writes files that a person keeps: all of the text or nothing.
public enum TextFile {
    /// Replaces a file by writing a new one beside it, with the old one's permissions, and renaming that. A link stays a link, and its
    /// target is replaced; a device or a pipe is written to directly. Throws `.cannotWrite`, `.noPermission`, `.diskFull`, or
    /// `.badArgument` for a path with a zero byte; a regular file is then as it was.
    public static func replace(_ path: String, with text: String) throws {
        guard !path.utf8.contains(0) else { throw Problem(.badArgument, "a path cannot contain a zero byte") }
        let target = Paths.canonical(path)
        var (status, mode) = (stat(), mode_t?.none)
        if stat(target, &status) == 0 {
            guard status.st_mode & S_IFMT != S_IFDIR else { throw problem(EISDIR, path) }
            // Renaming needs only the folder's permission; a read-only file must not be replaced all the same.
            guard access(target, W_OK) == 0 else { throw problem(errno, path) }
            guard status.st_mode & S_IFMT == S_IFREG else { return try writeThrough(text, path) }
            mode = status.st_mode & 0o7777
        }
        let temporary = "\(target).\(getpid()).tmp"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw problem(errno, path) }
        var code = write(text, to: descriptor)
        if code == 0, let mode, fchmod(descriptor, mode) != 0 { code = errno }
        if code == 0, fsync(descriptor) != 0 { code = errno }
        if close(descriptor) != 0, code == 0 { code = errno }
        if code == 0, rename(temporary, target) != 0 { code = errno }
        guard code != 0 else { return }
        unlink(temporary)
        throw problem(code, path)
    }

    /// Writes to a device or a pipe. Throws `.cannotWrite` where nobody reads the pipe.
    private static func writeThrough(_ text: String, _ path: String) throws {
        // Without O_NONBLOCK opening would wait for a reader of the pipe.
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw problem(errno, path) }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        var code = write(text, to: descriptor)
        if close(descriptor) != 0, code == 0 { code = errno }
        if code != 0 { throw problem(code, path) }
    }

    /// Writes all of the text, and returns 0 or the errno.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return count < 0 ? errno : EIO }
                done += count
            }
            return 0
        }
    }

    private static func problem(_ code: Int32, _ path: String) -> Problem {
        let name = quoted(escapedControls(path))
        switch code {
        case EACCES, EPERM, EROFS: return Problem(.noPermission, "no permission to write \(name)")
        case ENOSPC, EDQUOT: return Problem(.diskFull, "the disk has no room for \(name)")
        case EISDIR: return Problem(.cannotWrite, "\(name) is a folder, not a file")
        case ENXIO: return Problem(.cannotWrite, "nobody reads the pipe \(name)")
        default: return Problem(.cannotWrite, "cannot write \(name): \(String(cString: strerror(code)))")
        }
    }
}
