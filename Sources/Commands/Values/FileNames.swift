import Language
import Tensors

/// Where files that a program names lie, and which one may have been meant.
public enum FileNames {
    /// The path of a file or folder to read: beside the script, in the current folder, or in what ships with
    /// the language ("stdlib/scenes/toys/img.jpg" is found from anywhere).
    public static func readable(_ path: String, _ context: Context) -> String {
        context.readable(path)
    }

    static func exists(_ path: String) -> Bool { FileSystem.exists(path) }

    /// "did you mean …" among the files beside a missing one.
    public static func nearest(to path: String) -> String? {
        if path.contains("://") { return "nothing is read from the network: download it, and give the file's path" }
        let parts = split(path)
        let names = FileSystem.contents(parts.folder.isEmpty ? "." : parts.folder).filter {
            !$0.hasPrefix(".") || parts.name.hasPrefix(".")
        }
        return nearestName(parts.name, among: names)
            .map { "did you mean \"\(parts.folder)\($0)\"?" }
    }

    /// "a/b/" and "c" of "a/b/c".
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }
}
