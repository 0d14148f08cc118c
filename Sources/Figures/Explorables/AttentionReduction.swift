import Images
import Tensors

/// Brings attention maps to a size that a page can hold: first neighbouring timesteps are averaged in groups, as many as fit but not fewer
/// than five; then heads are averaged; then timesteps to fewer groups; then layers; at last words at the end are left out.
///
/// Every mean is one of equal parts, so that the mean over everything is the same as without reduction; only words are lost.
struct AttentionReduction: Equatable {
    /// The timesteps of each group, in order.
    private(set) var groups: [Range<Int>]
    /// Whether layers and heads stay apart.
    private(set) var keepsLayers = true, keepsHeads = true
    /// The number of words that are kept.
    private(set) var words: Int

    /// The fewest groups of timesteps while heads are kept apart.
    private static let fewestGroups = 5

    /// Finds the reduction of maps [words, timesteps, layers, heads] of `cells` bytes each.
    init(words: Int, timesteps: Int, layers: Int, heads: Int, cells: Int, limit: Int = AttentionAtlas.mostBytes) {
        self.words = words
        let room = limit / max(1, words * cells)
        func fitting(_ rest: Int, atLeast least: Int) -> Int? {
            let count = min(timesteps, room / max(1, rest))
            return count >= min(least, timesteps) && count > 0 ? count : nil
        }
        let steps: Int
        if let count = fitting(layers * heads, atLeast: Self.fewestGroups) {
            steps = count
        } else if let count = fitting(layers, atLeast: 1) {
            (steps, keepsHeads) = (count, false)
        } else {
            (steps, keepsHeads, keepsLayers) = (fitting(1, atLeast: 1) ?? 1, false, false)
            if room == 0 { self.words = limit / max(1, cells) }
        }
        groups = (0..<steps).map { timesteps * $0 / steps..<timesteps * ($0 + 1) / steps }
    }
}

extension AttentionAtlas.Panel {
    /// Collects maps. `map` returns the values [timesteps, layers, heads, height · width] of a word by its place. `chosen` are places among
    /// `words`. Returns nil where a map has more than 64 cells in a row or column, or nothing is there to show. Throws `ImageError`, and
    /// what `map` throws.
    public init?(
        title: String, words: [String], chosen: [Int], timesteps: [String], layers: [String], heads: [String], height: Int, width: Int,
        picture: Image?, map: (_ word: Int) throws -> [Float]
    ) throws {
        let cells = height * width
        guard !words.isEmpty, !timesteps.isEmpty, !layers.isEmpty, !heads.isEmpty,
            (1...AttentionAtlas.mostCells).contains(height), (1...AttentionAtlas.mostCells).contains(width)
        else { return nil }
        let reduction = AttentionReduction(
            words: words.count, timesteps: timesteps.count, layers: layers.count, heads: heads.count, cells: cells)
        let shape = (layers: layers.count, heads: heads.count, cells: cells)
        var (tops, maps) = ([Float](), [UInt8]())
        for word in 0..<reduction.words {
            for values in reduction.means(try map(word), shape) {
                let top = values.reduce(0) { $1.isFinite ? max($0, $1) : $0 }
                tops.append(top)
                maps += values.map { top > 0 && $0.isFinite ? UInt8(max(0, min(255, ($0 / top * 255).rounded()))) : 0 }
            }
        }
        let groups = reduction.groups.map { group in
            group.count == 1 ? timesteps[group.lowerBound] : "\(timesteps[group.lowerBound]) to \(timesteps[group.upperBound - 1])"
        }
        self.init(
            title: title, words: Array(words.prefix(reduction.words)), chosen: chosen.filter { $0 < reduction.words }, timesteps: groups,
            layers: reduction.keepsLayers ? layers : ["all"], heads: reduction.keepsHeads ? heads : ["all"],
            weights: reduction.groups.map(\.count), height: height, width: width, tops: tops, maps: maps,
            picture: try picture.map { try AttentionAtlas.Picture($0) })
    }
}

extension AttentionReduction {
    /// Returns the maps that are left of one word's, [timesteps, layers, heads, cells], in order.
    fileprivate func means(_ values: [Float], _ shape: (layers: Int, heads: Int, cells: Int)) -> [[Float]] {
        let (layers, heads) = (keepsLayers ? shape.layers : 1, keepsHeads ? shape.heads : 1)
        var result: [[Float]] = []
        for group in groups {
            for layer in 0..<layers {
                for head in 0..<heads {
                    var sum = [Float](repeating: 0, count: shape.cells)
                    let (ls, hs) = (keepsLayers ? layer..<layer + 1 : 0..<shape.layers, keepsHeads ? head..<head + 1 : 0..<shape.heads)
                    for t in group {
                        for l in ls {
                            for h in hs {
                                let start = ((t * shape.layers + l) * shape.heads + h) * shape.cells
                                for cell in 0..<shape.cells { sum[cell] += values[start + cell] }
                            }
                        }
                    }
                    let count = Float(group.count * ls.count * hs.count)
                    result.append(sum.map { $0 / count })
                }
            }
        }
        return result
    }
}
