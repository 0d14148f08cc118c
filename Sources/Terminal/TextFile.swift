import Glibc
import Language

/// Writing over a file that someone keeps: all of it or nothing.
enum TextFile {
    /// Puts the text into a new file beside the old one, with its permissions, and gives that the old one's name. A link
    /// stays one, and its target is replaced. Throws `.cannotWrite`, `.noPermission` or `.diskFull`.
    static func replace(_ path: String, with text: String) throws {
        let target = resolved(path)
        var status = stat()
        let mode = stat(target, &status) == 0 ? status.st_mode & 0o7777 : 0o644
        // The folder would let us replace a file that its owner has closed to writing.
        guard access(target, W_OK) == 0 else { throw problem(errno, path) }
        var template = Array((target + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw problem(errno, path) }
        var code = write(text, to: descriptor)
        if code == 0, fchmod(descriptor, mode) != 0 || fsync(descriptor) != 0 { code = errno }
        if close(descriptor) != 0, code == 0 { code = errno }
        if code == 0, rename(template, target) != 0 { code = errno }
        guard code != 0 else { return }
        unlink(template)
        throw problem(code, path)
    }

    /// 0, or the errno.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : EIO }
            bytes = bytes.dropFirst(count)
        }
        return 0
    }

    private static func problem(_ code: Int32, _ path: String) -> Problem {
        let name = "\"\(printable(path))\""
        switch code {
        case EACCES, EPERM, EROFS: return Problem(.noPermission, "no permission to write \(name)")
        case ENOSPC, EDQUOT: return Problem(.diskFull, "the disk has no room for \(name)")
        default: return Problem(.cannotWrite, "cannot write \(name): \(String(cString: strerror(code)))")
        }
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Names in a folder, sorted; none where it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
