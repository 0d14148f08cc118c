import BreakAScene
import Language
import Tensors

/// The losses of a training as a value: columns as tensors, a table, and a line of its course.
public struct HistoryValue: TableReadable {
    public let history: History

    public init(_ history: History) { self.history = history }

    public var typeName: String { "history" }

    private static let columns: [(name: String, value: @Sendable (History.Entry) -> Value)] = [
        ("phase", { .int($0.phase) }), ("step", { .int($0.step) }), ("reconstruction", { .float(Double($0.reconstruction)) }),
        ("prior", { .float(Double($0.prior)) }), ("attention", { .float(Double($0.attention)) }),
        ("gradient_norm", { .float(Double($0.gradientNorm)) }),
    ]

    public var fieldNames: [String] { Self.columns.map(\.name) }

    /// A column, [steps].
    public func field(_ name: String) throws -> Value? {
        guard let column = Self.columns.first(where: { $0.name == name }) else { return nil }
        return .tensor(Tensor(history.entries.map { Float(column.value($0).number ?? 0) }, shape: [history.entries.count]))
    }

    public var table: TableValue {
        TableValue(columns: Self.columns.map(\.name), rows: history.entries.map { entry in Self.columns.map { $0.value(entry) } })
    }

    public var count: Int? { history.entries.count }
    public var elements: [Value]? { table.elements }
    public var inlineText: String { "history of \(history.entries.count) steps" }

    public func display(_ context: DisplayContext) -> Display {
        guard !history.entries.isEmpty else { return Display("History: no steps yet") }
        var lines: [String] = []
        for phase in Set(history.entries.map(\.phase)).sorted() {
            let entries = history.entries.filter { $0.phase == phase }
            lines.append("phase \(phase)  \(entries.count) steps")
            let curves: [(String, [Double])] = [
                ("reconstruction", entries.map { Double($0.reconstruction) }), ("prior", entries.map { Double($0.prior) }),
                ("attention", entries.map { Double($0.attention) }),
            ]
            for (name, values) in curves where values.contains(where: { $0 != 0 }) {
                lines.append("  \(NumberText.pad(name, 15))\(Self.line(values, unicode: context.unicode))  \(Self.ends(values))")
            }
        }
        return Display(lines.joined(separator: "\n"))
    }

    /// Means of 40 equal parts as blocks of eight heights.
    private static func line(_ values: [Double], unicode: Bool) -> String {
        let blocks = Array(unicode ? "▁▂▃▄▅▆▇█" : "_.-:=+*#")
        let parts = min(40, values.count)
        let means = (0..<parts).map { part in
            let slice = values[values.count * part / parts..<values.count * (part + 1) / parts]
            return slice.reduce(0, +) / Double(max(1, slice.count))
        }
        let top = max(means.filter(\.isFinite).max() ?? 1, 1e-12)
        return String(means.map { $0.isFinite ? blocks[Int(min(1, max(0, $0 / top)) * 7.999)] : "!" })
    }

    /// "0.081 → 0.016": means of the first and last tenth.
    private static func ends(_ values: [Double]) -> String {
        let count = max(1, values.count / 10)
        let (first, last) = (values.prefix(count).reduce(0, +) / Double(count), values.suffix(count).reduce(0, +) / Double(count))
        return "\(NumberText.fixed(first, 4)) → \(NumberText.fixed(last, 4))"
    }
}
