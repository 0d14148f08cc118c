import Tensors

extension Image {
    /// The part inside `rect`, which may reach outside of the picture: there the nearest pixel of the border is repeated.
    /// Throws `ImageError` (badArgument) where a side of `rect` is not 1…8192.
    public func framed(_ rect: PixelRect) throws -> Image {
        let size = try PixelSize(width: rect.width, height: rect.height).validated()
        if rect == PixelRect(x0: 0, y0: 0, x1: width, y1: height) { return self }
        return Image(size: size, costs: 8) { out, x, y in
            let (column, row) = (min(max(rect.x0 + x, 0), width - 1), min(max(rect.y0 + y, 0), height - 1))
            let i = (row * width + column) * 3
            (out[0], out[1], out[2]) = (pixels[i], pixels[i + 1], pixels[i + 2])
        }
    }
}

extension Mask {
    /// The part inside `rect`, which may reach outside of the mask: there it is 0. Throws `ImageError` (badArgument) where
    /// a side of `rect` is not 1…8192.
    public func framed(_ rect: PixelRect) throws -> Mask {
        let size = try PixelSize(width: rect.width, height: rect.height).validated()
        if rect == PixelRect(x0: 0, y0: 0, x1: width, y1: height) { return self }
        return Mask(
            size,
            clean: Parallel.array(size.width * size.height) { out, part in
                for i in part {
                    let (column, row) = (rect.x0 + i % size.width, rect.y0 + i / size.width)
                    let isInside = column >= 0 && row >= 0 && column < width && row < height
                    out[i] = isInside ? values[row * width + column] : 0
                }
            })
    }
}
