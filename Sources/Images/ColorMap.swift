/// Maps of the numbers 0…1 to colours, perceptually even and safe for the colour-blind (viridis and inferno are
/// matplotlib's, CC0, sampled).
public enum ColorMap: String, Sendable, CaseIterable {
    /// Two maps of matplotlib's from dark to bright, and black to white.
    case viridis, inferno, grey
    /// Blue over white to red, for numbers on both sides of a middle (ColorBrewer's RdBu, reversed).
    case diverging

    /// The colour of a value; values outside of 0…1 are clipped, and NaN is magenta, which no map contains.
    public func callAsFunction(_ value: Float) -> Color {
        guard !value.isNaN else { return Color(hex: 0xFF00FF) }
        let anchors = Self.anchors[self] ?? []
        let at = min(max(value, 0), 1) * Float(anchors.count - 1)
        let low = min(Int(at), anchors.count - 2)
        return anchors[low].mixed(with: anchors[low + 1], at - Float(low))
    }

    /// The colours at evenly spaced values from 0 to 1; between them they are linear.
    private static let anchors: [ColorMap: [Color]] = [
        .viridis: [
            0x440154, 0x470D60, 0x48186A, 0x482374, 0x472D7B, 0x453781, 0x424086, 0x3E4989,
            0x3B528B, 0x375B8D, 0x33638D, 0x2F6B8E, 0x2C728E, 0x297A8E, 0x26828E, 0x23898E,
            0x21918C, 0x1F988B, 0x1FA088, 0x22A785, 0x28AE80, 0x32B67A, 0x3FBC73, 0x4EC36B,
            0x5EC962, 0x70CF57, 0x84D44B, 0x98D83E, 0xADDC30, 0xC2DF23, 0xD8E219, 0xECE51B,
            0xFDE725,
        ],
        .inferno: [
            0x000004, 0x040312, 0x0B0724, 0x150B37, 0x210C4A, 0x2F0A5B, 0x3D0965, 0x4A0C6B,
            0x57106E, 0x64156E, 0x71196E, 0x7D1E6D, 0x8A226A, 0x972766, 0xA32C61, 0xB0315B,
            0xBC3754, 0xC73E4C, 0xD24644, 0xDB503B, 0xE45A31, 0xEB6628, 0xF1731D, 0xF68013,
            0xF98E09, 0xFB9D07, 0xFCAC11, 0xFBBC21, 0xF9CB35, 0xF5DB4C, 0xF2EA69, 0xF3F68A,
            0xFCFFA4,
        ],
        .grey: [0x000000, 0xFFFFFF],
        .diverging: [
            0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B, 0x67001F,
        ],
    ].mapValues { $0.map { Color(hex: $0) } }
}

extension Image {
    /// A map of numbers as a picture with one pixel for each, row after row; `range` goes from the first colour to the
    /// last. Throws `ImageError` (badArgument) where the values are not as many as the pixels, or a side is not 1…8192.
    public init(
        heat values: [Float], width: Int, height: Int, _ colorMap: ColorMap = .viridis,
        range: ClosedRange<Float> = 0...1
    ) throws {
        try requireMap(values, width, height)
        let span = max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
        self.init(size: PixelSize(width: width, height: height), costs: 60) { out, x, y in
            let color = colorMap((values[y * width + x] - range.lowerBound) / span)
            (out[0], out[1], out[2]) = (color.red, color.green, color.blue)
        }
    }
}

/// Throws `ImageError` (badArgument) unless the values are as many as the cells, and both sides are 1…8192.
func requireMap(_ values: [Float], _ width: Int, _ height: Int) throws {
    _ = try PixelSize(width: width, height: height).validated()
    guard values.count == width * height else {
        throw ImageError.argument(
            "a map of \(width)×\(height) has \(width * height) values, not \(values.count)")
    }
}
