/// A short program of the library that shows how something is done: a file of its folder `recipes`. Its first cell has a title, explains
/// itself in `#|` lines, and lists the words that find it in one that begins with `Found by:`.
struct Recipe {
    /// The path as `bas run` takes it.
    let path: String
    let title: String
    let words: Set<String>
    /// The program from its title on, without the `Found by:` lines.
    let text: String

    private static let found = "#| Found by:"

    /// Returns the recipes of the library's folders, by file name.
    static func all(in folders: [String]) -> [Recipe] {
        folders.flatMap { folder in
            Paths.entries(of: folder + "/recipes").filter { $0.name.hasSuffix(".bas") }.compactMap { entry in
                (try? Paths.readText(folder + "/recipes/" + entry.name)).flatMap { Recipe("stdlib/recipes/" + entry.name, $0) }
            }
        }
    }

    /// Creates a recipe, or returns nil where the text has no title.
    init?(_ path: String, _ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let head = lines.firstIndex(where: { $0.hasPrefix("# %% ") }) else { return nil }
        self.path = path
        title = String(lines[head].dropFirst("# %% ".count))
        words = Set(
            lines.filter { $0.hasPrefix(Self.found) }.flatMap { line in
                line.dropFirst(Self.found.count).lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
            })
        self.text = lines[head...].filter { !$0.hasPrefix(Self.found) }.joined(separator: "\n")
    }

    /// Returns how many of the words find the recipe.
    func matches(_ wanted: [String]) -> Int {
        wanted.count { words.contains($0) || words.contains(Search.stem($0)) || words.contains($0 + "s") }
    }
}
