// Errors of file operations.
import Glibc

/// A file operation that failed: the operation, the path and the reason.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The operation that failed.
    public enum Operation: String, Sendable {
        /// Raw values are the verbs of messages.
        case open, read, create, write, sync, rename, remove
    }

    /// The reasons that callers tell apart, each of which stands for one or more values of `errno`; raw values are the
    /// words of messages.
    public enum Reason: String, Sendable {
        /// ENOENT.
        case notFound = "no such file or folder"
        /// EACCES or EPERM.
        case permissionDenied = "no permission"
        /// ENOSPC, or EDQUOT for a user's share.
        case noSpace = "no space left on the disk"
        /// EROFS.
        case readOnly = "the file system is read-only"
        /// ENOTDIR.
        case notADirectory = "a part of the path is not a folder"
        /// EISDIR.
        case isADirectory = "it is a folder"
        /// ENXIO: nobody has the pipe open for reading.
        case noReader = "it is a pipe that nobody reads"
        /// The path has a zero byte, at which the system would cut it.
        case zeroByte = "a path cannot contain a zero byte"
        /// ENAMETOOLONG.
        case nameTooLong = "the name is too long"
        /// EFBIG, or more bytes than the caller allows.
        case tooLarge = "the file is larger than allowed"
        /// EMFILE or ENFILE.
        case tooManyFiles = "too many open files"
        /// The file became shorter while it was read.
        case cutShort = "the file was cut short while it was read"
        /// The path is a pipe's or a device's, where a file is needed.
        case notRegular = "it is a pipe or a device, not a file"
        /// Another program holds its lock.
        case busy = "another program is writing to it"
        /// EIO.
        case deviceError = "the device reports an error"
        /// The program is confined to other files (`Confinement`).
        case confined = "the program is confined to other files"
        /// Any other value of `errno`; the message says it in the system's words.
        case other = "the operating system refused"
    }

    /// The operation that failed.
    public let operation: Operation
    /// The file or folder.
    public let path: String
    /// The reason.
    public let reason: Reason
    /// The value of `errno`; 0 where the reason was not the operating system's.
    public let code: Int32

    /// An error for a reason; `code` is the value of `errno`, if any.
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

    /// The same failure under another path, by which the reader of the message knows the file.
    public func renamed(_ path: String) -> FileError { FileError(operation, path, reason: reason, code: code) }

    /// The reason in words, with the system's own where it is none of those above.
    public var detail: String {
        reason.rawValue + (reason == .other && code != 0 ? " (\(String(cString: strerror(code))))" : "")
    }

    /// The error as a message for the user, without a full stop.
    public var description: String { "cannot \(operation.rawValue) \(path): \(detail)" }

    private static let reasons: [Int32: Reason] = [
        ENOENT: .notFound, EACCES: .permissionDenied, EPERM: .permissionDenied, ENOSPC: .noSpace,
        EDQUOT: .noSpace, EROFS: .readOnly, ENOTDIR: .notADirectory, EISDIR: .isADirectory,
        ENAMETOOLONG: .nameTooLong, EFBIG: .tooLarge, EMFILE: .tooManyFiles, ENFILE: .tooManyFiles,
        EIO: .deviceError, ENXIO: .noReader,
    ]
}
