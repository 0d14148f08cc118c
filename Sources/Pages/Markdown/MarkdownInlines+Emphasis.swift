extension MarkdownInlines {
    /// Reads a run of `*`, `_` or `~` and decides by its neighbours whether it may begin or end emphasis.
    mutating func run() {
        let (start, mark) = (place, text[place])
        while peek(0) == mark { place += 1 }
        let before = start > 0 ? text[start - 1] : " "
        let after = peek(0) ?? " "
        let isLeft = !after.isMarkdownSpace && (!after.isMarkdownPunctuation || before.isMarkdownSpace || before.isMarkdownPunctuation)
        let isRight = !before.isMarkdownSpace && (!before.isMarkdownPunctuation || after.isMarkdownSpace || after.isMarkdownPunctuation)
        // Within a word, underscores are part of a name.
        let isWord = mark == "_"
        let count = place - start
        // One tilde, or three, is a text.
        guard mark != "~" || count == 2 else { return append(string(start..<place)) }
        pieces.append(
            Piece(
                run: Run(
                    mark: mark, count: count, length: count, opens: isLeft && (!isWord || !isRight || before.isMarkdownPunctuation),
                    closes: isRight && (!isWord || !isLeft || after.isMarkdownPunctuation))))
    }

    /// Turns the runs from a piece on into tags, as CommonMark's algorithm does, and what is left of them into text.
    mutating func emphasize(from bottom: Int) {
        var openers: [Int] = []
        // Below this place of `openers`, none fits a run of this kind: a search would go over them again and again.
        var floors: [String: Int] = [:]
        for closer in pieces.indices.dropFirst(bottom) {
            while let run = pieces[closer].run, run.closes, run.count > 0 {
                let kind = "\(run.mark)\(run.opens)\(run.length % 3)"
                let floor = min(floors[kind] ?? 0, openers.count)
                guard let found = openers.indices.dropFirst(floor).last(where: { fits(openers[$0], run) }) else {
                    floors[kind] = openers.count
                    break
                }
                let opener = openers[found]
                openers.removeSubrange((found + 1)...)
                tag(opener, closer)
                if pieces[opener].run?.count == 0 { openers.removeLast() }
            }
            if let run = pieces[closer].run, run.opens, run.count > 0 { openers.append(closer) }
        }
        for place in pieces.indices.dropFirst(bottom) {
            guard let run = pieces[place].run else { continue }
            let rest = String(repeating: Character(run.mark), count: run.count)
            pieces[place] = Piece(html: run.ends + escapedHTML(rest) + run.starts, plain: rest)
        }
    }

    private func fits(_ opener: Int, _ closer: Run) -> Bool {
        guard let run = pieces[opener].run, run.mark == closer.mark else { return false }
        guard run.mark != "~" else { return true }
        // A run that may both begin and end emphasis does not pair with one where the sum is a multiple of three.
        let isBoth = run.closes || closer.opens
        return !isBoth || (run.length + closer.length) % 3 != 0 || run.length % 3 == 0 && closer.length % 3 == 0
    }

    private mutating func tag(_ opener: Int, _ closer: Int) {
        guard let first = pieces[opener].run, let second = pieces[closer].run else { return }
        let count = first.count >= 2 && second.count >= 2 ? 2 : 1
        let name = first.mark == "~" ? "del" : count == 2 ? "strong" : "em"
        pieces[opener].run?.count -= count
        pieces[closer].run?.count -= count
        // The inner tags come first.
        pieces[opener].run?.starts = "<\(name)>" + first.starts
        pieces[closer].run?.ends = second.ends + "</\(name)>"
    }
}
