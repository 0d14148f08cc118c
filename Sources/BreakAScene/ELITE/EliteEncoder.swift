import Autograd
import Diffusion
import Evaluators
import NeuralNetwork
import Tensors

/// A linear layer, a layer norm, GELU and another linear layer: what both mapping networks are.
struct EliteMapper: Module {
    var fc1: Linear
    var norm: LayerNorm
    var fc2: Linear

    init(_ inputs: Int, inner: Int, _ outputs: Int) {
        (fc1, norm, fc2) = (Linear(inputs, inner), LayerNorm(inner), Linear(inner, outputs))
    }

    /// The output [..., outputs] for x [..., inputs].
    func callAsFunction(_ x: Variable) -> Variable { fc2(norm(fc1(x)).gelu()) }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try fc1.forEachParameter(path + "fc1.", body)
        try norm.forEachParameter(path + "norm.", body)
        try fc2.forEachParameter(path + "fc2.", body)
    }
}

/// ELITE's encoders (https://arxiv.org/abs/2302.13848): from the picture of a thing alone on black to a word of a text-to-image model and to
/// local features at which its cross-attentions look. They are trained once; a new thing needs no training.
///
/// The paper's global mapping network makes several words of several layers of an image encoder and draws with the primary one alone: that one
/// is here, from the last layer. Its features are the class token and the mean of the thing's patches.
///
/// Legend: N things, P patches, W width of the image encoder, D width of words, E width of local features, C width of a cross-attention.
public struct EliteEncoder: Module {
    let settings: EliteSettings
    var encoder: PatchEncoder
    var word: EliteMapper
    var local: EliteMapper
    /// The weights [C, E] of keys and values in each cross-attention, in the order of the layers' names.
    var projections: [(layer: String, toK: Variable, toV: Variable)]

    /// Encoders whose parameters are placeholders until they are loaded. `layers`: the width of each cross-attention.
    init(_ settings: EliteSettings, layers: [String: Int]) {
        let width = settings.encoder.hiddenSize
        self.settings = settings
        encoder = PatchEncoder(settings.encoder)
        word = EliteMapper(2 * width, inner: 2 * width, settings.textWidth)
        local = EliteMapper(settings.localLayers.count * width, inner: settings.localSize, settings.localSize)
        projections = layers.sorted { $0.key < $1.key }.map {
            ($0.key, .parameter($0.value, settings.localSize), .parameter($0.value, settings.localSize))
        }
    }

    /// The words [N, D] and the local features [N, P, E] of preprocessed pictures [N, H, W, 3]. `cover`: the share of each patch that the
    /// thing covers, [N, P], in 0…1.
    public func callAsFunction(_ pictures: Tensor, cover: Tensor) -> (words: Tensor, features: Tensor) {
        let states = encoder(Variable(pictures))
        let (n, patches) = (cover.shape[0], cover.shape[1])
        func tokens(_ state: Variable, from start: Int, _ count: Int) -> Variable {
            state.sliced([.init(start: 0, count: n), .init(start: start, count: count), .init(start: 0, count: state.shape[2])])
        }
        let last = states[states.count - 1]
        let weights = cover.reshaped([n, patches, 1])
        let area = Tensor(cover.sum([1]).values.map { max($0, 1e-6) }, shape: [n, 1, 1])
        let mean = (tokens(last, from: 1, patches) * Variable(weights / area)).sum([1])
        let pooled = Variable.concatenated([tokens(last, from: 0, 1).reshaped([n, last.shape[2]]), mean], axis: 1)
        let sides = Variable.concatenated(settings.localLayers.map { tokens(states[$0], from: 1, patches) }, axis: 2)
        return (word(pooled).value, (local(sides) * Variable(weights)).value)
    }

    /// The projections of `LocalAttention`, in float32 whatever the file has, as files of models keep them.
    var layers: [String: LocalAttention.Projection] {
        func wide(_ weight: Variable) -> Tensor { Tensor(weight.value.values, shape: weight.shape) }
        return Dictionary(projections.map { ($0.layer, .init(toK: wide($0.toK), toV: wide($0.toV))) }) { first, _ in first }
    }

    /// Calls `body` for the parameters, by their names on disk.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try encoder.forEachParameter(path + "encoder.", body)
        try word.forEachParameter(path + "word.", body)
        try local.forEachParameter(path + "local.", body)
        for index in projections.indices {
            let layer = projections[index].layer
            try body("\(path)\(layer).to_k.weight", &projections[index].toK)
            try body("\(path)\(layer).to_v.weight", &projections[index].toV)
        }
    }
}
