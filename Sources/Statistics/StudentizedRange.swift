import Glibc

/// The studentized range distribution: of the range of `groups` independent standard normal numbers, divided by an independent estimate of
/// their standard deviation that has `freedom` degrees of freedom. Tukey's test compares means by it.
///
/// With s the estimate, the tail is E[T(q·s)], where T(w) = k ∫ φ(z) (Φ(z)^(k−1) − (Φ(z) − Φ(z − w))^(k−1)) dz is the tail of the range
/// itself. Both integrands are analytic and vanish at both ends, so that the trapezoidal rule converges exponentially; the tail is summed
/// as such, not as 1 minus a probability, and small p-values keep their relative accuracy.
public enum StudentizedRange {
    /// Returns the probability of a range above `q`, for at least 2 groups and at least 1 degree of freedom (`.infinity` is allowed); NaN for
    /// other arguments. Agrees with scipy's `studentized_range.sf` within 1e-8.
    public static func survival(_ q: Double, groups: Int, freedom: Double) -> Double {
        guard groups >= 2, freedom >= 1, !q.isNaN else { return .nan }
        if q <= 0 { return 1 }
        if q == .infinity { return 0 }
        return min(1, freedom > 1e8 ? tail(q, groups) : overDeviations(q, groups, freedom))
    }

    /// Returns the range that is exceeded with probability `p`, within 1e-9; NaN unless 0 < p < 1 and the other arguments fit.
    public static func upperQuantile(_ p: Double, groups: Int, freedom: Double) -> Double {
        guard p > 0, p < 1, groups >= 2, freedom >= 1 else { return .nan }
        // In logarithms the tail is nearly straight or a parabola, for which false position needs few steps.
        func excess(_ q: Double) -> Double { log(max(survival(q, groups: groups, freedom: freedom), 1e-320)) - log(p) }
        var (low, high) = (0.0, 8.0)
        var (above, below) = (-log(p), excess(high))
        while below > 0, high < 1e12 { (low, above, high) = (high, below, high * 4); below = excess(high) }
        for _ in 0..<200 where high - low > 1e-10 * high {
            var middle = low + (high - low) * above / (above - below)
            if !(middle > low && middle < high) { middle = low + (high - low) / 2 }
            let value = excess(middle)
            if abs(value) < 1e-12 { return middle }
            // The Illinois rule: an end that stays counts half, so that it does not stay for ever.
            if value > 0 {
                (low, above) = (middle, value)
                below /= 2
            } else {
                (high, below) = (middle, value)
                above /= 2
            }
        }
        return low + (high - low) / 2
    }

    /// Returns T(w) for `k` numbers.
    private static func tail(_ w: Double, _ k: Int) -> Double {
        // exp(−w²/4) has left the doubles long before.
        guard w < 80 else { return 0 }
        let (n, step) = (Double(k - 1), min(0.1, 0.5 / Double(k).squareRoot()))
        var (sum, z) = (0.0, -9.0)
        let end = 9 + w / 2
        while z <= end {
            let (below, outside) = (NormalDistribution.cumulative(z), NormalDistribution.cumulative(z - w))
            // Φ^n − (Φ − Φ')^n without cancellation.
            if below > 0 { sum += NormalDistribution.density(z) * pow(below, n) * -expm1(n * log1p(-min(1, outside / below))) }
            z += step
        }
        return Double(k) * step * sum
    }

    /// Returns the mean of T(q·s) over the estimates s, by the trapezoidal rule in u = ln s.
    private static func overDeviations(_ q: Double, _ k: Int, _ freedom: Double) -> Double {
        // The density of u is c·exp(freedom·(u − e^2u / 2)): a peak at 0 of deviation 1/√(2·freedom), with a tail e^(freedom·u) at the left.
        // T(q·s) is at most about exp(−q²s²/4), which moves the peak of the product to the left, at most to `shift`.
        let constant = log(2.0) + freedom / 2 * log(freedom / 2) - GammaFunctions.logGamma(freedom / 2)
        let (deviation, shift) = (1 / (2 * freedom).squareRoot(), -0.5 * log1p(q * q / (2 * freedom)))
        let (start, end) = (shift - 9 * deviation - 37 / freedom, min(3, 9 * deviation))
        let step = min(0.08, deviation / 3)
        var (sum, u) = (0.0, start)
        while u <= end {
            let s = exp(u)
            sum += exp(constant + freedom * (u - s * s / 2)) * tail(q * s, k)
            u += step
        }
        return step * sum
    }
}
