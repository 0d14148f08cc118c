import Glibc
import Language

/// Where files that a program names lie, and which one may have been meant.
public enum FileNames {
    /// The path of a file or folder to read: beside the script, in the current folder, or in what ships with
    /// the language ("stdlib/scenes/toys/img.jpg" is found from anywhere).
    public static func readable(_ path: String, _ context: Context) -> String {
        let resolved = context.resolve(path)
        if path.isEmpty || exists(resolved) { return resolved }
        let inside = path.hasPrefix("stdlib/") ? String(path.dropFirst("stdlib/".count)) : path
        return context.resolveInLibrary(inside) ?? resolved
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// "did you mean …" among the files beside a missing one.
    public static func nearest(to path: String) -> String? {
        let parts = split(path)
        return nearestName(parts.name, among: entries(of: parts.folder.isEmpty ? "." : parts.folder))
            .map { "did you mean \"\(parts.folder)\($0)\"?" }
    }

    /// Makes the folders above a file that is to be written; what goes wrong shows when the file is written.
    public static func makeFolder(above path: String) {
        let folder = split(path).folder
        var made = folder.hasPrefix("/") ? "/" : ""
        for part in folder.split(separator: "/") {
            made += part + "/"
            if !exists(made) { mkdir(made, 0o777) }
        }
    }

    /// "a/b/" and "c" of "a/b/c".
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }

    private static func entries(of folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }
}
