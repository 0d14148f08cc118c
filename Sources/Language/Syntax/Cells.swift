/// A part of a program between two `# %%` lines.
public struct Cell: Sendable, Equatable {
    /// The text after `# %%`; empty where there is none, and for the part before the first such line.
    public var title: String
    /// The text of the `#|` lines without their marks, joined: Markdown.
    public var prose: String
    /// The lines that are neither title nor prose nor recorded output.
    public var code: String
    /// The `#>` lines without their marks: recorded output.
    public var recorded: [String]
    /// The first and last line in the file, counted from 1.
    public var lines: ClosedRange<Int>
    /// The numbers of the lines of code, blank ones included.
    public var codeLines: [Int] = []
    /// The numbers of the `#>` lines.
    public var recordedLines: [Int] = []
}

/// Returns the cells of a program. Lines within a string over several lines never count as marks.
public func cells(of source: String) -> [Cell] {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    let inside = linesInsideStrings(source)
    var result: [Cell] = []
    var current: Cell?
    var code: [String] = []
    var prose: [String] = []

    func close() {
        guard var cell = current else { return }
        cell.code = trimmedLines(code)
        cell.prose = prose.joined(separator: "\n")
        if !cell.code.isEmpty || !cell.prose.isEmpty || !cell.title.isEmpty || !cell.recordedLines.isEmpty { result.append(cell) }
    }
    for (index, line) in lines.enumerated() {
        let number = index + 1
        if line.hasPrefix("# %%"), !inside.contains(number) {
            close()
            let title = trimmed(String(line.dropFirst(4)))
            current = Cell(title: title, prose: "", code: "", recorded: [], lines: number...number)
            code = []
            prose = []
            continue
        }
        if current == nil {
            current = Cell(title: "", prose: "", code: "", recorded: [], lines: number...number)
        }
        if let start = current?.lines.lowerBound { current?.lines = start...number }
        if inside.contains(number) {
            code.append(line)
            current?.codeLines.append(number)
        } else if line.hasPrefix("#|") {
            prose.append(unmarked(line))
        } else if line.hasPrefix("#>") {
            current?.recorded.append(unmarked(line))
            current?.recordedLines.append(number)
        } else if number > 1 || !line.hasPrefix("#!") {
            code.append(line)
            current?.codeLines.append(number)
        }
    }
    close()
    return result
}

/// Returns a program without the recorded output in it: what it does, and nothing that running it changes.
public func textWithoutRecords(_ source: String) -> String {
    let recorded = Set(cells(of: source).flatMap(\.recordedLines))
    guard !recorded.isEmpty else { return source }
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.enumerated().filter { !recorded.contains($0.offset + 1) }.map { String($0.element) }.joined(separator: "\n")
}

private func unmarked(_ line: String) -> String {
    let text = line.dropFirst(2)
    return String(text.first == " " ? text.dropFirst() : text)
}

/// Returns the lines, joined, without blank lines at both ends.
private func trimmedLines(_ lines: [String]) -> String {
    func isBlank(_ line: String) -> Bool { line.allSatisfy(\.isWhitespace) }
    var part = lines[...]
    while let first = part.first, isBlank(first) { part.removeFirst() }
    while let last = part.last, isBlank(last) { part.removeLast() }
    return part.joined(separator: "\n")
}

/// Returns the numbers of the lines that begin within a string. Where the text cannot be scanned to its end, the part before counts.
private func linesInsideStrings(_ source: String) -> Set<Int> {
    let file = SourceFile(name: "", text: source)
    var scanner = Scanner(file: file)
    var lines: Set<Int> = []
    while let token = try? scanner.next(), !token.isEnd {
        guard case .string = token.kind else { continue }
        let first = file.line(of: token.start)
        let last = file.line(of: token.end)
        if last > first { lines.formUnion((first + 1)...last) }
    }
    return lines
}
