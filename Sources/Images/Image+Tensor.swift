import Tensors

// Pictures as the networks take them: channels last, float32, −1 is black and 1 is white.
extension Tensor {
    /// The picture as [1, H, W, 3] in [−1, 1]: x / 127.5 − 1, as in break_a_scene.py's `read_scene`.
    public init(_ image: Image) {
        self = Tensor.make([1, image.height, image.width, 3]) { values in
            guard let out = values.baseAddress else { return }
            Parallel.pieces(values.count, costs: 8) { part in
                for i in part { out[i] = Float(image.pixels[i]) / 127.5 - 1 }
            }
        }
    }

    /// The mask as [H, W] in 0…1.
    public init(_ mask: Mask) {
        self.init(mask.values, shape: [mask.height, mask.width])
    }
}

extension Image {
    /// A picture from a tensor [H, W, 3], [H, W, 1] or [H, W], also with a leading axis of size 1.
    ///
    /// Values are clipped to `range`, mapped to 0…255 and rounded as by diffusers' `numpy_to_pil`; a picture that was made
    /// a tensor comes back bit for bit. NaN becomes black. Throws `ImageError` (badArgument) for other shapes, and for
    /// sides outside of 1…8192.
    public init(_ tensor: Tensor, range: ClosedRange<Float> = -1...1) throws {
        let (height, width, channels) = try Image.layout(of: tensor)
        let size = try PixelSize(width: width, height: height).validated()
        let span = max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
        self = tensor.withValues { values in
            Image(size: size, costs: 24) { out, x, y in
                let i = (y * size.width + x) * channels
                for c in 0..<3 {
                    let level = (values[i + (channels == 3 ? c : 0)] - range.lowerBound) / span * 255 + 0.5
                    out[c] = level > 0 ? UInt8(min(level, 255)) : 0
                }
            }
        }
    }

    /// The pictures of a batch [N, H, W, 3] (or [N, H, W, 1]). Throws as `init(_:range:)`.
    public static func batch(_ tensor: Tensor, range: ClosedRange<Float> = -1...1) throws -> [Image] {
        guard tensor.rank == 4 else { return [try Image(tensor, range: range)] }
        return try (0..<tensor.shape[0]).map { try Image(tensor.row($0), range: range) }
    }

    private static func layout(of tensor: Tensor) throws -> (height: Int, width: Int, channels: Int) {
        var shape = tensor.shape
        if shape.count == 4, shape[0] == 1 { shape.removeFirst() }
        if shape.count == 2 { shape.append(1) }
        guard shape.count == 3, shape[2] == 3 || shape[2] == 1 else {
            throw ImageError.argument(
                "a picture is made of a tensor [H, W, 3], [H, W, 1] or [H, W], not \(Shape.text(tensor.shape))"
            )
        }
        return (shape[0], shape[1], shape[2])
    }
}

extension Mask {
    /// A mask from a tensor [H, W], also with further axes of size 1 before or after; values are clipped to 0…1. Throws
    /// `ImageError` (badArgument) for other shapes, and for sides outside of 1…8192.
    public init(_ tensor: Tensor) throws {
        var shape = tensor.shape
        while shape.count > 2, shape.first == 1 { shape.removeFirst() }
        while shape.count > 2, shape.last == 1 { shape.removeLast() }
        guard shape.count == 2 else {
            throw ImageError.argument(
                "a mask is made of a tensor [H, W] or [H, W, 1], not \(Shape.text(tensor.shape))")
        }
        let size = try PixelSize(width: shape[1], height: shape[0]).validated()
        self.init(width: size.width, height: size.height, values: tensor.values)
    }
}
