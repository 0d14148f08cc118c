import BreakAScene
import Diffusion
import Figures
import Language
import Tensors

/// The losses of a training as a value of the language: columns as tensors, a table of the steps, and a curve of each loss.
public struct HistoryValue: DeclaredValue, TableReadable {
    /// The losses step by step.
    public let history: History
    /// The model that the training made; nil where it is not known.
    let model: DiffusionModel?

    /// Wraps a history.
    public init(_ history: History, of model: DiffusionModel? = nil) { (self.history, self.model) = (history, model) }

    /// The type of histories, with the columns that all of them have; each handle's attention loss adds one.
    public static let declaration = HostDeclaration<HistoryValue>(
        "history", "The losses of a training step by step; each column is a tensor, plot draws them.",
        makers: "phase1(model, scene).history",
        fields: columns.map { column in
            .init(column.name, column.name == "handles" ? .listOf(.string) : TensorType.of([nil]), column.doc) { $0.values(of: column) }
        } + [
            .init("previews", .listOf(ImageValue.valueType), "What the model drew of all handles, where previews asked for it.") {
                .list($0.previews)
            }
        ],
        isOpen: true)

    /// The columns that every history has.
    private static let columns: [Column] =
        [
            ("phase", "1 or 2.", { @Sendable in .int($0.phase) }),
            ("step", "The step within its phase, from 1.", { @Sendable in .int($0.step) }),
        ]
        + HistoryCurves.columns.map { column -> Column in
            (column.name, column.doc, { @Sendable in .float(column.value($0).map(Double.init) ?? .nan) })
        }
        + [
            (
                "handles", "The handles of each step's prompts: \"<asset0> and <asset2>\", a photo of a batch after the other.",
                { @Sendable in .string($0.subsets.map { $0.joined(separator: " and ") }.joined(separator: ", ")) }
            )
        ]

    private typealias Column = (name: String, doc: String, value: @Sendable (History.Entry) -> Value)

    /// The terms of the loss that the paper's code does not have and this training had not.
    private var absent: [LossTerm] {
        LossTerm.all.filter { term in !term.isStandard && history.entries.allSatisfy { $0.losses[term] == 0 } }
    }

    /// The columns of every history, and one more for the attention loss of each handle by itself: "attention_asset0".
    private var columns: [Column] {
        Self.columns
            + HistoryCurves.handles(of: [history]).map { column in
                (column.name, column.doc, { entry in column.value(entry).map { .float(Double($0)) } ?? .none })
            }
    }

    /// The pictures that were drawn, each with its phase and step as words.
    private var previews: [Value] {
        history.previews.map { preview in
            let entry = history.entries[preview.place]
            return .host(ImageValue(preview.picture, alt: "phase \(entry.phase), step \(entry.step)"))
        }
    }

    /// The names of the columns, and "previews".
    public var fieldNames: [String] { columns.map(\.name) + ["previews"] }

    /// Returns a column as a tensor [steps], NaN in steps that lack the number; `handles` and `previews` are lists. Returns nil for an unknown
    /// name.
    public func field(_ name: String) throws -> Value? {
        name == "previews" ? .list(previews) : columns.first { $0.name == name }.map { values(of: $0) }
    }

    private func values(of column: Column) -> Value {
        let values = history.entries.map(column.value)
        if column.name == "handles" { return .list(values) }
        return .tensor(Tensor(values.map { Float($0.number ?? .nan) }, shape: [values.count]))
    }

    /// The steps as rows of a table, without the columns of terms that are absent.
    public var table: TableValue {
        let missing = Set(absent.map(\.name))
        let columns = columns.filter { !missing.contains($0.name) }
        return TableValue(columns: columns.map(\.name), rows: history.entries.map { entry in columns.map { $0.value(entry) } })
    }

    /// Returns what the table's index returns: a row for `history[-1]`, a column for a name.
    public func index(_ subscripts: [Subscript]) throws -> Value { try table.index(subscripts) }

    /// The number of steps.
    public var count: Int? { history.entries.count }
    /// The steps as records.
    public var elements: [Value]? { table.elements }
    /// The number of steps in words.
    public var inlineText: String { "history of \(history.entries.count) steps" }

    /// Returns, for each phase, a curve of each loss and the means of its first and last tenth.
    public func display(_ context: DisplayContext) -> Display {
        guard !history.entries.isEmpty else { return Display("History: no steps yet") }
        let text = Set(history.entries.map(\.phase)).sorted().flatMap { lines(phase: $0, context.width) }.joined(separator: "\n")
        // The curves say it at a terminal; a page has a chart, whose values can be read out.
        guard context.wantsImages, context.wantsExplorables, history.entries.count > 1,
            let figure = try? FigureValue(Figure(.chart(HistoryCurves.chart(history))), metadata: origin)
        else { return Display(text) }
        return Display(text, image: figure.display(context).image)
    }

    /// Returns the lines of one phase; losses that are 0 throughout are left out.
    private func lines(phase: Int, _ width: Int) -> [String] {
        let entries = history.entries.filter { $0.phase == phase }
        let curves = HistoryCurves.columns.map { column in
            (name: column.name.replacing("_", with: " "), values: entries.map { Double(column.value($0) ?? 0) })
        }.filter { $0.values.contains { $0 != 0 } }
        let names = curves.map(\.name.count).max() ?? 0
        let ends = curves.map { Self.ends($0.values) }
        let room = max(8, min(60, width - names - 6 - (ends.map(\.count).max() ?? 0)))
        return ["phase \(phase)  \(entries.count) step\(entries.count == 1 ? "" : "s")"]
            + zip(curves, ends).map { curve, ends in
                "  \(NumberText.pad(curve.name, names))  \(Sparkline.curve(curve.values, width: room))  \(ends)"
            }
    }

    /// Returns "0.0812 → 0.0163", the means of the first and the last tenth of the values.
    private static func ends(_ values: [Double]) -> String {
        let count = max(1, values.count / 10)
        let (first, last) = (values.prefix(count).reduce(0, +) / Double(count), values.suffix(count).reduce(0, +) / Double(count))
        return "\(NumberText.fixed(first, 4)) → \(NumberText.fixed(last, 4))"
    }
}
