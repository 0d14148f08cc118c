extension Builtin {
    /// Returns the row with a rule that infers the type of its result before running.
    public func inferring(_ rule: @escaping @Sendable (StaticCall) throws -> StaticType) -> Builtin {
        var row = self
        row.infer = rule
        return row
    }

    /// Returns the row as one that draws random numbers where the arguments satisfy `condition`.
    public func drawing(where condition: @escaping @Sendable (StaticCall) -> Bool) -> Builtin {
        var row = self
        row.randomness = .draws(condition)
        return row
    }
}
