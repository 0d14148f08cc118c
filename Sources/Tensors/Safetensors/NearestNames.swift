// Suggestions for names that do not exist.

enum NearestNames {
    /// Returns up to three of `names` that differ from `name` by at most a third of its length in edits, nearest first.
    static func find(_ name: String, among names: [String]) -> [String] {
        let wanted = Array(name.utf8)
        let limit = max(1, wanted.count / 3)
        return names.compactMap { candidate -> (String, Int)? in
            let other = Array(candidate.utf8)
            guard abs(other.count - wanted.count) <= limit else { return nil }
            let edits = distance(wanted, other)
            return edits <= limit ? (candidate, edits) : nil
        }
        .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        .prefix(3).map(\.0)
    }

    /// Levenshtein's distance in bytes.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}
