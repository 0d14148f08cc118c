import Language

extension Reference {
    /// The parts of the manual page that the command line supplies.
    public struct ManualParts: Sendable {
        /// The command line's own help, by command, and the commands of the prompt.
        public var options, promptCommands: [(name: String, text: String)]
        /// The exit codes, in one sentence.
        public var exitCodes: String
        /// What programs may do, in a few sentences.
        public var safety: String

        /// Creates the parts.
        public init(
            options: [(name: String, text: String)], promptCommands: [(name: String, text: String)], exitCodes: String, safety: String
        ) {
            (self.options, self.promptCommands, self.exitCodes, self.safety) = (options, promptCommands, exitCodes, safety)
        }
    }

    /// Returns bas(1) in the man macros that man-db, mandoc and groff read. `date` stands in its heading.
    public func manual(_ parts: ManualParts, date: String = "") -> String {
        var lines = [
            ".TH BAS 1 \"\(date)\" \"\(version)\" \"User Commands\"", ".SH NAME",
            "bas \\- learn the things in one photo, then draw them anew", ".SH SYNOPSIS", ".B bas",
            "[\\fIoptions\\fR] [\\fIFILE\\fR | \\-] [\\fIARGUMENT\\fR ...]", ".br", ".B bas", "\\fIcommand\\fR ...",
            ".SH DESCRIPTION",
            escaped(
                "A notebook-style scripting language and prompt for Break-A-Scene (arXiv 2305.16311). Without a file "
                    + "it opens its prompt, or runs standard input where that is no terminal. "
                    + "In the prompt, ?name explains a builtin and ?\"words\" searches them; bas doc does the same from "
                    + "the shell."),
        ]
        for option in parts.options {
            lines += [".SH \(escaped(option.name).uppercased())"] + verbatim(option.text)
        }
        lines.append(".SH PROMPT")
        lines += parts.promptCommands.flatMap(entry)
        lines.append(".SH LANGUAGE")
        for cell in LanguagePage.cells {
            lines +=
                [".SS \(escaped(cell.title))"] + cell.prose.split(separator: "\n").map { escaped(String($0)) } + [".PP"]
                + verbatim(cell.code)
        }
        lines.append(".SH BUILTINS")
        for family in table.families {
            lines.append(".SS \(escaped(family.name))")
            lines += family.rows.flatMap { entry(($0.signature, $0.summary)) }
        }
        lines.append(".SH ENVIRONMENT")
        lines += Self.environment.flatMap(entry)
        lines.append(".SH FILES")
        lines += Self.files.flatMap(entry)
        lines += [".SH SAFETY", escaped(parts.safety)]
        lines += [".SH EXIT STATUS", escaped(parts.exitCodes), ".SH SEE ALSO"]
        lines.append(escaped("bas doc NAME; bas doc language; bas explain CODE; https://arxiv.org/abs/2305.16311"))
        return lines.joined(separator: "\n") + "\n"
    }

    private static let environment = [
        ("BAS_GRAPHICS", "How pictures are shown: kitty, iterm, sixel, symbols, ascii or off; else as the terminal can."),
        ("BAS_STDLIB", "Where models, scenes and modules that ship with bas lie."),
        ("NO_COLOR", "Where it is set to anything, nothing is coloured."),
        ("PAGER", "What shows long pages at the prompt."),
        ("VISUAL, EDITOR", "What :edit opens."),
        ("XDG_CONFIG_HOME, XDG_STATE_HOME", "Instead of ~/.config and ~/.local/state."),
    ]

    private static let files = [
        ("~/.config/bas/init.bas", "Runs before the first prompt; --no-init leaves it out."),
        ("~/.local/state/bas/", "The prompt's history, and the journal of what was entered, for --recover."),
        ("~/.local/state/bas/trusted", "The downloaded programs that bas trust lets do everything, by hashes."),
        (".bas/out/", "Pictures that were shown, by number."),
    ]

    private func entry(_ row: (name: String, text: String)) -> [String] {
        [".TP", ".B \(escaped(row.name))", escaped(row.text)]
    }

    private func verbatim(_ text: String) -> [String] {
        [".nf"] + text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) } + [".fi"]
    }

    /// Returns the text in a form that troff does not interpret.
    private func escaped(_ text: String) -> String {
        let text = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\"", with: "\\(dq")
        return text.first == "." || text.first == "'" ? "\\&" + text : text
    }
}
