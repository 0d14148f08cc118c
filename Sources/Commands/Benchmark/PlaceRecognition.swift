import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// Tells whether what surrounds the things in a picture is what the picture's prompt says, by colours.
///
/// The base model draws the places of the prompts without any thing in them. A picture belongs to the place whose drawings have the nearest
/// distribution of colours in its upper and lower half, outside of the things that were found. This needs no encoder of another model, and
/// sees neither style nor shapes: two places of like colours are not told apart, by any method alike.
struct PlaceRecognition: Sendable {
    /// The drawings of each place.
    static let drawings = 4
    /// The levels of each channel, and the parts of a picture from top to bottom.
    private static let (levels, parts) = (5, 2)

    /// The mean distribution of each place.
    private let places: [String: [Float]]

    /// Makes it of the base model's drawings: pictures of the place of each prompt.
    init(_ drawings: [(context: String, pictures: [Image])]) throws {
        places = try Dictionary(
            drawings.map { context, pictures in
                let all = try pictures.map { try Self.distribution($0, weights: nil) }
                let count = Float(max(1, all.count))
                return (context, (all.first ?? []).indices.map { place in all.reduce(0) { $0 + $1[place] } / count })
            }
        ) { first, _ in first }
    }

    /// Returns the prompt of a context's place alone: "a photo at the beach" of "a photo of * at the beach".
    static func prompt(_ context: String) -> String {
        for part in [" of \(PromptContext.place)", "\(PromptContext.place) ", "\(PromptContext.place)"] {
            if let range = context.firstRange(of: part) { return String(context[..<range.lowerBound] + context[range.upperBound...]) }
        }
        return context
    }

    /// Returns the share of the other prompts from whose places the picture is farther than from its own prompt's, ties counting half; nil
    /// for a prompt without drawings, and where there is no other.
    func score(_ picture: InspectedPicture) throws -> Double? {
        guard let own = places[picture.entry.context], places.count > 1 else { return nil }
        let covered = picture.findings.flatMap { $0.prefix(1) }.filter(\.isPresent).map(\.pixels)
        let size = picture.size
        let weights = (0..<size.width * size.height).map { pixel in covered.contains { $0[pixel] } ? Float(0) : 1 }
        let seen = try Self.distribution(picture.image.resized(to: size, .box), weights: weights)
        let distance = Self.distance(seen, own)
        let scores = places.filter { $0.key != picture.entry.context }.map { _, other -> Double in
            let far = Self.distance(seen, other)
            return far > distance ? 1 : far == distance ? 0.5 : 0
        }
        return scores.reduce(0, +) / Double(scores.count)
    }

    private static func distance(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } }

    /// Returns the shares of colours in each part, of which those of one part sum to 1. A pixel counts for the levels around its value.
    private static func distribution(_ image: Image, weights: [Float]?) throws -> [Float] {
        let small = weights == nil ? try image.resized(to: PixelSize(width: 64, height: 64), .box) : image
        let colors = levels * levels * levels
        var result = [Float](repeating: 0, count: colors * parts)
        var sums = [Float](repeating: 0, count: parts)
        for y in 0..<small.height {
            let part = y * parts / small.height
            for x in 0..<small.width {
                let pixel = y * small.width + x
                let weight = weights?[pixel] ?? 1
                guard weight > 0 else { continue }
                sums[part] += weight
                let place = (0..<3).map { Float(small.pixels[3 * pixel + $0]) / 255 * Float(levels - 1) }
                for corner in 0..<8 {
                    var (share, bin) = (weight, 0)
                    for channel in 0..<3 {
                        let low = min(Int(place[channel]), levels - 2)
                        let isUpper = corner >> channel & 1 == 1
                        let upper = place[channel] - Float(low)
                        share *= isUpper ? upper : 1 - upper
                        bin = bin * levels + low + (isUpper ? 1 : 0)
                    }
                    result[part * colors + bin] += share
                }
            }
        }
        return result.indices.map { sums[$0 / colors] > 0 ? result[$0] / sums[$0 / colors] : 0 }
    }
}

/// The places that this session has drawn, by the base model's fingerprint, the prompts and the settings of the drawing.
enum DrawnPlaces: ContextKey {
    static let initial: [String: PlaceRecognition] = [:]
}
