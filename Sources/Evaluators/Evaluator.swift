import Images
import Tensors

/// A network that judges pictures and that no picture was generated with.
///
/// Metrics ask for one of the two protocols below. A published model and a small encoder that was trained on the project's own
/// scenes conform in the same way.
public protocol Evaluator: Sendable {
    /// A short name: that of the folder that it was read from.
    var name: String { get }
    /// What it is, in one phrase: "CLIP, patches of 32 at 224×224 pixels".
    var summary: String { get }
    /// The number D of numbers in its features.
    var featureSize: Int { get }
    /// Distinguishes its weights from others': results that were kept are valid for the same fingerprint only.
    var fingerprint: UInt64 { get }
}

/// An encoder that tells things apart, whatever their pose: DINO in the paper (B.2), CLIP's vision tower in DreamBooth's CLIP-I.
public protocol IdentityEncoder: Evaluator {
    /// Features [N, D] of N pictures of any size, each row of unit length (0 where a row has no length). Throws `ImageError`,
    /// `CancellationError` where the work is stopped.
    func identityFeatures(_ images: [Image]) throws -> Tensor
}

/// An encoder that brings pictures and texts into one space, where a picture is near to what describes it: CLIP.
public protocol ImageTextEncoder: Evaluator {
    /// Features [N, D] of N pictures of any size, each row of unit length. Throws as `IdentityEncoder.identityFeatures`.
    func imageFeatures(_ images: [Image]) throws -> Tensor
    /// Features [N, D] of N texts, each row of unit length. Throws `TokenizerError` for a text that is too long.
    func textFeatures(_ texts: [String]) throws -> Tensor
}

/// Arithmetic on rows of features.
public enum Features {
    /// The rows of [N, D] scaled to unit length; a row of zeros stays one.
    public static func normalized(_ features: Tensor) -> Tensor {
        let (count, width, values) = (features.shape[0], features.shape[1], features.values)
        var result = values
        for row in 0..<count {
            let places = row * width..<(row + 1) * width
            let length = places.reduce(0.0) { $0 + Double(values[$1]) * Double(values[$1]) }.squareRoot()
            if length > 0 { for place in places { result[place] = Float(Double(values[place]) / length) } }
        }
        return Tensor(result, shape: [count, width])
    }

    /// The cosine of the angle between rows of two tensors of unit rows, [N, D] and [M, D]: [N][M], in −1…1.
    public static func cosines(_ a: Tensor, _ b: Tensor) -> [[Double]] {
        let (width, left, right) = (a.shape[1], a.values, b.values)
        return (0..<a.shape[0]).map { i in
            (0..<b.shape[0]).map { j in
                let sum = (0..<width).reduce(0.0) { $0 + Double(left[i * width + $1]) * Double(right[j * width + $1]) }
                return min(1, max(-1, sum))
            }
        }
    }

    /// Features of many pictures, computed for `size` of them at a time, so that memory stays bounded: [N, D]. Throws what `body` throws.
    static func inBatches(_ images: [Image], of size: Int = 8, width: Int, _ body: ([Image]) throws -> Tensor) throws -> Tensor {
        guard !images.isEmpty else { return .zeros([0, width]) }
        let parts = try stride(from: 0, to: images.count, by: size).map { start in
            let part = try body(Array(images[start..<min(start + size, images.count)]))
            try Cancellation.check()
            return part
        }
        return normalized(.concatenated(parts, axis: 0))
    }
}
