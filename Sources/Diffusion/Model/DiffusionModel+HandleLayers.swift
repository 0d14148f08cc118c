import Autograd
import Tensors

// Handles with an embedding for each cross-attention layer: extended textual inversion (P+, Voynov et al. 2023,
// https://arxiv.org/abs/2303.09522). Layer i's keys and values come from the text with the layer's own embeddings.
//
// Legend: K handles, A cross-attention layers, D width.
extension DiffusionModel {
    /// Whether handles have an embedding for each of `crossAttentionLayers`.
    public var hasHandlesPerLayer: Bool { textEncoder.handleLayers != nil }

    /// This model with an embedding of each handle for each cross-attention layer, all of them equal to the one that it has: it draws
    /// the same. Itself where that is so already, without handles, and where the U-Net has no cross-attention.
    public var withHandlesPerLayer: DiffusionModel {
        let count = crossAttentionLayers.count
        guard let table = textEncoder.handleEmbedding, !hasHandlesPerLayer, count > 0 else { return self }
        var model = self
        let all = Self.perLayer(table.value, count: count)
        model.textEncoder.handleEmbedding = table.needsGrad ? .leaf(all) : Variable(all)
        model.handleStarts = handleStarts.map { Self.perLayer($0, count: count) }
        return model
    }

    /// Whether a tensor has the shape of `count` handles' embeddings in this model: [K, D] or [K, A, D].
    public func fitsHandles(_ embeddings: Tensor, count: Int) -> Bool {
        let width = textEncoder.configuration.hiddenSize
        return embeddings.shape == [count, width] || embeddings.shape == [count, crossAttentionLayers.count, width]
    }

    /// One table of several, each [K, D] or [K, A, D]: the latter, with rows repeated, where one of them is so. Traps for none.
    public static func handleTable(_ tables: [Tensor]) -> Tensor {
        let count = tables.lazy.filter { $0.rank == 3 }.map { $0.shape[1] }.first
        return .concatenated(count.map { count in tables.map { perLayer($0, count: count) } } ?? tables, axis: 0)
    }

    /// Embeddings [K, A, D]: those that are [K, D] are repeated for `count` layers.
    static func perLayer(_ embeddings: Tensor, count: Int) -> Tensor {
        guard embeddings.rank == 2 else { return embeddings }
        let (handles, width) = (embeddings.shape[0], embeddings.shape[1])
        return .concatenated(Array(repeating: embeddings.reshaped([handles, 1, width]), count: count), axis: 1)
    }

    /// The embedding [D] of a handle as one: its own, or the mean over the layers of one that is [A, D].
    public static func mean(ofHandle embedding: Tensor) -> Tensor { embedding.rank == 2 ? embedding.mean([0]) : embedding }
}
