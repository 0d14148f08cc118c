import Images

extension SceneReport {
    public enum Warning: Sendable, Equatable {
        /// Nearest sampling to the maps' size finds no pixel of it; its largest coverage is taken instead.
        case vanishes(Int, size: PixelSize)
        /// Few cells carry the attention loss.
        case small(Int, cells: Int, of: Int, area: Double)
        case overlaps(Int, Int, share: Double)
        /// No pixel of it is bright; often its values are 0 and 1 of 255.
        case faint(Int, brightest: Double)
        /// It leaves nothing of the photo out.
        case everything(Int)
        /// More things than the paper shows to work.
        case many(Int)
        /// The model has no cross-attention that masks could be compared with.
        case noMaps(String)
        /// A handle starts from the first of several tokens.
        case severalTokens(String, count: Int, first: String)
        case noToken(String)

        public var description: String {
            switch self {
            case .vanishes(let index, let size):
                "mask \(index) vanishes at \(size.height)×\(size.width) when one pixel a cell is taken; every cell that it touches is used instead"
            case .small(let index, let cells, let total, let area):
                "mask \(index) is small: \(cells) of \(total) cells carry the attention loss (\(Self.percent(area)) of the photo; the paper's things cover at least 15 %)"
            case .overlaps(let a, let b, let share):
                "masks \(a) and \(b) overlap: \(Self.percent(share)) of mask \(a) lies in mask \(b)"
            case .faint(let index, let brightest):
                "mask \(index) is faint: its brightest pixel is \(Int((brightest * 255).rounded())) of 255; a mask is 0 outside its thing and 255 inside"
            case .everything(let index):
                "mask \(index) covers the whole photo: a mask is a grey picture, white on its thing (transparency is not looked at)"
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
