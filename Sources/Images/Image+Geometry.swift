import Glibc

extension Image {
    /// Every pixel becomes a square of `factor` × `factor`.
    /// Throws `ImageError` (badArgument) for a factor below 1 or a result wider or higher than 8192.
    public func scaled(by factor: Int) throws -> Image {
        guard factor >= 1, factor <= ImageLimits.standard.maximumSide else {
            throw ImageError.argument("a picture is scaled by a whole number from 1 up, not \(factor)")
        }
        let size = try PixelSize(width: width * factor, height: height * factor).validated()
        var out = [UInt8]()
        out.reserveCapacity(size.width * size.height * 3)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let i = (y / factor * width + x / factor) * 3
                out.append(contentsOf: pixels[i..<(i + 3)])
            }
        }
        return Image(width: size.width, height: size.height, pixels: out)
    }

    /// Left and right exchanged.
    public func flipped() -> Image {
        var out = self
        for y in 0..<height {
            for x in 0..<width { out[x, y] = self[width - 1 - x, y] }
        }
        return out
    }

    /// The part inside `rect`. Throws `ImageError` (badArgument) where that is empty or reaches outside.
    public func cropped(to rect: PixelRect) throws -> Image {
        guard rect.x0 >= 0, rect.y0 >= 0, rect.x0 < rect.x1, rect.y0 < rect.y1, rect.x1 <= width,
            rect.y1 <= height
        else {
            throw ImageError.argument(
                "columns \(rect.x0)..<\(rect.x1), rows \(rect.y0)..<\(rect.y1) "
                    + "are not a part of a picture of \(size)")
        }
        var rows = [UInt8]()
        for y in rect.y0..<rect.y1 {
            let start = (y * width + rect.x0) * 3
            rows.append(contentsOf: pixels[start..<(start + rect.width * 3)])
        }
        return Image(width: rect.width, height: rect.height, pixels: rows)
    }

    /// This picture where the mask is 1, `other` where it is 0, mixed between.
    /// Throws `ImageError` (badArgument) where the three sizes differ.
    public func pasted(over other: Image, mask: Mask) throws -> Image {
        guard size == other.size, size == mask.size else {
            throw ImageError.argument(
                "paste: the sizes differ: picture \(size), below it \(other.size), "
                    + "mask \(mask.size); resize them to one size")
        }
        var out = other
        for i in out.pixels.indices { out.pixels[i] = mix(other.pixels[i], pixels[i], mask.values[i / 3]) }
        return out
    }

    /// Peak signal-to-noise ratio in dB over all channels: 10 log10(255² / mean squared error), infinite for
    /// equal pictures. Throws `ImageError` (badArgument) where sizes differ.
    public func psnr(_ other: Image) throws -> Double {
        guard size == other.size else {
            throw ImageError.argument("psnr: the sizes differ, \(size) and \(other.size); resize one of them")
        }
        var sum = 0.0
        for (a, b) in zip(pixels, other.pixels) {
            let difference = Double(a) - Double(b)
            sum += difference * difference
        }
        return sum == 0 ? .infinity : 10 * log10(255 * 255 * Double(pixels.count) / sum)
    }
}

extension Mask {
    /// Left and right exchanged.
    public func flipped() -> Mask {
        Mask(
            size,
            clean: (0..<height).flatMap { y in
                (0..<width).map { x in values[y * width + width - 1 - x] }
            })
    }
}
