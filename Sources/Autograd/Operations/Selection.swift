import Tensors

extension Variable {
    /// Of `a` where `flags` is not 0, of `b` where it is; all of one shape. The gradient goes to the side that was taken.
    public static func select(_ flags: Tensor, _ a: Variable, _ b: Variable) -> Variable {
        record("select", .select(flags, a.value, b.value), [a, b]) { dy, needs in
            let nothing = Tensor.zeros(dy.shape)
            return [needs[0] ? .select(flags, dy, nothing) : nil, needs[1] ? .select(flags, nothing, dy) : nil]
        }
    }
}
