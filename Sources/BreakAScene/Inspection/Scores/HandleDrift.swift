import Diffusion
import Glibc
import Tensors

/// How far handles have moved from where they started. Large drift of length or direction lets a handle dominate its prompt (semantic
/// collapse, arXiv 2506.22685).
public struct HandleDrift: Sendable {
    /// One handle, or its embedding in one layer.
    public struct Row: Sendable {
        /// The handle's place among the model's handles.
        public let handle: Int
        /// The handle's token.
        public let token: String
        /// The cross-attention layer, where handles have an embedding for each.
        public let layer: String?
        /// The L2 norm of its initialiser and of the handle itself.
        public let startNorm, norm: Double
        /// The angle between both in degrees, 0…180; 0 where one has no length.
        public let angle: Double
        /// The norm of the difference.
        public let change: Double
        /// The cosines with all handles, in the same layer; 1 with itself. Near 1 elsewhere, two handles mean the same.
        public let cosines: [Double]
    }

    /// One row for each handle, or for each handle and layer.
    public let rows: [Row]

    /// Measures all handles of a model from the initialisers that it remembers, or from what `base` has for a handle of the same token; nil
    /// for a model without handles, and where `base` has another width or other layers.
    public init?(_ model: DiffusionModel, from base: DiffusionModel? = nil) {
        guard let now = model.textEncoder.handleEmbedding?.value, let start = model.handleStarts, !model.handles.isEmpty else { return nil }
        let older = base?.textEncoder.handleEmbedding?.value
        if let older {
            let layers = [older, now].filter { $0.rank == 3 }.map { $0.shape[1] }
            guard older.shape.last == now.shape.last, Set(layers).count < 2 else { return nil }
        }
        let names = now.rank == 3 ? model.crossAttentionLayers.map(Optional.some) : [nil]
        rows = model.handles.indices.flatMap { handle in
            let place = base?.handles.firstIndex(of: model.handles[handle])
            let before = place.flatMap { older?.row($0) } ?? start.row(handle)
            return names.indices.map { layer in
                let (a, b) = (Self.embedding(before, layer: names[layer] == nil ? nil : layer), now.row(handle))
                let own = Self.embedding(b, layer: layer)
                return Row(
                    handle: handle, token: model.handles[handle], layer: names[layer], startNorm: a.sumOfSquares.squareRoot(),
                    norm: own.sumOfSquares.squareRoot(), angle: acos(Self.cosine(a, own)) * 180 / .pi,
                    change: (own - a).sumOfSquares.squareRoot(),
                    cosines: model.handles.indices.map {
                        $0 == handle ? 1 : Self.cosine(own, Self.embedding(now.row($0), layer: layer))
                    })
            }
        }
    }

    /// A handle's embedding [D] in a layer: one that serves all stands for each. Without a layer the mean.
    private static func embedding(_ handle: Tensor, layer: Int?) -> Tensor {
        guard handle.rank == 2, let layer else { return DiffusionModel.mean(ofHandle: handle) }
        return handle.row(layer)
    }

    private static func cosine(_ a: Tensor, _ b: Tensor) -> Double {
        let length = (a.sumOfSquares * b.sumOfSquares).squareRoot()
        return length > 0 ? min(1, max(-1, a.dot(b) / length)) : 1
    }
}
