import Language
import Tensors

/// Looks up the files that a program names.
public enum FileNames {
    /// Returns the path of a file or folder to read: beside the script, in the current folder, or in what ships with the language
    /// ("stdlib/scenes/toys/img.jpg" is found from anywhere).
    public static func readable(_ path: String, _ context: Context) -> String {
        context.readable(path)
    }

    /// Returns whether there is a file or folder.
    static func exists(_ path: String) -> Bool { FileSystem.exists(path) }

    /// Returns whether there is a folder.
    static func isFolder(_ path: String) -> Bool { FileSystem.isFolder(path) }

    /// Returns "did you mean …" with a similar name beside a missing file, advice for a network address, or nil.
    public static func nearest(to path: String) -> String? {
        if path.contains("://") { return "nothing is read from the network: download it, and give the file's path" }
        let parts = split(path)
        let names = FileSystem.contents(parts.folder.isEmpty ? "." : parts.folder).filter {
            !$0.hasPrefix(".") || parts.name.hasPrefix(".")
        }
        return nearestName(parts.name, among: names)
            .map { "did you mean \"\(parts.folder)\($0)\"?" }
    }

    /// Returns "a/b/" and "c" of "a/b/c".
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }
}
