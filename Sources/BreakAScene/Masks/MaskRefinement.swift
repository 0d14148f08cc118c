import Diffusion
import Images
import Tensors

/// Masks of a scene estimated anew from where a trained model's handles look, with the old ones as a guide.
public struct MaskRefinement: Sendable {
    /// The scene with the new masks, and the old ones where the guard refused the new; names, title and pairing with handles stay.
    public let scene: Scene
    /// Per mask: the soft IoU of its estimate with the old mask; 0 where there is no estimate.
    public let overlaps: [Double]
    /// The masks, by their places, that stayed because their estimates have too little in common with them.
    public let kept: [Int]
}

extension DiffusionModel {
    /// Estimates the masks of a scene from the attention maps of its handles.
    ///
    /// As `AutomaticMasks.guess`, by this model's self-attention, with the map of each handle in place of a word's; regions count more
    /// the more they agree with the old mask. An estimate whose soft IoU with the old mask is below `leastOverlap` is refused. Outside
    /// of what the model sees of the photo masks stay as they are.
    ///
    /// Throws `PairingError` where the model has no handles for the scene's masks, `AutomaticMaskError` for more masks than can be
    /// guessed at once, `AttentionError`, `ImageError`, `SceneError`, and `CancellationError`.
    public func refine(_ scene: Scene, leastOverlap: Double = 0.4, seed: Int = 0) throws -> MaskRefinement {
        let pairing = try pairing(with: scene)
        guard pairing.count <= AutomaticMasks.most else { throw AutomaticMaskError.count(pairing.count) }
        let frame = SceneFrame(scene, for: PixelSize(width: pixelSize.width, height: pixelSize.height))
        let framed = try scene.framed(frame.rect)
        let search = try RegionSearch(framed.image, self, seed: seed)
        let maps = try WordMaps(pairing.tokens, self, seen(framed.image), seed: seed).means(over: search.segmentation)
        let found = try search.masks(places: pairing.count, maps: maps, near: framed.masks)
        var (masks, overlaps, kept) = (scene.masks, [Double](repeating: 0, count: scene.masks.count), [Int]())
        for index in scene.masks.indices {
            if let estimate = found?[index] {
                let whole = scene.masks[index].replacing(frame.rect, by: estimate)
                overlaps[index] = try whole.overlap(with: scene.masks[index])
                if overlaps[index] >= leastOverlap, !whole.isEmpty { masks[index] = whole } else { kept.append(index) }
            } else {
                kept.append(index)
            }
        }
        let refined = try Scene(
            image: scene.image, masks: masks, names: scene.names, title: scene.title, fit: scene.fit, fingerprint: scene.fingerprint)
        return MaskRefinement(scene: refined, overlaps: overlaps, kept: kept)
    }
}

extension Mask {
    /// The mask with the pixels inside `rect`, which may reach outside, taken from a mask of that size.
    fileprivate func replacing(_ rect: PixelRect, by part: Mask) -> Mask {
        var result = values
        for y in max(0, rect.y0)..<max(0, rect.y0, min(height, rect.y1)) {
            for x in max(0, rect.x0)..<max(0, rect.x0, min(width, rect.x1)) {
                result[y * width + x] = part.values[(y - rect.y0) * part.width + x - rect.x0]
            }
        }
        return Mask(width: width, height: height, values: result)
    }
}
