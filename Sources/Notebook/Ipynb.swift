import Commands
import Files
import Language

/// Notebooks as Jupyter keeps them: `.ipynb` files of nbformat 4.5 are written, those of nbformat 3 and 4 are read.
///
/// A file that was written here comes back as the same `.bas` file, byte by byte: what the cells of an `.ipynb` file cannot say (a layout
/// that is not the canonical one, a cell's mark) stands in their `bas` metadata, and counts only where the cells are as they were.
public enum Ipynb {
    /// What an `.ipynb` file becomes.
    public struct Imported: Sendable {
        /// The text of the `.bas` file.
        public let text: String
        /// The PNG files for the folder of its pictures, by name.
        public let pictures: [(name: String, png: [UInt8])]
        /// What could not be taken over, in sentences without a full stop.
        public let warnings: [String]
    }

    /// The key of bas in the metadata of notebooks, cells and outputs.
    static let key = "bas"
    /// The most bytes of an `.ipynb` file that is read: what lies in it takes a multiple of that as values.
    static let mostBytes = 128 << 20
    /// The most bytes of a script that bas reads.
    static let mostTextBytes = 16 << 20

    /// Returns a notebook as the text of an `.ipynb` file of nbformat 4.5. Recorded outputs and pictures become the outputs of its cells;
    /// pictures lie within. `warn` is called for each recorded picture that is not there, whose line then stays as text.
    ///
    /// With `hasPictures` false all of them stay text: for a file that is not trusted. Jupyter runs no script and no HTML of a notebook that it
    /// has not run itself, but it shows the pictures of any; those of a stranger's records were perhaps not made by the code above them, and
    /// whoever gets the notebook no longer sees that it was downloaded.
    public static func text(of file: NotebookFile, hasPictures: Bool = true, warn: (String) -> Void = { _ in }) -> String {
        IpynbWriter(file, hasPictures: hasPictures).text(warn)
    }

    /// Reads the contents of an `.ipynb` file of nbformat 3 or 4. `name` is that of the `.bas` file to be, which names the folder of the
    /// pictures. Throws a `Problem` for contents that are no notebook; what else is wrong in it becomes a warning.
    public static func notebook(from bytes: [UInt8], name: String) throws -> Imported {
        let imported = try IpynbReader(NotebookFile(path: name, text: "").pictureFolder).imported(IpynbFile(bytes))
        guard imported.text.utf8.count <= mostTextBytes else {
            throw Problem(
                .badFile, "its text takes \(byteText(imported.text.utf8.count)), more than a script may have (\(byteText(mostTextBytes)))")
        }
        return imported
    }

    /// Reads an `.ipynb` file. Throws a `Problem` as `notebook(from:name:)` does, and for a file that cannot be read.
    public static func notebook(path: String, name: String) throws -> Imported {
        do {
            return try notebook(from: ReadableFile.contents(path, limit: mostBytes), name: name)
        } catch let error as FileError {
            switch error.reason {
            case .notFound: throw Problem(.fileMissing, "there is no file \"\(path)\"")
            case .permissionDenied: throw Problem(.noPermission, "no permission to read \"\(path)\"")
            case .tooLarge: throw Problem(.cannotRead, "\"\(path)\" is larger than \(byteText(mostBytes)): no notebook")
            default: throw Problem(.cannotRead, error.description)
            }
        } catch var problem as Problem {
            problem.message = "\"\(path)\": \(problem.message)"
            throw problem
        }
    }

    /// Returns whether a picture's name follows from its pixels, so that a file of that name is the same picture.
    public static func isNameOfPixels(_ name: String) -> Bool {
        name.hasSuffix(".png") && name.utf8.count == 16
            && name.utf8.dropLast(4).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// What names the language in notebooks, as the kernel does.
    static var kernel: (specification: JSON, language: JSON) {
        let number = CommandTable.version.split(separator: " ").last.map(String.init) ?? CommandTable.version
        return (
            ["display_name": "bas (Break-A-Scene)", "language": "bas", "name": "bas"],
            [
                "codemirror_mode": "python", "file_extension": ".bas", "mimetype": "text/x-bas", "name": "bas",
                "nbconvert_exporter": "script",
                "pygments_lexer": "text", "version": .string(number),
            ]
        )
    }
}
