import Figures
import Images
import Language
import Notebook

/// A piece of a cell's output as a page shows it.
enum OutputPart: Equatable {
    /// Lines of text.
    case text([String])
    /// A table that was printed as text.
    case table(PrintedTable)
    /// An error or a warning.
    case problem([String], isError: Bool)
    /// A picture; `link` is nil where it is not there.
    case picture(OutputPicture)

    /// Returns the pieces of recorded lines. `pictureFolder` is the name of the folder that recorded pictures lie in.
    static func parts(
        of lines: [String], pictureFolder: String, picture: CellHTML.PictureLink, facts: (_ name: String) -> PictureFacts? = { _ in nil }
    ) -> [OutputPart] {
        var result: [OutputPart] = []
        var text: [String] = []
        var rest = lines[...]

        func flush() {
            result += parts(ofText: text)
            text = []
        }
        while let line = rest.popFirst() {
            if let (alt, name) = recordedPicture(line, pictureFolder) {
                let caption = takeCaption(&text, alt)
                flush()
                result.append(.picture(OutputPicture(link: picture(name), alt: alt, caption: caption, facts: facts(name))))
            } else if let isError = DiagnosticText.begins(line) {
                flush()
                var diagnostic = [line]
                while let next = rest.first, DiagnosticText.goesOn(next, after: diagnostic.last ?? line) {
                    diagnostic.append(next)
                    rest = rest.dropFirst()
                }
                result.append(.problem(diagnostic, isError: isError))
            } else {
                text.append(line)
            }
        }
        flush()
        return result
    }

    /// Returns the pieces of outputs in memory.
    static func parts(of outputs: [CellOutput], picture: (_ png: [UInt8]) -> String) -> [OutputPart] {
        var result: [OutputPart] = []
        var text: [String] = []
        for output in outputs {
            if case .text(let words) = output {
                text += lines(of: words)
                continue
            }
            var caption: String?
            if case .picture(_, let alt) = output { caption = takeCaption(&text, alt) }
            result += parts(ofText: text)
            text = []
            switch output {
            case .text: break
            case .problem(let words, let isError): result.append(.problem(lines(of: words), isError: isError))
            case .picture(let png, let alt):
                let facts = PictureFacts(png: png)
                let link = picture(facts?.explorable == nil ? png : Explorable.removed(from: png))
                result.append(.picture(OutputPicture(link: link, alt: alt, caption: caption, facts: facts)))
            }
        }
        return result + parts(ofText: text)
    }

    /// Takes the last line of text where it says of the picture behind it what the picture's own words say, and more.
    private static func takeCaption(_ text: inout [String], _ alt: String) -> String? {
        guard let last = text.last, !alt.isEmpty, last.hasPrefix(alt) else { return nil }
        text.removeLast()
        return last
    }

    private static func lines(of text: String) -> [String] {
        var lines = printable(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// Returns lines with the tables among them.
    private static func parts(ofText lines: [String]) -> [OutputPart] {
        var result: [OutputPart] = []
        var text: [String] = []
        var place = 0
        while place < lines.count {
            guard let (table, count) = PrintedTable.read(lines[place...]) else {
                text.append(lines[place])
                place += 1
                continue
            }
            if !text.isEmpty { result.append(.text(text)) }
            text = []
            result.append(.table(table))
            place += count
        }
        return text.isEmpty ? result : result + [.text(text)]
    }

    /// Returns the words and the name (below the notebook's folder) of a recorded picture; nil for other lines.
    static func recordedPicture(_ line: String, _ folder: String) -> (alt: String, name: String)? {
        guard line.hasPrefix("!["), line.hasSuffix(")"), let middle = line.firstRange(of: "](\(folder)/") else { return nil }
        let alt = line[line.index(line.startIndex, offsetBy: 2)..<middle.lowerBound]
        let name = line[middle.upperBound...].dropLast()
        guard !name.isEmpty, !name.contains("/"), !name.contains("\\"), name != ".." else { return nil }
        return (String(alt), "\(folder)/\(name)")
    }
}

/// A picture among outputs.
struct OutputPicture: Equatable {
    /// Its address; nil where it is not there.
    var link: String?
    /// The words that stand for it.
    var alt: String
    /// A line below it that says more than those; nil where there is none.
    var caption: String?
    /// Its size and what it was made from; nil where that is not known.
    var facts: PictureFacts?
}

/// Tells diagnostics from other recorded lines: a record keeps their text only.
enum DiagnosticText {
    /// Returns whether the line begins an error (true) or a warning (false); nil where it begins neither.
    static func begins(_ line: String) -> Bool? {
        if line.hasPrefix("not run: "), line.hasSuffix(", which failed") { return true }
        for (word, isError) in [("error[", true), ("warning[", false), ("note[", false)] {
            guard let found = line.firstRange(of: word) else { continue }
            let code = line[found.upperBound...].prefix(7)
            guard code.count == 7, code.hasSuffix("]:"), let kind = code.first, "EW".contains(kind),
                code.dropFirst().prefix(4).allSatisfy({ $0.isASCII && $0.isNumber })
            else { continue }
            // Before it stands nothing, or a place: "name:1:22: ".
            let before = line[..<found.lowerBound]
            let numbers = before.split(separator: ":", omittingEmptySubsequences: false).suffix(3)
            if before.isEmpty || numbers.count == 3 && numbers.last == " " && numbers.dropLast().allSatisfy({ Int($0) != nil }) {
                return isError
            }
        }
        return nil
    }

    /// Returns whether the line belongs to the diagnostic of which `last` is the last line so far: an excerpt of the program, a note, or a
    /// call on the way.
    static func goesOn(_ line: String, after last: String) -> Bool {
        if line.hasPrefix("  = ") || line.hasPrefix("  in ") || line.hasPrefix("  … ") { return true }
        let isWords = begins(last) != nil || last.hasPrefix("  = ") || last.hasPrefix("    ")
        if line.hasPrefix("    "), isWords, !line.contains(" |") { return true }
        let rest = line.drop { $0 == " " || $0.isASCII && $0.isNumber }
        return line.first != "|" && (rest == "|" || rest.hasPrefix("| ") || rest == "..." && line.hasPrefix(" "))
    }
}
