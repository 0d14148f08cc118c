import Images

extension SceneReport {
    /// The sentence on how many more cells `crop` would bring, or nil where it would bring none.
    public var advice: String? {
        guard !gaining.isEmpty else { return nil }
        let gains = entries.filter { gaining.contains($0.name) }.map { "\($0.name): \($0.croppedCells) cells instead of \($0.cells)" }
        return "crop(scene, margin=\(Self.margin)) brings them closer (\(gains.joined(separator: ", ")))"
    }

    /// Something about a scene that may make training worse. Masks are named by their places.
    public enum Warning: Sendable, Equatable {
        /// Nearest sampling to the maps' size finds no pixel of this mask; every cell that it touches is used instead.
        case vanishes(Int, size: PixelSize)
        /// Few cells of this mask carry the attention loss: `cells` of all cells; `area`: its share of the photo.
        case small(Int, cells: Int, of: Int, area: Double)
        /// The two masks overlap: this share of the first lies in the second.
        case overlaps(Int, Int, share: Double)
        /// No pixel of this mask is bright, as where its values are 0 and 1 of 255; `brightest` is in 0…1.
        case faint(Int, brightest: Double)
        /// This mask covers the whole photo.
        case everything(Int)
        /// There are this many things, more than the paper shows to work.
        case many(Int)
        /// The model of this name has no cross-attention that masks could be compared with.
        case noMaps(String)
        /// This word is several tokens, and its handle starts from the first.
        case severalTokens(String, count: Int, first: String)
        /// This word has no token of the model: no handle can start from it.
        case noToken(String)

        /// The warning as a message for the user, without a full stop.
        public var description: String { description { "mask \($0)" } }

        /// The warning as a message in which masks are called as `name` says for their places.
        public func description(naming name: (Int) -> String) -> String {
            switch self {
            case .vanishes(let index, let size):
                "\(name(index)) vanishes at \(size.height)×\(size.width) when one pixel a cell is taken; every cell that it touches is used instead"
            case .small(let index, let cells, let total, let area):
                "\(name(index)) is small: \(cells) of \(total) cells carry the attention loss (\(Self.percent(area)) of the photo; the paper's things cover at least 15 %)"
            case .overlaps(let a, let b, let share):
                "\(name(a)) and \(name(b)) overlap: \(Self.percent(share)) of \(name(a)) lies in \(name(b))"
            case .faint(let index, let brightest):
                "\(name(index)) is faint: its brightest pixel is \(Int((brightest * 255).rounded())) of 255; a mask is 0 outside its thing and 255 inside"
            case .everything(let index):
                "\(name(index)) covers the whole photo: a mask is a grey picture, white on its thing (transparency is not looked at)"
            case .many(let count): "\(count) things: the paper reports good results for up to 4"
            case .noMaps(let model):
                "\(model) has no cross-attention maps to compare masks with: training has no attention loss, and handles may mix"
            case .severalTokens(let word, let count, let first):
                "\"\(word)\" is \(count) tokens of this model; its handle starts from the first, \"\(first)\""
            case .noToken(let word): "\"\(word)\" has no token of this model: no handle can start from it"
            }
        }

        private static func percent(_ share: Double) -> String {
            let tenths = Int((share * 1000).rounded())
            return "\(tenths / 10).\(tenths % 10) %"
        }
    }
}
