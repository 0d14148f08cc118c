import Images
import Tensors

/// One photo of a step: its picture, and the masks of the things that its prompt names, at every size in use.
public struct SceneView: Sendable {
    /// The picture [1, H, W, 3] in [−1, 1], at the model's pixels.
    public let picture: Tensor
    /// The masks of the named things at the model's pixels, in the order of the prompt.
    public let masks: [Mask]
    /// The union of these masks at the latents' size, [h, w]; not 0 outside of it where the loss counts there, too (`CopyPaste`).
    public let unionMask: Tensor
    /// The target of each named handle's attention map, [h, w] of the scene's `mapSize`.
    public let attentionTargets: [Tensor]
    /// Whether it shows the whole photo, whose posterior is worth keeping.
    let isWhole: Bool

    /// The same with a union mask of zeros: the step learns from it where to look, and nothing of how it looks. Beside pictures on which
    /// things are pasted the photo's layout would be learned, too, and things come twice: at both places.
    var withoutReconstruction: SceneView {
        SceneView(
            picture: picture, masks: masks, unionMask: .zeros(unionMask.shape), attentionTargets: attentionTargets, isWhole: isWhole)
    }
}

extension PreparedScene {
    /// The picture and masks of a sample. The part that a zoom sees is cut out of the finer photo and masks and resized as
    /// the whole is: the photo by Lanczos, masks by area. Noise outside of the masks comes last. `prior`: the pictures that a sample's things
    /// may be pasted on. Throws `ImageError`.
    public func view(_ sample: UnionSample, prior: PriorSet? = nil) throws -> SceneView {
        let clean = try sample.collage.map { try view(sample, $0, prior: prior) } ?? photoView(sample)
        guard let degradation = sample.degradation else { return clean }
        let picture = degradation(clean.picture, outside: Self.union(clean.masks.map { Tensor($0) }))
        return SceneView(
            picture: picture, masks: clean.masks, unionMask: clean.unionMask, attentionTargets: clean.attentionTargets, isWhole: false)
    }

    private func photoView(_ sample: UnionSample) throws -> SceneView {
        let side = sample.isFlipped ? 1 : 0
        guard let part = sample.part else {
            let whole = sample.isFlipped ? masks.map { $0.flipped() } : masks
            return SceneView(
                picture: pictures[side], masks: sample.chosen.map { whole[$0] },
                unionMask: unionMask(sample.chosen, flipped: sample.isFlipped),
                attentionTargets: sample.chosen.map { attentionTarget($0, flipped: sample.isFlipped) }, isWhole: true)
        }
        func turned(_ mask: Mask) -> Mask { sample.isFlipped ? mask.flipped() : mask }
        let photo = try detail.photo.cropped(to: part).resized(to: pixelSize, .lanczos)
        let masks = try sample.chosen.map { turned(try detail.masks[$0].cropped(to: part).resized(to: pixelSize, .box)) }
        let latents = try masks.map { try cells($0, latentSize) }
        return SceneView(
            picture: Tensor(sample.isFlipped ? photo.flipped() : photo), masks: masks, unionMask: Self.union(latents),
            attentionTargets: try masks.map { try cells($0, mapSize) }, isWhole: false)
    }

    /// The part of the photo, in pixels of the scene's detail, that a draw of `zoomed` sees; nil is the whole photo.
    public func part(_ chosen: [Int], share: Double, _ draw: RandomDraw) -> PixelRect? {
        Zoom.part(around: detail.box(chosen), in: detail.photo.size, share: share, draw)
    }

    /// The part of the photo, in pixels of the scene's detail, that these shares name; nil where one of the chosen things
    /// lies outside of it.
    public func part(_ chosen: [Int], top: Double, left: Double, side: Double) -> PixelRect? {
        let part = detail.part(top: top, left: left, side: side)
        let isSeen = chosen.allSatisfy { index in
            let mask = detail.masks[index]
            return (part.y0..<part.y1).contains { y in mask.values[y * mask.width + part.x0..<y * mask.width + part.x1].contains { $0 > 0 }
            }
        }
        return isSeen ? part : nil
    }

    /// Top and side of a part as shares of the photo's height, left as a share of its width; `part` is in pixels of the
    /// scene's detail.
    public func shares(_ part: PixelRect) -> (top: Double, left: Double, side: Double) {
        let (height, width) = (Double(detail.photo.height), Double(detail.photo.width))
        return (Double(part.y0) / height, Double(part.x0) / width, Double(part.height) / height)
    }
}
