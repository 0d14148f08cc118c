import Figures

/// Moving means.
enum Smoothing {
    /// Returns the series with every value replaced by the mean of the `window` around it, and the original values as its raw ones. A
    /// window of 1 changes nothing.
    static func smoothed(_ series: Series, window: Int) -> Series {
        guard window > 1 else { return series }
        let means = means(series.points.map(\.y), window: window)
        let points = zip(series.points, means).map { Series.Point($0.x, $1) }
        return Series(series.name, .line(markers: false), points, raw: series.points)
    }

    /// Returns centred means, over fewer values at the ends. Values that are not finite are left out and stay as they are.
    static func means(_ values: [Double], window: Int) -> [Double] {
        let (before, after) = ((window - 1) / 2, window / 2)
        // Sums from the start: a window's sum is a difference of two.
        var (sums, counts) = ([0.0], [0])
        for value in values {
            sums.append((sums.last ?? 0) + (value.isFinite ? value : 0))
            counts.append((counts.last ?? 0) + (value.isFinite ? 1 : 0))
        }
        return values.indices.map { place in
            let (low, high) = (max(0, place - before), min(values.count, place + min(after, values.count) + 1))
            let count = counts[high] - counts[low]
            return count == 0 || !values[place].isFinite ? values[place] : (sums[high] - sums[low]) / Double(count)
        }
    }
}
