import Files
import Images

/// A mask of zeros and ones as the lengths of its runs, row after row. The runs alternate between outside and inside and begin with outside,
/// so the first length may be 0. This is how masks travel between the page and the program: a loose mask is a few hundred numbers.
struct MaskRuns: Sendable, Equatable {
    /// The size of the mask in pixels.
    let size: PixelSize
    /// The lengths, whose sum is the number of pixels. Only the first one may be 0.
    let lengths: [Int]

    /// The runs of a mask: inside is where its values are above 0.5.
    init(_ mask: Mask) {
        var lengths: [Int] = []
        var (isInside, start) = (false, 0)
        for (place, value) in mask.values.enumerated() where (value > 0.5) != isInside {
            lengths.append(place - start)
            (isInside, start) = (!isInside, place)
        }
        (size, self.lengths) = (mask.size, lengths + [mask.values.count - start])
    }

    /// A mask that is empty.
    init(empty size: PixelSize) { (self.size, lengths) = (size, [size.width * size.height]) }

    /// Reads a JSON list of lengths; nil where it is none, or its sum is not the number of pixels.
    init?(_ json: JSON?, size: PixelSize) {
        guard let items = json?.arrayValue, !items.isEmpty, items.count <= size.width * size.height + 1 else { return nil }
        var (lengths, rest) = ([Int](), size.width * size.height)
        for (place, item) in items.enumerated() {
            guard let length = item.intValue, length <= rest, length >= (place == 0 ? 0 : 1) else { return nil }
            lengths.append(length)
            rest -= length
        }
        guard rest == 0 else { return nil }
        (self.size, self.lengths) = (size, lengths)
    }

    /// The lengths as JSON.
    var json: JSON { .array(lengths.map { JSON($0) }) }

    /// Whether no pixel is inside.
    var isEmpty: Bool { lengths.count == 1 }

    /// The mask, with values 0 and 1.
    var mask: Mask {
        var values: [Float] = []
        values.reserveCapacity(size.width * size.height)
        for (place, length) in lengths.enumerated() { values += repeatElement(place.isMultiple(of: 2) ? 0 : 1, count: length) }
        return Mask(width: size.width, height: size.height, values: values)
    }
}
