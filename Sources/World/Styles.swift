import Glibc
import Images

/// The ways of drawing: what is done to a finished picture. Masks stay as they are.
enum Styles {
    /// A picture in a style of the recipe. Throws `ImageError`, and `WorldError.unknownStyle` for one that is not drawn.
    static func apply(_ style: String, to image: Image) throws -> Image {
        switch style {
        case "photo": return image
        case "bw": return grey(image)
        case "pixel": return try pixels(image)
        case "sketch": return sketch(image)
        case "oil": return oil(image)
        default: throw WorldError.unknownStyle(style, known: ["photo", "oil", "sketch", "pixel", "bw"])
        }
    }

    /// The brightness of each pixel, 0…255 (ITU-R 601).
    private static func luma(_ image: Image) -> [Float] {
        image.pixels.withUnsafeBufferPointer { pixels in
            (0..<image.width * image.height).map { index -> Float in
                let (red, green, blue) = (Float(pixels[index * 3]), Float(pixels[index * 3 + 1]), Float(pixels[index * 3 + 2]))
                return 0.299 * red + 0.587 * green + 0.114 * blue
            }
        }
    }

    private static func picture(_ values: [Float], like image: Image) -> Image {
        Image(
            width: image.width, height: image.height,
            pixels: values.flatMap { value in [UInt8](repeating: UInt8(min(max(value, 0), 255).rounded()), count: 3) })
    }

    private static func grey(_ image: Image) -> Image { picture(luma(image), like: image) }

    /// 32 blocks a side in 24 colours of the picture itself.
    private static func pixels(_ image: Image) throws -> Image {
        let small = try image.resized(to: PixelSize(width: 32, height: 32), .box)
        let colors = (0..<32 * 32).map { index -> SIMD3<Float> in
            let (red, green, blue) = (small.pixels[index * 3], small.pixels[index * 3 + 1], small.pixels[index * 3 + 2])
            return SIMD3<Float>(Float(red), Float(green), Float(blue))
        }
        let palette = palette(of: colors, count: 24)
        var blocks: [UInt8] = []
        for color in colors {
            let own = palette[nearest(color, palette)]
            for channel in 0..<3 { blocks.append(UInt8(min(max(own[channel], 0), 255).rounded())) }
        }
        return try Image(width: 32, height: 32, pixels: blocks).resized(to: image.size, .nearest)
    }

    /// Colours that stand for many: those of even steps of brightness, then eight rounds of k-means.
    private static func palette(of colors: [SIMD3<Float>], count: Int) -> [SIMD3<Float>] {
        let ordered = colors.sorted { (a: SIMD3<Float>, b: SIMD3<Float>) -> Bool in (a.sum(), a.x, a.y) < (b.sum(), b.x, b.y) }
        var palette = (0..<count).map { (step: Int) -> SIMD3<Float> in ordered[(step * 2 + 1) * ordered.count / (2 * count)] }
        for _ in 0..<8 {
            var sums = palette.map { _ in (sum: SIMD3<Float>(repeating: 0), count: Float(0)) }
            for color in colors {
                let place = nearest(color, palette)
                sums[place] = (sums[place].sum + color, sums[place].count + 1)
            }
            for (place, found) in sums.enumerated() where found.count > 0 { palette[place] = found.sum / found.count }
        }
        return palette
    }

    private static func nearest(_ color: SIMD3<Float>, _ palette: [SIMD3<Float>]) -> Int {
        var best = (distance: Float.infinity, place: 0)
        for (place, other) in palette.enumerated() {
            let difference = color - other
            let distance = (difference * difference).sum()
            if distance < best.distance { best = (distance, place) }
        }
        return best.place
    }

    /// A pencil drawing: brightness divided by its surroundings' leaves lines.
    private static func sketch(_ image: Image) -> Image {
        let bright = luma(image)
        var around = bright
        let radius = max(1, image.width / 42)
        for _ in 0..<2 { around = blurred(around, image.width, image.height, radius) }
        return picture(zip(bright, around).map { min($0 / max($1, 1) * 250, 255) }, like: image)
    }

    private static func blurred(_ plane: [Float], _ width: Int, _ height: Int, _ radius: Int) -> [Float] {
        var rows = plane
        for y in 0..<height {
            for x in 0..<width {
                let (low, high) = (max(0, x - radius), min(width - 1, x + radius))
                var sum: Float = 0
                for place in low...high { sum += plane[y * width + place] }
                rows[y * width + x] = sum / Float(high - low + 1)
            }
        }
        var result = rows
        for y in 0..<height {
            let (low, high) = (max(0, y - radius), min(height - 1, y + radius))
            for x in 0..<width {
                var sum: Float = 0
                for place in low...high { sum += rows[place * width + x] }
                result[y * width + x] = sum / Float(high - low + 1)
            }
        }
        return result
    }

    /// Strokes of paint: every pixel takes the mean of that one of the four squares around it which is most even (Kuwahara's
    /// filter).
    private static func oil(_ image: Image) -> Image {
        let (width, height, radius) = (image.width, image.height, max(2, image.width / 64))
        let bright = luma(image)
        var out = image.pixels
        for y in 0..<height {
            for x in 0..<width {
                var best: (spread: Float, mean: (Float, Float, Float)) = (.infinity, (0, 0, 0))
                for (dx, dy) in [(-radius, -radius), (0, -radius), (-radius, 0), (0, 0)] {
                    let (left, top) = (max(0, x + dx), max(0, y + dy))
                    let (right, bottom) = (min(width - 1, x + dx + radius), min(height - 1, y + dy + radius))
                    var (sum, square, mean, count) = (Float(0), Float(0), (Float(0), Float(0), Float(0)), Float(0))
                    for row in top...bottom {
                        for column in left...right {
                            let index = row * width + column
                            sum += bright[index]
                            square += bright[index] * bright[index]
                            mean.0 += Float(image.pixels[index * 3])
                            mean.1 += Float(image.pixels[index * 3 + 1])
                            mean.2 += Float(image.pixels[index * 3 + 2])
                            count += 1
                        }
                    }
                    let spread = square / count - (sum / count) * (sum / count)
                    if spread < best.spread { best = (spread, (mean.0 / count, mean.1 / count, mean.2 / count)) }
                }
                let index = (y * width + x) * 3
                out[index] = UInt8(min(max(best.mean.0, 0), 255))
                out[index + 1] = UInt8(min(max(best.mean.1, 0), 255))
                out[index + 2] = UInt8(min(max(best.mean.2, 0), 255))
            }
        }
        return Image(width: width, height: height, pixels: out)
    }
}
