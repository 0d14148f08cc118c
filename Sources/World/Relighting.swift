import Glibc
import Images

/// Colours of things as a light shows them.
///
/// A 3-D model was drawn under the light itself. Of a flat cut-out neither shape nor light is known: it is treated as a
/// cushion whose edge falls away, and shaded by up to a third. That is an approximation; its own light stays in the picture.
enum Relighting {
    /// The colours of a sprite, 0…1, three a pixel.
    static func colors(of sprite: Sprite, isFlat: Bool, _ light: Recipe.Light) -> [Float] {
        var colors = sprite.cutOut.image.pixels.map { Float($0) / 255 }
        guard isFlat else { return colors }
        let (width, height) = (sprite.width, sprite.height)
        let azimuth = Float(light.azimuth * .pi / 180)
        let elevation = Float(light.elevation * .pi / 180)
        let (across, up) = (sin(azimuth) * cos(elevation), sin(elevation))
        let cushion = self.cushion(sprite)
        let strength = Float(max(min(width, height), 1)) * 0.5
        for y in 0..<height {
            for x in 0..<width {
                func at(_ x: Int, _ y: Int) -> Float { cushion[min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)] }
                // The surface falls away to where the cushion is lower.
                let (nx, ny) = ((at(x - 2, y) - at(x + 2, y)) / 4 * strength, (at(x, y - 2) - at(x, y + 2)) / 4 * strength)
                let length = (nx * nx + ny * ny + 1).squareRoot()
                let facing = (across * nx - up * 0.6 * ny) / length
                let slant = across * ((Float(x) + 0.5) / Float(width) - 0.5) * 0.24
                let gain = min(max(1 + 0.42 * facing + slant, 0.62), 1.34)
                for channel in 0..<3 { colors[(y * width + x) * 3 + channel] *= gain }
            }
        }
        return colors
    }

    /// Heights of 0…1 over the sprite: the coverage, blurred over a sixth of its size, several times.
    private static func cushion(_ sprite: Sprite) -> [Float] {
        let (width, height) = (sprite.width, sprite.height)
        var plane = sprite.cutOut.cover.values
        let radius = max(1, min(width, height) / 12)
        for _ in 0..<2 {
            plane = blurred(plane, count: height, length: width, stride: width, step: 1, radius)
            plane = blurred(plane, count: width, length: height, stride: 1, step: width, radius)
        }
        return plane
    }

    private static func blurred(_ plane: [Float], count: Int, length: Int, stride: Int, step: Int, _ radius: Int) -> [Float] {
        var result = plane
        for line in 0..<count {
            var sum: Float = 0
            for place in 0..<min(radius, length) { sum += plane[line * stride + place * step] }
            for place in 0..<length {
                if place + radius < length { sum += plane[line * stride + (place + radius) * step] }
                if place - radius - 1 >= 0 { sum -= plane[line * stride + (place - radius - 1) * step] }
                result[line * stride + place * step] = sum / Float(2 * radius + 1)
            }
        }
        return result
    }
}
