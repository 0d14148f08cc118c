import Autograd
import Images
import Tensors

/// Where a thing shows in a picture, as a segmenter sees it.
public struct ThingSegment: Sendable {
    /// The probability 0…1 of each pixel to show the thing, at the picture's size.
    public let mask: Mask
    /// The probability 0…1 that the thing is in the picture at all.
    public let presence: Double

    /// A place by its mask and presence.
    public init(mask: Mask, presence: Double) { (self.mask, self.presence) = (mask, presence) }
}

/// A network that finds things in pictures by what they look like.
public protocol ThingSegmenter: Evaluator {
    /// The encoder that it reads things with: by the same one what was found can be compared with what was looked for.
    var identity: any IdentityEncoder { get }
    /// Where each of M things shows in each of N pictures: [N][M]. `things` are alone on black, cut to a square around them
    /// (`MaskedThing.cropped`); pictures have any size. Throws `ImageError`, `CancellationError` where the work is stopped.
    func segments(of things: [Image], in images: [Image]) throws -> [[ThingSegment]]
}

/// The segmenter that ships: a small network that was trained on scenes with exact masks, and reads the reference with an encoder of identity.
public struct Segmenter: ThingSegmenter {
    /// The name of its folder.
    public let name: String
    let network: SegmenterNetwork
    let encoder: VisionEvaluator
    /// Distinguishes its weights, and its encoder's, from others'.
    public let fingerprint: UInt64

    init(name: String, network: SegmenterNetwork, encoder: VisionEvaluator) {
        (self.name, self.network, self.encoder) = (name, network, encoder)
        fingerprint = network.weightsFingerprint ^ encoder.fingerprint &* 31
    }

    /// The encoder that reads references.
    public var identity: any IdentityEncoder { encoder }
    /// "segmenter at 96×96 pixels".
    public var summary: String { "segmenter at \(side)×\(side) pixels" }
    /// 0: it says where things are, and gives no features.
    public var featureSize: Int { 0 }

    private var side: Int { network.configuration.imageSize }

    /// Pictures of any size as the network takes them, [N, side, side, 3] in −1…1.
    func prepared(_ images: [Image], side: Int) throws -> Variable {
        let size = PixelSize(width: side, height: side)
        return Variable(
            .concatenated(try images.map { Tensor(try $0.resized(to: size, .bilinear)).reshaped([1, side, side, 3]) }, axis: 0))
    }

    /// What the encoder says of things alone on black, [N, T, E]. Throws `ImageError`.
    func tokens(_ things: [Image]) throws -> Variable { Variable(encoder.model.lastInput(Variable(try encoder.processing(things))).value) }

    /// Where each of M things shows in each of N pictures. Throws as the protocol says.
    public func segments(of things: [Image], in images: [Image]) throws -> [[ThingSegment]] {
        guard !things.isEmpty else { return images.map { _ in [] } }
        let context = network.context(try prepared(things, side: side / 2), tokens: try tokens(things))
        return try images.map { image in
            let picture = try prepared([image], side: side)
            let (mask, presence) = network(picture.broadcast(to: [things.count, side, side, 3]), context: context)
            try Cancellation.check()
            let (shares, present) = (mask.sigmoid().value, presence.sigmoid().value.values)
            return try things.indices.map { thing in
                let found = Mask(width: side / 2, height: side / 2, values: shares.row(thing).values)
                return ThingSegment(mask: try found.resized(to: image.size, .bilinear), presence: Double(present[thing]))
            }
        }
    }
}
