import Figures
import Images
import Language

/// A generation step by step, with guidance and without: a table of pictures at the terminal, a film in a page.
struct DenoisingValue: DeclaredValue {
    /// The pictures of one generation.
    struct Track: Sendable {
        /// The scale of guidance; 1 is none.
        let guidance: Double
        /// The noisy picture at each step that is shown, and the picture that the model guesses from it.
        let noisy, guesses: [Image]
        /// What is drawn in the end.
        let picture: Image
    }

    /// The prompt as people read it, with things by their names.
    let caption: String
    /// The numbers of the steps that are shown, from 1, and their timesteps.
    let steps: [Int]
    let timesteps: [Double]
    /// The number of all steps.
    let count: Int
    let scheduler: String
    let seed: Int
    /// The generation with guidance, and that without; one alone where guidance is 1.
    let tracks: [Track]
    let origin: PNGMetadata

    static let declaration = HostDeclaration<DenoisingValue>(
        "denoising", "A generation step by step: the noisy pictures, and what the model guesses from each.",
        makers: "denoising(model, prompt)",
        fields: [
            .init("steps", .listOf(.int), "The numbers of the steps that are shown, from 1.") { .list($0.steps.map { .int($0) }) },
            .init("timesteps", .listOf(.float), "Their timesteps.") { .list($0.timesteps.map { .float($0) }) },
            .init("noisy", .listOf(ImageValue.valueType), "The picture before each step, still noisy.") { $0.images(0, \.noisy) },
            .init("guesses", .listOf(ImageValue.valueType), "The picture that the model guesses from it at once.") {
                $0.images(0, \.guesses)
            },
            .init("image", ImageValue.valueType, "What is drawn in the end.") { $0.image(0) },
            .init("plain_noisy", .listOf(ImageValue.valueType), "As noisy, drawn without guidance from the same noise.") {
                $0.images($0.tracks.count - 1, \.noisy)
            },
            .init("plain_guesses", .listOf(ImageValue.valueType), "As guesses, without guidance.") {
                $0.images($0.tracks.count - 1, \.guesses)
            },
            .init("plain_image", ImageValue.valueType, "What is drawn in the end without guidance.") { $0.image($0.tracks.count - 1) },
        ])

    private func images(_ track: Int, _ which: (Track) -> [Image]) -> Value {
        .list(which(tracks[track]).map { .host(ImageValue($0, metadata: origin)) })
    }

    private func image(_ track: Int) -> Value { .host(ImageValue(tracks[track].picture, metadata: origin)) }

    var inlineText: String { "denoising of \"\(caption)\", \(count) steps" }
    var byteCount: Int {
        tracks.reduce(0) { $0 + ($1.noisy + $1.guesses + [$1.picture]).reduce(0) { $0 + $1.pixels.count } }
    }

    /// The rows of pictures with their names; the picture that is drawn stands at the end of each.
    private var rows: [(name: String, pictures: [Image])] {
        tracks.flatMap { track in
            let how = track.guidance == 1 ? "no guidance" : "guidance \(NumberText.significant(track.guidance))"
            return [("noisy, \(how)", track.noisy + [track.picture]), ("guess, \(how)", track.guesses + [track.picture])]
        }
    }

    private func labels(_ name: String) -> [String] {
        timesteps.map { "\(name)\(NumberText.significant($0))" } + ["done"]
    }

    /// The most pictures in a row of the still figure.
    private static let mostColumns = 5
    /// The longest side of a picture in it: noise takes much room in a file.
    private static let side = 96

    func display(_ context: DisplayContext) -> Display {
        let how = tracks.map { $0.guidance == 1 ? "none" : NumberText.significant($0.guidance) }.joined(separator: " and ")
        let text = "denoising of \"\(caption)\": \(count) steps of \(scheduler), guidance \(how), seed \(seed)"
        let lines = TextLines.wrapped(text, width: context.width, rest: "  ").joined(separator: "\n")
        guard context.wantsImages, let image = Cancellable.answer({ try? still(context) }) else { return Display(lines) }
        return Display(lines, image: image)
    }

    private static func fitted(_ image: Image) throws -> Image {
        let scale = min(1, Double(side) / Double(max(image.width, image.height)))
        let size = PixelSize(width: max(1, Int(Double(image.width) * scale)), height: max(1, Int(Double(image.height) * scale)))
        return size == image.size ? image : try image.resized(to: size, .lanczos)
    }

    private func still(_ context: DisplayContext) throws -> DisplayImage? {
        let columns = labels("t = ")
        let most = min(columns.count, Self.mostColumns)
        let kept = most < 2 ? Array(columns.indices) : (0..<most).map { $0 * (columns.count - 1) / (most - 1) }
        let grid = PictureGrid(
            try rows.flatMap { row in try kept.map { try Self.fitted(row.pictures[$0]) } }, columns: kept.count,
            columnTitles: kept.map { columns[$0] }, rowTitles: rows.map(\.name))
        var png = try FigureValue(Figure(.pictures(grid)), metadata: origin).pngData(context)
        if context.wantsExplorables, let film = try DenoisingFilm(rows, steps: columns) { png = Explorable.film(film).embedded(in: png) }
        return DisplayImage(png: png, alt: "denoising of \(caption): \(columns.count) moments")
    }
}

extension DenoisingValue: Originated {}
