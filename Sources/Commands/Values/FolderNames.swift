import Glibc
import Language
import Tensors

// Paths of what is written, folders that are read, and what ships: checked before any work is done.
extension Context {
    /// Returns the path of what ships under a name ("models", "collage"), else that of a folder or file as the script names it.
    func readable(_ name: String, shippedAs kind: String) -> String {
        if !name.contains("/"), !name.hasPrefix("."), let shipped = resolveInLibrary("\(kind)/\(name)") { return shipped }
        return FileNames.readable(name, self)
    }
}

extension Call {
    /// Returns the path of a file or folder to write: beside the script where it is there already, else in the current folder. Throws
    /// `.badArgument` for a path that is none, and `.cannotWrite` where a file stands in the place of a folder or the folder above does not
    /// exist: a mistyped name makes no new folder. `isFolder` says what the path itself is to be; a command that writes a folder makes that
    /// one, and none above it.
    func target<Argument>(_ key: Key<Argument>, isFolder: Bool) throws -> String {
        let (given, name) = (try String.read(value(key), self, key.name), key.name)
        guard !given.isEmpty else { throw Problem(.badArgument, "\(builtin.name): the path is empty", argument: name) }
        guard !given.utf8.contains(0) else { throw Problem(.badArgument, "a path cannot contain a zero byte", argument: name) }
        let path = context.writable(given)
        if isFolder, FileNames.exists(path), !FileSystem.isFolder(path) {
            throw Problem(.cannotWrite, "\"\(path)\" is a file; \(builtin.name) writes a folder", argument: name)
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        for end in parts.indices.dropFirst() {
            let folder = parts[..<end].joined(separator: "/")
            guard !folder.isEmpty, FileNames.exists(folder), !FileSystem.isFolder(folder) else { continue }
            throw Problem(.cannotWrite, "\"\(folder)\" is a file, not a folder to write into", argument: name)
        }
        if let problem = FolderProblem.missing(above: path) {
            throw Problem(
                problem.code, problem.message, argument: name, label: problem.label, notes: problem.notes, help: problem.help)
        }
        return path
    }

    /// Throws `.noPermission` for a folder that exists and cannot be read.
    func checkFolder(_ path: String, _ key: Key<String>) throws {
        guard FileSystem.isFolder(path), access(path, R_OK | X_OK) != 0 else { return }
        throw Problem(.noPermission, "no permission to read the folder \"\(path)\"", argument: key.name)
    }

    /// Returns the names of what ships of one kind, and a note on them: "models that ship: collage", or why there are none.
    func shipped(_ kind: String) -> (names: [String], note: String) {
        let names = (context.resolveInLibrary(kind).map(FileSystem.contents) ?? []).filter { !$0.contains(".") }
        if !names.isEmpty { return (names, "\(kind) that ship: \(names.joined(separator: ", ")); or give the path of a folder") }
        let advice = "BAS_STDLIB=FOLDER says where the standard library is"
        guard let library = context.standardLibrary.first else {
            return ([], "no \(kind) ship here: no standard library lies beside the program; \(advice)")
        }
        return ([], "no \(kind) ship here: there is no folder \(library)/\(kind); \(advice)")
    }
}
