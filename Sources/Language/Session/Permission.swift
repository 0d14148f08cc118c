import Files

// The one place that decides which files a program may use.
extension Context {
    /// The files that programs are confined to; nil where they may use all.
    public var confinement: Confinement? { shared.withLock(\.confinement) }

    /// The seconds that are left to all runs together; nil for no limit.
    var secondsLeft: Double? { shared.withLock(\.secondsLeft) }

    /// Takes the time of a run from what is left.
    func spend(_ seconds: Double) { shared.withLock { $0.secondsLeft? -= seconds } }

    /// Runs `body` with the confinement of programs as that of the calling thread: for work on behalf of a program, such as hashing the files
    /// that it names.
    public func confined<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard let confinement else { return try body() }
        return try Confinement.$current.withValue(confinement, operation: body)
    }

    /// Runs `body` as `confined` does, and grants it one more path to write: the notebook's own file, which the person named.
    public func confined<Result>(granting path: String, _ body: () throws -> Result) rethrows -> Result {
        try confined { try Confinement.granting(path, body) }
    }

    /// Throws `.notPermitted` where programs may not use a file in this way, after a person was asked where one can be. `given` is what the
    /// program calls the path.
    public func permit(_ path: String, _ use: Confinement.Use, given: String? = nil, argument: String? = nil) throws {
        guard let confinement, !path.isEmpty, !path.utf8.contains(0) else { return }
        do {
            try confinement.permit(path, use)
        } catch {
            throw Problem(error, given: given, argument: argument, grants: confinement.grants)
        }
    }

    /// Permits every path among the arguments of a call, by what the table says of its parameter. Throws `.notPermitted`.
    func permitFiles(_ builtin: Builtin, _ bound: [Value?], _ rest: [Value]) throws {
        for (parameter, value) in zip(builtin.parameters, bound) {
            guard let use = parameter.file else { continue }
            for path in (parameter.variadic ? rest : [value].compactMap { $0 }).flatMap(Self.paths) {
                for (place, use) in places(path, use) { try permit(place, use, given: path, argument: parameter.name) }
            }
        }
    }

    /// Returns the strings of an argument: itself, or the items of a list.
    private static func paths(_ value: Value) -> [String] {
        switch value {
        case .string(let text): [text]
        case .list(let items): items.flatMap(paths)
        default: []
        }
    }

    /// Returns where a path leads that a call is given, and what is done there. A name that is looked for in several places is permitted in
    /// the one where it is found.
    private func places(_ path: String, _ use: Parameter.FileUse) -> [(String, Confinement.Use)] {
        switch use {
        case .output, .folder: return [(writable(path), .write)]
        case .place:
            if path == "~", let home = Paths.home() { return [(path, .read), (home, .read)] }
            return Array(Set([resolve(path), readable(path)])).sorted().map { ($0, .read) }
        case .input(let library, _):
            if let library, !path.contains("/"), !path.hasPrefix("."), let shipped = resolveInLibrary("\(library)/\(path)") {
                return [(shipped, .read)]
            }
            return [(readable(path), .read)]
        }
    }
}

extension Session {
    /// Confines all programs of this session from now on. This cannot be undone: a session that is confined already stays as it is.
    public func confine(to confinement: Confinement) {
        context.shared.withLock { $0.confinement = $0.confinement ?? confinement }
    }

    /// Gives all runs from now on this many seconds together; a run that is still going then is stopped with `.timeLimit`. Can only take
    /// from what is left already.
    public func allow(seconds: Double) {
        context.shared.withLock { $0.secondsLeft = min($0.secondsLeft ?? .infinity, seconds) }
    }

    /// Whether the time of `allow(seconds:)` is over.
    public var isOutOfTime: Bool { context.secondsLeft.map { $0 <= 0 } ?? false }
}
