/// The 95 % interval of a rate, by Wilson's score: it stays within 0…1 and is of use for few trials and for rates of 0 and 1.
public struct WilsonInterval: Sendable, Equatable {
    /// Hits by trials.
    public let rate: Double
    /// The lower end of the interval.
    public let low: Double
    /// The upper end of the interval.
    public let high: Double

    /// The interval for `hits` out of `trials`; nil without a trial, or where `hits` is not in 0…`trials`.
    public init?(_ hits: Int, of trials: Int) {
        guard trials > 0, (0...trials).contains(hits) else { return nil }
        let (n, z) = (Double(trials), 1.959963984540054)
        rate = Double(hits) / n
        let scale = 1 + z * z / n
        let middle = (rate + z * z / (2 * n)) / scale
        let half = z / scale * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
        (low, high) = (hits == 0 ? 0 : max(0, middle - half), hits == trials ? 1 : min(1, middle + half))
    }
}
