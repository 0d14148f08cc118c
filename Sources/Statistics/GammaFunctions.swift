import Glibc

/// The regularised incomplete gamma functions, on which the chi-square distribution rests.
public enum GammaFunctions {
    /// Returns Q(a, x) = Γ(a, x) / Γ(a), the upper tail, for a > 0 and x ≥ 0; NaN for other arguments. Small tails keep their relative
    /// accuracy (about 1e-12) down to the smallest double.
    public static func upper(_ a: Double, _ x: Double) -> Double {
        guard a > 0, x >= 0 else { return .nan }
        if x == 0 { return 1 }
        if x == .infinity { return 0 }
        return x < a + 1 ? 1 - series(a, x) : fraction(a, x)
    }

    /// Returns the natural logarithm of Γ(a) for a > 0, on any thread (the C library's `lgamma` writes a global variable).
    static func logGamma(_ a: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(a, &sign)
    }

    /// Returns x^a e^−x / Γ(a).
    private static func front(_ a: Double, _ x: Double) -> Double { exp(a * log(x) - x - logGamma(a)) }

    /// Returns P(a, x) by its power series, which converges fast for x < a + 1.
    private static func series(_ a: Double, _ x: Double) -> Double {
        var (term, sum, n) = (1 / a, 1 / a, a)
        for _ in 0..<100_000 {
            n += 1
            term *= x / n
            sum += term
            if term < sum * 1e-17 { break }
        }
        return sum * front(a, x)
    }

    /// Returns Q(a, x) by its continued fraction (Lentz's method), which converges fast for x > a + 1.
    private static func fraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - a
        var (c, d) = (1 / tiny, 1 / b)
        var h = d
        for i in 1..<100_000 {
            let factor = -Double(i) * (Double(i) - a)
            b += 2
            d = factor * d + b
            if abs(d) < tiny { d = tiny }
            c = b + factor / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            h *= c * d
            if abs(c * d - 1) < 1e-16 { break }
        }
        return front(a, x) * h
    }
}
