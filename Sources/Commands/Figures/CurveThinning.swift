import Figures

/// Curves of more values than a figure has pixels: of every so many neighbours the first, the lowest, the highest and the
/// last, which look like all of them and are all that the figure keeps.
enum CurveThinning {
    /// Up to so many values all are kept.
    static let most = 1 << 18
    /// Groups of neighbours: four to each pixel of the widest figure.
    private static let groups = 4 * Figure.sides.upperBound

    /// The places of the values that are kept, in order. What has no place on the axis stays too: it is a gap in the
    /// line, and counted.
    static func places(_ values: [Double], isLogarithmic: Bool) -> [Int] {
        guard values.count > most else { return Array(values.indices) }
        let size = (values.count + groups - 1) / groups
        var kept: [Int] = []
        kept.reserveCapacity(5 * groups)
        for start in stride(from: 0, to: values.count, by: size) {
            let end = min(start + size, values.count)
            var (lowest, highest) = (start, start)
            for place in start..<end {
                if values[place] < values[lowest] { lowest = place }
                if values[place] > values[highest] { highest = place }
            }
            for place in start..<end {
                let isOutermost = place == start || place == lowest || place == highest || place == end - 1
                if isOutermost || !values[place].isFinite || isLogarithmic && values[place] <= 0 { kept.append(place) }
            }
        }
        return kept
    }
}
