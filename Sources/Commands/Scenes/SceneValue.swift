import BreakAScene
import Figures
import Images
import Language

/// A scene as a value of the language. It shows itself as the photo beside one tinted copy for each mask, with a table of the masks.
public struct SceneValue: DeclaredValue, PictureReadable {
    /// The photo, its masks and their names.
    public let scene: Scene

    /// Wraps a scene.
    public init(_ scene: Scene) { self.scene = scene }

    /// The photo.
    public var picture: Image { scene.image }

    /// The type of scenes and its fields.
    public static let declaration = HostDeclaration<SceneValue>(
        "scene", "A photo and a mask per thing in it: what phase1 and phase2 learn from.", reader: "load_scene",
        makers: "load_scene(\"toys\"), or of a picture: scene(image, [mask, …])",
        fields: [
            .init("image", ImageValue.valueType, "The photo.") { .image($0.scene.image) },
            .init("masks", .listOf(MaskValue.valueType), "A mask for each thing.") { .list($0.scene.masks.map { .mask($0) }) },
            .init("names", .listOf(.string), "What each thing is called.") { .list($0.scene.names.map { .string($0) }) },
            .init("size", .pair, "[height, width] of the photo in pixels.") {
                [.int($0.scene.image.height), .int($0.scene.image.width)]
            },
            .init("title", .string, "What the scene is called; handles go by it.") { .string($0.scene.title) },
            .init("fit", .string, "How the photo comes to a model's shape: crop, pad or squash.") { .string($0.scene.fit.rawValue) },
        ], element: nil, operators: false)

    /// Returns whether the other value is an equal scene.
    public func isEqual(to other: any HostValue) -> Bool { (other as? SceneValue)?.scene == scene }
    /// The word "scene" and the title.
    public var inlineText: String { "scene \(scene.title)" }
    /// The bytes of the photo and of its masks.
    public var byteCount: Int { scene.image.pixels.count + scene.masks.count * scene.image.width * scene.image.height * 4 }

    /// Returns the table of the masks with the warnings, and the figure where the context wants images.
    public func display(_ context: DisplayContext) -> Display { Cancellable.answer { shown(context) } }

    private func shown(_ context: DisplayContext) -> Display {
        let alt = "\(scene.title) and each of its masks"
        let image = context.wantsImages ? try? FigureValue(figure(), metadata: origin).pngData(context) : nil
        return Display(
            lines(context.width).joined(separator: "\n"), image: image.map { DisplayImage(png: $0, alt: alt, fileStem: scene.title) })
    }

    /// Returns a grid with the photo and, beside it, each mask tinted over the photo; the longer side of each picture has 192 pixels.
    private func figure() throws -> Figure {
        let side = 192
        let scale = Double(side) / Double(max(scene.image.width, scene.image.height))
        let size = PixelSize(width: max(1, Int(Double(scene.image.width) * scale)), height: max(1, Int(Double(scene.image.height) * scale)))
        let photo = try scene.image.resized(to: size, .lanczos)
        let tinted = try scene.masks.indices.map { index in
            try photo.tinted(masks: [try scene.masks[index].resized(to: size, .box)], labels: ["\(index)"], firstColor: index)
        }
        let titles = scene.names.enumerated().map { $1 == Scene.usualName($0) ? $1 : "\($0): \($1)" }
        return Figure(.pictures(PictureGrid([photo] + tinted, titles: [scene.title] + titles, columns: min(5, tinted.count + 1))))
    }

    /// Returns the text: a head line, what a square model sees, a table of the masks, and the warnings.
    private func lines(_ width: Int) -> [String] {
        let head =
            "Scene \"\(scene.title)\"  \(scene.image.width)×\(scene.image.height)  \(scene.masks.count) mask\(scene.masks.count == 1 ? "" : "s")"
        guard let report = try? SceneReport(scene) else { return [head] }
        let seen =
            report.frame.description.map { TextLines.wrapped("a square model sees \($0)", width: width, first: "  ", rest: "    ") } ?? []
        let rows = report.entries.enumerated().map { index, entry in
            [
                entry.name == Scene.usualName(index) ? "\(index)" : "\(index) \(entry.name)", NumberText.fixed(entry.area * 100, 1) + " %",
                "\(entry.cells)",
                entry.overlap.map { "\(NumberText.fixed($0.share * 100, 0)) % in mask \($0.other)" } ?? "–",
            ]
        }
        let columns: [TextTable.Column] = [
            .init("mask"), .init("area", number: true), .init("cells of 16×16", number: true), .init("overlap"),
        ]
        return [head] + seen + TextTable(columns: columns, rows: rows).lines(width: width, indent: 2)
            + report.warnings.flatMap { TextLines.wrapped($0.description, width: width, first: "  ⚠ ", rest: "    ") }
    }
}
