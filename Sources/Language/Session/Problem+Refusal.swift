import Files

extension Problem {
    /// Creates the problem of a use that was refused. `given` is what the program calls the path; `grants` are named where nothing else explains the refusal. Paths are shown from the
    /// current folder, or from the home folder, so that a recorded message says nothing of a person's folders.
    public init(_ refusal: Confinement.Refusal, given: String? = nil, argument: String? = nil, grants: [Confinement.Grant] = []) {
        let shown = ShownPath()
        let (real, path) = (shown.text(refusal.real), given ?? refusal.path)
        var notes: [String] = []
        if real != path, refusal.real != path { notes.append("it leads to \(quoted(real))") }
        var help: String?
        switch refusal.reason {
        case .outside:
            notes += Self.notes(on: refusal, grants, shown)
            help = "--allow-\(refusal.use.rawValue)=\(Self.word(real)) allows it"
        case .special: notes.append("pipes, devices and files with names elsewhere are not for a confined program")
        case .system: notes.append("/proc, /sys and paths that lead nowhere are not for a confined program")
        }
        self.init(
            .notPermitted, "this program may not \(refusal.use.rawValue) \(quoted(escapedControls(path)))", argument: argument,
            notes: notes, help: help)
    }

    /// Says what may be used in this way, without what is part of something else.
    private static func notes(on refusal: Confinement.Refusal, _ grants: [Confinement.Grant], _ shown: ShownPath) -> [String] {
        let fitting = grants.filter { refusal.use == .read || $0.use == .write }
        let named = fitting.indices.filter { place in
            let own = fitting[place]
            return !fitting.indices.contains { other in
                other != place && fitting[other].covers(own.path, refusal.use)
                    && (other < place || !own.covers(fitting[other].path, refusal.use))
            }
        }
        guard !named.isEmpty else { return [] }
        var notes = ["it may \(refusal.use.rawValue) \(named.map { shown.text(fitting[$0].path) }.joined(separator: ", "))"]
        let isHidden = grants.contains { $0.leavesOutHidden && Confinement.Grant(real: $0.path, $0.use).covers(refusal.real, refusal.use) }
        if isHidden { notes.append("names that begin with a dot are left out") }
        return notes
    }

    /// Returns a path as a shell takes it.
    private static func word(_ path: String) -> String {
        let isPlain = path.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789/._-+@%~".unicodeScalars.contains($0) }
        return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }
}

/// Shows paths as short as a person would write them.
private struct ShownPath {
    private let here = RealPath.of(".")
    private let home = Paths.home().flatMap(RealPath.of)

    /// Returns a path from the current folder or the home folder, where it lies below one.
    func text(_ path: String) -> String {
        for (folder, short) in [(here, "."), (home, "~")] {
            guard let folder, folder != "/", path.hasPrefix(folder) else { continue }
            let rest = path.dropFirst(folder.count)
            if rest.isEmpty { return short }
            if rest.first == "/" { return escapedControls(short == "." ? String(rest.dropFirst()) : short + rest) }
        }
        return escapedControls(path)
    }
}
