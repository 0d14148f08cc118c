import Evaluators
import Images
import Tensors

/// Finds things by a segmenter that knows nothing of the model that is judged: all models are looked at with the same eyes.
///
/// Where the segmenter says a thing is, it is cut out and compared with the photo's by an encoder of identity, since a segmenter points at
/// something also where nothing is. Evidence is the smaller one of the segmenter's probability and the cosine.
public struct SegmenterFinder: ThingFinder {
    /// The least evidence of a thing that is present.
    static let present = 0.5
    /// The least area of a copy, as a share of the largest place's; smaller pieces belong to that, as where something stands before it.
    private static let copyArea = 0.4

    private let segmenter: any ThingSegmenter
    private let things: [Image]
    private let features: Tensor

    /// Looks for the things of a scene, as they show inside of its masks. Throws `ImageError`.
    public init(_ segmenter: any ThingSegmenter, _ scene: PreparedScene) throws {
        let photo = try Image(scene.pictures[0])
        self.segmenter = segmenter
        things = try scene.masks.map { try MaskedThing.cropped(photo, mask: $0) }
        features = try segmenter.identity.identityFeatures(things)
    }

    /// The pieces of each thing's mask, the largest first. A pixel that several things claim belongs to the likeliest of those that are
    /// present. Throws what the segmenter and its encoder throw.
    public func find(in image: Image, size: PixelSize) throws -> [[Finding]] {
        let segments = try segmenter.segments(of: things, in: [image])[0]
        let shares = try segments.map { try $0.mask.resized(to: size, .bilinear).values }
        let evidence = try evidence(segments, image)
        let present = evidence.indices.filter { evidence[$0] >= Self.present }
        return segments.indices.map { thing in
            let rivals = present.contains(thing) ? present : []
            let own = shares[thing].indices.map { pixel in
                shares[thing][pixel] >= 0.5 && !rivals.contains { shares[$0][pixel] > shares[thing][pixel] }
            }
            return Self.pieces(own, width: size.width).map {
                Finding(pixels: $0, evidence: evidence[thing], isPresent: evidence[thing] >= Self.present)
            }
        }
    }

    /// How sure it is that each thing is where its segment says, 0…1; 0 for an empty segment.
    private func evidence(_ segments: [ThingSegment], _ image: Image) throws -> [Double] {
        let cut = try segments.map { segment -> Image? in
            let mask = segment.mask.thresholded()
            return mask.boundingBox() == nil ? nil : try MaskedThing.cropped(image, mask: mask)
        }
        let found = cut.indices.filter { cut[$0] != nil }
        let cosines = Features.cosines(try segmenter.identity.identityFeatures(found.compactMap { cut[$0] }), features)
        var result = [Double](repeating: 0, count: segments.count)
        for (row, thing) in found.enumerated() { result[thing] = min(segments[thing].presence, max(0, cosines[row][thing])) }
        return result
    }

    /// The pieces of a set of pixels that are large enough to be copies of each other; all smaller ones belong to the first.
    static func pieces(_ pixels: [Bool], width: Int) -> [[Bool]] {
        var (label, areas) = ([Int](repeating: -1, count: pixels.count), [Int]())
        for start in pixels.indices where pixels[start] && label[start] < 0 {
            var (open, area) = ([start], 0)
            label[start] = areas.count
            while let pixel = open.popLast() {
                area += 1
                let column = pixel % width
                let around = [
                    column > 0 ? pixel - 1 : -1, column + 1 < width ? pixel + 1 : -1, pixel - width,
                    pixel + width < pixels.count ? pixel + width : -1,
                ]
                for next in around where next >= 0 && pixels[next] && label[next] < 0 {
                    label[next] = areas.count
                    open.append(next)
                }
            }
            areas.append(area)
        }
        let order = areas.indices.sorted { (areas[$1], $0) < (areas[$0], $1) }
        guard let first = order.first else { return [] }
        let copies = order.filter { Double(areas[$0]) >= copyArea * Double(areas[first]) }
        return copies.map { copy in
            label.map { $0 == copy || (copy == first && $0 >= 0 && !copies.contains($0)) }
        }
    }
}
