import Language

/// Finds the cells of a notebook's new version among those of the version before, so that a page keeps what it shows of them.
enum CellMatching {
    /// Returns the number of each new cell: that of the old cell that it is, else a new one from `next` on. A cell with the same text is
    /// the same, wherever it stands now. Of the others, those between the same neighbours are the same where they have the same title, or
    /// stand at the same place.
    static func numbers(of new: [Cell], after old: [Cell], _ oldNumbers: [Int], next: inout Int) -> [Int] {
        var partners = [Int?](repeating: nil, count: new.count)
        let (texts, oldTexts) = (new.map(text), old.map(text))
        let changes = texts.difference(from: oldTexts).inferringMoves()
        var (removed, inserted) = (Set<Int>(), Set<Int>())
        for change in changes {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, let origin):
                inserted.insert(offset)
                partners[offset] = origin
            }
        }
        let (stayed, oldStayed) = (new.indices.filter { !inserted.contains($0) }, old.indices.filter { !removed.contains($0) })
        for (place, origin) in zip(stayed, oldStayed) { partners[place] = origin }
        pairGaps(&partners, new, old, anchors: Array(zip(stayed, oldStayed)))
        return partners.map { partner in
            if let partner { return oldNumbers[partner] }
            next += 1
            return next
        }
    }

    private static func text(_ cell: Cell) -> String { [cell.title, cell.prose, cell.code].joined(separator: "\u{0}") }

    /// Pairs the cells between cells that stayed.
    private static func pairGaps(_ partners: inout [Int?], _ new: [Cell], _ old: [Cell], anchors: [(Int, Int)]) {
        var used = Set(partners.compactMap { $0 })
        var (start, oldStart) = (0, 0)
        for (end, oldEnd) in anchors + [(new.count, old.count)] {
            let gap = (start..<end).filter { partners[$0] == nil }
            for place in gap where !new[place].title.isEmpty {
                guard let origin = (oldStart..<oldEnd).first(where: { !used.contains($0) && old[$0].title == new[place].title }) else {
                    continue
                }
                partners[place] = origin
                used.insert(origin)
            }
            let (rest, oldRest) = (gap.filter { partners[$0] == nil }, (oldStart..<oldEnd).filter { !used.contains($0) })
            // Where cells came or went besides, which one was edited cannot be told.
            if rest.count == oldRest.count {
                for (place, origin) in zip(rest, oldRest) {
                    partners[place] = origin
                    used.insert(origin)
                }
            }
            (start, oldStart) = (end + 1, oldEnd + 1)
        }
    }
}
