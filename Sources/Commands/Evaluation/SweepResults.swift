import Language

/// Rows of a sweep as they come in.
struct SweepResults {
    enum Outcome {
        case measured(Record)
        /// With the error's text.
        case failed(String)
    }

    /// The column of runs that failed.
    static let error = "error"

    let settings: [String]
    /// Rows of an earlier sweep, by the key of their settings.
    let known: [String: Record]
    private(set) var rows: [Record] = []
    /// What was measured, in the order in which it first was.
    private var measures = Record()
    private var hasErrors = false

    init(settings: [String], known: [String: Record]) {
        (self.settings, self.known) = (settings, known)
    }

    /// Whether no run went well so far.
    var hasNone: Bool { rows.isEmpty }

    static func key(_ labels: [Value]) -> String { labels.map(\.literalText).joined(separator: "\u{1F}") }

    /// Takes the row of an earlier sweep, where there is one.
    mutating func takeKnown(_ labels: [Value]) -> Bool {
        guard let row = known[Self.key(labels)] else { return false }
        append(labels, Record(row.pairs.filter { !settings.contains($0.0) }))
        return true
    }

    /// Throws where a run measures what is called like a setting.
    mutating func add(_ labels: [Value], _ outcome: Outcome) throws {
        switch outcome {
        case .failed(let text):
            hasErrors = true
            append(labels, Record([(Self.error, .string(text))]))
        case .measured(let record):
            if let name = record.keys.first(where: { settings.contains($0) || $0 == Self.error }) {
                throw Problem(
                    .badArgument, "sweep: a run gave \"\(name)\", which is \(name == Self.error ? "the column of errors" : "a setting")",
                    argument: "run", help: "give what it measured another name")
            }
            append(labels, record)
        }
    }

    private mutating func append(_ labels: [Value], _ record: Record) {
        for key in record.keys where key != Self.error { measures[key] = Value.none }
        rows.append(Record(Array(zip(settings, labels)) + record.pairs.map { ($0, Self.plain($1)) }))
    }

    /// A tensor of one number as that number.
    private static func plain(_ value: Value) -> Value {
        guard value.number == nil, value.host(as: TensorReadable.self) != nil, let number = NumberReading.number(value) else { return value }
        return .float(number)
    }

    var table: TableValue {
        let columns = settings + measures.keys + (hasErrors ? [Self.error] : [])
        return TableValue(columns: columns, rows: rows.map { row in columns.map { row[$0] ?? .none } }, settings: settings)
    }
}
