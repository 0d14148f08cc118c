import BreakAScene
import Diffusion
import Figures
import Images
import Tensors

/// Collects the maps of all words of a prompt from a study, for people to explore in a page.
struct AttentionExplorer {
    private let study: AttentionStudy
    private let tokens: AttentionTokens
    /// The places of the prompt's tokens, and of those that the value is about, in the padded prompt.
    private let places: [Int]
    private let words: [String]
    private let heads: [Int]?

    /// Prepares the maps of a study; `heads` as for `AttentionStudy.maps`.
    init(_ study: AttentionStudy, _ model: DiffusionModel, _ tokens: AttentionTokens, heads: [Int]?) {
        let tokenizer = model.tokenizer
        (self.study, self.tokens, self.heads) = (study, tokens, heads)
        let end = study.ids.dropFirst().firstIndex(of: tokenizer.eosTokenID) ?? study.ids.count
        // The marks of beginning and end are shown where the value is about them.
        places = Set(1..<max(1, end)).union(tokens.places).sorted()
        words = places.map { place in
            let id = study.ids[place]
            if id == tokenizer.bosTokenID, place == 0 { return "(begin)" }
            return id == tokenizer.eosTokenID ? "(end)" : model.caption(ofPrompt: tokenizer.decode([id]))
        }
    }

    /// Returns the maps over a picture; nil where there is nothing that a page could show. Throws `ImageError`.
    func panel(_ picture: Image) throws -> AttentionAtlas.Panel? {
        // Layers with different numbers of heads have none in common: their heads are averaged.
        let counts = Set(study.heads)
        let keepsHeads = counts.count == 1 || heads != nil
        let keep: [AttentionStudy.Axis] = keepsHeads ? [.timestep, .layer, .head] : [.timestep, .layer]
        let names = keepsHeads ? (heads ?? Array(0..<(counts.first ?? 0))).map { "head \($0)" } : ["all"]
        return try AttentionAtlas.Panel(
            title: tokens.labels.map(\.short).joined(separator: ", "), words: words,
            chosen: tokens.places.compactMap { places.firstIndex(of: $0) },
            timesteps: study.timesteps.map { "t = \($0)" }, layers: AttentionValue.short(study.layers), heads: names,
            height: study.size.height, width: study.size.width, picture: picture
        ) { word in
            try Cancellation.check()
            return study.maps(token: places[word], keep: keep, heads: heads).values
        }
    }
}
