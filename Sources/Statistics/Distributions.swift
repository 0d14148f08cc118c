import Glibc

/// The standard normal distribution.
public enum NormalDistribution {
    /// Returns Φ(z), the probability of a value of at most `z`; small tails keep their relative accuracy.
    public static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z * 0.707_106_781_186_547_6) }

    /// Returns the density at `z`.
    static func density(_ z: Double) -> Double { 0.398_942_280_401_432_7 * exp(-0.5 * z * z) }

    /// Returns the value below which a share `p` of the distribution lies: −∞ for 0, ∞ for 1, NaN outside of 0…1. The first guess is
    /// Acklam's rational approximation (relative error 1e-9); one step of Halley's method brings it to the precision of doubles.
    public static func quantile(_ p: Double) -> Double {
        guard p >= 0, p <= 1 else { return .nan }
        if p == 0 { return -.infinity }
        if p == 1 { return .infinity }
        // 1 − p is exact in this half, and small tails have no accuracy to lose.
        if p > 0.5 { return -quantile(1 - p) }
        let z = guess(p)
        let error = (cumulative(z) - p) / density(z)
        return error.isFinite ? z - error / (1 + z * error / 2) : z
    }

    private static let central: (top: [Double], bottom: [Double]) = (
        [
            -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01,
            2.506628277459239e+00,
        ],
        [
            -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01, 1,
        ]
    )
    private static let tail: (top: [Double], bottom: [Double]) = (
        [
            -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00,
            2.938163982698783e+00,
        ], [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1]
    )

    /// Returns Acklam's approximation for 0 < p ≤ 0.5.
    private static func guess(_ p: Double) -> Double {
        func value(_ coefficients: [Double], _ x: Double) -> Double { coefficients.reduce(0) { $0 * x + $1 } }
        if p < 0.02425 {
            let q = (-2 * log(p)).squareRoot()
            return value(tail.top, q) / value(tail.bottom, q)
        }
        let q = p - 0.5
        return q * value(central.top, q * q) / value(central.bottom, q * q)
    }
}

/// The chi-square distribution.
public enum ChiSquareDistribution {
    /// Returns the probability of a value above `x` with so many degrees of freedom; NaN where `freedom` is not positive.
    public static func survival(_ x: Double, freedom: Double) -> Double { GammaFunctions.upper(freedom / 2, max(0, x) / 2) }
}
