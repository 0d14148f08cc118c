import Language

// What a cell needs and does not get.
extension NotebookRunner {
    /// Returns the cell that failed to give a name that this cell reads, or was stopped before; nil where all are there.
    func missing(_ cell: CellDependencies) -> Int? {
        for (name, giver) in cell.reads {
            if let giver, results[giver].isFailed || results[giver].origin == .stopped, values[giver]?[name] == nil { return giver }
        }
        return nil
    }

    func title(of cell: Int) -> String {
        let (title, line) = (file.cells[cell].title, file.cells[cell].codeLines.first ?? file.cells[cell].lines.lowerBound)
        return title.isEmpty ? "the cell at line \(line)" : "the cell \"\(title)\" (line \(line))"
    }
}
