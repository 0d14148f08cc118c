import Tensors

// Parts of a picture that have the proportions of another size; they may reach outside of it.
extension PixelSize {
    /// The largest part of a picture of this size that has the proportions of `other`, with `place` (nil: the picture's
    /// middle) in its middle as far as the picture allows. Where `place` does not fit into such a part, it is larger and
    /// reaches outside.
    public func window(of other: PixelSize, around place: PixelRect? = nil) -> PixelRect {
        let place = place ?? PixelRect(x0: width / 2, y0: height / 2, x1: (width + 1) / 2, y1: (height + 1) / 2)
        let ratio = Double(other.width) / Double(max(other.height, 1))
        var (w, h) = (min(Double(width), Double(height) * ratio), min(Double(height), Double(width) / ratio))
        let grown = max(1, Double(place.width) / max(w, 1), Double(place.height) / max(h, 1))
        (w, h) = (w * grown, h * grown)
        let size = PixelSize(width: max(1, Int(w.rounded())), height: max(1, Int(h.rounded())))
        let x0 = Self.start(size.width, of: width, middle: place.x0 + place.x1)
        let y0 = Self.start(size.height, of: height, middle: place.y0 + place.y1)
        return PixelRect(x0: x0, y0: y0, x1: x0 + size.width, y1: y0 + size.height)
    }

    /// The beginning of a run of `count` that has `middle` / 2 in its middle: moved to lie inside of `length`, or centred
    /// where it is longer.
    private static func start(_ count: Int, of length: Int, middle: Int) -> Int {
        count > length ? -((count - length) / 2) : min(max((middle - count) / 2, 0), length - count)
    }
}

extension Mask {
    /// The mask with a soft edge inside of it: what is 0 stays exactly 0. The edge is where the mask, blurred by `sigma`
    /// pixels, has half of its largest value, so that thin masks are not lost. Throws as `feathered`.
    public func featheredInside(sigma: Double) throws -> Mask {
        let soft = try feathered(sigma: sigma)
        guard sigma > 0, let most = soft.values.max(), most > 0 else { return self }
        return Mask(
            width: width, height: height,
            values: Parallel.array(values.count) { out, part in
                for i in part { out[i] = values[i] * min(max(2 * soft.values[i] / most - 1, 0), 1) }
            })
    }
}
