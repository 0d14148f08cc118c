extension RandomAccessCollection {
    /// Returns the first index from which on the predicate is true for every element; `endIndex` where it is for none. The elements for
    /// which it is false must precede the others. The name is that of swift-algorithms.
    func partitioningIndex(where isInSecond: (Element) throws -> Bool) rethrows -> Index {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = index(low, offsetBy: distance(from: low, to: high) / 2)
            if try isInSecond(self[middle]) { high = middle } else { low = index(after: middle) }
        }
        return low
    }
}
