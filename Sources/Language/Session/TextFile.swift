import Files

/// Writes files that a person keeps: all of the text or nothing.
public enum TextFile {
    /// Replaces a file, or makes it, as `AtomicFile` does. Throws `.cannotWrite`, `.noPermission`, `.diskFull`, or `.badArgument`
    /// for a path with a zero byte; a regular file is then as it was.
    public static func replace(_ path: String, with text: String) throws {
        do {
            try AtomicFile.write(path, text: text)
        } catch let error as FileError {
            throw problem(error, path)
        }
    }

    /// Returns the problem in words that name the path as the user wrote it.
    private static func problem(_ error: FileError, _ path: String) -> Problem {
        let name = quoted(escapedControls(path))
        return switch error.reason {
        case .zeroByte: Problem(.badArgument, error.reason.rawValue)
        case .permissionDenied, .readOnly: Problem(.noPermission, "no permission to write \(name)")
        case .noSpace: Problem(.diskFull, "the disk has no room for \(name)")
        case .isADirectory: Problem(.cannotWrite, "\(name) is a folder, not a file")
        case .noReader: Problem(.cannotWrite, "nobody reads the pipe \(name)")
        default: Problem(.cannotWrite, "cannot write \(name): \(error.detail)")
        }
    }
}
