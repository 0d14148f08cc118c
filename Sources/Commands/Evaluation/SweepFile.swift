import Language
import Tensors

/// The file of a sweep: one JSON object a line for every run that has ended, on disk before the next one begins, so that a program that is
/// killed loses only the run it was in.
///
/// A line has the settings and measures under their names, the error's text where the run failed, and under `_run` what tells whether it is
/// still valid: the function's identity, that of the settings' values, and the settings' names.
final class SweepFile {
    /// The member of a line that says how the run came about.
    static let about = "_run"

    private let name: String
    private let call: Call
    private let settings: [String]
    private let function: String
    private let lines: LineFile
    /// The measures of runs that ended well, by the labels of their settings, with the identity of the values.
    private var known: [String: (values: String, row: Record)] = [:]
    /// Whether it was reported that a run had other values under the same labels.
    private var hasToldOfOthers = false

    private static let file = EvaluationCommands.file

    /// Opens or creates the file. Throws a `Problem` where it cannot be written, where another program writes it, and where it holds the
    /// runs of another function or other settings.
    init(_ call: Call, _ name: String, settings: [String], of function: FunctionValue) throws {
        (self.call, self.name, self.settings) = (call, name, settings)
        guard name.lowercased().hasSuffix(".jsonl") else {
            throw Problem(
                .cannotWrite, "a sweep is written as .jsonl, a JSON object a line", argument: Self.file.name, label: "this ends otherwise")
        }
        self.function = SweepIdentity.of(.function(function))
        let path = try call.target(Self.file, isFolder: false)
        lines = try call.mapped(Self.file) { try LineFile(path) }
        try read()
    }

    /// Returns the measures of an earlier run with these settings that ended well with the same values, or nil. `identity` is that of the
    /// values.
    func row(_ labels: [Value], _ identity: String) -> Record? {
        guard let found = known[SweepResults.key(labels)] else { return nil }
        if found.values == identity { return found.row }
        if !hasToldOfOthers {
            hasToldOfOthers = true
            let which = zip(settings, labels).map { "\($0) \($1.inlineText)" }.joined(separator: ", ")
            call.context.emit(.stream("\(name): with \(which) another value of the same name was meant then; such runs are made again.\n"))
        }
        return nil
    }

    /// Writes the outcome of a run. Throws where the disk does not take it.
    func append(_ labels: [Value], _ identity: String, _ outcome: SweepResults.Outcome) throws {
        var line = JSONObject(zip(settings, labels).map { ($0, TableJSON.json($1)) })
        var about = JSONObject([
            ("function", .string(function)), ("values", .string(identity)),
            ("settings", .array(settings.map(JSON.string))),
        ])
        switch outcome {
        case .measured(let record): for (key, value) in record.pairs { line[key] = TableJSON.json(SweepResults.plain(value)) }
        case .failed(let diagnostic):
            line[SweepResults.error] = .string(SweepResults.text(diagnostic))
            about["diagnostic"] = try? JSON.parse(diagnostic.json())
        }
        line[Self.about] = .object(about)
        try call.mapped(Self.file) { try lines.append(JSON.object(line).text(allowsNonFinite: true)) }
    }

    // MARK: reading

    private func read() throws {
        let rows = try TableJSON.lines(lines.bytes, name, argument: Self.file.name, allowsTorn: true)
        if rows.isTorn { try tellTorn() } else { try call.mapped(Self.file) { try lines.endLine() } }
        for (number, line) in rows.lines { try take(line, number) }
        if !rows.lines.isEmpty {
            let count = rows.lines.count == 1 ? "1 run stands" : "\(rows.lines.count) runs stand"
            call.context.emit(.stream("\(name): \(count) there already.\n"))
        }
    }

    private func tellTorn() throws {
        try call.mapped(Self.file) { try lines.cutOff() }
        call.context.emit(.stream("\(name): its last line was cut off in the middle; that run is made again.\n"))
    }

    private func take(_ line: JSONObject, _ number: Int) throws {
        guard let about = line[Self.about]?.objectValue, let names = about["settings"]?.arrayValue?.compactMap(\.stringValue) else {
            throw Problem(
                .badFile, "\(name), line \(number) is not of a sweep", argument: Self.file.name, help: "give the sweep a file of its own")
        }
        guard names == settings else {
            throw Problem(
                .badArgument, "\(name) holds a sweep over other settings", argument: Self.file.name,
                notes: ["there: \(names.joined(separator: ", "))", "here: \(settings.joined(separator: ", "))"],
                help: "give this sweep a file of its own, or remove that one")
        }
        guard about["function"]?.stringValue == function else {
            throw Problem(
                .badArgument, "\(name) holds runs of another function, or this one or a value that it uses has been changed since",
                argument: Self.file.name,
                help: "give this sweep a file of its own, or remove that one")
        }
        guard line[SweepResults.error]?.stringValue == nil, let values = about["values"]?.stringValue else { return }
        let labels = settings.map { TableJSON.value(line[$0] ?? .null) }
        let row = Record(line.members.filter { $0.0 != Self.about }.map { ($0, TableJSON.value($1)) })
        known[SweepResults.key(labels)] = (values, row)
    }
}
