import Language

extension Reference {
    /// bas(1), in the man macros that man-db, mandoc and groff read. `options` is the command line's own help: per
    /// command its name and its text.
    public func manual(options: [(name: String, help: String)], exitCodes: String, date: String) -> String {
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
        for option in options {
            lines += [".SH \(escaped(option.name).uppercased())", ".nf"]
            lines += option.help.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }
            lines.append(".fi")
        }
        lines.append(".SH BUILTINS")
        for family in table.families {
            lines.append(".SS \(escaped(family.name))")
            for row in family.rows {
                lines += [".TP", ".B \(escaped(row.signature))", escaped(row.summary)]
            }
        }
        lines += [".SH ENVIRONMENT"]
        for (name, text) in Self.environment { lines += [".TP", ".B \(escaped(name))", escaped(text)] }
        lines += [".SH EXIT STATUS", escaped(exitCodes), ".SH SEE ALSO"]
        lines.append(escaped("bas doc NAME; bas explain CODE; https://arxiv.org/abs/2305.16311"))
        return lines.joined(separator: "\n") + "\n"
    }

    private static let environment = [
        ("BAS_STDLIB", "Where models, scenes and modules that ship with bas lie."),
        ("NO_COLOR", "Where it is set to anything, nothing is coloured."),
        ("PAGER", "What shows long pages at the prompt."),
        ("XDG_CONFIG_HOME, XDG_STATE_HOME", "Folders above bas/init.bas and bas/history."),
    ]

    /// Text that troff takes for text.
    private func escaped(_ text: String) -> String {
        let text = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return text.first == "." || text.first == "'" ? "\\&" + text : text
    }
}
