extension Builtin {
    /// The row with what is known of its result before running.
    public func inferring(_ rule: @escaping @Sendable (StaticCall) throws -> StaticType) -> Builtin {
        var row = self
        row.infer = rule
        return row
    }

    /// The row as one that draws random numbers where the arguments say so.
    public func drawing(where condition: @escaping @Sendable (StaticCall) -> Bool) -> Builtin {
        var row = self
        row.randomness = .draws(condition)
        return row
    }
}
