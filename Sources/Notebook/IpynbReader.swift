import Files
import Language

/// Turns the contents of an `.ipynb` file into the text of a `.bas` file.
struct IpynbReader {
    private let folder: String
    private var pictures = IpynbPictures()
    private var warnings: [String] = []
    private var groups: [Group] = []
    /// The most warnings that are told one by one.
    private static let mostWarnings = 20

    /// A cell of the `.bas` file to be, with the layout that it had.
    private struct Group {
        var group = IpynbGroup()
        var lines: [String]?
        /// The number of blank lines behind it.
        var blank = 1
        var outputs = ""
    }

    /// Creates a reader. `folder` is the name of the folder beside the `.bas` file in which the pictures will lie.
    init(_ folder: String) { self.folder = folder }

    /// Returns whether a cell of an `.ipynb` file belongs to the same cell of a `.bas` file as the parts before it, where its metadata say
    /// nothing: code below one Markdown cell.
    static func joins(_ isCode: Bool, _ parts: [IpynbGroup.Part]) -> Bool { isCode && parts.count == 1 && !parts[0].isCode }

    /// Returns the `.bas` file with its pictures.
    func imported(_ file: IpynbFile) -> Ipynb.Imported {
        var reader = self
        reader.warnings = file.warnings
        if file.language == nil, file.cells.contains(where: { $0.kind == .code }) {
            reader.warnings.append("it does not say the language of its code, which is taken for bas")
        }
        for (place, cell) in file.cells.enumerated() { reader.take(cell, place, file.language ?? Ipynb.key) }
        return Ipynb.Imported(text: reader.text(file.bas), pictures: reader.pictures.files, warnings: reader.fewWarnings)
    }

    private var fewWarnings: [String] {
        var seen: Set<String> = []
        let different = warnings.filter { seen.insert($0).inserted }
        guard different.count > Self.mostWarnings else { return different }
        return different.prefix(Self.mostWarnings - 1) + ["\(different.count - Self.mostWarnings + 1) more of such warnings"]
    }

    // MARK: cells

    private mutating func take(_ cell: IpynbFile.Cell, _ place: Int, _ language: String) {
        let code = IpynbText.source(cell.source)
        // A cell that nobody has filled, as at the end of most notebooks.
        if code.isEmpty, cell.outputs.isEmpty, cell.bas.isEmpty { return }
        let isCode = cell.kind == .code
        let foreign = isCode ? reason(code, cell.language ?? language, isMeant: cell.bas["code"]?.boolValue == true) : nil
        if let reason = foreign?.reason { warnings.append("cell \(place + 1): \(reason); it is kept as text") }
        var part = IpynbGroup.Part(isCode: isCode && foreign == nil, source: "")
        var bundles = IpynbBundles()
        bundles.take(cell.outputs, &pictures)
        warnings += bundles.warnings.map { "cell \(place + 1): \($0)" }
        switch cell.kind {
        case .markdown: part.source = markdown(cell, place)
        case .raw: part.source = fenced(code, "")
        case .code:
            if let foreign {
                part.source = ([fenced(code, foreign.language)] + quoted(bundles.records)).joined(separator: "\n\n")
            } else {
                part.source = withoutRecords(code).joined(separator: "\n")
            }
        }
        let continues = cell.bas["continues"]?.boolValue ?? Self.joins(isCode, groups.last?.group.parts ?? [])
        if groups.isEmpty || !continues { groups.append(Group()) }
        let last = groups.count - 1
        groups[last].group.parts.append(part)
        if groups[last].group.parts.count == 1 {
            groups[last].lines = cell.bas["lines"]?.arrayValue?.compactMap(\.stringValue)
            groups[last].blank = min(max(cell.bas["blank"]?.intValue ?? 1, 0), 1000)
        }
        guard part.isCode else { return }
        groups[last].group.records += bundles.records
        if let mark = cell.bas["mark"]?.stringValue, !mark.contains(where: \.isNewline), CellMark("\(CellMark.prefix) \(mark)") != nil {
            groups[last].group.mark = mark.trimmingBlanks
            groups[last].outputs = cell.bas["outputs"]?.stringValue ?? ""
        }
    }

    /// Returns why code cannot stand as code of bas, and its language; nil where it can.
    private func reason(_ code: [String], _ language: String, isMeant: Bool) -> (language: String, reason: String)? {
        let name = String(language.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || "+#-_".contains($0)) }.prefix(30))
        if name != Ipynb.key { return (name, "its code is \(name.isEmpty ? "of another language" : name), not bas") }
        return isMeant ? nil : Self.obstacle(code).map { (name, $0) }
    }

    /// Returns why code of a cell that somebody typed into a notebook cannot stand in a `.bas` file; nil where it can.
    static func obstacle(_ code: [String]) -> String? {
        if let first = code.first?.trimmingBlanks.first, "?%!".contains(first) { return "it is a command to Jupyter, not code of bas" }
        // An open string would take in the cells below.
        let probe = code + ["# %% probe", "\"\"\"", "\"\"\""]
        let isClosed = cells(of: probe.joined(separator: "\n")).contains { $0.lines.lowerBound == code.count + 1 && $0.title == "probe" }
        return code.isEmpty || isClosed ? nil : "a string in it has no end"
    }

    /// Returns code in which no line counts as recorded output.
    private func withoutRecords(_ code: [String]) -> [String] {
        var code = code
        for cell in cells(of: "\n" + code.joined(separator: "\n")) {
            for number in cell.recordedLines { code[number - 2] = "# " + code[number - 2].dropFirst() }
        }
        return code
    }

    // MARK: Markdown

    /// Returns the Markdown of a cell whose attached pictures have names of the notebook's folder.
    private mutating func markdown(_ cell: IpynbFile.Cell, _ place: Int) -> String {
        var lines = IpynbText.source(cell.source)
        for (name, bundle) in cell.attachments.members {
            let data = ["image/png", "image/jpeg"].lazy.compactMap { IpynbFile.text(bundle[$0]) }.first
            guard let bytes = data.flatMap(Base64.bytes), let own = pictures.add(bytes, wish: name) else {
                warnings.append("cell \(place + 1): the attached \"\(name)\" is no picture that can be read; it is left out")
                continue
            }
            lines = lines.map { $0.replacing("](attachment:\(name)", with: "](attachment:\(own)") }
        }
        return lines.joined(separator: "\n")
    }

    /// Returns lines as a block of code in Markdown.
    private func fenced(_ lines: [String], _ language: String) -> String {
        let longest = lines.map { line in line.split { $0 != "`" }.map(\.count).max() ?? 0 }.max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return ([fence + language] + lines + [fence]).joined(separator: "\n")
    }

    /// Returns what a cell of another language showed, as Markdown: a run of the notebook would remove it from the record, since the cell has
    /// no code of bas.
    private func quoted(_ records: [IpynbGroup.Record]) -> [String] {
        var (result, lines) = ([String](), [String]())
        func end() {
            if lines.contains(where: { !$0.isEmpty }) { result.append(fenced(lines, "")) }
            lines = []
        }
        for record in records {
            switch record {
            case .text(let line): lines.append(line)
            case .picture(let alt, let name):
                end()
                result.append("![\(alt)](attachment:\(name))")
            }
        }
        end()
        return result
    }

    // MARK: the file

    private func text(_ bas: JSONObject) -> String {
        let layout = IpynbLayout(folder: folder, isPicture: pictures.contains)
        let old = bas["pictures"]?.stringValue ?? folder
        let oldLayout = IpynbLayout(folder: old, isPicture: pictures.contains)
        var lines: [String] = []
        if let first = bas["first"]?.stringValue, first.hasPrefix("#!"), !first.contains(where: \.isNewline) { lines.append(first) }
        if groups.isEmpty { lines += bas["lines"]?.arrayValue.flatMap(Self.blankLines) ?? [""] }
        for (place, item) in groups.enumerated() {
            var group = item.group
            // Outputs that are not those of the mark have come about otherwise.
            if item.outputs != group.recordDigest { group.mark = nil }
            if let kept = item.lines, !kept.contains(where: { $0.utf8.contains(0x0A) }),
                oldLayout.group(of: kept, isFirst: place == 0) == group, Self.isOneCell(kept)
            {
                lines += layout.moved(kept, from: old)
            } else {
                lines += layout.lines(of: group, isFirst: place == 0) + [String](repeating: "", count: item.blank)
            }
        }
        return lines.joined(separator: bas["newline"]?.stringValue == "\r\n" ? "\r\n" : "\n")
    }

    private static func isOneCell(_ lines: [String]) -> Bool { IpynbLayout.starts(of: lines.map(IpynbText.withoutReturn)).count <= 1 }

    /// Returns lines of a file without cells; nil where they have any.
    private static func blankLines(_ items: [JSON]) -> [String]? {
        let lines = items.compactMap(\.stringValue)
        let isBlank = !lines.contains { $0.utf8.contains(0x0A) } && IpynbLayout.starts(of: lines.map(IpynbText.withoutReturn)).isEmpty
        return isBlank && lines.count == items.count ? lines : nil
    }
}
