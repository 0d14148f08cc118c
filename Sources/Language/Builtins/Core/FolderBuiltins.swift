import Glibc

/// Where relative paths begin. The prompt's `:cd`, `:pwd` and `:ls` are these, so that a saved session says where it
/// worked.
extension CoreBuiltins {
    private static let family = "files"

    static let folderBuiltins: [Builtin] = [
        Builtin(
            "cd", family: family, summary: "Goes to another folder: relative paths begin there from now on.",
            parameters: [Parameter("folder", .string, default: "~", doc: "The folder; the home folder without.")],
            result: "string, the folder's whole path", terms: ["chdir", "working directory", "folder", "directory"],
            examples: [.init("cd(\".\") == pwd()", shows: "true")],
            run: { call in
                let name = try call.string("folder")
                let path = name == "~" ? Files.home() ?? name : call.context.resolve(name)
                guard chdir(path) == 0 else { throw problem(path) }
                return .string(Files.canonical("."))
            }),
        Builtin(
            "pwd", family: family, summary: "The folder in which relative paths begin.", result: "string",
            terms: ["cwd", "working directory", "folder", "directory"], examples: [.init("type(pwd())", shows: "\"string\"")],
            run: { _ in .string(Files.canonical(".")) }),
        Builtin(
            "ls", family: family, summary: "The names in a folder, sorted; folders end with /.",
            parameters: [Parameter("folder", .string, default: ".", doc: "The folder.")],
            result: "list of strings", terms: ["list files", "dir", "folder", "directory"],
            examples: [.init("type(ls(\"/\"))", shows: "\"list\"")],
            run: { call in
                let path = call.context.resolve(try call.string("folder"))
                guard Files.isDirectory(path), access(path, R_OK) == 0 else {
                    if errno == 0 || Files.exists(path) && !Files.isDirectory(path) { errno = ENOTDIR }
                    throw problem(path)
                }
                return .list(
                    Files.entries(of: path).filter { $0.name.first != "." }.map {
                        .string($0.name + ($0.isFolder ? "/" : ""))
                    })
            }),
    ]

    private static func problem(_ path: String) -> Problem {
        let code = errno
        switch code {
        case ENOENT:
            let (above, name) = Files.split(path)
            let names = Files.entries(of: above.isEmpty ? "." : above).filter(\.isFolder).map(\.name)
            return Problem(
                .fileMissing, "there is no folder \(quoted(path))", argument: "folder",
                help: nearestName(name, among: names).map { "did you mean \(quoted(above + $0))?" })
        case ENOTDIR: return Problem(.cannotRead, "\(quoted(path)) is a file, not a folder", argument: "folder")
        case EACCES: return Problem(.noPermission, "no permission to enter \(quoted(path))", argument: "folder")
        default:
            return Problem(.cannotRead, "cannot enter \(quoted(path)): \(String(cString: strerror(code)))", argument: "folder")
        }
    }
}
