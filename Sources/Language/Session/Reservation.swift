/// The one place where a size is checked before memory is asked for: of lists and texts, tensors, tables and what
/// commands compute with.
public enum Reservation {
    /// Throws `.tooManyBytes` where a value of counts₀ · counts₁ · … items of `size` bytes each would be larger than one
    /// value may be (`Limits.bytes` of the run on this thread).
    ///
    /// Counts may be whatever a program's numbers give, 0 … `Int.max`: their product never wraps and never traps.
    public static func check(_ counts: [Int], of size: Int = 1, what: @autoclosure () -> String) throws {
        let bytes = bytes(counts, of: size)
        let most = Limits.current.bytes
        if let bytes, bytes <= most { return }
        throw Problem(
            .tooManyBytes, "\(what()) would take \(bytes.map(byteText) ?? "too much memory")",
            notes: ["one value may take \(byteText(most))"])
    }

    /// nil where there are more than can be counted; 0 where one of the counts is 0, however large the others are.
    static func bytes(_ counts: [Int], of size: Int) -> Int? {
        if counts.contains(0) { return 0 }
        return counts.reduce(size) { (product: Int?, count) in
            guard let (value, overflow) = product?.multipliedReportingOverflow(by: count), !overflow else { return nil }
            return value
        }
    }
}
