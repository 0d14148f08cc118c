import BreakAScene
import Images
import Language

/// The result of `check`: as a list its warnings, which are strings; beside them what each mask has of the attention maps.
struct CheckValue: DeclaredValue {
    let title: String
    let report: SceneReport
    /// The name of the model that was asked about; nil for none.
    let model: String?

    /// The warnings as strings of the language.
    private var warnings: [Value] { report.warnings.map { .string($0.description) } }

    static let declaration = HostDeclaration<CheckValue>(
        "check", "What will not work well in a scene, said before any time is spent; as a list it is its warnings.",
        fields: [
            .init("warnings", .listOf(.string), "What will not work well, a sentence each.") { .list($0.warnings) },
            .init("names", .listOf(.string), "What the thing of each mask is called.") {
                .list($0.report.entries.map { .string($0.name) })
            },
            .init("cells", .listOf(.int), "The cells of the attention maps that each mask has.") {
                .list($0.report.entries.map { .int($0.cells) })
            },
            .init("cropped_cells", .listOf(.int), "The cells that each mask would have after crop(scene).") {
                .list($0.report.entries.map { .int($0.croppedCells) })
            },
            .init("map_size", .pair, "[height, width] of the attention maps.") {
                [.int($0.report.mapSize.height), .int($0.report.mapSize.width)]
            },
            .init("advice", "What crop would bring, or none where it would bring nothing.") {
                $0.report.advice.map { .string($0) } ?? Value.none
            },
        ], element: .string, operators: false)

    var elements: [Value]? { warnings }
    var count: Int? { report.warnings.count }

    /// Returns one warning; negative places count from the end. Throws `.badIndex` for anything but one int and `.indexOutOfRange`.
    func index(_ subscripts: [Subscript]) throws -> Value {
        guard subscripts.count == 1, case .at(.int(let index)) = subscripts[0] else {
            throw Problem(.badIndex, "a check takes the place of a warning")
        }
        let place = index < 0 ? index + warnings.count : index
        guard warnings.indices.contains(place) else {
            throw Problem(.indexOutOfRange, "warning \(index) of a check with \(warnings.count)")
        }
        return warnings[place]
    }

    func isEqual(to other: any HostValue) -> Bool { (other as? CheckValue)?.report.warnings == report.warnings }
    var inlineText: String { report.warnings.isEmpty ? "nothing to say" : "\(report.warnings.count) warnings of \(title)" }

    /// Returns a table with a row for each mask, the warnings and the advice.
    func display(_ context: DisplayContext) -> Display {
        let size = "\(report.mapSize.height)×\(report.mapSize.width)"
        let head =
            "\(title)\(model.map { " for \($0)" } ?? ""): "
            + (report.warnings.isEmpty ? "nothing to say" : "\(report.warnings.count) to know of")
        let rows = report.entries.enumerated().map { index, entry in
            [
                entry.name == Scene.usualName(index) ? "\(index)" : "\(index) \(entry.name)", NumberText.fixed(entry.area * 100, 1) + " %",
                "\(entry.cells)", "\(entry.croppedCells)",
            ]
        }
        let columns: [TextTable.Column] = [
            .init("mask"), .init("area", number: true), .init("cells of \(size)", number: true), .init("cropped", number: true),
        ]
        let notes =
            (report.frame.description.map { ["The model sees \($0)."] } ?? [])
            + (report.otherLevel.map { ["The attention loss goes by \($0)."] } ?? [])
            + report.warnings.map { "⚠ " + $0.description } + (report.advice.map { ["→ " + $0] } ?? [])
        let lines =
            [head] + TextTable(columns: columns, rows: rows).lines(width: context.width, indent: 2)
            + notes.flatMap { TextLines.wrapped($0, width: context.width, first: "  ", rest: "    ") }
        return Display(lines.joined(separator: "\n"))
    }
}
