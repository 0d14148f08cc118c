import Files
import Language

/// A `.bas` file as a notebook: its cells, and the outputs that are recorded in it as `#>` lines.
public struct NotebookFile: Sendable {
    /// The path.
    public let path: String
    /// The whole text.
    public let text: String
    /// The cells in the order of the file.
    public let cells: [Cell]
    /// The lines of the text, without their line ends.
    let lines: [String]
    /// The end of a line: CRLF for a file that was written under Windows.
    let newline: String

    /// Reads a file. Throws a `Problem` where it does not exist, cannot be read or is no script.
    public init(path: String) throws {
        self.init(path: path, text: try Session.readImport(path))
    }

    /// Takes a text as the contents of a file.
    public init(path: String, text: String) {
        (self.path, self.text) = (path, text)
        // CR and LF together are one character in Swift, so a split at "\n" would not see them.
        newline = text.contains("\r\n") ? "\r\n" : "\n"
        lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        cells = Language.cells(of: lines.joined(separator: "\n"))
    }

    /// The file's name without its folder.
    public var name: String { String(path.split(separator: "/").last ?? "") }

    /// The folder of the file, with a slash at its end; empty for the current one.
    public var folder: String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "" }

    /// The name of the folder beside the file that holds its recorded pictures: "lesson.out".
    public var pictureFolder: String { (name.hasSuffix(".bas") ? String(name.dropLast(4)) : name) + ".out" }

    /// The code of all cells, each line at its place in the file.
    var source: String {
        let code = Set(cells.flatMap(\.codeLines))
        guard let last = code.max() else { return "" }
        return (1...last).map { code.contains($0) ? lines[$0 - 1] : "" }.joined(separator: "\n")
    }

    /// What messages call a cell, followed by a line of its code: its title, or "cell". A line of the file would be another one as soon as
    /// something is recorded above.
    func label(of cell: Int) -> String {
        let title = printable(cells[cell].title).replacing("/", with: "-")
        return title.isEmpty ? "cell" : title
    }

    /// Returns the code of some cells as a program of its own, one after the other with their titles: what a picture records as its origin.
    func program(of chosen: [Int]) -> String {
        chosen.map { place in
            let cell = cells[place]
            return (cell.title.isEmpty ? "" : "# %% \(cell.title)\n") + cell.code
        }.joined(separator: "\n") + "\n"
    }

    /// Returns the text with other recorded lines. `records` has the lines of each cell, without their marks; a cell without an entry keeps
    /// what it has. The lines stand behind the last line of code or prose of their cell. All lines end as the file's do; a file that mixes
    /// line ends gets CRLF throughout.
    func text(recording records: [Int: [RecordedLine]]) -> String {
        var removed: Set<Int> = []
        var added: [Int: [String]] = [:]
        for (place, record) in records {
            let cell = cells[place]
            removed.formUnion(cell.recordedLines)
            let recorded = Set(cell.recordedLines)
            let last = cell.lines.last { !recorded.contains($0) && !lines[$0 - 1].allSatisfy(\.isWhitespace) }
            added[last ?? cell.lines.lowerBound] = record.map(\.text)
        }
        var result: [String] = []
        for number in 1...max(1, lines.count) {
            if !removed.contains(number) { result.append(lines[number - 1]) }
            result += added[number] ?? []
        }
        return result.joined(separator: newline)
    }
}

/// A line of a file that records something about the cell above it.
enum RecordedLine: Equatable {
    /// A line of output.
    case output(String)
    /// The cell's mark: what the outputs were computed from.
    case mark(CellMark)

    /// The line as it stands in the file.
    var text: String {
        switch self {
        case .output(let line): line.isEmpty ? "#>" : "#> " + line
        case .mark(let mark): mark.text
        }
    }
}

/// The last recorded line of a cell, `#>@ 3f9a2c8d01bb SkylakeX 3.1 s`: the key of what its outputs were computed from, the kernel that
/// computed them, and the time that it took. It tells whether a recorded result is still true.
public struct CellMark: Equatable, Sendable {
    /// The cell's key: equal keys mean equal results.
    public let key: String
    /// The arithmetic kernel, under which results are equal bit for bit.
    public let kernel: String
    /// How long the cell ran, in seconds.
    public let seconds: Double

    static let prefix = "#>@"

    /// Creates a mark.
    init(key: String, kernel: String, seconds: Double) { (self.key, self.kernel, self.seconds) = (key, kernel, seconds) }

    /// Reads a mark from a line of a file; nil where the line is none.
    init?(_ line: String) {
        guard line.hasPrefix(Self.prefix) else { return nil }
        let parts = line.dropFirst(Self.prefix.count).split(separator: " ")
        guard parts.count == 4, parts[3] == "s", let seconds = Double(parts[2]) else { return nil }
        self.init(key: String(parts[0]), kernel: String(parts[1]), seconds: seconds)
    }

    var text: String { "\(Self.prefix) \(key) \(kernel) \(Self.time(seconds)) s" }

    /// Returns seconds as a record writes them: two digits, so that a repeated run seldom changes the line.
    static func time(_ seconds: Double) -> String {
        if seconds < 0.1 { return "0.0" }
        if seconds < 10 { return "\((seconds * 10).rounded() / 10)" }
        let unit = seconds < 100 ? 1.0 : 10.0
        return "\(Int((seconds / unit).rounded() * unit))"
    }
}

extension NotebookFile {
    /// Returns the recorded output lines of a cell, without their marks.
    func recordedOutput(of cell: Int) -> [String] {
        cells[cell].recordedLines.map { lines[$0 - 1] }.filter { !$0.hasPrefix(CellMark.prefix) }.map { line in
            let text = line.dropFirst(2)
            return String(text.first == " " ? text.dropFirst() : text)
        }
    }

    /// Returns the recorded mark of a cell, or nil where it has none.
    public func mark(of cell: Int) -> CellMark? { cells[cell].recordedLines.lazy.compactMap { CellMark(lines[$0 - 1]) }.last }

    /// Returns what is recorded of a cell, as outputs: its texts, and its pictures where their files are there.
    public func recordedOutputs(of cell: Int) -> [CellOutput] {
        recordedOutput(of: cell).map { line in
            guard let (alt, name) = recordedPicture(line), let png = try? ReadableFile.contents("\(folder)\(pictureFolder)/\(name)") else {
                return .text(line + "\n")
            }
            return .picture(png: png, alt: alt)
        }
    }

    /// Returns the words and the file's name of a recorded line that stands for a picture; nil for other lines.
    func recordedPicture(_ line: String) -> (alt: String, name: String)? {
        guard line.hasPrefix("!["), line.hasSuffix(")"), let middle = line.firstRange(of: "](\(pictureFolder)/") else { return nil }
        let (alt, name) = (line[line.index(line.startIndex, offsetBy: 2)..<middle.lowerBound], line[middle.upperBound...].dropLast())
        return name.contains("/") || name.isEmpty ? nil : (String(alt), String(name))
    }

    /// Whether the file has cells: a `# %%` line that is no part of a string.
    public var hasCells: Bool { cells.contains { lines[$0.lines.lowerBound - 1].hasPrefix("# %%") } }

    /// Returns the lines of a cell as they stand in the file, without what is recorded and without blank lines at their end.
    public func part(_ cell: Int) -> String {
        let recorded = Set(cells[cell].recordedLines)
        var kept = cells[cell].lines.filter { !recorded.contains($0) }.map { lines[$0 - 1] }
        while let last = kept.last, last.allSatisfy(\.isWhitespace) { kept.removeLast() }
        return kept.joined(separator: "\n")
    }

    /// Returns the text with other code in some cells; prose, titles and records stay.
    func text(replacingCode code: [Int: String]) -> String {
        var replaced: [Int: String?] = [:]
        for (place, text) in code {
            for (index, number) in cells[place].codeLines.enumerated() { replaced.updateValue(index == 0 ? text : nil, forKey: number) }
        }
        let result = lines.indices.compactMap { index -> String? in
            if let replacement = replaced[index + 1] { return replacement }
            return lines[index]
        }
        return result.joined(separator: newline)
    }

    /// Whether anything is recorded in the file.
    public var isRecorded: Bool { cells.contains { !$0.recordedLines.isEmpty } }
}
