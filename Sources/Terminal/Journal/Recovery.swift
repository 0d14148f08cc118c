import Language

/// The actions of `bas --recover` and `:recover` on sessions that did not end in good order.
public enum Recovery {
    /// The action on a lost session.
    public enum Action: String, CaseIterable, Sendable {
        /// Replay a session, list all, print one as a script, or remove it.
        case replay, list, print, forget
    }

    /// Returns the lost sessions, newest first; the first has number 1.
    static func sessions() -> [LostSession] {
        Surroundings.sessionsPath.map { LostSession.all(in: $0) } ?? []
    }

    /// Returns the session of this number, the newest for "". Throws a `Problem` where there is none.
    static func find(_ number: String, among sessions: [LostSession]) throws -> LostSession {
        guard !sessions.isEmpty else {
            throw Problem(.fileMissing, "there is nothing to recover: every session ended in good order")
        }
        guard let index = number.isEmpty ? 1 : Int(number), sessions.indices.contains(index - 1) else {
            throw Problem(
                .badArgument, "there is no lost session \"\(printable(number))\"",
                notes: ["sessions that can be recovered are 1…\(sessions.count), the newest first"])
        }
        return sessions[index - 1]
    }

    /// Returns the list of sessions, with the last inputs of each.
    static func list(_ sessions: [LostSession]) -> String {
        guard !sessions.isEmpty else { return "(nothing to recover: every session ended in good order)" }
        return sessions.enumerated().map { index, session in
            let inputs = session.entries.suffix(3).map { entry -> String in
                switch entry {
                case .cell(let number, let source, let status, _):
                    let lines = source.split(separator: "\n", omittingEmptySubsequences: true)
                    let end = status == nil ? "   (had not ended)" : status == .ok ? "" : "   (\(status?.rawValue ?? ""))"
                    return "       In [\(number)]: \(lines.first ?? "")\(lines.count > 1 ? " …" : "")\(end)"
                case .command(let line): return "       \(line)"
                }
            }
            let more = session.entries.count > 3 ? ["       …"] : []
            return (["  \(index + 1)  \(session.title), in \(session.folder)"] + more + inputs).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// Returns one line for the start of a prompt, or nil where there are no sessions.
    static func notice(_ sessions: [LostSession]) -> String? {
        guard let newest = sessions.first else { return nil }
        if sessions.count == 1 { return "(\(newest.title) did not end in good order: :recover brings it back)" }
        return "(\(sessions.count) sessions did not end in good order: :recover list shows them)"
    }

    /// Removes the session of this number, or all sessions for "all". Returns what to print; throws a `Problem` where there is no such
    /// session.
    static func forget(_ which: String, among sessions: [LostSession]) throws -> String {
        if which == "all" {
            for session in sessions { session.remove() }
            return "(\(sessions.count == 1 ? "one session" : "\(sessions.count) sessions") forgotten)"
        }
        let session = try find(which, among: sessions)
        session.remove()
        return "(\(session.title): forgotten)"
    }
}
