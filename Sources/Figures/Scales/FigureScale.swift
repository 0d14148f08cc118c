/// The arithmetic of axes, for those who prepare figures.
public enum FigureScale {
    /// The smallest number of the form 1, 2 or 5 times a power of ten that is at least `step`, for widths of bins with
    /// round edges; 1 for a `step` that is not above 0, or not finite.
    public static func niceStep(atLeast step: Double) -> Double { Ticks.niceStep(atLeast: step) }
}
