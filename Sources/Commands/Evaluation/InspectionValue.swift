import BreakAScene
import Figures
import Images
import Language

/// The result of `inspect_pictures`: counts with intervals, the pictures, and a contact sheet.
struct InspectionValue: DeclaredValue, TableReadable {
    let report: InspectionReport
    let scene: String
    let model: String
    /// The segmenter that found the things; nil where the model's own attention did.
    let foundBy: String?

    static let declaration = HostDeclaration<InspectionValue>(
        "inspection", "What stands in pictures drawn of a scene's handles: counts with intervals, .pictures (a table), .images, .sheet.",
        makers: "inspect_pictures(model, scene)",
        fields: [
            .init("handles", .listOf(.string), "The handles.") { .list($0.report.tokens.map { .string($0) }) },
            .init("names", .listOf(.string), "What each handle's thing is called.") { .list($0.report.names.map { .string($0) }) },
            .init("present", "For each handle the share of pictures with its thing in them, of those that ask for it.") {
                $0.rates($0.report.present)
            },
            .init("unasked", "For each handle the share of pictures with its thing in them, of those that do not ask for it.") {
                $0.rates($0.report.unasked)
            },
            .init("others", "For each handle the share of pictures with another handle's thing that was not asked for.") {
                $0.rates($0.report.others)
            },
            .init("doubled", "For each handle the share of pictures with its thing more than once, of those that ask for it and have it.") {
                $0.rates($0.report.doubled)
            },
            .init("brings", "For each pair [i, j] the share of pictures with j's thing, of those that ask for i and not for j.") { value in
                .list(value.handles.map { i in value.rates { i == $0 ? nil : value.report.brings(i, $0) } })
            },
            .init("likeness", .record([], isOpen: true), "For each measure the handles' likeness to the photo's things, 0 to 1.") { value in
                let measures = LikenessMeasure.all.enumerated().map { place, measure in
                    (measure.name, Value.list(value.handles.map { value.mean($0, place).map { .float($0.mean) } ?? .none }))
                }
                return .record(Record(measures))
            },
            .init("table", TableValue.valueType, "The counts with their intervals, a row a handle.") { .host($0.table) },
            .init("prompts", .listOf(.string), "The prompts, with * in the handles' place.") {
                .list($0.report.plan.contexts.map { .string($0) })
            },
            .init("pictures", TableValue.valueType, "What was found, a row for each picture and handle.") { .host($0.pictureTable) },
            .init("images", .listOf(ImageValue.valueType), "The pictures.") { value in
                .list(value.report.pictures.map { .host(value.image($0)) })
            },
            .init("sheet", FigureValue.valueType, "All pictures with outlines of what was found.") {
                .host(try FigureValue(InspectionSheet(report: $0.report).figure()))
            },
        ])

    var inlineText: String { "inspection of \(report.pictures.count) picture\(report.pictures.count == 1 ? "" : "s") of \(scene)" }
    var byteCount: Int { report.pictures.reduce(0) { $0 + $1.image.pixels.count + $1.findings.count * $1.size.width * $1.size.height } }

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
        let sheet = InspectionSheet(report: report)
        guard context.wantsImages, let figure = try? FigureValue(sheet.figure()), var png = figure.display(context).image?.png else {
            return Display(text)
        }
        if context.wantsExplorables, let table = (try? sheet.table()) ?? nil { png = Explorable.pictures(table).embedded(in: png) }
        return Display(text, image: DisplayImage(png: png, alt: "contact sheet of \(report.pictures.count) pictures"))
    }
}
