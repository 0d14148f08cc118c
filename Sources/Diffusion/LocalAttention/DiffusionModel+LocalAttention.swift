import Autograd
import Tensors

extension DiffusionModel {
    /// The local features at which a pass with these prompts, N lists of token ids, looks; nil where no prompt mentions a handle that has
    /// some, and where their scale is 0.
    public func localFeatures(_ ids: [[Int]]) -> LocalFeatures? {
        guard let localAttention, localAttention.scale != 0 else { return nil }
        let first = textEncoder.configuration.vocabularySize
        var (rows, tensors, mentions) = ([Int: Int](), [Tensor](), [LocalFeatures.Mention]())
        for (sample, prompt) in ids.enumerated() {
            for (place, id) in prompt.enumerated() where id >= first && id - first < handles.count {
                guard let features = localAttention.features[handles[id - first]] else { continue }
                let row = rows[id] ?? tensors.count
                if row == tensors.count {
                    rows[id] = row
                    tensors.append(features.reshaped([1] + features.shape))
                }
                mentions.append(.init(sample: sample, token: place, row: row))
            }
        }
        guard !mentions.isEmpty else { return nil }
        return LocalFeatures(mentions: mentions, features: Variable(.concatenated(tensors, axis: 0)), attention: localAttention)
    }

    /// The handles that have local features, in their order.
    public var handlesWithLocalFeatures: [String] { handles.filter { localAttention?.features[$0] != nil } }

    /// This model with local features of handles, nil for none. Throws `ModelError.parts`, with `path`, where they name a handle that the
    /// model has not, or a cross-attention of another width.
    public func with(localAttention: LocalAttention?, from path: String) throws -> DiffusionModel {
        if let localAttention {
            for token in localAttention.features.keys.sorted() where !handles.contains(token) {
                throw ModelError.parts(path: path, "it has local features of \(token), and the model has no such handle")
            }
            let widths = crossAttentionWidths
            for (layer, projection) in localAttention.projections where widths[layer] != projection.toK.shape[0] {
                throw ModelError.parts(path: path, "the local features are for another model: they do not fit its \(layer)")
            }
        }
        var model = self
        model.localAttention = localAttention
        return model
    }

    /// The width C of each cross-attention, by its name.
    public var crossAttentionWidths: [String: Int] {
        let suffix = ".attn2.to_q.weight"
        let widths = unet.parameters().filter { $0.name.hasSuffix(suffix) }
            .map { (String($0.name.dropLast(".to_q.weight".count)), $0.value.shape[0]) }
        return Dictionary(widths) { first, _ in first }
    }
}
