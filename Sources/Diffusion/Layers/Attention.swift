import Autograd
import NeuralNetwork
import Tensors

/// Multi-head attention with its four projections (diffusers' `Attention`): `attn1` attends to the picture itself, `attn2`
/// (cross-attention) to the text, or to whatever context it is given.
public struct Attention: Module {
    var toQ: Linear
    var toK: Linear
    var toV: Linear
    var toOut: Linear
    let heads: Int
    /// The full name under which maps are recorded; nil outside of the U-Net, where none are.
    let name: String?

    /// An attention whose parameters are placeholders until they are loaded. `context`: the width of what it attends to, where that is
    /// another than its own; `bias`: whether queries, keys and values have one.
    package init(_ width: Int, context: Int? = nil, heads: Int, bias: Bool = false, name: String? = nil) {
        toQ = Linear(width, width, bias: bias)
        toK = Linear(context ?? width, width, bias: bias)
        toV = Linear(context ?? width, width, bias: bias)
        toOut = Linear(width, width)
        self.heads = heads
        self.name = name
    }

    /// The attention of x [N, L, D] to `context` [N, M, C], plus `residual`: [N, L, D].
    package func callAsFunction(_ x: Variable, context: Variable, residual: Variable) -> Variable {
        toOut(toQ(x).attention(keys: toK(context), values: toV(context), heads: heads), residual: residual)
    }

    /// Self-attention of x [N, L, D], plus `residual`: [N, L, D].
    func callAsFunction(_ x: Variable, residual: Variable) -> Variable { self(x, context: x, residual: residual) }

    /// Self-attention of x [N, HW, D], plus `residual`. The mean of its probabilities over the heads is recorded where `pass` wants it.
    func toItself(_ x: Variable, size: (height: Int, width: Int), _ pass: inout UNetPass, residual: Variable) -> Variable {
        guard let name, pass.wantsSelfAttention(cells: size.height * size.width) else { return self(x, residual: residual) }
        let probabilities = toQ(x).attentionProbabilities(keys: toK(x), heads: heads)
        pass.selfMaps.append(
            SelfAttentionMap(layer: name, height: size.height, width: size.width, probabilities: probabilities.value.mean([1])))
        return toOut(probabilities.attentionValues(toV(x)), residual: residual)
    }

    /// Cross-attention of x [N, HW, D] to the text, and to local features where `pass` has some, plus `residual`: [N, HW, D]. Its
    /// probabilities over the text are recorded where `pass` wants it.
    func callAsFunction(_ x: Variable, size: (height: Int, width: Int), _ pass: inout UNetPass, residual: Variable) -> Variable {
        let (keys, values) = pass.projections { (toK($0), toV($0)) }
        let query = toQ(x)
        let isRecorded = name.map { pass.recording.wants($0, height: size.height, width: size.width) } ?? false
        let local = name.flatMap { pass.localProjections($0) }
        guard let name, isRecorded || local != nil else {
            return toOut(query.attention(keys: keys, values: values, heads: heads), residual: residual)
        }
        let probabilities = query.attentionProbabilities(keys: keys, heads: heads)
        if isRecorded {
            pass.maps.append(CrossAttentionMap(layer: name, height: size.height, width: size.width, probabilities: probabilities))
        }
        let attended = probabilities.attentionValues(values)
        guard let local, let features = pass.local else { return toOut(attended, residual: residual) }
        return toOut(attended + features.attended(query, probabilities, local, heads: heads), residual: residual)
    }

    /// Calls `body` for the parameters of the four projections.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try toQ.forEachParameter(path + "to_q.", body)
        try toK.forEachParameter(path + "to_k.", body)
        try toV.forEachParameter(path + "to_v.", body)
        try toOut.forEachParameter(path + "to_out.0.", body)
    }

    /// Calls `body` for the four projections, by their names on disk.
    mutating func forEachProjection(_ path: String, _ body: (String, inout Linear) -> Void) {
        body(path + "to_q", &toQ)
        body(path + "to_k", &toK)
        body(path + "to_v", &toV)
        body(path + "to_out.0", &toOut)
    }
}
