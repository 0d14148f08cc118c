import BreakAScene
import Images
import Language

/// The result of `inspect_pictures`: counts with intervals, the pictures, and a contact sheet.
struct InspectionValue: TableReadable {
    let report: InspectionReport
    let scene: String
    let model: String

    var typeName: String { "inspection" }

    private static let fields: [(name: String, value: @Sendable (InspectionValue) throws -> Value)] = [
        ("handles", { .list($0.report.tokens.map { .string($0) }) }),
        ("names", { .list($0.report.names.map { .string($0) }) }),
        ("present", { $0.rates($0.report.present) }),
        ("unasked", { $0.rates($0.report.unasked) }),
        ("others", { $0.rates($0.report.others) }),
        ("doubled", { $0.rates($0.report.doubled) }),
        ("brings", { value in .list(value.handles.map { i in value.rates { i == $0 ? nil : value.report.brings(i, $0) } }) }),
        (
            "likeness",
            { value in
                .record(
                    Record(
                        LikenessMeasure.all.enumerated().map { place, measure in
                            (measure.name, .list(value.handles.map { value.mean($0, place).map { .float($0.mean) } ?? .none }))
                        }))
            }
        ),
        ("table", { .host($0.table) }),
        ("prompts", { .list($0.report.plan.contexts.map { .string($0) }) }),
        ("pictures", { .host($0.pictureTable) }),
        ("images", { value in .list(value.report.pictures.map { .host(value.image($0)) }) }),
        ("sheet", { .host(try FigureValue(InspectionSheet(report: $0.report).figure())) }),
    ]

    var fieldNames: [String] { Self.fields.map(\.name) }
    func field(_ name: String) throws -> Value? { try Self.fields.first { $0.name == name }?.value(self) }

    var inlineText: String { "inspection of \(report.pictures.count) picture\(report.pictures.count == 1 ? "" : "s") of \(scene)" }
    var byteCount: Int { report.pictures.reduce(0) { $0 + $1.image.pixels.count + $1.findings.count * $1.size.width * $1.size.height } }
    var explanation: String {
        "What stands in pictures drawn of a scene's handles: counts with intervals, .pictures (a table), .images, .sheet."
    }

    var handles: Range<Int> { report.tokens.indices }

    private func rates(_ count: (Int) -> InspectionReport.Count?) -> Value {
        .list(handles.map { count($0)?.interval.map { .float($0.rate) } ?? .none })
    }

    /// Returns the mean likeness by a measure and half its interval, or nil where nothing was found.
    func mean(_ handle: Int, _ measure: Int) -> (mean: Double, half: Double?)? {
        let values = report.likeness(handle, measure)
        return values.isEmpty ? nil : MeanInterval.of(values)
    }

    /// Returns a picture as `generate` would: its prompt and seed draw it again.
    private func image(_ picture: InspectedPicture) -> ImageValue {
        ImageValue(
            picture.image, metadata: ["Software": "bas", "prompt": picture.prompt, "seed": "\(picture.entry.seed)", "model": model],
            alt: "\(picture.prompt)   \(picture.image.size) px, seed \(picture.entry.seed)")
    }

    // MARK: text

    func display(_ context: DisplayContext) -> Display {
        let text = InspectionText(value: self).lines(context.width).joined(separator: "\n")
        guard context.wantsImages, let figure = try? FigureValue(InspectionSheet(report: report).figure()),
            let shown = figure.display(context).image
        else {
            return Display(text)
        }
        return Display(text, image: DisplayImage(png: shown.png, alt: "contact sheet of \(report.pictures.count) pictures"))
    }
}
