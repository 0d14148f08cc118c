import Glibc

/// A place on an axis with its label.
struct Tick: Sendable, Equatable {
    var value: Double
    /// The label; "" for a minor tick.
    var label: String
}

/// The places of ticks, at 1, 2 and 5 times powers of ten.
enum Ticks {
    /// The smallest number of the form 1, 2 or 5 times a power of ten that is at least `step`.
    static func niceStep(atLeast step: Double) -> Double {
        guard step > 0, step.isFinite else { return 1 }
        let power = pow(10, log10(step).rounded(.down))
        guard power > 0 else { return step }
        // With a tolerance: 0.1 · 3 is more than 0.3.
        return power * ([1, 2, 5].first { power * $0 >= step * (1 - 1e-9) } ?? 10)
    }

    /// About `count` ticks within a range. `smallestStep` 1 keeps an axis of counts to whole numbers.
    static func linear(_ low: Double, _ high: Double, count: Int, smallestStep: Double = 0) -> [Tick] {
        let span = high - low
        guard span > 0, span.isFinite, count > 0 else { return [] }
        let step = max(niceStep(atLeast: span / Double(count)), smallestStep)
        let (first, last) = ((low / step - 1e-9).rounded(.up), (high / step + 1e-9).rounded(.down))
        guard first <= last, last - first < 1000, abs(first) < 1e15, abs(last) < 1e15 else { return [] }
        let values = stride(from: first, through: last, by: 1).map { rounded($0, step) }
        return zip(values, NumberLabel.texts(values, step: step)).map { Tick(value: $0, label: $1) }
    }

    /// The product `multiple * step` with the nearest double: 3 · 0.1 is 0.3.
    private static func rounded(_ multiple: Double, _ step: Double) -> Double {
        step < 1 && step > 1e-15 ? multiple / (1 / step).rounded() : multiple * step
    }

    /// Powers of ten within low…high (both above 0), every few of them so that about `count` remain, with 2…9 times them
    /// unlabelled between them. Where there are few, 2 and 5 times them have labels too; where there are none, ticks are as
    /// on a linear axis.
    static func logarithmic(_ low: Double, _ high: Double, count: Int) -> [Tick] {
        guard low > 0, high > low, high.isFinite else { return [] }
        let (first, last) = ((log10(low) - 1e-9).rounded(.up), (log10(high) + 1e-9).rounded(.down))
        let decades = stride(from: first, through: last, by: 1).map { pow(10, $0) }
        func inside(_ value: Double) -> Bool { value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9) }
        let between = (Int(first) - 1...Int(max(first, last + 1))).flatMap { power in (1...9).map { Double($0) * pow(10, Double(power)) } }
            .filter(inside)
        if decades.count <= 1 {
            let labelled = between.filter { [1, 2, 5].contains(leading($0)) }
            guard labelled.count >= 2 else { return linear(low, high, count: count) }
            return between.map { Tick(value: $0, label: labelled.contains($0) ? NumberLabel.logarithmic($0) : "") }
        }
        let every = max(1, (decades.count + count - 1) / max(1, count))
        let isWide = decades.count <= 2 && count >= 5
        let kept = Set(decades.enumerated().filter { $0.offset % every == 0 }.map(\.element))
        let minor = every > 1 ? decades : between
        return Array(Set(minor + decades)).sorted().map { value in
            let isLabelled = kept.contains(value) || isWide && [2, 5].contains(leading(value))
            return Tick(value: value, label: isLabelled ? NumberLabel.logarithmic(value) : "")
        }
    }

    /// The first digit of a number.
    private static func leading(_ value: Double) -> Int {
        Int((value / pow(10, (log10(value) + 1e-9).rounded(.down))).rounded())
    }
}
