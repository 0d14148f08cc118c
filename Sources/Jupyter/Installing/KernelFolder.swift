import Files
import Glibc
import Language

/// The folder in which Jupyter finds a kernel: how to start it, its name, and its picture.
public struct KernelFolder: Sendable {
    /// Where Jupyter looks for kernels.
    public enum Place: Sendable, Equatable {
        /// The person's own folder.
        case user
        /// `share/jupyter/kernels` below this folder.
        case prefix(String)
        /// The folder of the active Python environment.
        case environment
    }

    /// The folder.
    public let path: String

    /// Names the folder of a kernel at a place. `variables` are those of the environment. Throws a `Problem` for a name that Jupyter does not
    /// take, and where the place is not known.
    public init(_ place: Place, name: String, variables: (String) -> String?) throws {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
        guard !name.isEmpty, !name.hasPrefix("."), name.allSatisfy({ allowed.contains($0) }) else {
            throw Problem(.badArgument, "\"\(name)\" is no name of a kernel: letters, digits, '.', '_' and '-'", exitCode: .usage)
        }
        path = try Self.base(place, variables) + "/kernels/" + name
    }

    private static func base(_ place: Place, _ variables: (String) -> String?) throws -> String {
        func folder(_ name: String) -> String? { variables(name).flatMap { $0.hasPrefix("/") ? $0 : nil } }
        switch place {
        case .prefix(let path): return try absolute(path) + "/share/jupyter"
        case .environment:
            guard let path = folder("VIRTUAL_ENV") ?? folder("CONDA_PREFIX") else {
                throw Problem(
                    .badArgument, "no Python environment is active: neither VIRTUAL_ENV nor CONDA_PREFIX is set",
                    help: "activate one, or name its folder with --prefix", exitCode: .usage)
            }
            return path + "/share/jupyter"
        case .user:
            if let path = folder("JUPYTER_DATA_DIR") { return path }
            if let path = folder("XDG_DATA_HOME") { return path + "/jupyter" }
            guard let home = folder("HOME") else {
                throw Problem(
                    .badArgument, "there is no home folder: HOME is not set", help: "name a folder with --prefix", exitCode: .usage)
            }
            return home + "/.local/share/jupyter"
        }
    }

    private static func absolute(_ path: String) throws -> String {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        if path.hasPrefix("/") { return path }
        guard let current = getcwd(nil, 0) else { throw FileError(.open, ".", errno: errno) }
        defer { free(current) }
        return String(cString: current) + "/" + path
    }

    private static let specification = "kernel.json"
    private static let logo = "logo-svg.svg"

    /// Writes the folder's files. `program` is the absolute path of bas. Throws `FileError`.
    public func install(program: String, displayName: String) throws {
        let content: JSON = [
            "argv": [.string(program), "kernel", "run", "{connection_file}"], "display_name": .string(displayName), "language": "bas",
            // Jupyter then sends a message where it would send SIGINT, so that a training stops at a step.
            "interrupt_mode": "message", "metadata": ["debugger": false],
        ]
        try FileSystem.createFolder(path)
        try AtomicFile.write(path + "/" + Self.logo, text: Self.picture)
        try AtomicFile.write(path + "/" + Self.specification, text: content.text(pretty: true) + "\n")
    }

    /// Removes the folder's files, and the folder where nothing else lies in it. Throws a `Problem` where there is no kernel of bas, and
    /// `FileError`.
    public func uninstall() throws {
        let file = path + "/" + Self.specification
        guard FileSystem.exists(file) else { throw Problem(.fileMissing, "no kernel is installed in \"\(path)\"") }
        let content = try? JSON.parse(ReadableFile.contents(file, limit: 1 << 20))
        guard content?["language"]?.stringValue == "bas" else {
            throw Problem(.badFile, "the kernel in \"\(path)\" is not one of bas; it is left alone")
        }
        try FileSystem.remove(file)
        if FileSystem.exists(path + "/" + Self.logo) { try FileSystem.remove(path + "/" + Self.logo) }
        rmdir(path)
    }

    /// A mark of three things, two of them taken out of a frame.
    private static let picture = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
        <rect x="4" y="12" width="40" height="40" rx="5" fill="none" stroke="#37474f" stroke-width="4"/>
        <circle cx="18" cy="38" r="8" fill="#e53935"/>
        <rect x="34" y="6" width="22" height="22" rx="3" fill="#1e88e5"/>
        <path d="M38 58 L62 58 L50 36 Z" fill="#43a047"/>
        </svg>

        """
}
