/// The language on a page: `examples/language.bas`, a program that runs.
public enum LanguageTour {
    public static var source: String { String(decoding: PackageResources.tour_bas, as: UTF8.self) }

    public static var cells: [Cell] { Language.cells(of: source) }

    /// What `?language` shows: headings, prose and code, without the marks.
    static func text(width: Int) -> String {
        cells.map { cell in
            let prose =
                cell.prose.isEmpty ? [] : TextWrapping.lines(cell.prose.replacing("\n", with: " "), width: width, first: 2, hanging: 2)
            let code = cell.code.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    " + $0 }
            return ([cell.title] + prose + code).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    /// The comment at the end of a line of the tour, in which no string holds "#".
    public static func comment(of line: String) -> String {
        line.firstIndex(of: "#").map { String(line[$0...]) } ?? ""
    }
}
