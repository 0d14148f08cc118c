import Language
import Notebook

/// The end of a page: by which program it was made, and of each cell whether its record is still true.
struct PageFooter {
    let file: NotebookFile
    let cells: [PageCell]
    let version: String
    /// Whether the list of records is unfolded, as for print.
    var isOpen = false

    /// Returns the footer as HTML.
    func html() -> String {
        let coded = cells.filter { $0.state != .none }
        let rows = coded.map { cell in
            let mark = file.mark(of: cell.place)
            return """
                <tr><td><a href="#\(cell.identifier)">\(name(cell))</a></td><td class="state \(cell.state.rawValue)">\(cell.state.words)</td>\
                <td>\(escapedHTML(mark?.kernel ?? "–"))</td><td class="number">\(mark.map { Self.time($0.seconds) } ?? "–")</td></tr>

                """
        }
        let table = """
            <details\(isOpen ? " open" : "")><summary>\(escapedHTML(summary))</summary>
            <div class="table"><table>
            <thead><tr><th>cell</th><th>record</th><th>computed on</th><th class="number">took</th></tr></thead>
            <tbody>
            \(rows.joined())</tbody></table></div></details>

            """
        return """
            <footer>
            <p>\(escapedHTML(file.name)), \(escapedHTML(version))\(kernels.isEmpty ? "" : ", computed on \(escapedHTML(kernels))")</p>
            \(coded.isEmpty ? "" : table)</footer>

            """
    }

    /// The kernels that computed records, each once.
    private var kernels: String { Set(cells.compactMap { file.mark(of: $0.place)?.kernel }).sorted().joined(separator: ", ") }

    /// How many records are true, in words.
    var summary: String {
        let states = cells.map(\.state).filter { $0 != .none }
        if states.allSatisfy({ $0 == .current }) { return "Every record is still true." }
        return "Of \(countText(states.count, "record")): \(RecordState.counts(states))."
    }

    private func name(_ cell: PageCell) -> String {
        let title = file.cells[cell.place].title
        return title.isEmpty ? "cell \(cell.place + 1)" : CellHTML.title(title)
    }

    private static func time(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "–" }
        return seconds < 10 ? "\(seconds) s" : "\(Int(min(seconds, 1e9).rounded())) s"
    }
}
