/// What is to be said of a folder that does not exist, where something is to be written into it.
public enum FolderProblem {
    /// nil where the folder above a path is there, or something that is no folder stands in its place (which the writing
    /// itself tells). The problem is `.cannotWrite`; it names the nearest folder that exists, and how to make the others.
    public static func missing(above path: String) -> Problem? {
        let whole = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let folder = String(Paths.split(whole).folder.dropLast())
        guard !folder.isEmpty, !Paths.exists(folder) else { return nil }
        var above = folder
        while !above.isEmpty, !Paths.exists(above) { above = String(Paths.split(above).folder.dropLast()) }
        let isAbsolute = path.hasPrefix("/")
        let nearest = above.isEmpty ? isAbsolute ? "/" : "the current folder, \(quoted(Paths.canonical(".")))" : quoted(above)
        // The first part that is missing, among its neighbours.
        let start = above.isEmpty ? isAbsolute ? "/" : "" : above + "/"
        let wrong = folder.dropFirst(start.count).split(separator: "/").first.map(String.init) ?? ""
        let names = Paths.entries(of: start.isEmpty ? "." : start).filter(\.isFolder).map(\.name)
        let meant = nearestName(wrong, among: names).map { "did you mean \(quoted(start + $0))? " } ?? ""
        return Problem(
            .cannotWrite, "there is no folder \(quoted(folder)) to write into", notes: ["the nearest that exists is \(nearest)"],
            help: "\(meant)make_folder(\(stringLiteral(folder))) makes it")
    }
}
