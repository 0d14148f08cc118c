import Language

/// The speed of a computation: seconds a step, smoothed as tqdm does, and the time that is left.
struct Pace {
    /// The weight of the newest step.
    static let smoothing = 0.3
    /// The number of steps before the first forecast, because the first ones are slower.
    static let stepsBeforeForecast = 3

    let start: Double
    let first: Int
    private(set) var completed: Int
    private(set) var secondsPerStep: Double?
    private var last: Double

    init(_ completed: Int, at now: Double) {
        start = now
        first = completed
        self.completed = completed
        last = now
    }

    mutating func update(_ completed: Int, at now: Double) {
        let steps = completed - self.completed
        guard steps > 0 else { return }
        let sample = (now - last) / Double(steps)
        secondsPerStep = secondsPerStep.map { $0 + Pace.smoothing * (sample - $0) } ?? sample
        self.completed = completed
        last = now
    }

    /// Returns the seconds left until `total` steps, or nil while it is too early to say.
    func forecast(total: Int) -> Double? {
        guard completed - first >= Pace.stepsBeforeForecast, total > completed, let secondsPerStep else {
            return nil
        }
        return secondsPerStep * Double(total - completed)
    }

    /// Returns the speed in words, "0.012 s/step" or "2500 step/s", or nil while it is not known.
    func rateText(_ unit: String) -> String? {
        guard let seconds = secondsPerStep, seconds > 0 else { return nil }
        if seconds >= 0.001 { return "\(fixed(seconds, seconds < 0.1 ? 3 : 2)) s/\(unit)" }
        return "\(Int((1 / seconds).rounded())) \(unit)/s"
    }
}

/// Returns a duration in words: "0.3 s", "42 s", "3 min 20 s", "1 h 05 min".
func durationText(_ seconds: Double) -> String {
    if seconds < 9.95 { return "\(fixed(max(seconds, 0), 1)) s" }
    let whole = Int(min(seconds, 1e9).rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
    return "\(whole / 3600) h \(padded(whole / 60 % 60)) min"
}

/// Returns a forecast in words, without tenths: "2 s".
func forecastText(_ seconds: Double) -> String {
    seconds < 9.95 ? "\(Int(max(seconds, 0).rounded(.up))) s" : durationText(seconds)
}

private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

/// Returns a number with this many digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let whole = String(Int(scaled))
    let filled = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return digits == 0 ? sign + filled : "\(sign)\(filled.dropLast(digits)).\(filled.suffix(digits))"
}
