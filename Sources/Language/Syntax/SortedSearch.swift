extension RandomAccessCollection {
    /// The first place whose element, and every one behind it, belongs to the second part; the end where none does. For
    /// elements in an order that has the two parts one behind the other (the name is swift-algorithms').
    func partitioningIndex(where isInSecond: (Element) throws -> Bool) rethrows -> Index {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = index(low, offsetBy: distance(from: low, to: high) / 2)
            if try isInSecond(self[middle]) { high = middle } else { low = index(after: middle) }
        }
        return low
    }
}
