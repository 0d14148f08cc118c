import Language
import Notebook

/// A cell of a notebook as a page shows it.
public struct PageCell {
    /// A piece of a cell, in the order of the file.
    public enum Piece: Equatable, Sendable {
        /// Markdown.
        case prose(String)
        /// Code.
        case code(String)
    }

    /// How pages show cells.
    public struct Look {
        /// The names of the builtin table, which are coloured.
        public var builtins: Set<String>
        /// The addresses of pictures.
        public var picture: CellHTML.PictureLink
        /// What is known of recorded pictures.
        public var facts: (_ name: String) -> PictureFacts?
        /// Whether code is unfolded at first.
        public var opensCode: Bool
        /// Whether what the file records is shown as text and nothing else, as that of a file that is not trusted.
        public var showsRecordsAsText: Bool

        /// Creates a look.
        public init(
            builtins: Set<String>, opensCode: Bool = true, showsRecordsAsText: Bool = false, picture: @escaping CellHTML.PictureLink,
            facts: @escaping (_ name: String) -> PictureFacts? = { _ in nil }
        ) {
            (self.builtins, self.opensCode, self.showsRecordsAsText) = (builtins, opensCode, showsRecordsAsText)
            (self.picture, self.facts) = (picture, facts)
        }
    }

    /// The notebook.
    public let file: NotebookFile
    /// The cell's place in the notebook.
    public let place: Int
    /// The outputs in memory; nil for those that the file records.
    public var outputs: [CellOutput]?
    /// Whether its record is still true.
    public var state: RecordState

    /// The cell's own lines of the file.
    private let lines: [String]

    /// Creates a cell; `outputs` are those of a run, nil for what the file records.
    public init(_ file: NotebookFile, _ place: Int, state: RecordState, outputs: [CellOutput]? = nil) {
        self.init(file, place, state, outputs, Self.lines(of: file)[...])
    }

    private init(_ file: NotebookFile, _ place: Int, _ state: RecordState, _ outputs: [CellOutput]?, _ text: ArraySlice<String>) {
        (self.file, self.place, self.state, self.outputs) = (file, place, state, outputs)
        let range = file.cells[place].lines
        lines = Array(text.dropFirst(range.lowerBound - 1).prefix(range.count))
    }

    /// Returns all cells of a notebook.
    static func all(of file: NotebookFile, states: [RecordState], outputs: [Int: [CellOutput]]) -> [PageCell] {
        let lines = lines(of: file)[...]
        return file.cells.indices.map { place in
            PageCell(file, place, states.indices.contains(place) ? states[place] : .unknown, outputs[place], lines)
        }
    }

    private static func lines(of file: NotebookFile) -> [String] {
        file.text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0.hasSuffix("\r") ? $0.dropLast() : $0) }
    }

    /// Returns a line without the two characters of its mark and a blank behind them.
    private static func unmarked(_ line: String) -> String {
        let text = line.dropFirst(2)
        return String(text.first == " " ? text.dropFirst() : text)
    }

    /// The name of the cell's element on the page, for links to it.
    public var identifier: String { "cell-\(place + 1)" }

    /// The prose and code in the order of the file: prose may stand before and behind code.
    public var pieces: [Piece] {
        let cell = file.cells[place]
        let (code, recorded) = (Set(cell.codeLines), Set(cell.recordedLines))
        var pieces: [(isCode: Bool, lines: [String])] = []
        for (number, line) in zip(cell.lines, lines) where !recorded.contains(number) {
            let isCode = code.contains(number)
            guard isCode || line.hasPrefix("#|") else { continue }
            let text = isCode ? line : Self.unmarked(line)
            if let last = pieces.indices.last, pieces[last].isCode == isCode {
                pieces[last].lines.append(text)
            } else {
                pieces.append((isCode, [text]))
            }
        }
        return pieces.compactMap { piece in
            var lines = piece.lines[...]
            while lines.first?.allSatisfy(\.isWhitespace) == true { lines = lines.dropFirst() }
            while lines.last?.allSatisfy(\.isWhitespace) == true { lines = lines.dropLast() }
            guard !lines.isEmpty else { return nil }
            let text = lines.joined(separator: "\n")
            return piece.isCode ? .code(text) : .prose(text)
        }
    }

    /// The lines of recorded output, without marks.
    public var recordedLines: [String] {
        let cell = file.cells[place]
        let recorded = Set(cell.recordedLines)
        return zip(cell.lines, lines).filter { recorded.contains($0) && !$1.hasPrefix("#>@") }.map { Self.unmarked($1) }
    }

    /// Returns the cell as HTML: title, prose, code, outputs, and a note where the record is not known to be true. `headingLevel` is that of
    /// its title.
    public func html(_ look: Look, headingLevel: Int = 2) -> String {
        var result = "<section class=\"cell\" id=\"\(identifier)\">\n"
        let title = file.cells[place].title
        if !title.isEmpty { result += "<h\(headingLevel)>\(CellHTML.title(title))</h\(headingLevel)>\n" }
        for piece in pieces {
            switch piece {
            case .prose(let text): result += CellHTML.prose(text, builtins: look.builtins, picture: look.picture)
            case .code(let text): result += CellHTML.code(text, builtins: look.builtins, isOpen: look.opensCode)
            }
        }
        if let outputs {
            result += CellHTML.outputs(outputs)
        } else if look.showsRecordsAsText {
            result += CellHTML.plainOutputs(recordedLines)
        } else {
            result += CellHTML.outputs(recordedLines, pictureFolder: file.pictureFolder, picture: look.picture, facts: look.facts)
        }
        if state.isWarning {
            result += "<p class=\"state \(state.rawValue)\">\(escapedHTML(state.words))</p>\n"
        }
        return result + "</section>\n"
    }
}
