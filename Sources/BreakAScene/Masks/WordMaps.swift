import Diffusion
import Tensors

/// The cross-attention of words while a model looks at a picture.
struct WordMaps {
    private let grid: CellGrid
    /// Per word: its map, 0…1, [cells, 1].
    private let maps: [Tensor]

    /// Looks at a picture [1, H, W, 3] in [−1, 1] with the prompt "a photo of WORD and WORD". A word of several tokens has the mean of
    /// their maps. No maps without words. Throws `AutomaticMaskError.word` where the tokenizer has nothing for a word, and what
    /// `studyAttention` throws.
    init(_ words: [String], _ model: DiffusionModel, _ picture: Tensor, seed: Int) throws {
        guard !words.isEmpty else {
            (grid, maps) = (CellGrid(height: 0, width: 0), [])
            return
        }
        let prompt = PromptContext.prompt(PromptContext.plain, words)
        let times = LeakageConditions().timesteps.filter { $0 < model.scheduler.trainTimesteps }
        let study = try model.studyAttention(prompt, picture: picture, timesteps: times, seed: seed)
        try Cancellation.check()
        let size = study.size
        grid = CellGrid(height: size.height, width: size.width)
        var next = 0
        maps = try words.map { word in
            let tokens = model.tokenizer.encode(word)
            guard !tokens.isEmpty, let place = study.ids[next...].firstPlace(of: tokens) else { throw AutomaticMaskError.word(word) }
            next = place + tokens.count
            let sum = tokens.indices.map { study.maps(token: place + $0) }.reduce(Tensor.zeros([size.height, size.width]), +)
            return Self.normalized(sum.reshaped([size.height * size.width, 1]))
        }
    }

    /// The mean of each word's map over the regions of a segmentation.
    func means(over segmentation: Segmentation) -> [[Float]] {
        guard !maps.isEmpty else { return [] }
        let weights = segmentation.weights(of: grid)
        return maps.map { weights.matmul($0).values }
    }

    private static func normalized(_ map: Tensor) -> Tensor {
        let (least, most) = (map.values.min() ?? 0, map.values.max() ?? 0)
        return Tensor(map.values.map { ($0 - least) / max(most - least, 1e-12) }, shape: map.shape)
    }
}

extension ArraySlice<Int> {
    /// The place where `run` begins first; nil where it does not occur.
    fileprivate func firstPlace(of run: [Int]) -> Int? {
        guard count >= run.count else { return nil }
        return (startIndex...endIndex - run.count).first { self[$0..<$0 + run.count].elementsEqual(run) }
    }
}
