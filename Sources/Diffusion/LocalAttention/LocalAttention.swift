import Tensors

/// Local features of things, at which every cross-attention looks beside the text (ELITE, https://arxiv.org/abs/2302.13848, equation 5).
/// A handle that has such features adds to the output of each cross-attention, before its last projection,
///
///     scale · gate · Attn(Q, K, V)    with K = features · to_kᵀ and V = features · to_vᵀ
///
/// The gate, after the authors' code (csyxwei/ELITE), is the attention that the handle's token gets at a place and in a head, divided by
/// its maximum over all places and heads, so that the thing's features stay where the thing is. Their maximum is that of the whole batch;
/// here it is the sample's, so that a picture does not depend on those beside it. The gate is a constant for gradients.
///
/// Legend: P patches, E width of the features, C width of a cross-attention.
public struct LocalAttention: Sendable {
    /// The new projections of one cross-attention.
    public struct Projection: Sendable {
        /// The weights of keys and values, [C, E] each.
        public let toK, toV: Tensor

        /// Projections of these weights.
        public init(toK: Tensor, toV: Tensor) { (self.toK, self.toV) = (toK, toV) }
    }

    /// The features [P, E] of handles, by token ("<asset0>"); places where the thing is not are zeros.
    public private(set) var features: [String: Tensor]
    /// The projections, by the name of the layer ("mid_block.attentions.0.transformer_blocks.0.attn2").
    public let projections: [String: Projection]
    /// The weight of what they add, λ in the paper; 0 leaves the words alone.
    public let scale: Float

    /// Local attention of handles.
    public init(features: [String: Tensor], projections: [String: Projection], scale: Float) {
        (self.features, self.projections, self.scale) = (features, projections, scale)
    }

    /// Adds those of other handles; nil where projections or scales differ, since one pass has one of each.
    public func joined(with other: LocalAttention, renaming: [String: String] = [:]) -> LocalAttention? {
        guard scale == other.scale, projections.count == other.projections.count,
            projections.allSatisfy({ name, own in
                other.projections[name].map { $0.toK.isIdentical(to: own.toK) && $0.toV.isIdentical(to: own.toV) } ?? false
            })
        else { return nil }
        var result = self
        for (token, tensor) in other.features { result.features[renaming[token] ?? token] = tensor }
        return result
    }

    /// The features of these handles alone, under other tokens where `renaming` has some.
    public func renamed(_ renaming: [String: String]) -> LocalAttention {
        let named = features.map { (renaming[$0] ?? $0, $1) }
        return LocalAttention(features: Dictionary(named) { first, _ in first }, projections: projections, scale: scale)
    }

    // MARK: files

    /// What the names of its tensors in files begin with.
    static let prefix = "handle_local."

    /// Everything as named tensors, as every file of bas that holds models has it: `handle_local.scale` [1],
    /// `handle_local.features.<token>` [P, E], `handle_local.to_k.<layer>` and `handle_local.to_v.<layer>` [C, E].
    public var tensors: [(name: String, tensor: Tensor)] {
        [(Self.prefix + "scale", Tensor([scale], shape: [1]))]
            + features.sorted { $0.key < $1.key }.map { (Self.prefix + "features." + $0.key, $0.value) }
            + projections.sorted { $0.key < $1.key }.flatMap {
                [(Self.prefix + "to_k." + $0.key, $0.value.toK), (Self.prefix + "to_v." + $0.key, $0.value.toV)]
            }
    }

    /// Reads `tensors`, among which others may be; nil where there are none. Throws `ModelError.parts`, with the file's path, where
    /// they do not belong together.
    public init?(tensors: [String: Tensor], path: String) throws {
        func part(_ kind: String) -> [(String, Tensor)] {
            let start = Self.prefix + kind
            return tensors.compactMap { $0.hasPrefix(start) ? (String($0.dropFirst(start.count)), $1) : nil }
        }
        let features = Dictionary(part("features.")) { first, _ in first }
        guard !features.isEmpty else { return nil }
        let values = Dictionary(part("to_v.")) { first, _ in first }
        var projections: [String: Projection] = [:]
        for (layer, toK) in part("to_k.") { projections[layer] = values[layer].map { Projection(toK: toK, toV: $0) } }
        let width = features.values.first.map { $0.shape.last ?? 0 } ?? 0
        guard let scale = tensors[Self.prefix + "scale"], scale.shape == [1], projections.count == values.count, !values.isEmpty,
            features.values.allSatisfy({ $0.rank == 2 && $0.shape[1] == width && $0.shape == features.values.first?.shape }),
            projections.values.allSatisfy({ $0.toK.rank == 2 && $0.toK.shape[1] == width && $0.toK.shape == $0.toV.shape })
        else { throw ModelError.parts(path: path, "the local features of handles and their projections do not fit together") }
        self.init(features: features, projections: projections, scale: scale.scalar)
    }

    /// Mixes everything into a fingerprint.
    func mix(into hash: inout Fingerprint) { for (name, tensor) in tensors { hash.mix(name, tensor) } }
}
