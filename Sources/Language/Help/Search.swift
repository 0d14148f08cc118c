/// Finds builtins by words: in names, search terms, summaries, parameters.
enum Search {
    static func rank(_ words: String, in table: BuiltinTable) -> [Builtin] {
        let words = words.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
        guard !words.isEmpty else { return [] }
        let scored = table.all.enumerated().compactMap {
            place, row -> (score: Int, place: Int, row: Builtin)? in
            var total = 0
            for word in words {
                let score = self.score(word, row)
                if score == 0 { return nil }
                total += score
            }
            return (total, place, row)
        }
        return scored.sorted { ($1.score, $0.place) < ($0.score, $1.place) }.map(\.row)
    }

    /// Zero where the row does not speak of the word.
    private static func score(_ word: String, _ row: Builtin) -> Int {
        if row.name == word { return 100 }
        if row.name.contains(word) { return 50 }
        if row.terms.contains(where: { $0.lowercased() == word }) { return 40 }
        if row.terms.contains(where: { $0.lowercased().contains(word) }) { return 30 }
        if row.summary.lowercased().contains(word) { return 20 }
        if row.family.lowercased().contains(word) { return 10 }
        if row.parameters.contains(where: { $0.name.contains(word) || $0.doc.lowercased().contains(word) }) {
            return 5
        }
        return 0
    }
}
