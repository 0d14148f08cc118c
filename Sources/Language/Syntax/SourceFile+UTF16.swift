import Synchronization

/// The numbers of UTF-16 code units before every 512th byte of a text, counted once, when first asked for.
final class UTF16Marks: Sendable {
    /// The number of bytes from one mark to the next.
    static let distance = 512
    private let marks = Mutex<[Int]?>(nil)

    /// Returns the number of code units before each mark.
    func all(of bytes: [UInt8]) -> [Int] {
        marks.withLock { known in
            if let known { return known }
            var (result, units) = ([0], 0)
            result.reserveCapacity(bytes.count / Self.distance + 1)
            for (place, byte) in bytes.enumerated() {
                units += Self.units(byte)
                if (place + 1) % Self.distance == 0 { result.append(units) }
            }
            known = result
            return result
        }
    }

    /// Returns the number of code units of the scalar that begins with a byte; 0 for a byte within a scalar.
    @inline(__always)
    static func units(_ byte: UInt8) -> Int { byte & 0xC0 == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1 }
}

/// Conversion of places to UTF-16 code units, in which editors count, in a time that depends neither on the text's length nor on that of
/// its lines.
extension SourceFile {
    /// Returns the number of code units from one byte offset to another; 0 where the second comes first.
    public func utf16Count(from start: Int, to end: Int) -> Int { max(0, utf16Count(before: end) - utf16Count(before: start)) }

    private func utf16Count(before offset: Int) -> Int {
        let offset = min(max(offset, 0), bytes.count)
        let mark = offset / UTF16Marks.distance
        return bytes[mark * UTF16Marks.distance..<offset].reduce(utf16.all(of: bytes)[mark]) { $0 + UTF16Marks.units($1) }
    }

    /// Returns the byte offset of the scalar at `count` code units from the start of a range; the end of the range where that has fewer.
    public func offset(utf16Count count: Int, in range: Range<Int>) -> Int {
        let wanted = max(0, count) + utf16Count(before: range.lowerBound)
        let marks = utf16.all(of: bytes)
        let mark = max(0, marks.partitioningIndex { $0 > wanted } - 1)
        var (offset, units) = (mark * UTF16Marks.distance, marks[mark])
        if offset < range.lowerBound { (offset, units) = (range.lowerBound, wanted - max(0, count)) }
        var scalar = offset
        while offset < range.upperBound {
            let more = UTF16Marks.units(bytes[offset])
            if more > 0 { scalar = offset }
            if units + more > wanted { return scalar }
            units += more
            offset += 1
        }
        return min(offset, range.upperBound)
    }
}
