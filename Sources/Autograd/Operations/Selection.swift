import Tensors

extension Variable {
    /// Elements of `a` where `flags` is not 0, and of `b` where it is; all three have one shape. The gradient goes to the
    /// one that was taken.
    public static func select(_ flags: Tensor, _ a: Variable, _ b: Variable) -> Variable {
        record("select", .select(flags, a.value, b.value), [a, b]) { dy, needs in
            let nothing = Tensor.zeros(dy.shape)
            return [needs[0] ? .select(flags, dy, nothing) : nil, needs[1] ? .select(flags, nothing, dy) : nil]
        }
    }
}
