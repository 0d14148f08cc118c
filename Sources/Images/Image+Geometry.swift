import Glibc
import Tensors

extension Image {
    /// The picture with every pixel enlarged to `factor` × `factor`. Throws `ImageError` (badArgument) for a factor below
    /// 1, or a result wider or higher than 8192.
    public func scaled(by factor: Int) throws -> Image {
        guard factor >= 1, factor <= ImageLimits.standard.maximumSide else {
            throw ImageError.argument("a picture is scaled by a whole number from 1 up, not \(factor)")
        }
        let size = try PixelSize(width: width * factor, height: height * factor).validated()
        return Image(size: size, costs: 8) { out, x, y in
            let i = (y / factor * width + x / factor) * 3
            (out[0], out[1], out[2]) = (pixels[i], pixels[i + 1], pixels[i + 2])
        }
    }

    /// The picture mirrored, left to right.
    public func flipped() -> Image {
        Image(size: size, costs: 8) { out, x, y in
            let i = (y * width + width - 1 - x) * 3
            (out[0], out[1], out[2]) = (pixels[i], pixels[i + 1], pixels[i + 2])
        }
    }

    /// The part inside `rect`. Throws `ImageError` (badArgument) where that is empty, or reaches outside of the picture.
    public func cropped(to rect: PixelRect) throws -> Image {
        guard rect.x0 >= 0, rect.y0 >= 0, rect.x0 < rect.x1, rect.y0 < rect.y1, rect.x1 <= width,
            rect.y1 <= height
        else {
            throw ImageError.argument(
                "columns \(rect.x0)..<\(rect.x1), rows \(rect.y0)..<\(rect.y1) "
                    + "are not a part of a picture of \(size)")
        }
        return Image(size: PixelSize(width: rect.width, height: rect.height), costs: 8) { out, x, y in
            let i = ((rect.y0 + y) * width + rect.x0 + x) * 3
            (out[0], out[1], out[2]) = (pixels[i], pixels[i + 1], pixels[i + 2])
        }
    }

    /// This picture where the mask is 1, `other` where it is 0, mixed between. Throws `ImageError` (badArgument) where the
    /// three sizes differ.
    public func pasted(over other: Image, mask: Mask) throws -> Image {
        guard size == other.size, size == mask.size else {
            throw ImageError.argument(
                "paste: the sizes differ: picture \(size), below it \(other.size), "
                    + "mask \(mask.size); resize them to one size")
        }
        let mixed: [UInt8] = Parallel.array(pixels.count, costs: 8) { out, part in
            for i in part { out[i] = mix(other.pixels[i], pixels[i], mask.values[i / 3]) }
        }
        return Image(width: width, height: height, pixels: mixed)
    }

    /// The peak signal-to-noise ratio in dB over all channels, 10 log10(255² / mean squared error); infinite for equal
    /// pictures. Throws `ImageError` (badArgument) where the sizes differ.
    public func psnr(_ other: Image) throws -> Double {
        guard size == other.size else {
            throw ImageError.argument("psnr: the sizes differ, \(size) and \(other.size); resize one of them")
        }
        var sum = 0.0
        Parallel.eachRow(0..<height) { y in
            for i in y * width * 3..<(y + 1) * width * 3 {
                let difference = Double(pixels[i]) - Double(other.pixels[i])
                sum += difference * difference
            }
        }
        return sum == 0 ? .infinity : 10 * log10(255 * 255 * Double(pixels.count) / sum)
    }
}

extension Mask {
    /// The mask mirrored, left to right.
    public func flipped() -> Mask {
        Mask(
            size,
            clean: Parallel.array(values.count) { out, part in
                for i in part { out[i] = values[i - i % width + width - 1 - i % width] }
            })
    }

    /// The part inside `rect`. Throws `ImageError` (badArgument) where that is empty, or reaches outside of the mask.
    public func cropped(to rect: PixelRect) throws -> Mask {
        guard rect.x0 >= 0, rect.y0 >= 0, rect.x0 < rect.x1, rect.y0 < rect.y1, rect.x1 <= width, rect.y1 <= height else {
            throw ImageError.argument(
                "columns \(rect.x0)..<\(rect.x1), rows \(rect.y0)..<\(rect.y1) are not a part of a mask of \(size)")
        }
        var part: [Float] = []
        part.reserveCapacity(rect.width * rect.height)
        for y in rect.y0..<rect.y1 { part += values[y * width + rect.x0..<y * width + rect.x1] }
        return Mask(PixelSize(width: rect.width, height: rect.height), clean: part)
    }
}
