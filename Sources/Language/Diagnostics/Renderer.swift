extension Diagnostic {
    /// "script.bas:3:14: error[E0203]: phase1 has no parameter "stps"", then the excerpt with carets, in
    /// ASCII: what editors and build logs read; with colour where a person asks for it.
    public func plain(color: Bool = false) -> String {
        var style = RenderStyle.plain
        style.color = color
        return DiagnosticRenderer(style: style).render(self)
    }

    /// With box characters, and with colour where the screen takes it; words within `width` columns.
    public func fancy(color: Bool = false, width: Int = .max) -> String {
        DiagnosticRenderer(style: color ? .colored : .boxed, width: max(width, 40)).render(self)
    }

    var heading: String { "\(severity.rawValue)[\(code.rawValue)]" }
}

/// What the two textual renderers differ in.
struct RenderStyle: Sendable {
    var bar: String
    var corner: String
    var primary: Character
    var secondary: Character
    /// The location stands before the heading, on the same line.
    var locationFirst: Bool
    var color: Bool

    static let plain = RenderStyle(
        bar: "|", corner: "", primary: "^", secondary: "-", locationFirst: true, color: false)
    static let boxed = RenderStyle(
        bar: "│", corner: "┌─", primary: "^", secondary: "─", locationFirst: false, color: false)
    static let colored = RenderStyle(
        bar: "│", corner: "┌─", primary: "^", secondary: "─", locationFirst: false, color: true)
}

struct DiagnosticRenderer {
    let style: RenderStyle
    var width = Int.max

    func render(_ diagnostic: Diagnostic) -> String {
        var lines = [heading(diagnostic)]
        if let file = diagnostic.span?.file { lines += excerpt(diagnostic, in: file) }
        for file in otherFiles(diagnostic) { lines += excerpt(diagnostic, in: file, named: true) }
        lines += diagnostic.notes.map { wrapped("  = " + escapedLines($0)) }
        if let help = diagnostic.help {
            // Wrapped as it is seen, then painted.
            let text = wrapped("  = help: " + escapedLines(help))
            lines.append("  = " + paint("help: ", .help) + text.dropFirst("  = help: ".count))
        }
        lines += trace(diagnostic)
        return lines.joined(separator: "\n")
    }

    // MARK: parts

    private func heading(_ diagnostic: Diagnostic) -> String {
        let tone = tone(diagnostic)
        let message = escapedLines(diagnostic.message)
        guard style.locationFirst else {
            let text = wrapped(diagnostic.heading + ": " + message, hanging: 2)
            return paint(diagnostic.heading, tone) + paint(String(text.dropFirst(diagnostic.heading.count)), .strong)
        }
        let location = diagnostic.span.map { escapedControls($0.location) + ": " } ?? ""
        return location + paint(diagnostic.heading, tone) + paint(": " + message, .strong)
    }

    private func excerpt(_ diagnostic: Diagnostic, in file: SourceFile, named: Bool = false) -> [String] {
        let lines = ExcerptLine.lines(of: diagnostic, in: file)
        // A single line is found by the heading; several are told apart by their numbers.
        let numbered = style.locationFirst || lines.count > 1
        let gutter = numbered ? lines.map { String($0.number).count }.max() ?? 1 : 1
        let blank = String(repeating: " ", count: gutter)
        var result: [String] = []
        if !style.locationFirst, let span = diagnostic.span, span.file === file {
            result.append("\(blank) " + paint("\(style.corner) \(escapedControls(span.location))", .frame))
        } else if named {
            result.append("\(blank) " + paint("\(style.corner)  in \(escapedControls(file.name))", .frame))
        } else {
            result.append("\(blank) \(style.bar)")
        }
        var previous: Int?
        for line in lines {
            if let previous, line.number > previous + 1 {
                result.append("\(blank) " + paint("…", .frame, "..."))
            }
            previous = line.number
            let number = String(line.number)
            let head = numbered ? String(repeating: " ", count: gutter - number.count) + number : blank
            result.append(row(head, line.text))
            for (place, text) in line.rows(primary: style.primary, secondary: style.secondary).enumerated() {
                result.append(
                    row(
                        blank,
                        paint(text, place == 0 && line.marks.contains(where: \.primary) ? tone(diagnostic) : .mark)))
            }
        }
        return result
    }

    private func row(_ head: String, _ text: String) -> String {
        trimmed("\(head) \(paint(style.bar, .frame)) \(text)", leading: false)
    }

    /// Files of further labels.
    private func otherFiles(_ diagnostic: Diagnostic) -> [SourceFile] {
        var files: [SourceFile] = []
        for label in diagnostic.labels
        where label.span.file !== diagnostic.span?.file && !files.contains(where: { $0 === label.span.file }) {
            files.append(label.span.file)
        }
        return files
    }

    /// The user's calls that led here, innermost first; a long recursion keeps its ends.
    private func trace(_ diagnostic: Diagnostic) -> [String] {
        let entries = diagnostic.trace
        let lines = entries.map {
            "  in \(escapedControls($0.function)), called at \(escapedControls($0.span.location))"
        }
        guard lines.count > 8 else { return lines }
        return lines.prefix(3) + ["  … \(lines.count - 6) more calls"] + lines.suffix(3)
    }

    // MARK: colour

    /// Readable on light and dark: yellow and cyan vanish on white.
    private enum Tone: String {
        case error = "1;31"
        case warning = "1;35"
        case strong = "1"
        case frame = "34"
        case mark = "35"
        case help = "32"
    }

    private func tone(_ diagnostic: Diagnostic) -> Tone { diagnostic.severity == .error ? .error : .warning }

    private func paint(_ text: String, _ tone: Tone, _ ascii: String? = nil) -> String {
        if style.locationFirst, let ascii { return ascii }
        return style.color && !text.isEmpty ? "\u{1b}[\(tone.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// Lines that are too long go on below, indented.
    private func wrapped(_ text: String, hanging: Int = 4) -> String {
        guard width < .max else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { TextWrapping.lines(String($0), width: width, hanging: hanging) }.joined(separator: "\n")
    }

    /// Messages may carry user's text: no escape sequences, and further lines indented.
    private func escapedLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { escapedControls(String($0)) }
            .joined(separator: "\n    ")
    }
}
