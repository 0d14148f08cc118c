/// Holm's correction of p-values for several tests (Holm 1979): as strict as Bonferroni's on the smallest, and never weaker in what it finds.
public enum HolmCorrection {
    /// Returns the corrected p-values in the order of the given ones, each at most 1: below 0.05 where the test is significant with an error
    /// rate of 5 % for all tests together.
    public static func adjusted(_ pValues: [Double]) -> [Double] {
        let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
        var (result, largest) = (pValues, 0.0)
        for (place, index) in order.enumerated() {
            largest = max(largest, min(1, Double(pValues.count - place) * pValues[index]))
            result[index] = largest
        }
        return result
    }
}
