import BreakAScene
import Diffusion
import Language
import Tensors

/// The losses of a training as a value: columns as tensors, a table, and a line of its course.
public struct HistoryValue: TableReadable {
    public let history: History
    /// The model that came of it.
    let model: DiffusionModel?

    public init(_ history: History, of model: DiffusionModel? = nil) { (self.history, self.model) = (history, model) }

    public var typeName: String { "history" }

    private static let columns: [(name: String, value: @Sendable (History.Entry) -> Value)] = [
        ("phase", { .int($0.phase) }), ("step", { .int($0.step) }), ("reconstruction", { .float(Double($0.reconstruction)) }),
        ("prior", { .float(Double($0.prior)) }), ("attention", { .float(Double($0.attention)) }),
        ("gradient_norm", { .float(Double($0.gradientNorm)) }),
        // "<asset0> and <asset2>", a photo of a larger batch after the other.
        ("handles", { .string($0.subsets.map { $0.joined(separator: " and ") }.joined(separator: ", ")) }),
    ]

    /// The columns of every history, and the attention loss of each handle by itself: "attention_asset0".
    private var columns: [(name: String, value: @Sendable (History.Entry) -> Value)] {
        Self.columns
            + HistoryCurves.handles(of: [history]).map { column in
                (column.name, { entry in column.value(entry).map { .float(Double($0)) } ?? .none })
            }
    }

    public var fieldNames: [String] { columns.map(\.name) }

    /// A column, [steps]; NaN in steps that have no number of it. `handles` is a list of strings.
    public func field(_ name: String) throws -> Value? {
        guard let column = columns.first(where: { $0.name == name }) else { return nil }
        let values = history.entries.map(column.value)
        if name == "handles" { return .list(values) }
        return .tensor(Tensor(values.map { Float($0.number ?? .nan) }, shape: [values.count]))
    }

    public var table: TableValue {
        let columns = columns
        return TableValue(columns: columns.map(\.name), rows: history.entries.map { entry in columns.map { $0.value(entry) } })
    }

    /// Rows, as a table's: history[-1].attention.
    public func index(_ subscripts: [Subscript]) throws -> Value { try table.index(subscripts) }

    public var count: Int? { history.entries.count }
    public var elements: [Value]? { table.elements }
    public var inlineText: String { "history of \(history.entries.count) steps" }

    public var explanation: String { "The losses of a training step by step; each column is a tensor, plot draws them." }

    /// A curve of each loss, from its lowest to its highest mean, and the means of its first and last tenth.
    public func display(_ context: DisplayContext) -> Display {
        guard !history.entries.isEmpty else { return Display("History: no steps yet") }
        return Display(Set(history.entries.map(\.phase)).sorted().flatMap { lines(phase: $0, context.width) }.joined(separator: "\n"))
    }

    private func lines(phase: Int, _ width: Int) -> [String] {
        let entries = history.entries.filter { $0.phase == phase }
        let curves: [(name: String, values: [Double])] = [
            ("reconstruction", entries.map { Double($0.reconstruction) }), ("prior", entries.map { Double($0.prior) }),
            ("attention", entries.map { Double($0.attention) }), ("gradient norm", entries.map { Double($0.gradientNorm) }),
        ].filter { $0.1.contains { $0 != 0 } }
        let names = curves.map(\.name.count).max() ?? 0
        let ends = curves.map { Self.ends($0.values) }
        let room = max(8, min(60, width - names - 6 - (ends.map(\.count).max() ?? 0)))
        return ["phase \(phase)  \(entries.count) step\(entries.count == 1 ? "" : "s")"]
            + zip(curves, ends).map { curve, ends in
                "  \(NumberText.pad(curve.name, names))  \(Sparkline.curve(curve.values, width: room))  \(ends)"
            }
    }

    /// "0.0812 → 0.0163".
    private static func ends(_ values: [Double]) -> String {
        let count = max(1, values.count / 10)
        let (first, last) = (values.prefix(count).reduce(0, +) / Double(count), values.suffix(count).reduce(0, +) / Double(count))
        return "\(NumberText.fixed(first, 4)) → \(NumberText.fixed(last, 4))"
    }
}
