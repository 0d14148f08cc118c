/// The problem of writing into a folder that does not exist.
public enum FolderProblem {
    /// Returns a `.cannotWrite` problem where the folder above `path` does not exist, which names the nearest folder that does and how to
    /// make the missing ones; else nil. Also returns nil where something that is not a folder stands in its place: writing itself then
    /// fails.
    public static func missing(above path: String) -> Problem? {
        let whole = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let folder = String(Paths.split(whole).folder.dropLast())
        guard !folder.isEmpty, !Paths.exists(folder) else { return nil }
        var above = folder
        while !above.isEmpty, !Paths.exists(above) { above = String(Paths.split(above).folder.dropLast()) }
        let isAbsolute = path.hasPrefix("/")
        let nearest = above.isEmpty ? isAbsolute ? "/" : "the current folder, \(quoted(Paths.canonical(".")))" : quoted(above)
        // Suggests a neighbour of the first missing folder.
        let start = above.isEmpty ? isAbsolute ? "/" : "" : above + "/"
        let wrong = folder.dropFirst(start.count).split(separator: "/").first.map(String.init) ?? ""
        let names = Paths.entries(of: start.isEmpty ? "." : start).filter(\.isFolder).map(\.name)
        let meant = nearestName(wrong, among: names).map { "did you mean \(quoted(start + $0))? " } ?? ""
        return Problem(
            .cannotWrite, "there is no folder \(quoted(folder)) to write into", notes: ["the nearest that exists is \(nearest)"],
            help: "\(meant)make_folder(\(stringLiteral(folder))) makes it")
    }
}
