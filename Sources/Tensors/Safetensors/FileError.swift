// What the operating system answers when a file cannot be read or written, as data.
import Glibc

/// A failed file operation: which, on what, and why.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Operation: String, Sendable {
        case open, read, create, write, sync, rename
    }

    /// The reasons that callers tell apart; each has one or more `errno` values.
    public enum Reason: String, Sendable {
        case notFound = "no such file or folder"
        case permissionDenied = "no permission"
        case noSpace = "no space left on the disk"
        case readOnly = "the file system is read-only"
        case notADirectory = "a part of the path is not a folder"
        case isADirectory = "it is a folder"
        case noReader = "it is a pipe that nobody reads"
        case zeroByte = "a path cannot contain a zero byte"
        case nameTooLong = "the name is too long"
        case tooLarge = "the file is larger than allowed"
        case tooManyFiles = "too many open files"
        /// The file became shorter while it was read.
        case cutShort = "the file was cut short while it was read"
        case notRegular = "it is a pipe or a device, not a file"
        /// Another program holds its lock.
        case busy = "another program is writing to it"
        case deviceError = "the device reports an error"
        case other = "the operating system refused"
    }

    public let operation: Operation
    public let path: String
    public let reason: Reason
    /// The value of `errno`; 0 where the reason was not the operating system's.
    public let code: Int32

    public init(_ operation: Operation, _ path: String, reason: Reason, code: Int32 = 0) {
        self.operation = operation
        self.path = path
        self.reason = reason
        self.code = code
    }

    /// The error for a value of `errno`.
    public init(_ operation: Operation, _ path: String, errno code: Int32) {
        self.init(operation, path, reason: Self.reasons[code] ?? .other, code: code)
    }

    /// The same failure of what its reader knows by another path.
    public func renamed(_ path: String) -> FileError { FileError(operation, path, reason: reason, code: code) }

    public var description: String {
        let detail = reason == .other && code != 0 ? " (\(String(cString: strerror(code))))" : ""
        return "cannot \(operation.rawValue) \(path): \(reason.rawValue)\(detail)"
    }

    private static let reasons: [Int32: Reason] = [
        ENOENT: .notFound, EACCES: .permissionDenied, EPERM: .permissionDenied, ENOSPC: .noSpace,
        EDQUOT: .noSpace, EROFS: .readOnly, ENOTDIR: .notADirectory, EISDIR: .isADirectory,
        ENAMETOOLONG: .nameTooLong, EFBIG: .tooLarge, EMFILE: .tooManyFiles, ENFILE: .tooManyFiles,
        EIO: .deviceError, ENXIO: .noReader,
    ]
}
