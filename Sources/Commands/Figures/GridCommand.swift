import Figures
import Images
import Language

extension FigureCommands {
    private static let images = Key<Value>(
        "images", .listOrSingle(.any), doc: "Images, scenes, masks, figures or tensors [H, W, 3] in -1…1; or rows of them.")
    private static let titles = Key<[Value]?>("titles", doc: "Above the pictures in order; fewer leave the rest bare.")
    private static let columns = Key<Value?>(
        "columns", .oneOf([.int, .list(.any)]), range: 1...1000,
        doc: "Pictures in a row (up to four where not given), or titles of columns.")
    private static let scale = Key<Bool>(
        "scale", default: true, doc: "Pictures of several sizes at one height; false leaves their sizes as they are.",
        keywordOnly: true)
    private static let rows = Key<[Value]?>("rows", doc: "Titles of the rows, at their left.", keywordOnly: true)

    static let grid = Builtin(
        "grid", family: .figures, summary: "Several pictures as one figure, in rows, with titles above each, or by row and column.",
        parameters: [images, titles, columns, rows, scale, title], result: .figure,
        terms: ["montage", "contact sheet", "collage", "compare", "tile", "labels", "pictures"],
        examples: [
            .init("grid([image(zeros([32, 32])), image(ones([32, 32]))], titles=[\"grey\", \"white\"])", shows: "2 pictures: grey, white"),
            .init(
                "p = image(zeros([32, 32]))\ngrid([[p, p], [p, p]], rows=[\"seed 0\", \"seed 1\"], columns=[\"before\", \"after\"])",
                shows: "4 pictures: before, after"),
        ], run: { try make(.pictures(try pictureGrid($0[images], $0)), $0) })

    /// Returns the pictures that a value holds, with the titles that the call gives.
    static func pictureGrid(_ value: Value, _ call: Call) throws -> PictureGrid {
        let items = try value.elements ?? [value]
        // A list of lists is a grid by rows.
        let inner = try items.map { item in item.host(as: (any HostValue).self) == nil ? try item.elements : nil }
        let lists = inner.compactMap(\.self)
        let pictures = try zip(items, inner).flatMap { item, list in
            try (list ?? [item]).map { try ImageValue.reading($0, call.builtin.parameters[0].name, call).image }
        }
        func names(_ values: [Value]?) -> [String] { values?.map(AxisPlaces.name) ?? [] }
        var grid = try PictureGrid(
            pictures, titles: names(call[titles]), columnTitles: names(call[columns]?.elements), rowTitles: names(call[rows]))
        if case .int(let count)? = try call[columns] { grid.columns = count }
        grid.hasEqualHeights = try call[scale]
        if let first = lists.first, lists.count == items.count, grid.columns == nil {
            if let odd = lists.firstIndex(where: { $0.count != first.count }) {
                throw Problem(
                    .badArgument, "\(call.builtin.name): the rows have different lengths", argument: call.builtin.parameters[0].name,
                    label: "row 0 has \(first.count), row \(odd) \(lists[odd].count)")
            }
            grid.columns = max(1, first.count)
        }
        return grid
    }

    // MARK: show

    private static let shown = Key<[Value]>(rest: "values", doc: "What to show.")
    private static let shownTitles = Key<[Value]?>("titles", doc: "Written over the pictures of a list.", keywordOnly: true)
    private static let shownColumns = Key<Value?>(
        "columns", .oneOf([.int, .list(.any)]), range: 1...1000, doc: "Pictures of a list in a row, or titles of columns.",
        keywordOnly: true)
    private static let ruler = Key<Bool>(
        "ruler", default: false, doc: "Pictures with rulers in their own pixels, to read boxes off.", keywordOnly: true)

    static let show = Builtin(
        "show", family: .figures, summary: "Shows values: pictures as pictures, a list of pictures as a grid.",
        parameters: [shown, shownTitles, shownColumns, rows, scale, ruler], result: .none,
        terms: ["ruler", "pixels", "coordinates", "display", "view", "picture", "print", "see"],
        examples: [.init("show image(zeros([32, 32]))")], seeAlso: ["table", "save_table", "load_table"], isCommand: true, cost: .engine,
        run: showValues)

    @Sendable private static func showValues(_ call: Call) throws -> Value {
        for value in try call[shown] {
            // A value whose computation was stopped before is shown; one that a stop interrupts while it is being drawn is not.
            let wasAsked = call.context.interrupt.isRequested
            let display = try call[ruler] ? display(ruled(value, call), call) : display(value, call)
            if !wasAsked { try call.context.checkInterrupt() }
            call.context.emit(.display(display))
        }
        return .none
    }

    /// Returns every picture in a value between rulers; of a scene its photo.
    private static func ruled(_ value: Value, _ call: Call) throws -> Value {
        if case .list(let items) = value { return .list(try items.map { try ruled($0, call) }) }
        guard let picture = value.host(as: PictureReadable.self)?.picture else {
            throw Problem(
                .wrongType, "ruler=true is for pictures and scenes", argument: ruler.name, label: "this shows \(value.describedType)")
        }
        return .host(
            ImageValue(
                try call.mapped(shown) { try picture.ruled() },
                alt: "\(picture.size) px, rulers in pixels [x, y] from the top left corner"))
    }

    private static func display(_ value: Value, _ call: Call) throws -> Display {
        let context = call.context.displayContext
        guard case .list(let items) = value, isPictures(items) else { return call.context.display { value.display($0) } }
        do {
            var grid = try pictureGrid(value, call)
            let images = items.compactMap { $0.host(as: ImageValue.self) }
            let areDrawn = images.count == items.count
            if areDrawn, grid.titles.isEmpty, grid.columnTitles.isEmpty, grid.rowTitles.isEmpty {
                grid.titles = PictureCaption.titles(images)
            }
            let display = try FigureValue(Figure(.pictures(grid)), metadata: Provenance.of(call)).display(context)
            guard areDrawn, let caption = PictureCaption.text(images) else { return display }
            return Display(caption, image: display.image.map { DisplayImage(png: $0.png, alt: caption) })
        } catch let error as FigureError {
            throw problem(error, call)
        }
    }

    /// Returns whether the items are pictures, or rows of pictures.
    private static func isPictures(_ items: [Value]) -> Bool {
        !items.isEmpty
            && items.allSatisfy { item in
                if case .list(let row) = item { return !row.isEmpty && row.allSatisfy { $0.host(as: PictureReadable.self) != nil } }
                return item.host(as: PictureReadable.self) != nil
            }
    }
}
