import Diffusion
import Glibc
import Tensors

/// How far handles have moved from where they started. Large drift of length or direction lets a handle dominate its prompt (semantic
/// collapse, arXiv 2506.22685).
public struct HandleDrift: Sendable {
    /// One handle.
    public struct Row: Sendable {
        /// The handle's token.
        public let token: String
        /// The L2 norm of its initialiser and of the handle itself.
        public let startNorm, norm: Double
        /// The angle between both in degrees, 0…180; 0 where one has no length.
        public let angle: Double
        /// The norm of the difference.
        public let change: Double
    }

    /// One row for each handle.
    public let rows: [Row]
    /// The cosines of the handles among each other, [handle][handle], 1 on the diagonal: near 1 elsewhere, two handles mean the same.
    public let cosines: [[Double]]

    /// Measures all handles of a model from the initialisers that it remembers, or from what `base` has for a handle of the same token; nil
    /// for a model without handles, and where `base` has another width.
    public init?(_ model: DiffusionModel, from base: DiffusionModel? = nil) {
        guard let now = model.textEncoder.handleEmbedding?.value, let start = model.handleStarts, !model.handles.isEmpty else { return nil }
        let older = base?.textEncoder.handleEmbedding?.value
        if let older, older.shape[1] != now.shape[1] { return nil }
        rows = model.handles.indices.map { index in
            let place = base?.handles.firstIndex(of: model.handles[index])
            let a = place.flatMap { older?.row($0) } ?? start.row(index)
            let b = now.row(index)
            return Row(
                token: model.handles[index], startNorm: a.sumOfSquares.squareRoot(), norm: b.sumOfSquares.squareRoot(),
                angle: acos(Self.cosine(a, b)) * 180 / .pi, change: (b - a).sumOfSquares.squareRoot())
        }
        cosines = model.handles.indices.map { i in model.handles.indices.map { i == $0 ? 1 : Self.cosine(now.row(i), now.row($0)) } }
    }

    private static func cosine(_ a: Tensor, _ b: Tensor) -> Double {
        let length = (a.sumOfSquares * b.sumOfSquares).squareRoot()
        return length > 0 ? min(1, max(-1, a.dot(b) / length)) : 1
    }
}
