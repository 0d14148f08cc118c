import Tensors

/// A chunk of a PNG file that is ours: data beside the pixels, which other programs leave alone.
///
/// A chunk is four bytes of length, four letters of type, the data, and a CRC-32 of type and data; numbers have their highest byte first
/// (PNG specification, third edition, §5.3).
public enum PNGChunk {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Returns the data of the first chunk of a type; nil where the file has none, where its chunks are damaged before or in it, and where
    /// it has more than `limit` bytes. `type` is four letters.
    public static func data(_ type: String, in png: [UInt8], limit: Int) -> [UInt8]? {
        guard let place = chunks(of: png).first(where: { $0.type == Array(type.utf8) }) else { return nil }
        let data = png[place.data]
        guard data.count <= limit,
            number(png, place.data.upperBound) == CRC32.checksum(png[place.data.lowerBound - 4..<place.data.upperBound])
        else { return nil }
        return Array(data)
    }

    /// Returns the file with a chunk before its end, in place of those that it has of this type; `data` nil removes them. Bytes that are no
    /// PNG file come back as they are.
    public static func setting(_ type: String, _ data: [UInt8]?, in png: [UInt8]) -> [UInt8] {
        let (type, all) = (Array(type.utf8), chunks(of: png))
        guard type.count == 4, all.last?.type == Array("IEND".utf8) else { return png }
        var result = signature
        for place in all where place.type != type {
            if let data, place.type == Array("IEND".utf8) {
                result += bytes(UInt32(data.count)) + type + data + bytes(CRC32.checksum(type + data))
            }
            result += png[place.data.lowerBound - 8..<place.data.upperBound + 4]
        }
        return result
    }

    private typealias Place = (type: [UInt8], data: Range<Int>)

    /// Returns the chunks of a file, up to its end or to one that does not fit into the file.
    private static func chunks(of png: [UInt8]) -> [Place] {
        guard png.starts(with: signature) else { return [] }
        var (places, start) = ([Place](), signature.count)
        while png.count - start >= 12 {
            let length = Int(number(png, start))
            guard length <= png.count - start - 12 else { break }
            places.append((Array(png[start + 4..<start + 8]), start + 8..<start + 8 + length))
            if places.last?.type == Array("IEND".utf8) { break }
            start += 12 + length
        }
        return places
    }

    private static func number(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func bytes(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * UInt32($0))) } }
}
