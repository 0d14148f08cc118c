import Tensors

/// Numbers written as a row of block characters of eight heights.
enum Sparkline {
    private static let blocks = Array("▁▂▃▄▅▆▇█")

    /// Returns the means of at most `width` equal parts, scaled from the lowest to the highest of them; "!" stands for a mean that is not
    /// finite.
    static func curve(_ values: [Double], width: Int) -> String {
        let parts = max(1, min(width, values.count))
        let means = (0..<parts).map { part in
            let slice = values[values.count * part / parts..<values.count * (part + 1) / parts]
            return slice.reduce(0, +) / Double(max(1, slice.count))
        }
        let finite = means.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { return String(repeating: "!", count: parts) }
        return String(means.map { $0.isFinite ? block(high > low ? ($0 - low) / (high - low) : 0) : "!" })
    }

    /// Returns how often the tensor's finite values lie in each of `bins` equal parts of `low`…`high`.
    static func histogram(_ tensor: Tensor, low: Float, high: Float, bins: Int = 10) -> String {
        var counts = [Int](repeating: 0, count: bins)
        let width = (Double(high) - Double(low)) / Double(bins)
        tensor.eachPiece { values in
            for value in values where value.isFinite {
                // Where all finite values are equal, the histogram has one bar.
                let place = width > 0 ? (Double(value) - Double(low)) / width : 0
                counts[min(bins - 1, max(0, Int(place)))] += 1
            }
        }
        let most = max(1, counts.max() ?? 1)
        return String(counts.map { blocks[$0 * (blocks.count - 1) / most] })
    }

    /// Returns the block for a height in 0…1; heights outside are clamped.
    private static func block(_ height: Double) -> Character { blocks[Int((min(1, max(0, height)) * 7).rounded())] }
}
