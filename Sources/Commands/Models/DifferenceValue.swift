import BreakAScene
import Language

/// The changes from one model to another, by blocks of the networks and by handles.
struct DifferenceValue: DeclaredValue, TableReadable {
    let names: (before: String, after: String)
    /// The changes, largest first.
    let changes: [BlockChange]
    /// The tokens that only the second model has.
    var added: [String] = []
    /// The tokens that only the first model has.
    var removed: [String] = []

    private static let handlePrefix = "handle "
    private static let columns = ["block", "change", "share", "relative"]

    static let declaration = HostDeclaration<DifferenceValue>(
        "difference", "What changed from one model to another; a table of blocks and handles, largest change first.",
        fields: [
            .init("columns", .listOf(.string), "The names of the columns.") { try $0.column("columns") },
            .init("rows", .listOf(.record([], isOpen: true)), "The rows as records.") { try $0.column("rows") },
            .init("block", .listOf(.string), "The block of the networks, or the handle, that changed.") { try $0.column("block") },
            .init("change", .listOf(.float), "The norm of the change.") { try $0.column("change") },
            .init("share", .listOf(.float), "The share of all squared change.") { try $0.column("share") },
            .init("relative", .listOf(.float), "The norm of the change relative to the norm before.") { try $0.column("relative") },
        ])

    var count: Int? { changes.count }
    var elements: [Value]? { table.elements }
    var inlineText: String { "difference of \(names.before) and \(names.after): \(changes.count) blocks" }

    private func column(_ name: String) throws -> Value { try table.field(name) ?? .none }
    func index(_ subscripts: [Subscript]) throws -> Value { try table.index(subscripts) }
    func isEqual(to other: any HostValue) -> Bool {
        (other as? DifferenceValue).map { $0.changes == changes && $0.added == added && $0.removed == removed } ?? false
    }

    /// The squared norm of all changes.
    private var total: Double { changes.reduce(0) { $0 + $1.norm * $1.norm } }

    private func share(_ change: BlockChange) -> Double { total > 0 ? change.norm * change.norm / total : 0 }

    var table: TableValue {
        TableValue(
            columns: Self.columns,
            rows: changes.map { [.string($0.block), .float($0.norm), .float(share($0)), .float($0.relative)] })
    }

    /// Returns the changes of blocks and of handles in separate tables.
    func display(_ context: DisplayContext) -> Display {
        let others = [("new", added), ("gone", removed)].filter { !$0.1.isEmpty }
            .flatMap { TextLines.wrapped("\($0): \($1.joined(separator: ", "))", width: context.width, first: "  ", rest: "    ") }
        guard !changes.isEmpty else {
            let same = others.isEmpty ? "every parameter and handle is the same" : "what both have is the same"
            return Display((["no difference: \(same)"] + others).joined(separator: "\n"))
        }
        let handles = changes.filter { $0.block.hasPrefix(Self.handlePrefix) }
        let blocks = changes.filter { !$0.block.hasPrefix(Self.handlePrefix) }
        var lines = TextLines.wrapped(
            "\(names.before) → \(names.after): a change of norm \(NumberText.fixed(total.squareRoot(), 3)) in all", width: context.width,
            rest: "  ")
        lines += others
        lines += part("block", blocks, context.width) + part("handle", handles, context.width)
        let note = "change: norm of the difference; share: of all squared change; relative: to the norm before."
        return Display((lines + TextLines.wrapped(note, width: context.width)).joined(separator: "\n"))
    }

    private func part(_ head: String, _ changes: [BlockChange], _ width: Int) -> [String] {
        guard !changes.isEmpty else { return [] }
        let columns = [TextTable.Column(head)] + ["change", "share", "relative"].map { .init($0, number: true) }
        let rows = changes.map { change in
            let name = change.block.hasPrefix(Self.handlePrefix) ? String(change.block.dropFirst(Self.handlePrefix.count)) : change.block
            return [
                name, NumberText.column(change.norm), NumberText.fixed(share(change) * 100, 1) + " %",
                NumberText.fixed(change.relative * 100, 2) + " %",
            ]
        }
        return TextTable(columns: columns, rows: rows).lines(width: width, indent: 2)
    }
}
