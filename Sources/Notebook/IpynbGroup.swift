import Language

/// One cell of a `.bas` file in the form in which an `.ipynb` file has it: a run of Markdown and code cells, the first of which may begin with
/// the title as a heading, and what is recorded of all of them.
struct IpynbGroup: Equatable {
    /// A cell of the `.ipynb` file. In Markdown, pictures of the notebook's folder are named `attachment:NAME`.
    struct Part: Equatable {
        var isCode: Bool
        var source: String
    }

    /// What is recorded: lines of text, and pictures by their names in the notebook's folder.
    enum Record: Equatable {
        case text(String)
        case picture(alt: String, name: String)
    }

    var parts: [Part] = []
    var records: [Record] = []
    /// The cell's mark without its sign: "3f9a2c8d01bb SkylakeX 3.1 s".
    var mark: String?
}

/// Turns lines of a `.bas` file into groups and back. A group's lines follow from it in one canonical layout; lines in another layout mean the
/// same group, and an `.ipynb` file keeps them beside it.
struct IpynbLayout {
    /// The name of the folder in which the notebook's pictures lie.
    let folder: String
    /// Whether a picture with this name is there; lines that name others are text.
    let isPicture: (String) -> Bool

    // MARK: lines to groups

    private enum Kind { case title, prose, code, recorded }

    /// Returns the places of the lines at which cells of a whole file begin. The first cell begins at the first line.
    static func starts(of lines: [String]) -> [Int] {
        // The line before makes sure that no line counts as the `#!` line of a script.
        let starts = cells(of: "\n" + lines.joined(separator: "\n")).map { max(0, $0.lines.lowerBound - 2) }
        return starts.isEmpty ? [] : [0] + starts.dropFirst()
    }

    private static func kinds(of lines: [String]) -> [Kind] {
        var kinds = lines.map { $0.hasPrefix("# %%") ? Kind.title : .code }
        for cell in cells(of: "\n" + lines.joined(separator: "\n")) {
            for number in cell.lines where number > 1 { kinds[number - 2] = .prose }
            for number in cell.codeLines where number > 1 { kinds[number - 2] = .code }
            for number in cell.recordedLines where number > 1 { kinds[number - 2] = .recorded }
            let first = cell.lines.lowerBound
            if first > 1, kinds[first - 2] == .prose, lines[first - 2].hasPrefix("# %%") { kinds[first - 2] = .title }
        }
        return kinds
    }

    /// Returns the group of one cell's lines. `isFirst`: the cell is the file's first, whose title is the highest heading.
    func group(of lines: [String], isFirst: Bool) -> IpynbGroup {
        let lines = lines.map(IpynbText.withoutReturn)
        var group = IpynbGroup()
        var (prose, code) = ([String](), [String]())
        func end(_ part: inout [String], isCode: Bool) {
            let source = IpynbText.trimmed(part)
            if !source.isEmpty { group.parts.append(.init(isCode: isCode, source: source.joined(separator: "\n"))) }
            part = []
        }
        for (line, kind) in zip(lines, Self.kinds(of: lines)) {
            switch kind {
            case .title:
                let title = line.dropFirst(4).trimmingBlanks
                if !title.isEmpty { prose += ["\(isFirst ? "#" : "##") \(title)", ""] }
            case .prose:
                end(&code, isCode: true)
                prose.append(withAttachments(Self.unmarked(line)))
            case .code:
                if IpynbText.isBlank(line), code.isEmpty { continue }
                end(&prose, isCode: false)
                code.append(line)
            case .recorded:
                if line.hasPrefix(CellMark.prefix) {
                    group.mark = CellMark(line) == nil ? group.mark : line.dropFirst(CellMark.prefix.count).trimmingBlanks
                } else {
                    group.records.append(record(Self.unmarked(line)))
                }
            }
        }
        end(&code, isCode: true)
        end(&prose, isCode: false)
        // What is recorded needs a code cell to stand under.
        if !group.records.isEmpty || group.mark != nil, !group.parts.contains(where: \.isCode) {
            group.parts.append(.init(isCode: true, source: ""))
        }
        if group.parts.isEmpty { group.parts.append(.init(isCode: false, source: "")) }
        return group
    }

    private func record(_ line: String) -> IpynbGroup.Record {
        let line = IpynbText.clean(line)
        if line.hasPrefix("!["), line.hasSuffix(")"), let middle = line.firstRange(of: "](\(folder)/") {
            let name = String(line[middle.upperBound...].dropLast())
            let alt = String(line[line.index(line.startIndex, offsetBy: 2)..<middle.lowerBound])
            if isPicture(name), CellOutput.caption(alt) == alt { return .picture(alt: alt, name: name) }
        }
        return .text(line)
    }

    private func withAttachments(_ line: String) -> String { renamed(line, from: "](\(folder)/", to: "](attachment:") }

    /// Returns a line with the names of pictures after another beginning: "](folder/" or "](attachment:".
    private func renamed(_ line: String, from old: String, to new: String) -> String {
        guard line.contains(old) else { return line }
        var (result, rest) = ("", line[...])
        while let range = rest.firstRange(of: old) {
            let name = rest[range.upperBound...].prefix { $0 != ")" && $0 != " " }
            result += rest[..<range.lowerBound] + (isPicture(String(name)) ? new : old)
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    private static func unmarked(_ line: String) -> String {
        let text = line.dropFirst(2)
        return String(text.first == " " ? text.dropFirst() : text)
    }

    // MARK: groups to lines

    /// Returns a group's lines in the canonical layout, without blank lines behind them.
    func lines(of group: IpynbGroup, isFirst: Bool) -> [String] {
        var lines: [String] = []
        var wasProse = false
        for (place, part) in group.parts.enumerated() {
            var source = part.source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            if place == 0 {
                if !part.isCode, let title = source.first.flatMap(Self.heading) {
                    lines.append("# %% " + title)
                    source = IpynbText.trimmed(Array(source.dropFirst()))
                    if source.isEmpty { continue }
                } else if !isFirst {
                    lines.append("# %%")
                }
            }
            if part.isCode {
                lines += part.source.isEmpty ? [] : source
            } else {
                lines += (wasProse ? ["#|"] : []) + source.map { renamed($0, from: "](attachment:", to: "](\(folder)/") }.map(Self.prose)
            }
            wasProse = !part.isCode
        }
        return lines + recordedLines(group)
    }

    private static func prose(_ line: String) -> String { line.isEmpty ? "#|" : "#| " + line }

    private func recordedLines(_ group: IpynbGroup) -> [String] {
        group.records.map { record in
            switch record {
            case .text(let line): RecordedLine.output(line).text
            case .picture(let alt, let name): RecordedLine.output("![\(alt)](\(folder)/\(name))").text
            }
        } + (group.mark.map { ["\(CellMark.prefix) \($0)"] } ?? [])
    }

    /// Returns lines of another layout with the names of pictures in this folder instead of the one that they had.
    func moved(_ lines: [String], from old: String) -> [String] {
        old == folder ? lines : lines.map { renamed($0, from: "](\(old)/", to: "](\(folder)/") }
    }

    /// Returns the words of a Markdown heading, nil for other lines.
    static func heading(_ line: String) -> String? {
        let level = line.prefix { $0 == "#" }.count
        guard (1...6).contains(level), let next = line.dropFirst(level).first, next == " " || next == "\t" else { return nil }
        let title = line.dropFirst(level).trimmingBlanks
        return title.isEmpty ? nil : title
    }
}

extension StringProtocol {
    /// The text without spaces and tabs at both ends.
    var trimmingBlanks: String {
        var part = self[...]
        while part.first == " " || part.first == "\t" { part = part.dropFirst() }
        while part.last == " " || part.last == "\t" { part = part.dropLast() }
        return String(part)
    }
}
