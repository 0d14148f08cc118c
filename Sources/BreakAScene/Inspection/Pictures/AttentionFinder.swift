import Diffusion
import Images
import Tensors

/// Finds things by the attention of the model that is judged, and by colours.
///
/// The model looks at the finished picture, noised, with a prompt that names all handles of the scene. So those that the
/// picture's own prompt did not name are measured in the same way as those that it did; the maps of the generation itself
/// agreed with the eye no better where there are any. A model whose handles look elsewhere finds less.
public struct AttentionFinder: ThingFinder {
    /// The noise levels of the look, as shares of the schedule's length.
    private static let levels = [0.05, 0.15, 0.3, 0.5, 0.7]

    private let model: DiffusionModel
    private let things: [Appearance]
    private let prompt: String
    private let ids: [Int]
    /// The mean attention that the best handle has inside its own mask on the photo: the unit of attention in findings.
    private let reference: Double

    /// `handles`: places in `model.handles`, one for each mask of the scene. Throws `AttentionError`, `ImageError`,
    /// `TokenizerError`.
    public init(_ model: DiffusionModel, _ scene: PreparedScene, handles: [Int]) throws {
        self.model = model
        let photo = try Image(scene.pictures[0])
        things = try scene.masks.map { try Appearance(photo, mask: $0) }
        prompt = PromptContext.prompt(PromptContext.plain, handles.map { model.handles[$0] })
        let tokens = try model.tokenize([prompt])[0]
        ids = handles.map { tokens.firstIndex(of: model.handleID($0)) ?? 0 }
        let maps = try Self.look(model, prompt, ids, scene.pictures[0])
        reference =
            zip(maps, scene.masks).map { map, mask in
                Self.mean(map, inside: mask)
            }.max() ?? 0
    }

    /// The places of each thing where attention, colours and sizes agree (`ThingSearch`). Throws `AttentionError`, `ImageError`.
    public func find(in image: Image, size: PixelSize) throws -> [[Finding]] {
        let maps = try Self.look(model, prompt, ids, Tensor(image))
        let search = ThingSearch(image, try LabPicture(image, size: size))
        let scale = Float(1 / max(reference, 1e-9))
        return zip(things, maps).map { thing, map in
            search.copies(of: thing, attention: Self.enlarged(map, to: size).map { $0.isFinite ? max(0, $0) * scale : 0 })
        }
    }

    /// Maps [h, w] of every handle, averaged over layers, heads and noise levels.
    private static func look(_ model: DiffusionModel, _ prompt: String, _ ids: [Int], _ picture: Tensor) throws -> [Tensor] {
        let last = Double(model.scheduler.trainTimesteps)
        let study = try model.studyAttention(prompt, picture: picture, timesteps: levels.map { Int($0 * last) }, seed: 0)
        return ids.map { study.maps(token: $0) }
    }

    /// The mean of a map where a mask is more than one half; 0 where it is nowhere.
    private static func mean(_ map: Tensor, inside mask: Mask) -> Double {
        let size = LabPicture.measuredSize(mask.size)
        guard let small = try? mask.resized(to: size, .box) else { return 0 }
        let values = enlarged(map, to: size)
        let inside = values.indices.filter { small.values[$0] > 0.5 }
        return inside.isEmpty ? 0 : inside.reduce(0) { $0 + Double(values[$1]) } / Double(inside.count)
    }

    /// A map at the measured size, bilinearly interpolated, row after row.
    private static func enlarged(_ map: Tensor, to size: PixelSize) -> [Float] {
        let (height, width, values) = (map.shape[0], map.shape[1], map.values)
        func place(_ i: Int, _ count: Int, _ from: Int) -> (Int, Int, Float) {
            let at = min(max(0, (Float(i) + 0.5) * Float(from) / Float(count) - 0.5), Float(from - 1))
            return (Int(at), min(Int(at) + 1, from - 1), at - at.rounded(.down))
        }
        return (0..<size.width * size.height).map { i in
            let (x0, x1, fx) = place(i % size.width, size.width, width)
            let (y0, y1, fy) = place(i / size.width, size.height, height)
            let top = values[y0 * width + x0] * (1 - fx) + values[y0 * width + x1] * fx
            let bottom = values[y1 * width + x0] * (1 - fx) + values[y1 * width + x1] * fx
            return top * (1 - fy) + bottom * fy
        }
    }
}
