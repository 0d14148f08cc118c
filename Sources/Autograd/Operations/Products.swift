import Tensors

extension Variable {
    /// The batched matrix product [..., m, k] · [..., k, n], leading axes broadcast; traps where shapes do not fit.
    public func matmul(_ other: Variable) -> Variable {
        let (a, b) = (value(if: other.needsGrad), other.value(if: needsGrad))
        let (shapeA, shapeB) = (shape, other.shape)
        return Self.record("matmul", value.matmul(other.value), [self, other]) { dy, _ in
            [
                b.map { dy.matmul($0, transposeOther: true).summed(to: shapeA) },
                a.map { $0.matmul(dy, transposeSelf: true).summed(to: shapeB) },
            ]
        }
    }

    /// A linear layer x Wᵀ + bias + residual: x = self [..., K] and W [N, K] give [..., N].
    public func linear(_ weight: Variable, bias: Variable? = nil, residual: Variable? = nil) -> Variable {
        let y = value.linear(weight.value, bias: bias?.value, residual: residual?.value, weightChanges: weight.needsGrad)
        let none = Variable(Tensor.zeros([0]))
        let (x, w, kernel) = (value(if: weight.needsGrad), weight.value(if: needsGrad), weight.shape)
        return Self.record("linear", y, [self, weight, bias ?? none, residual ?? none]) { dy, needs in
            [
                w.map { dy.linearInputGradient($0, weightChanges: needs[1]) },
                x.map { dy.linearWeightGradient(input: $0).reshaped(kernel) },
                needs[2] ? dy.sumOfRows : nil, needs[3] ? dy : nil,
            ]
        }
    }
}
