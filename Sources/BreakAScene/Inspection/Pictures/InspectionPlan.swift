/// The pictures that an inspection draws.
public struct InspectionPlan: Sendable, Equatable {
    /// The paper's ten context prompts (appendix B.2).
    public static let paperPrompts = [
        "a photo of * at the beach", "a photo of * in the jungle", "a photo of * in the snow", "a photo of * in the street",
        "a photo of * on top of a pink fabric", "a photo of * on top of a wooden floor", "a photo of * with a city in the background",
        "a photo of * with a mountain in the background", "a photo of * with the Eiffel tower in the background",
        "a photo of * floating on top of water",
    ]

    /// A picture that is to be drawn.
    public struct Entry: Sendable, Equatable {
        /// The prompt, with `*` in the place of the handles.
        public let context: String
        /// The handles that the prompt names, as places among the scene's masks, in the order of the prompt.
        public let asked: [Int]
        /// The seed of the noise that the picture starts from.
        public let seed: Int

        /// A picture of `context` that names the handles at the places `asked`.
        public init(context: String, asked: [Int], seed: Int) { (self.context, self.asked, self.seed) = (context, asked, seed) }
    }

    /// The prompts, with `*` in the place of the handles.
    public let contexts: [String]
    /// The sets of handles that are drawn, in the order of `subsets(of:most:)`.
    public let subsets: [[Int]]
    /// The number of non-empty subsets of the handles; infinite where it is too large for a double.
    public let possible: Double
    /// The pictures in the order in which they are drawn.
    public let entries: [Entry]

    /// A plan of pictures that were drawn already: it has no contexts and no subsets.
    public init(of entries: [Entry]) { (contexts, subsets, possible, self.entries) = ([], [], 0, entries) }

    /// A plan of `count` pictures for each context and each subset of `handles` handles, `most` subsets at most. Contexts
    /// are the outermost loop, so that the pictures drawn before a stop have all subsets. Every picture has a seed of its
    /// own, `seed` plus its place: two models with the same plan start from the same noise.
    public init(handles: Int, contexts: [String], count: Int, most: Int, seed: Int) {
        (self.contexts, possible) = (contexts, handles < 1000 ? (1..<handles + 1).reduce(1.0) { value, _ in value * 2 } - 1 : .infinity)
        let subsets = Self.subsets(of: handles, most: most)
        self.subsets = subsets
        let each = contexts.flatMap { context in (0..<count).flatMap { _ in subsets.map { (context, $0) } } }
        entries = each.enumerated().map { Entry(context: $1.0, asked: $1.1, seed: seed &+ $0) }
    }

    /// Non-empty subsets of 0..<`count`: single handles first, then all together, then pairs, triples, …, in the order of
    /// the handles; `most` at most.
    public static func subsets(of count: Int, most: Int) -> [[Int]] {
        var result = (0..<count).prefix(most).map { [$0] }
        if count > 1, result.count < most { result.append(Array(0..<count)) }
        for size in 2..<max(2, count) {
            var chosen: [Int]? = Array(0..<size)
            while let current = chosen, result.count < most {
                result.append(current)
                chosen = next(current, of: count)
            }
            if result.count >= most { break }
        }
        return result
    }

    /// The next combination in order; nil after the last.
    private static func next(_ combination: [Int], of count: Int) -> [Int]? {
        var result = combination
        for place in result.indices.reversed() where result[place] < count - (result.count - place) {
            result[place] += 1
            for later in result.indices where later > place { result[later] = result[later - 1] + 1 }
            return result
        }
        return nil
    }
}
