import Tensors

extension Variable {
    /// Batched matrix product, [..., m, k] · [..., k, n], leading axes broadcast.
    public func matmul(_ other: Variable) -> Variable {
        Self.record("matmul", value.matmul(other.value), [self, other]) { [self] dy, needs in
            [
                needs[0] ? dy.matmul(other.value, transposeOther: true).summed(to: shape) : nil,
                needs[1] ? value.matmul(dy, transposeSelf: true).summed(to: other.shape) : nil,
            ]
        }
    }

    /// x Wᵀ + bias (+ residual): W [N, K].
    public func linear(_ weight: Variable, bias: Variable? = nil, residual: Variable? = nil) -> Variable {
        let y = value.linear(weight.value, bias: bias?.value, residual: residual?.value)
        let none = Variable(Tensor.zeros([0]))
        return Self.record("linear", y, [self, weight, bias ?? none, residual ?? none]) { [value] dy, needs in
            [
                needs[0] ? dy.linearInputGradient(weight.value) : nil,
                needs[1] ? dy.linearWeightGradient(input: value).reshaped(weight.shape) : nil,
                needs[2] ? dy.sumOfRows : nil, needs[3] ? dy : nil,
            ]
        }
    }
}
