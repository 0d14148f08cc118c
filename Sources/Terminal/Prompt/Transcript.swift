/// Input in text copied from a session: prompts are removed and output is left out, so that what documents and bug reports show can be
/// pasted.
enum Transcript {
    private enum Line {
        /// The text after a prompt.
        case input(Substring)
        case continuation(Substring)
        case other
    }

    /// Returns the input within a pasted text, or the text itself where its first line has no prompt. A continuation's prompt ("...: ")
    /// counts as the first one only while a block is being entered line by line.
    static func input(of text: String, continuing: Bool = false) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }) else { return text }
        switch kind(of: first) {
        case .input: break
        case .continuation where continuing: break
        default: return text
        }
        let kept = lines.compactMap { line -> Substring? in
            switch kind(of: line) {
            case .input(let rest), .continuation(let rest): rest
            case .other: nil
            }
        }
        return kept.joined(separator: "\n")
    }

    /// Returns whether a line is a result that a session printed: `Out[3]: …`.
    static func isOutput(_ line: String) -> Bool {
        number(after: "Out[", in: line.drop { $0 == " " }) != nil
    }

    private static func kind(of line: Substring) -> Line {
        let rest = line.drop { $0 == " " }
        if let after = number(after: "In [", in: rest) { return .input(after) }
        for mark in ["▸", "bas>"] {
            if let after = text(after: mark, in: rest) { return .input(after) }
        }
        for mark in ["...:", "...>"] {
            if let after = text(after: mark, in: rest) { return .continuation(after) }
        }
        return .other
    }

    /// Returns the text after "In [12]:" and a space, or nil.
    private static func number(after prefix: String, in line: Substring) -> Substring? {
        guard line.hasPrefix(prefix) else { return nil }
        let rest = line.dropFirst(prefix.count)
        let digits = rest.prefix { $0.isASCII && $0.isWholeNumber }
        guard !digits.isEmpty else { return nil }
        return text(after: "]:", in: rest.dropFirst(digits.count))
    }

    /// Returns the text after a mark and one space, or nil unless the mark stands alone or before a space.
    private static func text(after mark: String, in line: Substring) -> Substring? {
        guard line.hasPrefix(mark) else { return nil }
        let rest = line.dropFirst(mark.count)
        if rest.isEmpty { return rest }
        return rest.first == " " ? rest.dropFirst() : nil
    }
}
