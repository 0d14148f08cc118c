import Images
import Jobs
import Language
import Tensors

/// Turns errors of the targets below into problems of the language, which have a code and an exit code.
public enum ErrorMapping {
    /// Returns the problem at `argument` of an error that the builtin `command` met; an error that is not known comes back unchanged.
    /// `isWriting` tells what a missing folder means: `.cannotWrite` in place of `.fileMissing`.
    public static func problem(
        _ error: any Error, argument: String? = nil, command: String = "", isWriting: Bool = false
    ) -> any Error {
        switch error {
        case let error as ImageError: picture(error, argument, command, isWriting)
        case let error as FileError: file(error, argument)
        case let error as DatabaseError: database(error, argument)
        case let error as JobFolderError: Problem(.badFile, error.description, argument: argument)
        case is Slurm.Failure, is WorkerPool.Failure, is StartError: Problem(.failed, "\(error)", argument: argument)
        case let error as ProductPrecision.Unsupported: ProductsScope.problem(error, argument: argument)
        default: DomainErrors.problem(error, argument) ?? error
        }
    }

    // MARK: pictures

    /// The codes of pictures that cannot be read or written.
    private static let pictureCodes: [ImageError.Kind: ErrorCode] = [
        .missing: .fileMissing, .isDirectory: .cannotRead, .noPermission: .noPermission,
        .notAPicture: .unreadablePicture, .damaged: .unreadablePicture, .tooLarge: .unreadablePicture,
        .unsupported: .unreadablePicture, .cannotRead: .cannotRead, .cannotWrite: .cannotWrite,
        .diskFull: .diskFull,
        .badArgument: .badArgument,
    ]

    /// Returns the problem of a picture, with a similar file name as its help where the file is missing.
    private static func picture(
        _ error: ImageError, _ argument: String?, _ command: String, _ isWriting: Bool
    ) -> Problem {
        var code = pictureCodes[error.kind] ?? .badFile
        if isWriting, [.missing, .isDirectory, .unsupported].contains(error.kind) { code = .cannotWrite }
        guard error.kind != .badArgument else {
            return Problem(code, message(error.description, command), argument: argument)
        }
        var help: String?
        if error.kind == .missing, !isWriting, let path = error.path { help = FileNames.nearest(to: path) }
        return Problem(code, error.description, argument: argument, help: help)
    }

    /// Returns "box: coordinates are …", or the text itself where it names the command already.
    private static func message(_ text: String, _ command: String) -> String {
        command.isEmpty || text.hasPrefix(command + ":") ? text : "\(command): \(text)"
    }

    // MARK: databases

    private static func database(_ error: DatabaseError, _ argument: String?) -> Problem {
        let help: String? =
            switch error.reason {
            case .damaged: "move it away: the jobs are run again, but for those that tasks/ still holds"
            case .foreign: "give another folder"
            default: nil
            }
        return Problem(databaseCodes[error.reason] ?? .cannotWrite, error.description, argument: argument, help: help)
    }

    /// The codes of databases; what is not listed is `.cannotWrite`.
    private static let databaseCodes: [DatabaseError.Reason: ErrorCode] = [
        .damaged: .badFile, .foreign: .badFile, .cannotOpen: .cannotRead, .readOnly: .noPermission, .full: .diskFull,
        .statement: .badArgument,
    ]

    // MARK: files

    /// The codes of files; what is not listed is `.cannotRead` or `.cannotWrite`.
    private static let fileCodes: [FileError.Reason: ErrorCode] = [
        .notFound: .fileMissing, .permissionDenied: .noPermission, .readOnly: .noPermission,
        .noSpace: .diskFull, .confined: .notPermitted,
    ]

    /// Returns the problem of a file.
    private static func file(_ error: FileError, _ argument: String?) -> Problem {
        let isReading = error.operation == .open || error.operation == .read
        let other: ErrorCode = isReading ? .cannotRead : .cannotWrite
        var code = fileCodes[error.reason] ?? other
        if !isReading, code == .fileMissing { code = .cannotWrite }
        return Problem(
            code, error.description, argument: argument,
            help: code == .fileMissing ? FileNames.nearest(to: error.path) : nil)
    }
}
