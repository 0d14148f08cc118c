extension Diagnostic {
    /// Returns the diagnostic as editors and build logs read it: "script.bas:3:14: error[E0203]: phase1 has no parameter "stps"", then the
    /// excerpt with carets, drawn in ASCII. `color` adds colours for a person.
    public func plain(color: Bool = false) -> String {
        var style = RenderStyle.plain
        style.color = color
        return DiagnosticRenderer(style: style).render(self)
    }

    /// Returns the diagnostic with box characters, wrapped to `width` columns (at least 40). `color` adds colours.
    public func fancy(color: Bool = false, width: Int = .max) -> String {
        DiagnosticRenderer(style: color ? .colored : .boxed, width: max(width, 40)).render(self)
    }

    var heading: String { "\(severity.rawValue)[\(code.rawValue)]" }
}

/// The differences between the textual forms.
struct RenderStyle: Sendable {
    var bar: String
    var corner: String
    var primary: Character
    var secondary: Character
    /// Whether the location stands before the heading on the same line.
    var locationFirst: Bool
    var color: Bool

    static let plain = RenderStyle(
        bar: "|", corner: "", primary: "^", secondary: "-", locationFirst: true, color: false)
    static let boxed = RenderStyle(
        bar: "│", corner: "┌─", primary: "^", secondary: "─", locationFirst: false, color: false)
    static let colored = RenderStyle(
        bar: "│", corner: "┌─", primary: "^", secondary: "─", locationFirst: false, color: true)
}

/// Renders diagnostics as text.
struct DiagnosticRenderer {
    let style: RenderStyle
    var width = Int.max

    func render(_ diagnostic: Diagnostic) -> String {
        var lines = [heading(diagnostic)]
        if let file = diagnostic.span?.file { lines += excerpt(diagnostic, in: file) }
        for file in otherFiles(diagnostic) { lines += excerpt(diagnostic, in: file, named: true) }
        lines += diagnostic.notes.map { wrapped("  = " + escapedLines($0)) }
        if let help = diagnostic.help {
            // Wraps the text before colour is added, which takes no columns.
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
        // The heading gives the number of a single line; several lines need their own numbers.
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

    /// Returns the files of labels other than the diagnostic's own file.
    private func otherFiles(_ diagnostic: Diagnostic) -> [SourceFile] {
        var files: [SourceFile] = []
        for label in diagnostic.labels
        where label.span.file !== diagnostic.span?.file && !files.contains(where: { $0 === label.span.file }) {
            files.append(label.span.file)
        }
        return files
    }

    /// Returns the lines of the trace, innermost call first; of more than eight only three at either end.
    private func trace(_ diagnostic: Diagnostic) -> [String] {
        let entries = diagnostic.trace
        let lines = entries.map {
            "  in \(escapedControls($0.function)), called at \(escapedControls($0.span.location))"
        }
        guard lines.count > 8 else { return lines }
        return lines.prefix(3) + ["  … \(lines.count - 6) more calls"] + lines.suffix(3)
    }

    // MARK: colour

    /// The colours; they are readable on light and dark screens, unlike yellow and cyan.
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

    /// Returns the text with lines that are too long continued below, indented.
    private func wrapped(_ text: String, hanging: Int = 4) -> String {
        guard width < .max else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { TextWrapping.lines(String($0), width: width, hanging: hanging) }.joined(separator: "\n")
    }

    /// Returns the text without escape sequences, which a message may have taken from the user's text, and with further lines indented.
    private func escapedLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { escapedControls(String($0)) }
            .joined(separator: "\n    ")
    }
}
