import Commands
import Language

// Values of cells that did not run in this run.
extension NotebookRunner {
    /// Makes the value at hand that a cell gives under a name: from the cache, or by running the cell again. Returns false where a stop was
    /// requested meanwhile.
    func provide(_ giver: Int, _ name: String) throws -> Bool {
        if values[giver] != nil { return true }
        if let known = try archived(giver), known[name] != nil {
            values[giver] = known
            holdValues(giver)
            return true
        }
        if isEnding { return false }
        guard let (_, outcome) = try execute(giver, quietly: true) else { return false }
        if outcome.status == .ok { holdValues(giver) }
        return outcome.status != .interrupted
    }

    /// Returns all values of a cell from the cache, its functions from its text; nil where one is not there.
    private func archived(_ giver: Int) throws -> [String: Value]? {
        guard isArchived(giver), let entry = entries[giver], var read = try? entry.archive.read(entry.kept, session.context),
            Set(read.keys) == entry.kept
        else { return nil }
        let missing = Set(entry.digests.keys).subtracting(entry.kept).sorted()
        let definitions = missing.compactMap { analysis.cells[giver].names?.definitions[$0] }
        if !definitions.isEmpty {
            session.setEvents { _ in }
            let label = file.folder + file.label(of: giver)
            guard session.run(source: definitions.joined(separator: "\n"), file: label, script: file.path).status == .ok else { return nil }
            for name in missing { read[name] = session[global: name] }
        }
        return read
    }

    /// Whether the cache has all values of a cell but for functions that its text defines.
    func isArchived(_ place: Int) -> Bool {
        guard let entry = entries[place], !entry.kept.isEmpty else { return false }
        return Set(entry.digests.keys).subtracting(entry.kept).allSatisfy { analysis.cells[place].names?.definitions[$0] != nil }
    }

    private func holdValues(_ place: Int) {
        if let key = heldKeys[place], let entry = entries[place] { memory?.hold(entry, values[place], key) }
    }
}
