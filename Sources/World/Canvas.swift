import Glibc
import Images

/// The picture while it is drawn: three numbers of 0…1 a pixel.
struct Canvas {
    let side: Int
    var pixels: [Float]

    /// Brightens the half of the background from which the light comes, by up to a tenth.
    mutating func shine(_ light: Recipe.Light) {
        let across = Float(sin(light.azimuth * .pi / 180) * cos(light.elevation * .pi / 180))
        for y in 0..<side {
            for x in 0..<side {
                let gain = 1 + 0.2 * across * ((Float(x) + 0.5) / Float(side) - 0.5)
                for channel in 0..<3 { pixels[(y * side + x) * 3 + channel] *= gain }
            }
        }
    }

    /// Darkens the ground around a thing: where it stands, and where it keeps the light away.
    mutating func shade(_ placed: Placed, _ light: Recipe.Light) {
        var dark = cast(placed, light)
        let radius = max(1, side / 80)
        for _ in 0..<2 { Self.blur(&dark, side, radius) }
        var contact = self.contact(placed)
        for _ in 0..<2 { Self.blur(&contact, side, max(1, side / 110)) }
        for index in 0..<side * side {
            let strength = 1 - (1 - 0.42 * dark[index]) * (1 - 0.5 * contact[index])
            guard strength > 0 else { continue }
            for channel in 0..<3 { pixels[index * 3 + channel] *= 1 - strength }
        }
    }

    /// The outline of a thing, laid on the ground away from the light.
    private func cast(_ placed: Placed, _ light: Recipe.Light) -> [Float] {
        var dark = [Float](repeating: 0, count: side * side)
        let (sprite, box) = (placed.sprite, placed.sprite.box)
        let base = placed.top + box.y1
        let azimuth = light.azimuth * .pi / 180
        // Shorter than it would be, so that it stays near its thing; seen from the side, the ground's depth looks a fifth of its length.
        let length = min(1 / tan(light.elevation * .pi / 180), 1.3) * 0.6
        let (aside, back) = (-sin(azimuth) * length, max(cos(azimuth) * length * 0.24, 0.05))
        let highest = Int((Double(box.height) * back).rounded(.up))
        for y in max(0, base - highest)..<max(max(0, base - highest), min(side, base + 1)) {
            let height = Double(base - y) / back
            let row = box.y1 - 1 - Int(height)
            guard row >= box.y0 else { continue }
            let shift = Int((aside * height).rounded())
            // What is higher casts a weaker shadow.
            let strength = Float(1 - 0.6 * height / Double(max(box.height, 1)))
            for x in box.x0..<box.x1 where sprite.solid[row * sprite.width + x] {
                let column = placed.left + x + shift
                if column >= 0, column < side { dark[y * side + column] = max(dark[y * side + column], strength) }
            }
        }
        return dark
    }

    /// A flat ellipse under the lowest part of a thing.
    private func contact(_ placed: Placed) -> [Float] {
        var dark = [Float](repeating: 0, count: side * side)
        let (sprite, box) = (placed.sprite, placed.sprite.box)
        let lowest = max(box.y0, box.y1 - max(2, box.height / 10))
        var (left, right) = (box.x1, box.x0)
        for y in lowest..<box.y1 {
            for x in box.x0..<box.x1 where sprite.solid[y * sprite.width + x] { (left, right) = (min(left, x), max(right, x + 1)) }
        }
        guard left < right else { return dark }
        let (middle, half) = (Double(placed.left) + Double(left + right) / 2, Double(right - left) * 0.54)
        let (base, height) = (Double(placed.top + box.y1) - Double(side) * 0.006, max(Double(side) * 0.012, half * 0.13))
        for y in max(0, Int(base - height))..<max(max(0, Int(base - height)), min(side, Int(base + height) + 1)) {
            for x in max(0, Int(middle - half))..<max(max(0, Int(middle - half)), min(side, Int(middle + half) + 1)) {
                let (dx, dy) = ((Double(x) + 0.5 - middle) / half, (Double(y) + 0.5 - base) / height)
                if dx * dx + dy * dy <= 1 { dark[y * side + x] = 1 }
            }
        }
        return dark
    }

    /// Blurs by a box along rows, then along columns.
    private static func blur(_ plane: inout [Float], _ side: Int, _ radius: Int) {
        for isAlongRows in [true, false] {
            let (step, stride) = isAlongRows ? (1, side) : (side, 1)
            var line = [Float](repeating: 0, count: side)
            for start in 0..<side {
                var sum: Float = 0
                for place in 0..<min(radius, side) { sum += plane[start * stride + place * step] }
                for place in 0..<side {
                    if place + radius < side { sum += plane[start * stride + (place + radius) * step] }
                    if place - radius - 1 >= 0 { sum -= plane[start * stride + (place - radius - 1) * step] }
                    line[place] = max(0, sum / Float(2 * radius + 1))
                }
                for place in 0..<side { plane[start * stride + place * step] = line[place] }
            }
        }
    }

    /// Paints a thing over what is there.
    mutating func paint(_ placed: Placed, isAtNight: Bool) {
        let gain: (Float, Float, Float) = isAtNight ? (0.74, 0.78, 0.92) : (1, 1, 1)
        let covers = placed.sprite.cutOut.cover.values
        placed.forEachPixel(in: side) { pixel, own in
            let cover = covers[own]
            guard cover > 0 else { return }
            let (to, from) = (pixel * 3, own * 3)
            pixels[to] += (placed.colors[from] * gain.0 - pixels[to]) * cover
            pixels[to + 1] += (placed.colors[from + 1] * gain.1 - pixels[to + 1]) * cover
            pixels[to + 2] += (placed.colors[from + 2] * gain.2 - pixels[to + 2]) * cover
        }
    }

    /// The picture in bytes.
    var image: Image {
        Image(width: side, height: side, pixels: pixels.map { UInt8(min(max($0 * 255, 0), 255).rounded()) })
    }
}
