import Evaluators
import Glibc
import Images
import Tensors

/// An encoder of identity that was not trained: how often each colour stands in a thing, and the directions of its edges by place.
///
/// It needs no weights, so that masked identity and D&C can be computed anywhere, and it is the floor that a trained encoder must beat. It
/// knows nothing of what things are: two things of one colour and build are the same to it, and a thing in another light is another.
/// What is black to the last bit is outside of the thing, as `MaskedThing` leaves it.
public struct AppearanceEncoder: IdentityEncoder {
    /// "appearance".
    public let name = "appearance"
    /// What it is.
    public let summary = "colours and edges, without training"
    /// Changes with its definition.
    public let fingerprint: UInt64 = 1

    /// Parts of lightness and of both colour axes; a colour is shared by its neighbours.
    private static let (lightParts, colorParts) = (4, 8)
    /// Parts of the thing's box on each side, and directions of edges.
    private static let (parts, directions) = (3, 8)

    /// An encoder.
    public init() {}

    private static var colorCount: Int { lightParts * colorParts * colorParts }
    /// The number of numbers of its features.
    public var featureSize: Int { Self.colorCount + Self.parts * Self.parts * Self.directions }

    /// Features [N, D] of pictures, of unit length, all ≥ 0, so that cosines lie in 0…1; a picture that is all black has zeros. Throws
    /// `ImageError`.
    public func identityFeatures(_ images: [Image]) throws -> Tensor {
        guard !images.isEmpty else { return .zeros([0, featureSize]) }
        let rows = try images.map { image -> [Float] in
            let measured = LabPicture.measuredSize(image.size)
            let picture = try LabPicture(image, size: measured)
            let inside = picture.pixels.map { $0.x > 0.5 }
            return (Self.colors(picture, inside) + Self.edges(picture, inside)).map { Float($0) }
        }
        return Features.normalized(Tensor(rows.flatMap(\.self), shape: [images.count, featureSize]))
    }

    /// The square roots of the shares of colours, of length 1: their products are Bhattacharyya's coefficient.
    private static func colors(_ picture: LabPicture, _ inside: [Bool]) -> [Double] {
        var shares = [Double](repeating: 0, count: colorCount)
        func spread(_ value: Float, _ low: Float, _ high: Float, _ parts: Int) -> [(part: Int, weight: Double)] {
            let place = min(max(Double((value - low) / (high - low)) * Double(parts) - 0.5, 0), Double(parts - 1))
            let first = min(Int(place), parts - 2)
            return [(first, 1 - (place - Double(first))), (first + 1, place - Double(first))]
        }
        for i in inside.indices where inside[i] {
            let p = picture.pixels[i]
            for (l, wl) in spread(p.x, 0, 100, lightParts) {
                for (a, wa) in spread(p.y, -80, 80, colorParts) {
                    for (b, wb) in spread(p.z, -80, 80, colorParts) { shares[(l * colorParts + a) * colorParts + b] += wl * wa * wb }
                }
            }
        }
        let sum = shares.reduce(0, +)
        return sum > 0 ? shares.map { ($0 / sum).squareRoot() } : shares
    }

    /// The square roots of the shares of edges by part of the thing's box and direction, the mirror image's added: a thing and its mirror
    /// image are one.
    private static func edges(_ picture: LabPicture, _ inside: [Bool]) -> [Double] {
        let (width, height) = (picture.width, picture.height)
        var shares = [Double](repeating: 0, count: parts * parts * directions)
        let places = inside.indices.filter { inside[$0] }
        guard let x0 = places.map({ $0 % width }).min(), let x1 = places.map({ $0 % width }).max(), let first = places.first,
            let last = places.last
        else { return shares }
        let (y0, y1) = (first / width, last / width)
        for i in places {
            let (x, y) = (i % width, i / width)
            guard x > 0, x + 1 < width, y > 0, y + 1 < height, inside[i - 1], inside[i + 1], inside[i - width], inside[i + width] else {
                continue
            }
            let gx = Double(picture.pixels[i + 1].x - picture.pixels[i - 1].x)
            let gy = Double(picture.pixels[i + width].x - picture.pixels[i - width].x)
            let strength = (gx * gx + gy * gy).squareRoot()
            guard strength > 1 else { continue }
            let (column, row) = ((x - x0) * parts / (x1 - x0 + 1), (y - y0) * parts / (y1 - y0 + 1))
            for isMirrored in [false, true] {
                let turn = atan2(gy, isMirrored ? -gx : gx) / .pi + 1
                let direction = min(directions - 1, Int((turn - turn.rounded(.down)) * Double(directions)))
                shares[(row * parts + (isMirrored ? parts - 1 - column : column)) * directions + direction] += strength
            }
        }
        let sum = shares.reduce(0, +)
        return sum > 0 ? shares.map { ($0 / sum).squareRoot() } : shares
    }
}
