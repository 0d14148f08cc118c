/// The nearest name by edit distance after folding case and underscores; nil unless less than half of the
/// word has to change, so that nothing arbitrary is offered.
public func nearestName(_ word: String, among names: [String]) -> String? {
    let folded = folded(word)
    guard !folded.isEmpty else { return nil }
    var best: (name: String, distance: Int)?
    for name in names where name != word {
        let distance = editDistance(folded, Language.folded(name), limit: best?.distance ?? folded.count)
        if distance * 2 < max(folded.count, 2), distance < best?.distance ?? Int.max {
            best = (name, distance)
        }
    }
    return best?.name
}

/// "did you mean steps?", or nothing.
func nearestLabel(_ word: String, among names: [String], quoted: Bool = false) -> String {
    guard let name = nearestName(word, among: names) else { return "" }
    return quoted ? "did you mean \"\(name)\"?" : "did you mean \(name)?"
}

private func folded(_ word: String) -> [Character] {
    // Words as long as this are no typing mistakes.
    Array(word.lowercased().filter { $0 != "_" }.prefix(64))
}

/// Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, changes, and swaps of
/// neighbours. Stops at `limit`.
func editDistance(_ a: [Character], _ b: [Character], limit: Int = Int.max) -> Int {
    if abs(a.count - b.count) > limit { return limit == Int.max ? limit : limit + 1 }
    var before: [Int] = []
    var previous = Array(0...b.count)
    for i in 0..<a.count {
        var row = [i + 1]
        row.reserveCapacity(b.count + 1)
        for j in 0..<b.count {
            var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
            row.append(cost)
        }
        before = previous
        previous = row
    }
    return previous[b.count]
}
