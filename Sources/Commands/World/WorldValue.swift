import BreakAScene
import Figures
import Images
import Language
import World

/// A rendered scene of the world as a value of the language: picture, exact masks, and everything that is true of it.
struct WorldValue: DeclaredValue, PictureReadable {
    let rendered: RenderedScene
    /// Which library its things are from.
    let library: WorldLibrary
    /// What the scene that it gives is called.
    let title: String

    var picture: Image { rendered.image }

    static let declaration = HostDeclaration<WorldValue>(
        "world", "A drawn scene with exact masks, whose things can be drawn again in other poses, lights and places.", reader: "load_world",
        makers: "render(3, seed=1), or load_world(\"cat_gift\")",
        fields: [
            .init("image", ImageValue.valueType, "The picture.") { .host($0.image) },
            .init("masks", .listOf(MaskValue.valueType), "For each thing the pixels in which it is seen.") {
                .list($0.rendered.masks.map { .mask($0) })
            },
            .init("full_masks", .listOf(MaskValue.valueType), "For each thing all its pixels, those behind other things included.") {
                .list($0.rendered.fullMasks.map { .mask($0) })
            },
            .init("background_mask", MaskValue.valueType, "The pixels that belong to no thing.") { .mask($0.rendered.backgroundMask) },
            .init("scene", SceneValue.valueType, "Picture, masks and names, as phase1 takes them.") { .host(SceneValue(try $0.scene())) },
            .init("caption", .string, "What is visible from left to right, and where.") { .string($0.rendered.caption) },
            .init("description", .string, "The caption with colours, sizes and places as far as they are known.") {
                .string($0.rendered.description)
            },
            .init("names", .listOf(.string), "The word for each thing.") { .list($0.rendered.names.map { .string($0) }) },
            .init("classes", "The class of each thing, or none.") { value in
                .list(value.rendered.objects.map { $0.className.map { .string($0) } ?? .none })
            },
            .init("objects", .listOf(.string), "The identifier of each thing in its library.") {
                .list($0.rendered.objects.map { .string($0.id) })
            },
            .init("positions", .listOf(.pair), "For each thing [x, y] in pixels of its middle at its foot.") { value in
                .list(value.rendered.scene.things.map { [value.pixels($0.x), value.pixels($0.base)] })
            },
            .init("areas", .listOf(.float), "The share of the picture that each thing covers, hidden parts included.") {
                .list($0.rendered.fullMasks.map { .float($0.areaFraction) })
            },
            .init("hidden", .listOf(.float), "The share of each thing that other things hide.") {
                .list($0.rendered.hidden.map { .float($0) })
            },
            .init("poses", "For each thing [azimuth, elevation] in degrees from which it is seen; none for a flat cut-out.") { value in
                .list(value.rendered.poses.map { $0.map { [.float($0.azimuth), .float($0.elevation)] } ?? .none })
            },
            .init("light", .string, "From where the light comes: left, right or above.") { .string($0.rendered.scene.light) },
            .init("background", .string, "The name of the background.") { .string($0.rendered.scene.background) },
            .init("style", .string, "The style in which it is drawn.") { .string($0.rendered.scene.style) },
            .init("held_out", .bool, "Whether no thing in it was ever trained on.") { .bool($0.rendered.objects.allSatisfy(\.isHeldOut)) },
            .init("credits", .listOf(.string), "Licence and author of each thing.") {
                .list($0.rendered.objects.map { .string("\($0.name): \($0.license), \($0.attribution)") })
            },
            .init("title", .string, "What its scene is called; handles go by it.") { .string($0.title) },
            .init("size", .pair, "[height, width] of the picture in pixels.") {
                [.int($0.rendered.image.height), .int($0.rendered.image.width)]
            },
        ], element: nil, operators: false)

    /// What the scene of a rendered world is called: its things' names.
    static func title(_ rendered: RenderedScene) -> String {
        String(rendered.names.joined(separator: "_").map { $0 == " " || $0 == "/" ? "-" : $0 })
    }

    private var image: ImageValue {
        ImageValue(rendered.image, metadata: origin, alt: "\(rendered.caption)   \(rendered.image.size) px")
    }

    private func pixels(_ share: Double) -> Value { .float(share * Double(rendered.scene.side)) }

    /// Returns the picture with its masks and names. Throws `SceneError`.
    func scene() throws -> Scene {
        try Scene(image: rendered.image, masks: rendered.masks, names: rendered.names, title: title)
    }

    func isEqual(to other: any HostValue) -> Bool { (other as? WorldValue)?.rendered == rendered }
    var inlineText: String { "world \(title)" }
    var byteCount: Int { rendered.image.pixels.count + rendered.masks.count * 2 * rendered.image.width * rendered.image.height * 4 }

    // MARK: display

    func display(_ context: DisplayContext) -> Display { Cancellable.answer { shown(context) } }

    private func shown(_ context: DisplayContext) -> Display {
        let image = context.wantsImages ? try? FigureValue(figure(), metadata: origin).pngData(context) : nil
        return Display(
            lines(context.width).joined(separator: "\n"),
            image: image.map { DisplayImage(png: $0, alt: rendered.caption, fileStem: title) })
    }

    /// Returns the picture beside one copy for each thing: its mask in colour, the rest of its full mask outlined by a weaker tint.
    private func figure() throws -> Figure {
        let side = 192
        let size = PixelSize(width: side, height: side)
        let photo = try rendered.image.resized(to: size, .lanczos)
        let tinted = try rendered.masks.indices.map { index in
            try photo.tinted(masks: [try rendered.masks[index].resized(to: size, .box)], labels: ["\(index)"], firstColor: index)
        }
        return Figure(.pictures(PictureGrid([photo] + tinted, titles: [title] + rendered.names, columns: min(5, tinted.count + 1))))
    }

    private func lines(_ width: Int) -> [String] {
        let scene = rendered.scene
        let source = scene.light == "above" ? "above" : "the \(scene.light)"
        let head = "World \"\(title)\"  \(rendered.image.size)  \(scene.background), light from \(source)"
        let rows = rendered.objects.indices.map { index -> [String] in
            let pose = rendered.poses[index].map { "\(Int($0.azimuth))°, \(Int($0.elevation))°" } ?? "flat"
            return [
                rendered.names[index], rendered.objects[index].className ?? "–",
                NumberText.fixed(rendered.fullMasks[index].areaFraction * 100, 1) + " %",
                NumberText.fixed(rendered.hidden[index] * 100, 0) + " %", pose,
            ]
        }
        let columns: [TextTable.Column] = [
            .init("thing"), .init("class"), .init("area", number: true), .init("hidden", number: true), .init("pose"),
        ]
        return [head] + TextTable(columns: columns, rows: rows).lines(width: width, indent: 2)
            + TextLines.wrapped(rendered.description, width: width, first: "  ", rest: "  ")
    }
}

extension WorldValue: Originated {
    var origin: PNGMetadata { ["scene": title, "caption": rendered.caption] }
}
