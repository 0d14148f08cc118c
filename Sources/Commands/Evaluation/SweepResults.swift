import Language

/// The rows of a sweep, as they come in.
struct SweepResults {
    enum Outcome {
        case measured(Record)
        case failed(Diagnostic)
    }

    /// The column for the errors of failed runs.
    static let error = "error"

    let settings: [String]
    /// The rows of an earlier sweep, by the key of their settings.
    let known: [String: Record]
    private(set) var rows: [Record] = []
    /// The measures, in the order in which they first appeared.
    private var measures = Record()
    private var hasErrors = false

    init(settings: [String], known: [String: Record]) {
        (self.settings, self.known) = (settings, known)
    }

    /// Whether there is no row yet.
    var hasNone: Bool { rows.isEmpty }

    /// Returns a text that is equal for equal values; 2 and 2.0 are equal.
    static func key(_ labels: [Value]) -> String {
        labels.map { label in
            if case .float(let number) = label, let whole = Int(exactly: number) { return "\(whole)" }
            return label.literalText
        }.joined(separator: "\u{1F}")
    }

    /// Takes the row of an earlier sweep, and returns whether there is one.
    mutating func takeKnown(_ labels: [Value]) -> Bool {
        guard let row = known[Self.key(labels)] else { return false }
        take(labels, row)
        return true
    }

    /// Takes what an earlier run measured.
    mutating func take(_ labels: [Value], _ row: Record) {
        append(labels, Record(row.pairs.filter { !settings.contains($0.0) }))
    }

    /// Takes what an earlier run measured, or its error.
    mutating func take(_ labels: [Value], measures: Record, error: String?) {
        if let error {
            hasErrors = true
            append(labels, Record([(Self.error, .string(error))]))
        } else {
            append(labels, measures)
        }
    }

    /// Takes the outcome of a run. Throws where a measure is named like a setting.
    mutating func add(_ labels: [Value], _ outcome: Outcome) throws {
        switch outcome {
        case .failed(let diagnostic):
            hasErrors = true
            append(labels, Record([(Self.error, .string(Self.text(diagnostic)))]))
        case .measured(let record):
            if let name = record.keys.first(where: { settings.contains($0) || $0 == Self.error || $0 == SweepFile.about }) {
                let what = settings.contains(name) ? "a setting" : name == Self.error ? "the column of errors" : "kept for the file"
                throw Problem(
                    .badArgument, "sweep: a run gave \"\(name)\", which is \(what)",
                    argument: EvaluationCommands.run.name, help: "give what it measured another name")
            }
            append(labels, record)
        }
    }

    /// Returns an error in one line: "division by zero (sweep.bas:13:22)".
    static func text(_ diagnostic: Diagnostic) -> String {
        diagnostic.message + (diagnostic.span.map { " (\($0.location))" } ?? "")
    }

    private mutating func append(_ labels: [Value], _ record: Record) {
        for key in record.keys where key != Self.error { measures[key] = Value.none }
        rows.append(Record(Array(zip(settings, labels)) + record.pairs.map { ($0, Self.plain($1)) }))
    }

    /// Returns a tensor of one number as that number, and other values as they are.
    static func plain(_ value: Value) -> Value {
        guard value.number == nil, value.host(as: TensorReadable.self) != nil, let number = NumberReading.number(value) else {
            return value
        }
        return .float(number)
    }

    var table: TableValue {
        let columns = settings + measures.keys + (hasErrors ? [Self.error] : [])
        return TableValue(columns: columns, rows: rows.map { row in columns.map { row[$0] ?? .none } }, settings: settings)
    }
}
