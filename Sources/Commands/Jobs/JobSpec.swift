import Files
import Glibc
import Jobs
import Language
import Tensors

/// What the jobs of a list do: the values of their settings, and the function of one combination, or the protocol of a benchmark. Another
/// process reads it from a folder and runs the same jobs.
struct JobSpec {
    /// What makes a function of a body that is none itself: the kinds of jobs by the names of their commands.
    private static let kinds: [String: @Sendable (Value) throws -> FunctionValue] = [
        "sweep": { body in
            guard case .function(let function) = body else { throw ValueArchive.Damaged() }
            return function
        },
        "benchmark": { try BenchmarkJob.function($0) },
    ]

    /// The command that made the list.
    let command: String
    /// The settings with their values and the identities of these.
    let settings: [(name: String, values: [Value], identities: [String])]
    /// A function of a record, or what a function is made of.
    let body: Value
    /// The digest of `body` where the list was made. Another process does not compute it anew: functions that it has made of their text do
    /// not share variables as those of the session do, and would be told apart by that.
    private let digest: String
    /// The session's random numbers before the call: every job begins with the same draws.
    let seeds: RandomState
    /// The script that made the list, beside which files are looked for; nil for a prompt.
    let script: String?
    /// The current folder.
    let directory: String

    /// Describes the jobs of a sweep.
    init(_ grid: SettingGrid, _ function: FunctionValue, _ call: Call) {
        self.init(grid, body: .function(function), call)
    }

    /// Describes the jobs of a call.
    init(_ grid: SettingGrid, body: Value, _ call: Call) {
        command = call.builtin.name
        settings = grid.settings.map { ($0.name, $0.values, $0.identities) }
        (self.body, seeds, script) = (body, call.context[SeedState.self], call.context.currentFile)
        digest = ValueArchive.digest(of: body)
        directory = Self.currentFolder
    }

    private static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }

    /// Returns the function of a job: it takes the record of a combination and gives a record of measures.
    func function() throws -> FunctionValue {
        guard let kind = Self.kinds[command] else { throw ValueArchive.Damaged() }
        return try kind(body)
    }

    // MARK: identity

    /// Returns the identity of each job: what its result follows from. Two lists that share a job share its identity.
    func identities(_ grid: SettingGrid) -> [String] {
        var common = SHA256()
        Self.mix(
            ["bas job 1", CommandTable.version, command, digest, ValueArchive.digest(of: Self.value(seeds))],
            into: &common)
        return (0..<grid.count).map { number in
            var hash = common
            Self.mix(zip(grid.names, grid.combination(number).identities).flatMap { [$0, $1] }, into: &hash)
            return Self.short(hash)
        }
    }

    /// Returns a short hash of texts.
    static func hash(_ parts: [String]) -> String {
        var hash = SHA256()
        mix(parts, into: &hash)
        return short(hash)
    }

    private static func mix(_ parts: [String], into hash: inout SHA256) {
        for part in parts {
            hash.update(Array("\(part.utf8.count):".utf8))
            hash.update(Array(part.utf8))
        }
    }

    private static func short(_ hash: SHA256) -> String { String(hash.hexadecimal().prefix(20)) }

    private static func value(_ state: RandomState) -> Value {
        let steps = state.steps.sorted { $0.key < $1.key }.map { ($0.key, Value.int(Int($0.value))) }
        return .record(
            Record([("seed", .string("\(state.seed)")), ("scope", .string(state.scope)), ("steps", .record(Record(steps)))]))
    }

    // MARK: files

    /// Writes what workers need into the folder `path`, whole or not at all. Throws a `Problem` that names what cannot be given to another
    /// process.
    func write(to path: String, _ call: Call) throws {
        guard !FileSystem.exists(path) else { return }
        let draft = "\(path).\(getpid())"
        try FileSystem.removeTree(draft)
        defer { try? FileSystem.removeTree(draft) }
        let names = settings.map(\.name)
        let values: [(String, Value)] =
            [
                ("command", .string(command)), ("names", .list(names.map { .string($0) })), ("body", body), ("seeds", Self.value(seeds)),
                ("digest", .string(digest)),
                ("identities", .list(settings.map { .list($0.identities.map { .string($0) }) })),
                ("script", script.map { .string($0) } ?? .none), ("directory", .string(directory)),
            ] + settings.enumerated().map { ("setting \($0)", .list($1.values)) }
        let kept = try ValueArchive(folder: draft, keepsFunctions: true).write(values)
        if let lost = values.first(where: { !kept.contains($0.0) }) {
            let place = names.indices.first { lost.0 == "setting \($0)" }
            throw Problem(
                .badArgument,
                "\(command): \(place.map { "a value of \(names[$0])" } ?? "what the jobs read") cannot be given to another process",
                help: "a model must come from a folder; leave workers and on out to run the jobs in this process")
        }
        guard rename(draft, path) == 0 || FileSystem.exists(path) else { throw FileError(.rename, path, errno: errno) }
    }

    /// Reads a list of jobs. To be called on the evaluator's thread. Throws where the folder does not hold one.
    init(reading path: String, _ context: Context) throws {
        let archive = ValueArchive(folder: path, keepsFunctions: true)
        let head = try archive.read(
            ["command", "names", "body", "seeds", "script", "directory", "digest", "identities"], context)
        guard case .string(let command)? = head["command"], case .list(let list)? = head["names"], let body = head["body"],
            case .string(let directory)? = head["directory"], let seeds = head["seeds"].flatMap(Self.state),
            case .string(let digest)? = head["digest"], case .list(let identities)? = head["identities"], identities.count == list.count
        else { throw ValueArchive.Damaged() }
        let names = list.map(\.inlineText)
        let values = try archive.read(Set(names.indices.map { "setting \($0)" }), context)
        settings = try names.enumerated().map { place, name in
            guard case .list(let items)? = values["setting \(place)"], case .list(let own) = identities[place], own.count == items.count
            else { throw ValueArchive.Damaged() }
            return (name, items, own.map(\.inlineText))
        }
        (self.command, self.body, self.directory, self.seeds, self.digest) = (command, body, directory, seeds, digest)
        script = if case .string(let path)? = head["script"] { path } else { nil }
    }

    private static func state(_ value: Value) -> RandomState? {
        guard case .record(let record) = value, case .string(let seed)? = record["seed"], case .string(let scope)? = record["scope"],
            case .record(let steps)? = record["steps"], let number = UInt64(seed)
        else { return nil }
        var counts: [String: UInt32] = [:]
        for (stream, count) in steps.pairs { if case .int(let count) = count { counts[stream] = UInt32(exactly: count) } }
        return RandomState(seed: number, scope: scope, steps: counts)
    }

    /// The grid of the settings.
    func grid() throws -> SettingGrid {
        guard let grid = SettingGrid(settings.map { SettingGrid.Setting($0.name, $0.values, identities: $0.identities) }) else {
            throw ValueArchive.Damaged()
        }
        return grid
    }
}
