import Diffusion
import Tensors

/// How attention and masks agree (method.md §5.1). Maps and masks are [H, W], maps ≥ 0, masks in 0…1.
public enum Metrics {
    /// Σ min(A, M) / Σ max(A, M) of the map divided by its maximum.
    public static func softIoU(_ map: Tensor, _ mask: Tensor) -> Double {
        let a = map.scaled(by: 1 / max(map.maximum, 1e-12))
        let union = Tensor.binary(.maximum, a, mask).sum
        return union > 0 ? Tensor.binary(.minimum, a, mask).sum / union : 0
    }

    /// Share of the map's mass inside the mask (the energy game).
    public static func energyInside(_ map: Tensor, _ mask: Tensor) -> Double {
        let mass = map.sum
        return mass > 0 ? map.dot(mask) / mass : 0
    }
}

/// Where each handle's attention goes: its share in every mask, and in none.
public struct LeakageMatrix: Sendable {
    public let handles: [String]
    public let maskNames: [String]
    /// [handle][mask], then the background last.
    public let shares: [[Double]]
    public let softIoU: [Double]

    /// Mean share in the own mask.
    public var own: Double { shares.indices.reduce(0) { $0 + shares[$1][$1] } / Double(max(1, shares.count)) }

    /// The largest share in another handle's mask.
    public var worst: Double {
        shares.indices.flatMap { i in shares.indices.filter { $0 != i }.map { shares[i][$0] } }.max() ?? 0
    }
}

extension DiffusionModel {
    /// The leakage matrix: the prompt names every handle, the photo is noised to `timesteps`, shares and soft IoU are
    /// means over them. Throws `AttentionError`.
    public func leakage(_ scene: PreparedScene, timesteps: [Int] = [100, 300, 500, 700, 900], seed: Int = 0) throws -> LeakageMatrix {
        let pairing = try pairing(with: scene.scene)
        let count = pairing.count
        let study = try studyAttention(UnionSample.prompt(pairing.tokens), picture: scene.pictures[0], timesteps: timesteps, seed: seed)
        let masks = (0..<count).map { scene.attentionTarget($0, flipped: false) }
        var (shares, ious) = ([[Double]](), [Double]())
        for handle in 0..<count {
            let maps = study.maps(token: study.ids.firstIndex(of: handleID(pairing.handles[handle])) ?? 0, keep: [.timestep])
            let perTimestep = timesteps.indices.map { maps.row($0) }
            var row = masks.map { mask in perTimestep.reduce(0) { $0 + Metrics.energyInside($1, mask) } / Double(timesteps.count) }
            row.append(1 - row.reduce(0, +))
            shares.append(row)
            ious.append(perTimestep.reduce(0) { $0 + Metrics.softIoU($1, masks[handle]) } / Double(timesteps.count))
        }
        return LeakageMatrix(handles: pairing.tokens, maskNames: scene.scene.names, shares: shares, softIoU: ious)
    }
}
