import Glibc

/// Builtins for the current folder. The prompt's `:cd`, `:pwd` and `:ls` call them, so that a saved session records where it worked.
extension CoreBuiltins {
    private static let folder = Key<String>("folder", default: "~", doc: "The folder; the home folder without.", file: .place)
    private static let listed = Key<String>("folder", default: ".", doc: "The folder.", file: .place)
    private static let made = Key<String>("path", doc: "The folder.", file: .folder)

    static let folderBuiltins: [Builtin] = [
        Builtin(
            "cd", family: .files, summary: "Goes to another folder: relative paths begin there from now on.",
            parameters: [folder], result: "string, the folder's whole path",
            terms: ["chdir", "working directory", "folder", "directory"], examples: [.init("cd(\".\") == pwd()", shows: "true")],
            seeAlso: ["pwd", "ls", "make_folder"],
            outside: "goes to another folder",
            run: { call in
                let name = try call[folder]
                let path = name == "~" ? Paths.home() ?? name : call.context.resolve(name)
                guard chdir(path) == 0 else { throw problem(path) }
                return .string(Paths.canonical("."))
            }),
        Builtin(
            "pwd", family: .files, summary: "The folder in which relative paths begin.", result: .string,
            terms: ["cwd", "working directory", "folder", "directory"], examples: [.init("type(pwd())", shows: "\"string\"")],
            seeAlso: ["ls", "make_folder"], outside: "reads the current folder", run: { _ in .string(Paths.canonical(".")) }),
        Builtin(
            "ls", family: .files, summary: "The names in a folder, sorted; folders end with /.", parameters: [listed], result: .strings,
            terms: ["list files", "dir", "folder", "directory"], examples: [.init("type(ls(\"/\"))", shows: "\"list\"")],
            seeAlso: ["make_folder", "exists", "read_text"],
            outside: "reads a folder",
            run: { call in
                let path = call.context.resolve(try call[listed])
                guard Paths.isDirectory(path), access(path, R_OK) == 0 else {
                    if errno == 0 || Paths.exists(path) && !Paths.isDirectory(path) { errno = ENOTDIR }
                    throw problem(path)
                }
                return .list(
                    Paths.entries(of: path).filter { $0.name.first != "." }.map {
                        .string($0.name + ($0.isFolder ? "/" : ""))
                    })
            }),
        Builtin(
            "make_folder", family: .files, summary: "Makes a folder, and those above it; one that is there already stays as it is.",
            parameters: [made], result: .path, terms: ["mkdir", "create folder", "new folder", "directory"],
            examples: [.init("make_folder(\"out/pictures\"); ls(\"out\")", shows: "[\"pictures/\"]")], outside: "makes a folder",
            run: makeFolder),
    ]

    @Sendable private static func makeFolder(_ call: Call) throws -> Value {
        let path = call.context.writable(try call.writablePath(Self.made))
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made == "/" ? part : "/" + part
            if Paths.isDirectory(made) { continue }
            guard mkdir(made, 0o777) == 0 || errno == EEXIST && Paths.isDirectory(made) else { throw refused(made) }
        }
        return .string(path)
    }

    private static func refused(_ path: String) -> Problem {
        switch errno {
        case EEXIST: Problem(.cannotWrite, "\(quoted(path)) is a file, not a folder", argument: made.name)
        case EACCES, EPERM, EROFS: Problem(.noPermission, "no permission to make the folder \(quoted(path))", argument: made.name)
        case ENOSPC, EDQUOT: Problem(.diskFull, "the disk has no room for the folder \(quoted(path))", argument: made.name)
        default:
            Problem(.cannotWrite, "cannot make the folder \(quoted(path)): \(String(cString: strerror(errno)))", argument: made.name)
        }
    }

    private static func problem(_ path: String) -> Problem {
        let code = errno
        switch code {
        case ENOENT:
            let (above, name) = Paths.split(path)
            let names = Paths.entries(of: above.isEmpty ? "." : above).filter(\.isFolder).map(\.name)
            return Problem(
                .fileMissing, "there is no folder \(quoted(path))", argument: folder.name,
                help: nearestName(name, among: names).map { "did you mean \(quoted(above + $0))?" })
        case ENOTDIR: return Problem(.cannotRead, "\(quoted(path)) is a file, not a folder", argument: folder.name)
        case EACCES: return Problem(.noPermission, "no permission to enter \(quoted(path))", argument: folder.name)
        default:
            return Problem(.cannotRead, "cannot enter \(quoted(path)): \(String(cString: strerror(code)))", argument: folder.name)
        }
    }
}
