import Images
import Language

/// The part of a picture in which an edit draws: around the mask, in the model's proportions, and as large as the picture allows.
struct EditWindow {
    private let image: Image
    private let whole: Mask
    /// The size of the model's pictures.
    private let size: PixelSize
    private let rect: PixelRect

    /// Creates the window; `mask` has the picture's size.
    init(_ image: Image, _ mask: Mask, _ size: PixelSize) {
        (self.image, whole, self.size) = (image, mask, size)
        rect = image.size.window(of: size, around: mask.boundingBox(above: 0))
    }

    /// The number of the picture's pixels for one of the model's.
    var enlargement: Double { Double(rect.width) / Double(size.width) }

    /// Prints which part that is, where it is not the whole picture.
    func tell(_ call: Call) {
        guard rect.width != image.width || rect.height != image.height else { return }
        let text =
            "Drawn in columns \(max(0, rect.x0))…\(min(rect.x1, image.width)) and rows \(max(0, rect.y0))…\(min(rect.y1, image.height)) of \(image.size).\n"
        call.context.emit(.stream(text))
    }

    /// Returns the part at the model's size.
    func picture() throws -> Image { try image.framed(rect).resized(to: size, .lanczos) }

    func mask() throws -> Mask { try whole.framed(rect).resized(to: size, .box) }

    /// Returns the picture with the drawn part enlarged and pasted in place, blended within `feather` pixels inside of the mask's edge.
    /// Where the mask is 0, the picture is unchanged, bit for bit.
    func paste(_ drawn: Image, feather: Double) throws -> Image {
        let part = try drawn.resized(to: PixelSize(width: rect.width, height: rect.height), .lanczos)
        let layer = try part.framed(PixelRect(x0: -rect.x0, y0: -rect.y0, x1: image.width - rect.x0, y1: image.height - rect.y0))
        return try layer.pasted(over: image, mask: whole.featheredInside(sigma: feather))
    }
}
