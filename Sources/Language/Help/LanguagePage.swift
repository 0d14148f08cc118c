/// The language on one page: `language.bas`, a link to `examples/language.bas`, which is a program that runs.
public enum LanguagePage {
    /// The program's text.
    public static var source: String { String(decoding: PackageResources.language_bas, as: UTF8.self) }

    /// The program's cells.
    public static var cells: [Cell] { Language.cells(of: source) }

    /// Returns the text of `?language`: headings, prose and code without their marks.
    static func text(width: Int) -> String {
        cells.map { cell in
            let prose =
                cell.prose.isEmpty ? [] : TextWrapping.lines(cell.prose.replacing("\n", with: " "), width: width, first: 2, hanging: 2)
            let code = cell.code.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    " + $0 }
            return ([cell.title] + prose + code).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    /// Returns the comment at the end of a line, from its `#` on; empty where there is none. Lines of the page have no `#` in strings.
    public static func comment(of line: String) -> String {
        line.firstIndex(of: "#").map { String(line[$0...]) } ?? ""
    }
}
