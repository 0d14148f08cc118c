import Language

/// Tells whether values with the same label are the same.
enum SweepIdentity {
    /// Returns a short text, equal for equal values: for a function by what it does (`FunctionContents`), for models, pictures and tensors
    /// by their numbers. A whole number and the float of the same value are equal.
    static func of(_ value: Value) -> String {
        value.number == nil ? FunctionContents<EngineDigest>.identity(of: value) : "number " + SweepResults.key([value])
    }
}
