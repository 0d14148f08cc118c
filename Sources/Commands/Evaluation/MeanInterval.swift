import Glibc

/// The mean of a few numbers and half its 95 % interval, by Student's t.
enum MeanInterval {
    /// The 0.975 quantiles for 1, 2, … degrees of freedom.
    private static let quantiles = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110,
        2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ]

    /// Returns the mean and half the interval. Numbers that are not finite are left out; the mean is NaN where none remains, and the
    /// interval nil for a single one.
    static func of(_ values: [Double]) -> (mean: Double, half: Double?) {
        let finite = values.filter(\.isFinite)
        guard !finite.isEmpty else { return (.nan, nil) }
        let mean = finite.reduce(0) { $0 + $1 / Double(finite.count) }
        guard finite.count > 1 else { return (mean, nil) }
        let variance = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(finite.count - 1)
        return (mean, quantile(finite.count - 1) * (variance / Double(finite.count)).squareRoot())
    }

    /// Returns the 0.975 quantile. Beyond the table it is the first terms of its expansion around the normal distribution's (Abramowitz and
    /// Stegun 26.7.5), which are right to five digits there.
    private static func quantile(_ freedom: Int) -> Double {
        if freedom <= quantiles.count { return quantiles[freedom - 1] }
        let (z, v) = (1.959_963_985, Double(freedom))
        return z + (pow(z, 3) + z) / (4 * v) + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / (96 * v * v)
    }
}
