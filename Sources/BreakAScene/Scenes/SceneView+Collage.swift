import Images
import Tensors

extension PreparedScene {
    /// The collage of a sample, drawn; nil where the options have the photo as it is. `data` and `segmix` draw from streams of
    /// their own.
    func collage(_ chosen: [Int], _ options: TrainingOptions, _ random: inout RandomState) -> Collage? {
        let mix = options.segmix > 0 ? random.next(Collage.segmix) : nil
        let standing = options.data == .collection ? Collage.standing(random.next(Collage.collection)) : nil
        guard let mix, mix.fraction(index: 0) < options.segmix else { return standing }
        return .scattered(chosen.map { detail.boxes[$0] }, in: detail.photo.size, size: pixelSize, mix)
    }

    /// The collage of a sample on one of the prior pictures, with the context that names its place; nil where the step shows the photo, no
    /// prior picture shows a place of the contexts, or the photo's own background is among the chosen things.
    func pasted(
        _ chosen: [Int], _ options: TrainingOptions, _ prior: PriorSet?, _ random: inout RandomState
    ) -> (collage: Collage, context: String)? {
        guard options.copyPaste > 0 else { return nil }
        let step = random.next(CopyPaste.stream)
        let known = CopyPaste.places(options.contexts, prompts: prior?.prompts ?? [])
        guard step.fraction(index: 0) < options.copyPaste, !known.isEmpty, surroundings.isDisjoint(with: chosen) else { return nil }
        let place = known[step.integer(below: known.count, index: 1)]
        let cell = max(1, pixelSize.width / max(1, latentSize.width))
        let things = detail.boxes.indices.filter { !surroundings.contains($0) }
        let places = PasteLayout.places(
            chosen, among: things, boxes: detail.boxes, in: detail.photo.size, size: pixelSize, cell: cell)
        return (Collage(background: .prior(place.picture), places: places), place.context)
    }

    /// What a sample with a collage shows; `prior` has the pictures that things are pasted on. Throws `ImageError`.
    func view(_ sample: UnionSample, _ collage: Collage, prior: PriorSet?) throws -> SceneView {
        let background = Self.background(collage.background, pixelSize, prior)
        guard let places = collage.places else {
            let whole = try view(UnionSample(chosen: sample.chosen, isFlipped: sample.isFlipped))
            let picture = Self.pasted(whole.picture, Self.union(whole.masks.map { Tensor($0) }), onto: background)
            return SceneView(
                picture: picture, masks: whole.masks, unionMask: whole.unionMask, attentionTargets: whole.attentionTargets, isWhole: false)
        }
        var picture = background
        var masks = [Tensor](repeating: .zeros([pixelSize.height, pixelSize.width]), count: places.count)
        for index in Self.farthestFirst(places, isGround: collage.background.isKnown) {
            let (thing, cover) = try cutOut(sample.chosen[index], places[index], isFlipped: sample.isFlipped)
            picture = Self.pasted(thing, cover, onto: picture)
            masks = masks.map { $0 * cover.scaled(by: -1, plus: 1) }
            masks[index] = cover
        }
        let seen = try masks.map { try Mask($0) }
        let latents = try seen.map { try cells($0, latentSize) }
        let union = Self.union(latents)
        return SceneView(
            picture: picture, masks: seen, unionMask: collage.background.isKnown ? Self.everywhere(union) : union,
            attentionTargets: try seen.map { try cells($0, mapSize) }, isWhole: false)
    }

    /// A thing in the rectangle `place` of an otherwise empty picture [1, H, W, 3], and its mask [H, W]; where `isFlipped`, both
    /// mirrored.
    private func cutOut(_ index: Int, _ place: PixelRect, isFlipped: Bool) throws -> (picture: Tensor, mask: Tensor) {
        let size = PixelSize(width: place.width, height: place.height)
        let photo = try detail.photo.cropped(to: detail.boxes[index]).resized(to: size, .lanczos)
        let mask = try detail.masks[index].cropped(to: detail.boxes[index]).resized(to: size, .box)
        let (thing, cover) = isFlipped ? (photo.flipped(), mask.flipped()) : (photo, mask)
        let left = isFlipped ? pixelSize.width - place.x1 : place.x0
        return (
            Self.placed(Tensor(thing), left, place.y0, in: [1, pixelSize.height, pixelSize.width, 3], channels: 3),
            Self.placed(Tensor(cover), left, place.y0, in: [pixelSize.height, pixelSize.width], channels: 1)
        )
    }

    /// The order that things are painted in: of things on the ground of a place the one that stands highest first, else the largest first,
    /// so that none is hidden.
    private static func farthestFirst(_ places: [PixelRect], isGround: Bool) -> [Int] {
        places.indices.sorted { a, b in
            isGround ? (places[a].y1, a) < (places[b].y1, b) : places[a].width * places[a].height > places[b].width * places[b].height
        }
    }

    /// A union mask [h, w] for a loss that counts everywhere: losses multiply by it before they square.
    private static func everywhere(_ union: Tensor) -> Tensor {
        let outside = CopyPaste.outsideWeight.squareRoot()
        return Tensor.make(union.shape) { out in union.withValues { for (i, x) in $0.enumerated() { out[i] = max(x, outside) } } }
    }

    /// The picture that things are pasted on, [1, H, W, 3]; grey in the place of a prior picture that is not there.
    private static func background(_ background: Collage.Background, _ size: PixelSize, _ prior: PriorSet?) -> Tensor {
        switch background {
        case .color(let color): return solid(color, size)
        case .prior(let index):
            guard let pictures = prior?.pictures, index < pictures.shape[0] else { return solid([0, 0, 0], size) }
            return pictures.rows(index..<index + 1)
        }
    }

    /// A picture of one colour, [1, H, W, 3].
    private static func solid(_ color: [Float], _ size: PixelSize) -> Tensor {
        Tensor.make([1, size.height, size.width, 3]) { out in for i in out.indices { out[i] = color[i % 3] } }
    }

    /// `x` [1, H, W, 3] where `mask` [H, W] is 1, `background` where it is 0, a mixture between.
    private static func pasted(_ x: Tensor, _ mask: Tensor, onto background: Tensor) -> Tensor {
        let cover = mask.reshaped([1] + mask.shape + [1])
        return x * cover + background * cover.scaled(by: -1, plus: 1)
    }

    /// Rows of `part`, whose width and height are its second-last axes, at column `left` and row `top` of zeros of `shape`.
    private static func placed(_ part: Tensor, _ left: Int, _ top: Int, in shape: [Int], channels: Int) -> Tensor {
        let rank = part.rank - (channels == 1 ? 2 : 3)
        let (height, width) = (part.shape[rank], part.shape[rank + 1])
        let full = shape[channels == 1 ? 1 : 2]
        return Tensor.make(shape) { out in
            for i in out.indices { out[i] = 0 }
            part.withValues { values in
                for y in 0..<height {
                    let (from, to) = (y * width * channels, ((top + y) * full + left) * channels)
                    for i in 0..<width * channels { out[to + i] = values[from + i] }
                }
            }
        }
    }
}
