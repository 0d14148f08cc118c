/// The search for builtins by words in names, search terms, summaries and parameters.
enum Search {
    /// Returns the rows that match all of the words, else those that match the most of them; best first.
    static func rank(_ text: String, in table: BuiltinTable) -> [Builtin] {
        let words = words(of: text)
        let scored = table.all.enumerated().compactMap { place, row -> (found: Int, score: Int, place: Int, row: Builtin)? in
            let scores = words.map { max(score($0, row), score(stem($0), row)) }.filter { $0 > 0 }
            return scores.isEmpty ? nil : (scores.count, scores.reduce(0, +), place, row)
        }
        let most = scored.map(\.found).max() ?? 0
        return scored.filter { $0.found == most }.sorted { ($1.score, $0.place) < ($0.score, $1.place) }.map(\.row)
    }

    /// Returns the words of a question in lower case without common ones such as "the"; all words where nothing else is left.
    static func words(of text: String) -> [String] {
        let all = text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
        let telling = all.filter { !commonWords.contains($0) }
        return telling.isEmpty ? all : telling
    }

    private static let commonWords: Set<String> = [
        "a", "an", "and", "are", "by", "can", "do", "does", "for", "from", "get", "how", "i", "in", "is", "it", "my", "of", "on", "one",
        "or", "the",
        "to", "what", "with",
    ]

    /// Returns the word without a plural s: "things" becomes "thing".
    static func stem(_ word: String) -> String { word.count > 3 && word.hasSuffix("s") ? String(word.dropLast()) : word }

    /// Returns how well a row matches a word; 0 where it does not.
    private static func score(_ word: String, _ row: Builtin) -> Int {
        if row.name == word { return 100 }
        if row.name.contains(word) { return 50 }
        if row.terms.contains(where: { $0.lowercased() == word }) { return 40 }
        if row.terms.contains(where: { $0.lowercased().contains(word) }) { return 30 }
        if row.summary.lowercased().contains(word) { return 20 }
        if row.family.name.lowercased().contains(word) { return 10 }
        if row.parameters.contains(where: { $0.name.contains(word) || $0.doc.lowercased().contains(word) }) {
            return 5
        }
        return 0
    }
}
