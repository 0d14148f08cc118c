import Figures

/// Thins curves of more values than a figure has pixels: of each group of neighbours it keeps the first, the lowest, the highest and the
/// last, which look like all of them.
enum CurveThinning {
    /// The most values that are all kept.
    static let most = 1 << 18
    /// The number of groups: four for each pixel of the widest figure.
    private static let groups = 4 * Figure.sides.upperBound

    /// Returns the indices of the values that are kept, in order. Values without a place on the axis are kept too, because they are gaps in
    /// the line and are counted.
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
