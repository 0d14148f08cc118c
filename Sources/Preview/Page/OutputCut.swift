import Notebook

/// Outputs as a page shows them: all, or the first and the last where there are too many.
struct OutputCut {
    /// The outputs at the beginning; all where nothing is left out.
    private(set) var first: [CellOutput] = []
    /// The outputs at the end.
    private(set) var last: [CellOutput] = []
    /// The number of lines between them, a picture counted as one.
    private(set) var leftOut = 0

    private struct Budget {
        var lines: Int
        var bytes: Int
        var outputs: Int

        /// Takes from a budget what an output costs; false where it is too much.
        mutating func pay(lines: Int, bytes: Int) -> Bool {
            (self.lines, self.bytes, outputs) = (self.lines - lines, self.bytes - bytes, outputs - 1)
            return self.lines >= 0 && self.bytes >= 0 && outputs >= 0
        }
    }

    /// Cuts outputs.
    init(_ outputs: [CellOutput]) {
        var budget = Budget(lines: 500, bytes: 64 << 10, outputs: 400)
        var place = 0
        while place < outputs.count, budget.pay(lines: Self.lines(outputs[place]), bytes: Self.bytes(outputs[place])) { place += 1 }
        first = Array(outputs[..<place])
        guard place < outputs.count else { return }
        var rest = outputs[place...]
        // The text that is too long gives its beginning and its end.
        var middle: Substring = ""
        if case .text(let text)? = rest.first {
            rest.removeFirst()
            let start = Self.start(of: text, lines: 400 - min(300, Self.lines(first)), bytes: 48 << 10)
            first.append(.text(String(text[..<start])))
            middle = text[start...]
        }
        budget = Budget(lines: 100, bytes: 12 << 10, outputs: 40)
        while let output = rest.last, budget.pay(lines: Self.lines(output), bytes: Self.bytes(output)) {
            last.insert(rest.removeLast(), at: 0)
        }
        if rest.isEmpty, !middle.isEmpty {
            let end = Self.end(of: middle, lines: 50, bytes: 8 << 10)
            if end < middle.endIndex { last.insert(.text(String(middle[end...])), at: 0) }
            middle = middle[..<end]
        }
        leftOut = Self.lines(Array(rest)) + Self.lines(middle)
    }

    private static func lines(_ outputs: [CellOutput]) -> Int { outputs.reduce(0) { $0 + lines($1) } }

    private static func lines(_ text: Substring) -> Int {
        text.utf8.reduce(text.isEmpty || text.utf8.last == 10 ? 0 : 1) { $1 == 10 ? $0 + 1 : $0 }
    }

    private static func lines(_ output: CellOutput) -> Int {
        switch output {
        case .text(let text), .problem(let text, _): lines(text[...])
        case .picture: 1
        }
    }

    private static func bytes(_ output: CellOutput) -> Int {
        switch output {
        case .text(let text), .problem(let text, _): text.utf8.count
        case .picture: 0
        }
    }

    /// Returns where the first lines of a text end.
    private static func start(of text: String, lines: Int, bytes: Int) -> String.Index {
        var (place, count, end) = (text.startIndex, 0, text.startIndex)
        let limit = text.utf8.index(text.startIndex, offsetBy: bytes, limitedBy: text.endIndex) ?? text.endIndex
        while place < limit, count < lines {
            if text.utf8[place] == 10 { (count, end) = (count + 1, text.utf8.index(after: place)) }
            place = text.utf8.index(after: place)
        }
        // A single line that is too long is cut at a character.
        return end > text.startIndex ? end : text.unicodeScalars.indices.last { $0 <= limit } ?? text.startIndex
    }

    /// Returns where the last lines of a text begin.
    private static func end(of text: Substring, lines: Int, bytes: Int) -> String.Index {
        var (place, count, begin) = (text.endIndex, -1, text.endIndex)
        let limit = text.utf8.index(text.endIndex, offsetBy: -bytes, limitedBy: text.startIndex) ?? text.startIndex
        while place > limit, count < lines {
            let before = text.utf8.index(before: place)
            if text.utf8[before] == 10 { (count, begin) = (count + 1, place) }
            place = before
        }
        return begin
    }
}
