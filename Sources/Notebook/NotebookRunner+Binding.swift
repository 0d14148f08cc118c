import Commands
import Glibc
import Language

// The names of a notebook in the session, for what a person enters after its cells.
extension NotebookRunner {
    /// Gives the session the names that the cells up to `last` have bound, as if these had run one after the other, and the random numbers
    /// after them. Values come from the memory or the cache; cells whose values are in neither run again, unless that takes longer than
    /// `longest` seconds: their names are then left out. Ends early where a stop was requested, with the names that are at hand.
    public func bindNames(through last: Int, longest: Double = .infinity) throws {
        ending.store(Ending.none.rawValue, ordering: .sequentiallyConsistent)
        var givers: [(name: String, cell: Int)] = []
        for place in results.indices.prefix(last + 1) where values[place] != nil || [.kept, .ran].contains(results[place].origin) {
            let bound = analysis.cells[place].names?.binds ?? []
            givers.removeAll { bound.contains($0.name) }
            givers += bound.map { ($0, place) }
        }
        // All first: a cell that runs again binds its own inputs.
        for (name, giver) in givers where longest == .infinity || cost(of: giver) <= longest {
            if try !provide(giver, name) { break }
        }
        for (name, giver) in givers { if let value = values[giver]?[name] { session[global: name] = value } }
        session.context[SeedState.self] = random[min(last + 1, random.count - 1)]
    }

    /// Returns about how many seconds it takes to have a cell's values at hand.
    private func cost(of place: Int) -> Double {
        if values[place] != nil { return 0 }
        if isArchived(place) { return 0.1 }
        let givers = Set(analysis.cells[place].reads.compactMap(\.cell))
        return givers.reduce(results[place].seconds) { $0 + cost(of: $1) }
    }

    /// Gives the session what the cell bound that was stopped in the last run; nothing where none was.
    public func bindStopped() {
        for (name, value) in values[results.count] ?? [:] { session[global: name] = value }
    }

    /// Returns what a cell of the last run showed, as a session records it; nil where nothing is known of that.
    public func recording(of place: Int) -> CellRecording? {
        guard results.indices.contains(place), let outputs = results[place].outputs, random.indices.contains(place + 1) else { return nil }
        return CellRecording(
            outputs: outputs, began: CellRecording.now, before: random[place], after: random[place + 1], seconds: results[place].seconds)
    }

    /// The cells that depend on a training.
    public var trained: Set<Int> {
        Set(
            file.cells.indices.filter { place in
                analysis.cells[place].ancestors(of: place, in: analysis).contains { analysis.cells[$0].trains }
            })
    }

    /// The names that a cell binds, in order.
    public func names(of cell: Int) -> [String] { analysis.cells[cell].names?.binds ?? [] }
}
