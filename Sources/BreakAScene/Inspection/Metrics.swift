import Tensors

/// Measures of how attention and masks agree. Maps and masks are [H, W], maps ≥ 0, masks in 0…1
/// (Sources/BreakAScene/README.md, "Metrics").
public enum Metrics {
    /// Soft IoU: Σ min(A, M) / Σ max(A, M) of the map divided by its maximum; 0 where both are 0 everywhere.
    public static func softIoU(_ map: Tensor, _ mask: Tensor) -> Double {
        let a = map.scaled(by: 1 / max(map.maximum, 1e-12))
        let union = Tensor.binary(.maximum, a, mask).sum
        return union > 0 ? Tensor.binary(.minimum, a, mask).sum / union : 0
    }

    /// The share of the map's mass inside the mask (the energy game): Σ A·M / Σ A; 0 for a map without mass.
    public static func energyInside(_ map: Tensor, _ mask: Tensor) -> Double {
        let mass = map.sum
        return mass > 0 ? map.dot(mask) / mass : 0
    }

    /// Masks that share no cell: where they overlap, a cell is divided among them in proportion to their values. What they
    /// leave of it belongs to the background. So shares are never negative and sum to 1.
    public static func sharedOut(_ masks: [Tensor]) -> [Tensor] {
        guard let first = masks.first else { return [] }
        let total = masks.dropFirst().reduce(first, +).values
        return masks.map { mask in
            Tensor(zip(mask.values, total).map { $1 > 1 ? $0 / $1 : $0 }, shape: mask.shape)
        }
    }

    /// The map's mass in each of masks that are shared out, and in the background last. A map without any mass counts as
    /// one that is the same everywhere.
    public static func shares(_ map: Tensor, in masks: [Tensor]) -> [Double] {
        guard map.sum > 0 else { return chance(masks) }
        let inside = masks.map { min(1, energyInside(map, $0)) }
        return inside + [max(0, 1 - inside.reduce(0, +))]
    }

    /// The shares of a map that is the same everywhere: the masks' areas, and the background's last.
    public static func chance(_ masks: [Tensor]) -> [Double] {
        let areas = masks.map { $0.sum / Double(max(1, $0.count)) }
        return areas + [max(0, 1 - areas.reduce(0, +))]
    }

    /// How far a share is from chance (0) to all (1): (share − chance) / (1 − chance), as Cohen's κ corrects for chance.
    public static func aboveChance(_ share: Double, _ chance: Double) -> Double {
        chance < 1 ? (share - chance) / (1 - chance) : 0
    }

    /// The mean of probabilities [H, W] inside a mask as a multiple of 1/`tokens`: 1 is what every token has where
    /// attention is spread evenly over the prompt's places.
    public static func timesEven(_ probabilities: Tensor, inside mask: Tensor, tokens: Int) -> Double {
        let area = mask.sum
        return area > 0 ? probabilities.dot(mask) / area * Double(tokens) : 0
    }
}
