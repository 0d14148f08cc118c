import Diffusion
import Images
import Tensors

extension LeakageConditions {
    /// Conditions that no training of this project has: the paper's context prompts, handles in both orders and alone.
    public static var heldOut: LeakageConditions {
        var conditions = LeakageConditions()
        conditions.prompts = Array(InspectionPlan.paperPrompts.suffix(5))
        conditions.orders = [.masks, .reversed, .alone]
        return conditions
    }
}

extension DiffusionModel {
    /// Measures the maps of a scene's handles by every measure of `MapMetric.all`.
    ///
    /// The maps that are measured are means over the layers and heads that `keys` does not name, as the method's own are; timesteps,
    /// prompts and conditions are measured one by one, and rows can be averaged later. `masks` are those of `shown`, in the order of the
    /// scene's handles: another picture of the same things with exact masks shows more than the photo that training saw. `progress` gets
    /// the number of passes done and in all. Throws `AttentionError`, `PairingError`, what tokenizing the prompts throws, and what
    /// `progress` throws.
    public func attentionScores(
        _ scene: PreparedScene, shown: PreparedScene? = nil, _ conditions: [(name: String, conditions: LeakageConditions)],
        keys: Set<AttentionScores.Key> = [], progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> AttentionScores {
        let (pairing, shown) = (try pairing(with: scene.scene), shown ?? scene)
        guard shown.masks.count == pairing.count else {
            throw AttentionError.masks(expected: pairing.count, found: shown.masks.count)
        }
        let looks = conditions.flatMap { named in named.conditions.looks(pairing.count).map { (named, $0) } }
        let masks = [false, true].map { flipped in (0..<pairing.count).map { shown.attentionTarget($0, flipped: flipped) } }
        var rows: [AttentionScores.Row] = []
        for (index, (named, look)) in looks.enumerated() {
            let side = look.isFlipped ? 1 : 0
            let study = try studyAttention(
                PromptContext.prompt(look.prompt, look.handles.map { pairing.tokens[$0] }), picture: shown.pictures[side],
                timesteps: named.conditions.timesteps, seed: named.conditions.seed, draw: look.noise)
            let places = look.measured.map { handle in (handle, study.ids.firstIndex(of: handleID(pairing.handles[handle])) ?? 0) }
            for slice in study.slices(keys) {
                let maps = places.map { (handle: $0.0, maps: study.maps(token: $0.1, slice)) }
                for (time, timestep) in named.conditions.timesteps.enumerated() {
                    for (handle, own) in maps {
                        let others = maps.filter { $0.handle != handle }.map { $0.maps.row(time) }
                        let (map, mask) = (own.row(time), masks[side][handle])
                        rows.append(
                            .init(
                                handle: handle, layer: slice.layer.map { study.layers[$0] }, head: slice.head, timestep: timestep,
                                prompt: look.prompt, conditions: named.name, count: 1,
                                values: MapMetric.all.map { $0.value(map, mask, others) }))
                    }
                }
            }
            try progress(index + 1, looks.count)
        }
        let labels = (0..<pairing.count).map { HandleLabel(token: pairing.tokens[$0], name: pairing.names[$0], mask: $0) }
        return AttentionScores(labels: labels, rows: rows)
    }
}

extension AttentionStudy {
    /// A part of a record: a layer and a head of it, each nil for the mean over all.
    struct MapSlice {
        var layer: Int?
        var head: Int?
    }

    /// The parts of the record that these keys tell apart.
    func slices(_ keys: Set<AttentionScores.Key>) -> [MapSlice] {
        if keys.contains(.head) {
            return layers.indices.flatMap { layer in (0..<heads[layer]).map { MapSlice(layer: layer, head: $0) } }
        }
        return keys.contains(.layer) ? layers.indices.map { MapSlice(layer: $0) } : [MapSlice()]
    }

    /// The maps [T, H, W] of one part of the record for the token at a place of the prompt.
    func maps(token: Int, _ slice: MapSlice) -> Tensor {
        guard let layer = slice.layer else { return maps(token: token, keep: [.timestep]) }
        let p = probabilities[layer]
        let heads = slice.head.map { Tensor.Slice(start: $0, count: 1) } ?? .init(start: 0, count: p.shape[1])
        let part = p.sliced([
            .init(start: 0, count: p.shape[0]), heads, .init(start: 0, count: p.shape[2]), .init(start: token, count: 1),
        ])
        return part.mean([1]).reshaped([p.shape[0], size.height, size.width])
    }
}
