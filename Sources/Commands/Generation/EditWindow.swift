import Images
import Language

/// The part of a picture that an edit draws in: as large as the picture allows in the model's proportions, around the mask.
struct EditWindow {
    private let image: Image
    private let whole: Mask
    /// Of the model's pictures.
    private let size: PixelSize
    private let rect: PixelRect

    /// `mask` has the picture's size.
    init(_ image: Image, _ mask: Mask, _ size: PixelSize) {
        (self.image, whole, self.size) = (image, mask, size)
        rect = image.size.window(of: size, around: mask.boundingBox(above: 0))
    }

    /// Pixels of the picture for one of the model's.
    var enlargement: Double { Double(rect.width) / Double(size.width) }

    /// Says which part that is, where it is not the whole picture.
    func tell(_ call: Call) {
        guard rect.width != image.width || rect.height != image.height else { return }
        let text =
            "Drawn in columns \(max(0, rect.x0))…\(min(rect.x1, image.width)) and rows \(max(0, rect.y0))…\(min(rect.y1, image.height)) of \(image.size).\n"
        call.context.emit(.stream(text))
    }

    /// The part at the model's size.
    func picture() throws -> Image { try image.framed(rect).resized(to: size, .lanczos) }

    func mask() throws -> Mask { try whole.framed(rect).resized(to: size, .box) }

    /// What was drawn, enlarged, in the place of the part: mixed within `feather` pixels inside of the mask's edge. Where
    /// the mask is 0 the picture is as it was, bit for bit.
    func paste(_ drawn: Image, feather: Double) throws -> Image {
        let part = try drawn.resized(to: PixelSize(width: rect.width, height: rect.height), .lanczos)
        let layer = try part.framed(PixelRect(x0: -rect.x0, y0: -rect.y0, x1: image.width - rect.x0, y1: image.height - rect.y0))
        return try layer.pasted(over: image, mask: whole.featheredInside(sigma: feather))
    }
}
