import Files

/// The cells that were run, for clients that ask for the history. It lives as long as the kernel.
struct InputHistory {
    private struct Entry {
        var number: Int
        var input: String
        var output: String
    }

    private static let most = 1000
    /// The most bytes of an input or output that are kept.
    private static let longest = 16 << 10

    private var entries: [Entry] = []

    /// Keeps a cell. Long ones are left out.
    mutating func append(_ number: Int, _ input: String, output: String) {
        guard input.utf8.count <= Self.longest else { return }
        if entries.count >= 2 * Self.most { entries.removeFirst(Self.most) }
        entries.append(Entry(number: number, input: input, output: output.utf8.count <= Self.longest ? output : ""))
    }

    /// Returns the rows that a `history_request` asks for: session, number, and the input, with the output where that is asked for. The session
    /// is always 1; others are not known.
    func rows(_ request: JSONObject) -> [JSON] {
        let withOutput = request["output"]?.boolValue ?? false
        return selected(request).map { entry in
            let (input, output) = (JSON.string(entry.input), entry.output.isEmpty ? JSON.null : .string(entry.output))
            return [1, JSON(entry.number), withOutput ? [input, output] : input]
        }
    }

    private func selected(_ request: JSONObject) -> ArraySlice<Entry> {
        let count = request["n"]?.intValue.map { max(0, $0) }
        switch request["hist_access_type"]?.stringValue {
        case "range":
            guard [0, 1].contains(request["session"]?.intValue ?? 0) else { return [] }
            let (start, stop) = (request["start"]?.intValue ?? 0, request["stop"]?.intValue ?? .max)
            return entries.filter { $0.number >= start && $0.number < stop }[...]
        case "search":
            let pattern = Array((request["pattern"]?.stringValue ?? "*").unicodeScalars)
            var found = entries.filter { Self.matches(Array($0.input.unicodeScalars), pattern) }
            if request["unique"]?.boolValue == true {
                var seen: Set<String> = []
                found = found.reversed().filter { seen.insert($0.input).inserted }.reversed()
            }
            return count.map { found.suffix($0) } ?? found[...]
        default: return count.map { entries.suffix($0) } ?? entries[...]
        }
    }

    /// Returns whether a text matches a pattern in which `*` stands for any text and `?` for any character.
    static func matches(_ text: [Unicode.Scalar], _ pattern: [Unicode.Scalar]) -> Bool {
        var (place, next) = (0, 0)
        /// Where to go on behind the last `*`, when what follows it does not match here.
        var retry: (place: Int, next: Int)?
        while place < text.count {
            if next < pattern.count, pattern[next] == "*" {
                retry = (place, next + 1)
                next += 1
            } else if next < pattern.count, pattern[next] == "?" || pattern[next] == text[place] {
                place += 1
                next += 1
            } else if let last = retry {
                retry = (last.place + 1, last.next)
                (place, next) = (last.place + 1, last.next)
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == "*" }
    }
}
