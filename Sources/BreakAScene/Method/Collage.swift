import Images
import Tensors

/// What a training step shows beside the things that its prompt names.
public enum TrainingData: String, Sendable, CaseIterable {
    /// The photo.
    case photo
    /// A solid background of a random colour: the small collection of pictures that the paper makes of a photo for its adapted
    /// baselines (section 4.1), drawn anew at every step.
    case collection
}

/// The chosen things of a step on another background than the photo's.
public struct Collage: Sendable, Equatable {
    /// What is seen behind the things.
    public enum Background: Sendable, Equatable {
        /// Red, green and blue, in [−1, 1], everywhere.
        case color([Float])
        /// A prior picture, by its number; the loss of such a step counts everywhere (`CopyPaste`).
        case prior(Int)

        /// Whether the picture without the things is one that the model should draw.
        var isKnown: Bool { if case .prior = self { true } else { false } }
    }

    /// What is seen behind the things.
    public let background: Background
    /// Where each chosen thing is pasted, in pixels of the model's picture before flipping: its box is resized to this
    /// rectangle. nil: all stand where they do in the photo.
    public let places: [PixelRect]?

    /// The streams of random numbers.
    static let (collection, segmix) = ("collection", "segmix")
    /// The least and the largest scale of a pasted thing; both shrink from try to try where things cover each other.
    private static let scales = 0.6...1.2
    private static let tries = 8
    /// The share of the smaller one of two boxes that may be covered.
    private static let covered = 0.25

    /// The chosen things where they stand.
    static func standing(_ draw: RandomDraw) -> Collage { Collage(background: .color(color(draw, index: 0)), places: nil) }

    /// Things at random places and sizes: MuDI's Seg-Mix (arXiv 2404.04243). `boxes` are theirs in a photo of `photo`, `size` is
    /// the model's. Of eight tries the first is taken that hardly lets things cover each other, else the best.
    static func scattered(_ boxes: [PixelRect], in photo: PixelSize, size: PixelSize, _ draw: RandomDraw) -> Collage {
        let attempts = (0..<tries).lazy.map { attempt -> (places: [PixelRect], covered: Double) in
            let places = boxes.indices.map { index in
                place(boxes[index], photo, size, shrink: 1 - 0.08 * Double(attempt), draw, index: 4 + 3 * (attempt * boxes.count + index))
            }
            return (places, mostCovered(places))
        }
        let best = attempts.first { $0.covered <= covered } ?? attempts.min { $0.covered < $1.covered }
        return Collage(background: .color(color(draw, index: 1)), places: best?.places ?? [])
    }

    private static func color(_ draw: RandomDraw, index: Int) -> [Float] {
        (index..<index + 3).map { Float(2 * draw.fraction(index: $0) - 1) }
    }

    /// A random place for a box; three words from `index` on.
    private static func place(
        _ box: PixelRect, _ photo: PixelSize, _ size: PixelSize, shrink: Double, _ draw: RandomDraw, index: Int
    ) -> PixelRect {
        let (own, tall) = (
            Double(box.width * size.width) / Double(photo.width), Double(box.height * size.height) / Double(photo.height)
        )
        let wanted = shrink * (scales.lowerBound + (scales.upperBound - scales.lowerBound) * draw.fraction(index: index))
        let scale = min(wanted, Double(size.width) / max(own, 1), Double(size.height) / max(tall, 1))
        let width = min(size.width, max(1, Int((own * scale).rounded())))
        let height = min(size.height, max(1, Int((tall * scale).rounded())))
        let x = draw.integer(below: size.width - width + 1, index: index + 1)
        let y = draw.integer(below: size.height - height + 1, index: index + 2)
        return PixelRect(x0: x, y0: y, x1: x + width, y1: y + height)
    }

    /// The largest share of the smaller one that two of the places have in common.
    private static func mostCovered(_ places: [PixelRect]) -> Double {
        var most = 0.0
        for (index, a) in places.enumerated() {
            for b in places[..<index] {
                let common = max(0, min(a.x1, b.x1) - max(a.x0, b.x0)) * max(0, min(a.y1, b.y1) - max(a.y0, b.y0))
                most = max(most, Double(common) / Double(min(a.width * a.height, b.width * b.height)))
            }
        }
        return most
    }
}
