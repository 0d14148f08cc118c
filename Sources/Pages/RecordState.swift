import Notebook

/// Whether what a notebook records of a cell still follows from the program.
public enum RecordState: String, Sendable {
    /// There is nothing to record: the cell has no code.
    case none
    /// The record has the key that the program gives today.
    case current
    /// The program, its files or its random numbers have changed since.
    case stale
    /// Nothing is recorded.
    case missing
    /// The cell failed when it was recorded, or needs one that failed.
    case failed
    /// Only running it tells: its results depend on more than the program.
    case unknown

    /// Returns the states of a notebook's cells. `isTrue` is what `NotebookRunner.isTrue` says of each.
    public static func all(of file: NotebookFile, isTrue: [Bool]) -> [RecordState] {
        file.cells.indices.map { place in
            guard !file.cells[place].code.isEmpty else { return .none }
            let mark = file.mark(of: place)
            // A cell that failed has no key, and one that was not run has no mark.
            if (mark?.key ?? "-") == "-", file.cells[place].recorded.contains(where: { DiagnosticText.begins($0) == true }) {
                return .failed
            }
            guard let mark else { return .missing }
            if isTrue.indices.contains(place), isTrue[place] { return .current }
            return mark.key == "-" ? .unknown : .stale
        }
    }

    /// Whether a page warns of the state where the cell stands.
    var isWarning: Bool { self != .none && self != .current }

    /// Returns how many cells are in each of the states that are not `none`, in words: "3 still true, 1 stale".
    public static func counts(_ states: [RecordState], besides left: Set<RecordState> = []) -> String {
        let names: [(RecordState, String)] = [
            (.current, "still true"), (.stale, "stale"), (.missing, "not recorded"), (.failed, "failed"),
            (.unknown, "not to be checked without running"),
        ]
        return names.filter { !left.contains($0.0) }.compactMap { state, words in
            let count = states.count { $0 == state }
            return count > 0 ? "\(count) \(words)" : nil
        }.joined(separator: ", ")
    }

    /// The state in a few words.
    public var words: String {
        switch self {
        case .none: "no code"
        case .current: "still true"
        case .stale: "stale: the program has changed since"
        case .missing: "not recorded"
        case .failed: "failed when it was recorded"
        case .unknown: "not checked: only running it tells"
        }
    }
}
