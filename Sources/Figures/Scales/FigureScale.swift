/// What those who prepare figures need of the axes' arithmetic.
public enum FigureScale {
    /// The smallest of 1, 2 and 5 times a power of ten that is at least `step`: widths of bins with round edges.
    public static func niceStep(atLeast step: Double) -> Double { Ticks.niceStep(atLeast: step) }
}
