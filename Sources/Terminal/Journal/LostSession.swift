import Glibc
import Language

/// A session that did not end in good order, read from its journal.
final class LostSession {
    enum Entry: Equatable {
        /// An input. `status` is nil where the session ended before the cell did; `mark` is the place at which it was interrupted.
        case cell(number: Int, source: String, status: RunStatus?, mark: ProgressMark? = nil)
        case command(String)
    }

    let path: String
    let started: Int
    let folder: String
    let entries: [Entry]
    /// The journal's descriptor, locked while this object lives, so that two prompts do not replay one session.
    private let descriptor: Int32

    /// Reads a journal. Returns nil where the file is none, or its session is still running.
    init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, let bytes = Surroundings.bytes(of: descriptor),
            let records = JournalRecord.decode(bytes), case .session(let started, let folder)? = records.first
        else {
            close(descriptor)
            return nil
        }
        (self.path, self.descriptor, self.started, self.folder) = (path, descriptor, started, folder)
        entries = Self.entries(records)
    }

    deinit { close(descriptor) }

    private static func entries(_ records: [JournalRecord]) -> [Entry] {
        var entries: [Entry] = []
        for record in records {
            switch record {
            case .session: break
            case .cell(let number, let source): entries.append(.cell(number: number, source: source, status: nil))
            case .command(let line): entries.append(.command(line))
            case .ended(let status, _, let mark):
                if case .cell(let number, let source, nil, _)? = entries.last {
                    entries[entries.count - 1] = .cell(number: number, source: source, status: status, mark: mark)
                }
            }
        }
        return entries
    }

    var cellCount: Int { entries.count { if case .cell = $0 { true } else { false } } }

    /// The session in words: "a session of 25 Nov 21:40 with 12 cells".
    var title: String {
        let when = Surroundings.localTime("%e %b %H:%M", at: started).drop { $0 == " " }
        return "a session of \(when) with \(cellCount == 1 ? "one cell" : "\(cellCount) cells")"
    }

    /// The inputs as a script; those that had not ended are comments.
    var script: String {
        let parts = entries.map { entry in
            switch entry {
            case .cell(let number, let source, .ok, _): "# %% In [\(number)]\n\(source)\n"
            case .cell(let number, let source, let status?, let mark):
                "# %% In [\(number)]   (\(status.rawValue)\(mark.map { " at \($0.completed) of \($0.title)" } ?? ""))\n\(source)\n"
            case .cell(let number, let source, nil, _):
                "# %% In [\(number)]   (had not ended)\n"
                    + source.split(separator: "\n", omittingEmptySubsequences: false).map { "# \($0)\n" }.joined()
            case .command(let line): "# \(line)\n"
            }
        }
        return parts.joined(separator: "\n")
    }

    /// Removes the journal.
    func remove() { unlink(path) }

    // MARK: all of them

    /// The age in seconds from which sessions are removed.
    private static let oldest = 30 * 24 * 3600
    /// The most sessions that are kept.
    private static let most = 20

    /// Returns the lost sessions, newest first. Removes those without any input, and those that are too old or too many.
    static func all(in folder: String) -> [LostSession] {
        let names = Surroundings.names(in: folder).filter { $0.hasSuffix(".journal") }.sorted(by: >)
        var found: [LostSession] = []
        for name in names {
            guard let session = LostSession(path: "\(folder)/\(name)") else { continue }
            let isOld = time(nil) - session.started > oldest
            if session.entries.isEmpty || isOld || found.count >= most { session.remove() } else { found.append(session) }
        }
        return found
    }
}
