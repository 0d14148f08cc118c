/// Returns the one name that may have been meant: the nearest by edit distance, else the only one that shares whole parts with the word;
/// nil where there is none, or several.
public func nearestName(_ word: String, among names: [String]) -> String? {
    let found = nearestNames(word, among: names)
    return found.count == 1 ? found[0] : nil
}

/// Returns the names that may have been meant, best first: the nearest by edit distance alone; else those that begin with the word ("save":
/// save_image, …) or contain it as a part ("handles": add_handles); else the longest that the word contains as a part
/// ("num_inference_steps": steps). Empty where a name would be no more than a guess.
public func nearestNames(_ word: String, among names: [String]) -> [String] {
    if let name = nearestSpelling(word, among: names) { return [name] }
    return relatives(of: word, among: names)
}

/// Returns the name nearest by edit distance, ignoring case and underscores; nil unless less than half of the word has to change, or of a
/// long word no more than a third, so that nothing arbitrary is offered.
private func nearestSpelling(_ word: String, among names: [String]) -> String? {
    let folded = folded(word)
    guard !folded.isEmpty else { return nil }
    var (best, most): (String?, Int) = (nil, min((max(folded.count, 2) - 1) / 2, max(1, (folded.count + 1) / 3)))
    for name in names where name != word {
        let distance = editDistance(folded, Language.folded(name), limit: most)
        guard distance <= most else { continue }
        (best, most) = (name, distance - 1)
        if most < 0 { break }
    }
    return best
}

/// Returns the names that share parts with the word; parts stand between "_", ".", "-" and the like.
private func relatives(of word: String, among names: [String]) -> [String] {
    let wanted = parts(word)
    // Too many names begin with, or contain, one or two letters.
    guard wanted.reduce(0, { $0 + $1.count }) >= 3 else { return [] }
    var seen: Set<String> = [word]
    let named = names.filter { seen.insert($0).inserted }.map { (name: $0, parts: parts($0)) }
    let begun = named.filter { begins($0.parts, with: wanted) }
    if !begun.isEmpty { return begun.map(\.name) }
    let containing = named.filter { contains($0.parts, wanted) }
    if !containing.isEmpty { return containing.map(\.name) }
    // Words contain short names by chance.
    let within = named.filter { $0.name.count >= 4 && contains(wanted, $0.parts) }
    let longest = within.map(\.name.count).max()
    return within.filter { $0.name.count == longest }.map(\.name)
}

private func parts(_ word: String) -> [String] {
    word.prefix(64).lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
}

/// Returns whether the name begins with the word's parts; the last may be incomplete: "sav" begins "save_model".
private func begins(_ name: [String], with word: [String]) -> Bool {
    guard let last = word.last, name.count >= word.count else { return false }
    return name.starts(with: word.dropLast()) && name[word.count - 1].hasPrefix(last)
}

/// Returns whether the word's parts stand in the name, one whole part after the other.
private func contains(_ name: [String], _ word: [String]) -> Bool {
    guard !word.isEmpty, name.count >= word.count else { return false }
    return (0...name.count - word.count).contains { name[$0...].starts(with: word) }
}

/// Returns "did you mean steps?" or "did you mean save_image, save_model or save_scene?"; empty where no name is near.
func nearestLabel(_ word: String, among names: [String], quoted isQuoted: Bool = false) -> String {
    let found = nearestNames(word, among: names).map { isQuoted ? quoted($0) : $0 }
    guard let last = found.last else { return "" }
    if found.count == 1 { return "did you mean \(last)?" }
    if found.count <= 4 { return "did you mean \(found.dropLast().joined(separator: ", ")) or \(last)?" }
    return "did you mean \(found.prefix(4).joined(separator: ", ")) or one of \(found.count - 4) more (?\"\(word)\" lists them)?"
}

/// Returns the scalars of a word in lower case without underscores, at most 64: a longer word is no typing mistake.
private func folded(_ word: String) -> [UInt32] {
    let isASCII = word.utf8.allSatisfy { $0 < 0x80 }
    let letters = isASCII ? word.utf8.map { 65...90 ~= $0 ? UInt32($0) + 32 : UInt32($0) } : word.lowercased().unicodeScalars.map(\.value)
    return Array(letters.lazy.filter { $0 != 95 }.prefix(64))
}

/// Returns the Damerau-Levenshtein distance (optimal string alignment) of insertions, deletions, substitutions and swaps of neighbours;
/// `limit + 1` where it exceeds `limit`.
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
        // Each row depends on the two rows before it; a swap adds 1 to the older of them.
        if lowest > limit, lowestBefore >= limit { return limit + 1 }
        (before, previous, row) = (previous, row, before)
    }
    return min(previous[b.count], limit + 1)
}
