import Language

/// What tells whether values that are called the same are the same.
enum SweepIdentity {
    /// A short text, equal for equal values: of a function what it does (`FunctionContents`), of models, pictures and tensors
    /// their numbers. A whole number and the float of the same value are equal.
    static func of(_ value: Value) -> String {
        value.number == nil ? FunctionContents<EngineDigest>.identity(of: value) : "number " + SweepResults.key([value])
    }
}
