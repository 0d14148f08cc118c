import Glibc
import Language
import Reference
import Terminal

/// Writes reference pages and editors' files.
enum Pages {
    static func print(_ text: String) {
        signal(SIGPIPE, SIG_IGN)
        let sink = FileSink(STDOUT_FILENO)
        sink.write(text)
        sink.flush()
    }

    /// Writes a line to standard error.
    static func note(_ line: String) {
        let sink = FileSink(STDERR_FILENO)
        sink.write(line + "\n")
        sink.flush()
    }

    /// Writes files below a folder, or at their own paths, and makes the missing folders. Throws a `Problem`.
    static func write(_ files: [ReferenceFile], below folder: String?) throws {
        for file in files {
            let path = folder.map { "\($0)/\(file.path)" } ?? file.path
            makeFolders(above: path)
            guard let stream = fopen(path, "w") else { throw refused(path) }
            let text = file.text
            let isWritten = fwrite(text, 1, text.utf8.count, stream) == text.utf8.count
            guard fclose(stream) == 0, isWritten else { throw refused(path) }
        }
    }

    private static func makeFolders(above path: String) {
        var place = path.startIndex
        while let slash = path[place...].dropFirst().firstIndex(of: "/") {
            mkdir(String(path[..<slash]), 0o777)
            place = slash
        }
    }

    private static func refused(_ path: String) -> Problem {
        Problem(.cannotWrite, "cannot write \(quotedPath(path)): \(String(cString: strerror(errno)))")
    }

    private static func quotedPath(_ path: String) -> String { "\"\(path)\"" }
}
