import Glibc
import Tensors

/// Reads and writes whole files (`ReadableFile`, `AtomicFile`); their errors become `ImageError`.
enum FileAccess {
    private enum Action { case read, write }

    /// The bytes of a regular file. Throws `ImageError` where it cannot be read or has more than `maximumBytes`.
    static func read(_ path: String, maximumBytes: Int) throws -> [UInt8] {
        try check(path)
        return try mapped(path, .read) {
            let file = try ReadableFile(path)
            guard file.size <= maximumBytes else {
                throw ImageError(
                    .tooLarge, path: path,
                    reason: "the file has \(file.size >> 20) MiB; the limit is \(maximumBytes >> 20) MiB")
            }
            let bytes = try file.contents()
            try Cancellation.check()
            return bytes
        }
    }

    /// Replaces a file as a whole or not at all; links, pipes and devices as in `AtomicFile`. Throws `ImageError`.
    static func writeAtomically(_ bytes: [UInt8], to path: String) throws {
        try check(path)
        try mapped(path, .write) { try AtomicFile.write(path) { try $0.write(bytes) } }
    }

    /// Returns or throws what `body` does, with `FileError` turned into `ImageError`.
    private static func mapped<T>(_ path: String, _ action: Action, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as FileError {
            guard error.code == 0 || error.reason == .noReader else { throw failure(error.code, path, action) }
            throw ImageError(action == .read ? .cannotRead : .cannotWrite, path: path, reason: error.reason.rawValue)
        }
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
            case ENOENT: (.missing, "")
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
