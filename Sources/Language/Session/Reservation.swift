/// The one place where sizes are checked before memory is allocated for lists, texts, tensors, tables and the work of commands.
public enum Reservation {
    /// Throws `.tooManyBytes` where counts₀ · counts₁ · … items of `size` bytes each exceed the limit for one value (`Limits.bytes` of the
    /// run on this thread). `what` names the value in the message.
    ///
    /// The counts may be any numbers of a program in 0 … `Int.max`: their product neither wraps nor traps.
    public static func check(_ counts: [Int], of size: Int = 1, what: @autoclosure () -> String) throws {
        let bytes = bytes(counts, of: size)
        let most = Limits.current.bytes
        if let bytes, bytes <= most { return }
        throw Problem(
            .tooManyBytes, "\(what()) would take \(bytes.map(byteText) ?? "too much memory")",
            notes: ["one value may take \(byteText(most))"])
    }

    /// Returns the number of bytes, or nil where `Int` cannot hold it. Returns 0 where a count is 0, however large the others are.
    static func bytes(_ counts: [Int], of size: Int) -> Int? {
        if counts.contains(0) { return 0 }
        return counts.reduce(size) { (product: Int?, count) in
            guard let (value, overflow) = product?.multipliedReportingOverflow(by: count), !overflow else { return nil }
            return value
        }
    }
}
