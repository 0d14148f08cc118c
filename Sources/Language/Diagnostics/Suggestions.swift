/// The nearest name by edit distance after folding case and underscores; nil unless less than half of the
/// word has to change, so that nothing arbitrary is offered.
public func nearestName(_ word: String, among names: [String]) -> String? {
    let folded = folded(word)
    guard !folded.isEmpty else { return nil }
    var (best, most): (String?, Int) = (nil, (max(folded.count, 2) - 1) / 2)
    for name in names where name != word {
        let distance = editDistance(folded, Language.folded(name), limit: most)
        guard distance <= most else { continue }
        (best, most) = (name, distance - 1)
        if most < 0 { break }
    }
    return best
}

/// "did you mean steps?", or nothing.
func nearestLabel(_ word: String, among names: [String], quoted: Bool = false) -> String {
    guard let name = nearestName(word, among: names) else { return "" }
    return quoted ? "did you mean \"\(name)\"?" : "did you mean \(name)?"
}

/// Scalars of a word in small letters. Of words longer than 64, which are no typing mistakes, the beginning.
private func folded(_ word: String) -> [UInt32] {
    let isASCII = word.utf8.allSatisfy { $0 < 0x80 }
    let letters = isASCII ? word.utf8.map { 65...90 ~= $0 ? UInt32($0) + 32 : UInt32($0) } : word.lowercased().unicodeScalars.map(\.value)
    return Array(letters.lazy.filter { $0 != 95 }.prefix(64))
}

/// Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, changes, and swaps of
/// neighbours; `limit + 1` where it is more than `limit`.
func editDistance<Letter: Equatable>(_ a: [Letter], _ b: [Letter], limit: Int = .max - 1) -> Int {
    guard abs(a.count - b.count) <= limit else { return limit + 1 }
    var before = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    var row = before
    var (lowestBefore, lowest) = (0, 0)
    for i in 0..<a.count {
        row[0] = i + 1
        (lowestBefore, lowest) = (lowest, i + 1)
        for j in 0..<b.count {
            var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
            row[j + 1] = cost
            lowest = min(lowest, cost)
        }
        // Each row comes from the two before it, a swap for one more than the older of them.
        if lowest > limit, lowestBefore >= limit { return limit + 1 }
        (before, previous, row) = (previous, row, before)
    }
    return min(previous[b.count], limit + 1)
}
