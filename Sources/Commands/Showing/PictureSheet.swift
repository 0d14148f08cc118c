import Figures
import Images
import Language

/// One picture made of several, which is what a list of pictures shows.
enum PictureSheet {
    /// The largest number of pictures in a sheet.
    private static let most = 24
    /// The bounds of a picture's longer side in a sheet, in pixels.
    private static let (smallest, largest) = (96, 256)

    /// Returns a sheet with up to six pictures in a row, or nil for fewer than two pictures and where they cannot be drawn.
    static func image(
        _ pictures: [Image], noun: String, titles: [String] = [], caption: String? = nil, metadata: PNGMetadata, _ context: DisplayContext
    ) -> DisplayImage? {
        guard pictures.count > 1, let shown = try? pictures.prefix(most).map(fitted),
            let sheet = try? FigureValue(
                Figure(.pictures(PictureGrid(shown, titles: Array(titles.prefix(most)), columns: min(6, shown.count)))), metadata: metadata),
            let png = try? sheet.pngData(context)
        else { return nil }
        let rest = pictures.count - shown.count
        return DisplayImage(png: png, alt: (caption ?? "\(pictures.count) \(noun)s") + (rest > 0 ? ", the first \(most)" : ""))
    }

    /// Returns a small picture enlarged by a whole number, a large one reduced, and any other as it is.
    static func fitted(_ image: Image) throws -> Image {
        let side = max(image.width, image.height)
        if side < smallest { return try image.scaled(by: max(1, smallest / side)) }
        guard side > largest else { return image }
        let scale = Double(largest) / Double(side)
        let size = PixelSize(width: max(1, Int(Double(image.width) * scale)), height: max(1, Int(Double(image.height) * scale)))
        return try image.resized(to: size, .lanczos)
    }
}

extension PictureReadable {
    /// Returns the sheet of a list that holds nothing but pictures, or nil for other lists.
    public func picture(of list: [any HostValue], _ context: DisplayContext) -> DisplayImage? {
        Cancellable.answer { sheet(of: list, context) }
    }

    /// Makes the sheet; pictures that know what they were made from get titles and a caption of it.
    private func sheet(of list: [any HostValue], _ context: DisplayContext) -> DisplayImage? {
        let pictures = list.compactMap { ($0 as? any PictureReadable)?.picture }
        guard pictures.count == list.count else { return nil }
        let images = list.compactMap { $0 as? ImageValue }
        let metadata = Provenance.merged(list.compactMap { ($0 as? any Originated)?.origin })
        guard images.count == list.count else { return PictureSheet.image(pictures, noun: typeName, metadata: metadata, context) }
        return PictureSheet.image(
            pictures, noun: typeName, titles: PictureCaption.titles(images), caption: PictureCaption.text(images), metadata: metadata,
            context)
    }
}
