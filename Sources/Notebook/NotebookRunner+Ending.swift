import Language

// How a run ends before its last cell, and which cells a run of some needs.
extension NotebookRunner {
    /// How far a run is asked to end.
    enum Ending: Int { case none, afterCell, now, nowKeeping }

    /// Stops the run where it stands. May be called from any thread. Where `keeping` is true, a person stopped the cell: what it has bound so
    /// far is kept in the memory, and runs leave it be until someone asks for it or changes it.
    public func stop(keeping: Bool) {
        ending.store((keeping ? Ending.nowKeeping : .now).rawValue, ordering: .sequentiallyConsistent)
        session.interrupt.request()
    }

    /// Ends the run before its next cell. May be called from any thread.
    public func endAfterCell() {
        _ = ending.compareExchange(expected: Ending.none.rawValue, desired: Ending.afterCell.rawValue, ordering: .sequentiallyConsistent)
    }

    /// Whether no further cell is to begin.
    var isEnding: Bool { session.interrupt.isRequested || ending.load(ordering: .sequentiallyConsistent) != Ending.none.rawValue }

    /// Whether the cell that was stopped is left be.
    var isKept: Bool { ending.load(ordering: .sequentiallyConsistent) == Ending.nowKeeping.rawValue }

    /// Returns what a cell that was stopped is known by: where it stays the same, the cell and all that it depends on are as they were.
    func stopKey(of cell: Int) -> String { staticKeys[cell] ?? programKey(of: cell) }

    /// Returns the code of a cell and of all that it depends on, as one text: where two versions of a file have the same for a cell, nothing
    /// in them makes it different.
    public func programKey(of cell: Int) -> String { file.program(of: analysis.cells[cell].ancestors(of: cell, in: analysis)) }

    /// Whether a cell of this version of the file gives what another cell of another version gives, as far as it can be told without running.
    public func hasSameResult(_ cell: Int, as other: Int, of runner: NotebookRunner) -> Bool {
        guard staticKeys.indices.contains(cell), runner.staticKeys.indices.contains(other), let key = staticKeys[cell] else { return false }
        return key == runner.staticKeys[other]
    }

    /// Returns the cells that have to be known for a cell to run: those that it depends on, and where random numbers are drawn, those that
    /// draw before it. The cell itself is among them.
    public func needs(of cell: Int) -> Set<Int> {
        var needed = Set(analysis.cells[cell].ancestors(of: cell, in: analysis))
        if let last = needed.filter({ analysis.cells[$0].isRandom }).max() {
            for earlier in 0..<last where analysis.cells[earlier].isRandom {
                needed.formUnion(analysis.cells[earlier].ancestors(of: earlier, in: analysis))
            }
        }
        return needed
    }
}
