import Diffusion
import Images

/// First guesses of a loose mask for each of several things in a picture, for a person to correct.
///
/// Of all regions of one look in the picture, small and large (`RegionSearch`), as many disjoint ones are taken as things are wanted:
/// those that stand out most (`ThingScores`). Nothing here was trained to find things.
public enum AutomaticMasks {
    /// The most masks that can be guessed at once.
    public static let most = 8

    /// Guesses `count` masks, of the picture's size, which do not overlap, from left to right by their middles. The same input gives the
    /// same masks. Takes half a second on two cores with the embedded model.
    ///
    /// - Parameters:
    ///   - count: How many, 1…`most`.
    ///   - model: The model whose attention is asked for what belongs together; without one only colours are looked at, which finds
    ///     things less well.
    ///   - seed: Of the noise that the model looks through.
    ///
    /// Throws `AutomaticMaskError`, `ImageError`, and `CancellationError` where the work around it is cancelled.
    public static func guess(image: Image, count: Int, model: DiffusionModel? = nil, seed: Int = 0) throws -> [Mask] {
        let found = try find(image, places: count, model, seed: seed)
        return found.sorted { ($0.centroid?.x ?? 0, $0.centroid?.y ?? 0) < ($1.centroid?.x ?? 0, $1.centroid?.y ?? 0) }
    }

    /// Guesses a mask for each of `words`, in their order: as without words, but regions that the model's cross-attention looks at for
    /// a word count more for it. Throws as without words, and what tokenizing the words throws.
    public static func guess(image: Image, words: [String], model: DiffusionModel, seed: Int = 0) throws -> [Mask] {
        try find(image, places: words.count, model, words: words, seed: seed)
    }

    /// The masks of `places` things, in the order of the words where there are any.
    private static func find(_ image: Image, places: Int, _ model: DiffusionModel?, words: [String] = [], seed: Int) throws -> [Mask] {
        guard (1...most).contains(places) else { throw AutomaticMaskError.count(places) }
        let search = try RegionSearch(image, model, seed: seed)
        let maps = try model.map { try WordMaps(words, $0, $0.seen(image), seed: seed).means(over: search.segmentation) }
        guard let masks = try search.masks(places: places, maps: maps ?? []) else { throw AutomaticMaskError.tooFew(places) }
        return masks
    }
}

/// An error of a guess of masks.
public enum AutomaticMaskError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not 1…`AutomaticMasks.most` masks were asked for.
    case count(Int)
    /// The picture has not as many regions that differ.
    case tooFew(Int)
    /// The model's tokenizer has no token for this word.
    case word(String)

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .count(let count): "1 to \(AutomaticMasks.most) masks can be guessed, not \(count)"
        case .word(let word): "\"\(word)\" has no token of its own in the prompt of all words"
        case .tooFew(let count):
            "the picture has not \(count) regions that differ enough to be \(count == 1 ? "a thing" : "things"): draw masks by hand, with box or polygon"
        }
    }
}
