import Language
import Notebook

/// A notebook as Markdown: its prose as it stands, code and outputs between fences, and pictures by their names beside the file.
///
/// Titles, outputs and the words of pictures are written so that they are text and nothing else. The prose is the notebook's own Markdown:
/// who shows it decides about HTML in it.
public struct NotebookMarkdown {
    /// The notebook's cells.
    private let cells: [PageCell]
    private let file: NotebookFile
    private let version: String
    private let showsRecordsAsText: Bool

    /// Prepares a page; `states` says of each cell whether its record is true. `showsRecordsAsText` as for `PageCell.Look`.
    public init(_ file: NotebookFile, states: [RecordState], version: String, showsRecordsAsText: Bool = false) {
        (self.file, self.version, self.showsRecordsAsText) = (file, version, showsRecordsAsText)
        cells = PageCell.all(of: file, states: states, outputs: [:])
    }

    /// Returns the whole text.
    public func text() -> String {
        var blocks: [String] = []
        for cell in cells {
            let title = file.cells[cell.place].title
            if !title.isEmpty { blocks.append((cell.place == 0 ? "# " : "## ") + Self.title(printable(title))) }
            for piece in cell.pieces {
                switch piece {
                case .prose(let text): blocks.append(printable(text))
                case .code(let text): blocks.append(Self.fenced(printable(text), language: "bas"))
                }
            }
            blocks += outputs(cell)
            if cell.state.isWarning { blocks.append("*\(cell.state.words)*") }
        }
        let footer = PageFooter(file: file, cells: cells, version: version)
        blocks.append("---")
        blocks.append("\(Self.escaped(file.name)), \(version). \(footer.summary)")
        return blocks.joined(separator: "\n\n") + "\n"
    }

    /// The names of the pictures that the text shows, below the notebook's folder: recorded ones and those of the prose.
    public var pictures: [String] {
        var names: [String] = []
        for cell in cells {
            for case .prose(let text) in cell.pieces {
                _ = CellHTML.prose(text) { name in
                    names.append(name)
                    return nil
                }
            }
            names += cell.recordedLines.compactMap { recordedPicture($0)?.name }
        }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    private func recordedPicture(_ line: String) -> (alt: String, name: String)? {
        showsRecordsAsText ? nil : OutputPart.recordedPicture(line, file.pictureFolder)
    }

    private func outputs(_ cell: PageCell) -> [String] {
        var blocks: [String] = []
        var lines: [String] = []
        for line in cell.recordedLines.map(printable) {
            guard let (alt, name) = recordedPicture(line) else {
                lines.append(line)
                continue
            }
            if !lines.isEmpty { blocks.append(Self.fenced(lines.joined(separator: "\n"), language: "text")) }
            lines = []
            blocks.append("![\(Self.escaped(alt))](<\(Self.address(name))>)")
        }
        if !lines.isEmpty { blocks.append(Self.fenced(lines.joined(separator: "\n"), language: "text")) }
        return blocks
    }

    /// Returns a text between fences that are longer than any run of backquotes in it.
    static func fenced(_ text: String, language: String) -> String {
        var (longest, run) = (2, 0)
        for character in text {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(fence)\(language)\n\(text)\n\(fence)"
    }

    /// Returns words with every mark of Markdown and HTML escaped, on one line.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if character.isNewline {
                result += " "
            } else if "\\`*_{}[]<>#|~$&!".contains(character) {
                result += "\\\(character)"
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// Returns a title: code between backquotes and emphasis stay, all else is escaped.
    private static func title(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        guard parts.count % 2 == 1, !text.contains("``") else { return escaped(text) }
        return parts.enumerated().map { place, part in
            place % 2 == 1
                ? String(part)
                : part.split(separator: "*", omittingEmptySubsequences: false).map { escaped(String($0)) }.joined(separator: "*")
        }.joined(separator: "`")
    }

    /// Returns the name of a picture's file between angle brackets.
    private static func address(_ name: String) -> String {
        name.replacing("%", with: "%25").replacing("<", with: "%3C").replacing(">", with: "%3E")
    }
}
