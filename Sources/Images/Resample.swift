import Glibc
import Tensors

/// A filter for resizing; results are those of Pillow's `Image.resize` for 8-bit pictures, bit for bit.
public enum Resample: String, Sendable, CaseIterable {
    /// The names are Pillow's; `nearest` takes one pixel, the others are kernels.
    case nearest, box, bilinear, bicubic, lanczos

    /// The kernel, and how far it reaches in source pixels at scale 1; nil for nearest.
    fileprivate var kernel: (support: Double, weight: @Sendable (Double) -> Double)? {
        switch self {
        case .nearest: nil
        case .box: (0.5, { $0 > -0.5 && $0 <= 0.5 ? 1 : 0 })
        case .bilinear: (1, { max(0, 1 - abs($0)) })
        case .bicubic: (2, cubic)
        case .lanczos: (3, { $0 >= -3 && $0 < 3 ? sinc($0) * sinc($0 / 3) : 0 })
        }
    }
}

private func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * .pi) / (x * .pi)
}

/// Keys' cubic with a = -0.5.
private func cubic(_ signed: Double) -> Double {
    let (x, a) = (abs(signed), -0.5)
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
}

/// Fractional bits of the integer weights: 8 bits of a pixel and 2 of headroom (kernels overshoot) leave 22 of 32.
private let fractionBits: Int32 = 32 - 8 - 2

/// The source pixels of each output pixel along one axis, with their fixed-point weights.
private struct Taps {
    var first: [Int] = []
    var weights: [[Int32]] = []
    /// The number of all weights.
    var count: Int { weights.reduce(0) { $0 + $1.count } }

    init(from count: Int, to outCount: Int, _ support: Double, _ weight: (Double) -> Double) {
        let scale = Double(count) / Double(outCount)
        // Enlarging interpolates at the source's scale; shrinking stretches the kernel over all pixels that an output pixel
        // covers.
        let stretch = max(scale, 1)
        let reach = support * stretch
        for i in 0..<outCount {
            let centre = (Double(i) + 0.5) * scale
            let start = max(0, Int(centre - reach + 0.5))
            let end = min(count, Int(centre + reach + 0.5))
            // Multiplied by the reciprocal, not divided, for Pillow's rounding.
            let raw = (start..<end).map { weight((Double($0) - centre + 0.5) * (1 / stretch)) }
            let sum = raw.reduce(0, +)
            first.append(start)
            weights.append(raw.map { fixed(sum == 0 ? $0 : $0 / sum) })
        }
    }
}

/// A weight as a fixed-point number, rounded half away from zero.
private func fixed(_ weight: Double) -> Int32 {
    Int32((weight < 0 ? -0.5 : 0.5) + weight * Double(1 << fractionBits))
}

@inline(__always)
private func clipped(_ sum: Int32) -> UInt8 {
    UInt8(clamping: sum >> fractionBits)
}

/// Whether rows are resized before columns. It matters in the last bit, since the first pass's result is rounded to 8 bits.
/// Until version 12 Pillow always resized columns first; version 13 begins with rows where that drops clearly more rows
/// than columns (python-pillow/Pillow#9549; the condition was found by trying, and holds for 4757 random sizes and
/// kernels).
private func goesDownFirst(width: Int, height: Int, to size: PixelSize) -> Bool {
    size.height < height && height - size.height > 2 * (width - size.width)
}

/// Resizes rows of `channels` bytes per pixel in two passes, rounding to 8 bits between them.
func resample(
    _ bytes: [UInt8], width: Int, height: Int, channels: Int, to size: PixelSize, _ filter: Resample
) -> [UInt8] {
    if size.width == width && size.height == height { return bytes }
    guard let (support, weight) = filter.kernel else {
        return nearest(bytes, width: width, height: height, channels: channels, to: size)
    }
    let columns = Taps(from: width, to: size.width, support, weight)
    let rows = Taps(from: height, to: size.height, support, weight)
    if size.height == height {
        return across(bytes, width: width, height: height, channels: channels, columns)
    }
    if size.width == width { return down(bytes, stride: width * channels, rows) }
    if goesDownFirst(width: width, height: height, to: size) {
        let low = down(bytes, stride: width * channels, rows)
        return across(low, width: width, height: size.height, channels: channels, columns)
    }
    let narrow = across(bytes, width: width, height: height, channels: channels, columns)
    return down(narrow, stride: size.width * channels, rows)
}

/// Resizes every row.
private func across(_ bytes: [UInt8], width: Int, height: Int, channels: Int, _ taps: Taps) -> [UInt8] {
    let outWidth = taps.first.count
    return rows(height, stride: outWidth * channels, costs: taps.count * channels * 2) { out, part in
        bytes.withUnsafeBufferPointer { source in
            for x in 0..<outWidth {
                taps.weights[x].withUnsafeBufferPointer { weights in
                    for y in part {
                        let row = (y * width + taps.first[x]) * channels
                        for c in 0..<channels {
                            var sum = Int32(1) << (fractionBits - 1)
                            for k in 0..<weights.count {
                                sum &+= Int32(source[row + k * channels + c]) &* weights[k]
                            }
                            out[(y * outWidth + x) * channels + c] = clipped(sum)
                        }
                    }
                }
            }
        }
    }
}

/// An array of `count` rows of `stride` bytes, which `fill` writes some rows at a time, on all threads. `costs`: operations
/// per row.
private func rows(_ count: Int, stride: Int, costs: Int, _ fill: (UnsafeMutablePointer<UInt8>, Range<Int>) -> Void) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count * stride) { buffer, filled in
        filled = count * stride
        guard let out = buffer.baseAddress else { return }
        Parallel.pieces(count, costs: costs) { fill(out, $0) }
    }
}

/// Resizes every column.
private func down(_ bytes: [UInt8], stride: Int, _ taps: Taps) -> [UInt8] {
    let outHeight = taps.first.count
    return rows(outHeight, stride: stride, costs: taps.count / max(1, outHeight) * stride) { out, part in
        var sums = [Int32](repeating: 0, count: stride)
        bytes.withUnsafeBufferPointer { source in
            for y in part {
                for i in 0..<stride { sums[i] = 1 << (fractionBits - 1) }
                for (k, weight) in taps.weights[y].enumerated() {
                    let row = (taps.first[y] + k) * stride
                    for i in 0..<stride { sums[i] &+= Int32(source[row + i]) &* weight }
                }
                for i in 0..<stride { out[y * stride + i] = clipped(sums[i]) }
            }
        }
    }
}

/// The source pixel under the centre of each output pixel.
private func nearest(_ bytes: [UInt8], width: Int, height: Int, channels: Int, to size: PixelSize) -> [UInt8] {
    let columns = centres(from: width, to: size.width)
    let places = centres(from: height, to: size.height)
    return rows(size.height, stride: size.width * channels, costs: size.width * channels * 4) { out, part in
        for y in part {
            for x in columns.indices {
                let i = (places[y] * width + columns[x]) * channels
                for c in 0..<channels { out[(y * size.width + x) * channels + c] = bytes[i + c] }
            }
        }
    }
}

/// The source pixel of each output pixel. Pillow steps from centre to centre by adding, so the rounding of the sums counts.
private func centres(from count: Int, to outCount: Int) -> [Int] {
    let scale = Double(count) / Double(outCount)
    var at = scale * 0.5
    return (0..<outCount).map { _ in
        defer { at += scale }
        return min(Int(at), count - 1)
    }
}

extension Image {
    /// The picture at another size, as Pillow's `Image.resize` makes it, bit for bit. Throws `ImageError` (badArgument)
    /// unless both sides are 1…8192.
    public func resized(to size: PixelSize, _ filter: Resample = .lanczos) throws -> Image {
        let size = try size.validated()
        let out = resample(pixels, width: width, height: height, channels: 3, to: size, filter)
        return Image(width: size.width, height: size.height, pixels: out)
    }
}
