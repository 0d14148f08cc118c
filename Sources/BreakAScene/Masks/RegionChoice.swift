/// The choice of disjoint regions of a tree, one for each of some places, whose scores have the largest sum.
///
/// Exact, by dynamic programming from the small regions to the large: the best filling of a set of places within a region is the
/// region itself for one place, or the best division of the set between its two parts.
struct RegionChoice {
    /// What fills a set of places best within one region: bits of the sets are places.
    private struct Best {
        /// The sum of scores; −∞ where it cannot be filled.
        var scores: [Float]
        /// The places that the first part fills; nil: the region itself fills the one place.
        var first: [Int?]
    }

    /// The chosen region of every place; nil where there are not as many disjoint regions that may be chosen.
    let regions: [Int]?

    /// `scores`: per region of the tree, its score for every place; −∞ where it may not be chosen. At most 8 places: time and memory
    /// grow with 3 to the power of their number.
    init(_ tree: RegionTree, scores: [[Float]]) {
        let count = scores.first?.count ?? 0
        let sets = 1 << count
        var best: [Best] = []
        for (region, own) in scores.enumerated() {
            var here = Best(scores: [0] + [Float](repeating: -.infinity, count: sets - 1), first: [Int?](repeating: nil, count: sets))
            for place in 0..<count { here.scores[1 << place] = own[place] }
            if let (a, b) = tree.regions[region].parts { Self.divide(&here, best[a], best[b]) }
            best.append(here)
        }
        guard let whole = best.last, whole.scores[sets - 1] > -.infinity else {
            regions = nil
            return
        }
        var chosen = [Int](repeating: 0, count: count)
        Self.collect(sets - 1, scores.count - 1, tree, best, &chosen)
        regions = chosen
    }

    /// Takes divisions of the sets between the two parts where they are better than what `here` has.
    private static func divide(_ here: inout Best, _ a: Best, _ b: Best) {
        for set in 1..<here.scores.count {
            // All subsets of `set`, itself first.
            var subset = set
            while true {
                let sum = a.scores[subset] + b.scores[set ^ subset]
                if sum > here.scores[set] { (here.scores[set], here.first[set]) = (sum, subset) }
                if subset == 0 { break }
                subset = (subset - 1) & set
            }
        }
    }

    private static func collect(_ set: Int, _ region: Int, _ tree: RegionTree, _ best: [Best], _ chosen: inout [Int]) {
        guard set != 0 else { return }
        guard let first = best[region].first[set], let (a, b) = tree.regions[region].parts else {
            chosen[set.trailingZeroBitCount] = region
            return
        }
        collect(first, a, tree, best, &chosen)
        collect(set ^ first, b, tree, best, &chosen)
    }
}
