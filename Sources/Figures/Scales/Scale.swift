import Glibc

/// The way in which values become places along an axis.
public enum ScaleKind: Sendable, Equatable {
    /// Equal differences have equal lengths.
    case linear
    /// Places follow the logarithm of values, which are above 0; with `keepsZero`, 0 has a place of its own before the
    /// smallest.
    case logarithmic(keepsZero: Bool = false)
    /// Names have the places 0, 1, 2, …
    case categories([String])

    /// Whether the axis is logarithmic.
    public var isLogarithmic: Bool { if case .logarithmic = self { true } else { false } }
    /// The names of the categories; nil for other axes.
    public var names: [String]? { if case .categories(let names) = self { names } else { nil } }
}

/// A range of values laid over a range of pixels.
struct Scale: Sendable, Equatable {
    let kind: ScaleKind
    /// The ends of the range in values; on a logarithmic axis above 0.
    let low, high: Double
    /// The value at whose place 0 stands, on a logarithmic axis that keeps it; nil on others.
    let zero: Double?
    /// The pixels of `low` and `high`.
    var start = 0.0, end = 1.0

    /// Larger values count as infinite: the difference of any two must be finite.
    private static let largest = 1e300

    /// Whether an axis has a place for a value.
    static func isDrawable(_ value: Double, _ kind: ScaleKind) -> Bool {
        guard value.isFinite, abs(value) < largest else { return false }
        if case .logarithmic(let keepsZero) = kind { return value > 1e-300 || keepsZero && value == 0 }
        return true
    }

    /// The range of `values`, with room at both ends. `base`: a value that the range includes, and that it ends at if it is
    /// outermost (bars stand on 0).
    init(_ kind: ScaleKind, showing values: [Double], base: Double? = nil) {
        self.kind = kind
        if let names = kind.names {
            (low, high, zero) = (-0.6, Double(max(1, names.count)) - 0.4, nil)
            return
        }
        let drawn = values.filter { Self.isDrawable($0, kind) }
        if kind.isLogarithmic {
            (low, high, zero) = Self.logarithmicRange(drawn)
        } else {
            (low, high) = Self.linearRange(drawn, base: base)
            zero = nil
        }
    }

    /// A linear scale without room at its ends.
    init(linearFrom low: Double, to high: Double, start: Double, end: Double) {
        (kind, zero) = (.linear, nil)
        (self.low, self.high, self.start, self.end) = (low, high, start, end)
    }

    private static func linearRange(_ values: [Double], base: Double?) -> (Double, Double) {
        guard var low = values.min(), var high = values.max() else { return (0, 1) }
        if let base { (low, high) = (min(low, base), max(high, base)) }
        let size = max(abs(low), abs(high))
        // The values are equal, or nearly so: ticks would have too many digits to be read.
        if high - low <= size * 1e-10 || high - low < 1e-290 {
            let half = size == 0 || size < 1e-290 ? 1 : size / 2
            return low == base ? (low, low + half) : high == base ? (high - half, high) : (low - half, high + half)
        }
        let room = (high - low) * 0.05
        return (low == base ? low : low - room, high == base ? high : high + room)
    }

    private static func logarithmicRange(_ values: [Double]) -> (Double, Double, Double?) {
        let above = values.filter { $0 > 0 }
        let hasZero = above.count < values.count
        guard let low = above.min(), let high = above.max() else { return (0.1, 10, hasZero ? 0.2 : nil) }
        let span = max(log10(high) - log10(low), high == low ? 1 : 0)
        let room = max(span * 0.05, 0.01)
        let top = pow(10, min(300, (high == low ? log10(high) + 0.5 : log10(high)) + room))
        let bottom = (high == low ? log10(low) - 0.5 : log10(low)) - room
        guard hasZero else { return (pow(10, max(-300, bottom)), top, nil) }
        let place = log10(low) - max(span * 0.22, 0.3)
        return (pow(10, max(-300, place - room)), top, pow(10, max(-299, place)))
    }

    /// The pixel of a value; nil where the axis has no place for it.
    func position(_ value: Double) -> Double? {
        guard Self.isDrawable(value, kind) else { return nil }
        let part: Double
        if kind.isLogarithmic {
            guard let shown = value > 0 ? value : zero else { return nil }
            part = (log10(shown) - log10(low)) / (log10(high) - log10(low))
        } else {
            part = (value - low) / (high - low)
        }
        return start + part * (end - start)
    }

    /// At most about `count` labelled ticks.
    func ticks(count: Int, wholeNumbers: Bool = false) -> [Tick] {
        if let names = kind.names { return names.enumerated().map { Tick(value: Double($0.offset), label: $0.element) } }
        guard kind.isLogarithmic else { return Ticks.linear(low, high, count: count, smallestStep: wholeNumbers ? 1 : 0) }
        guard let zero else { return Ticks.logarithmic(low, high, count: count) }
        // Between the place of 0 and the smallest number there is nothing.
        let numbers = Ticks.logarithmic(pow(10, (log10(zero) + 0.15)), high, count: max(1, count - 1))
        return [Tick(value: 0, label: "0")] + numbers
    }
}
