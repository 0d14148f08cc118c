import Tensors

// Measures of one map A ≥ 0 against one mask M in 0…1, both [H, W], beside those of Metrics.swift. Where a mask must be yes or no, it is
// yes above one half.
extension Metrics {
    /// The cells of a mask that count as inside.
    static func inside(_ mask: Tensor) -> [Bool] { mask.values.map { $0 > 0.5 } }

    /// Hard IoU at a threshold: |B ∩ M| / |B ∪ M| where B are the cells with A / max A ≥ `threshold`; 0…1, and 0 for a map without mass or
    /// where both are empty. DAAM (Tang et al. 2023) reports it at 0.4.
    public static func hardIoU(_ map: Tensor, _ mask: Tensor, threshold: Double) -> Double {
        let (largest, values, inside) = (Double(map.maximum), map.values, inside(mask))
        guard largest > 0 else { return 0 }
        var (both, either) = (0, 0)
        for place in values.indices {
            let isOn = Double(values[place]) >= threshold * largest
            both += isOn && inside[place] ? 1 : 0
            either += isOn || inside[place] ? 1 : 0
        }
        return either > 0 ? Double(both) / Double(either) : 0
    }

    /// The largest hard IoU over all thresholds, with the largest threshold in 0…1 that reaches it: what a map is worth to somebody who
    /// knows where to cut it. 0 at threshold 1 for a map without mass.
    public static func bestIoU(_ map: Tensor, _ mask: Tensor) -> (iou: Double, threshold: Double) {
        let (largest, inside) = (Double(map.maximum), inside(mask))
        guard largest > 0 else { return (0, 1) }
        let area = inside.count { $0 }
        var best = (iou: 0.0, threshold: 1.0)
        forEachLevel(map, inside) { value, hits, chosen in
            let iou = Double(hits) / Double(area + chosen - hits)
            if iou > best.iou { best = (iou, Double(value) / largest) }
        }
        return best
    }

    /// Product IoU: (Σ A·M + 1) / (Σ A + Σ M − Σ A·M + 1) of the map divided by its maximum; 0…1. The loss of DisenDiff (Zhang et al. 2024)
    /// is one minus it; the ones keep it defined for empty maps, which therefore do not have 0.
    public static func productIoU(_ map: Tensor, _ mask: Tensor) -> Double {
        let a = map.scaled(by: 1 / max(map.maximum, 1e-12))
        let both = a.dot(mask)
        return (both + 1) / (a.sum + mask.sum - both + 1)
    }

    /// The pointing game (Zhang et al. 2016): whether the map's maximum lies inside the mask, 0 or 1. Where several cells are equal to the
    /// maximum, the share of them that lies inside: what guessing among them gives on average, so that a map that is the same everywhere
    /// has the mask's area.
    public static func pointing(_ map: Tensor, _ mask: Tensor) -> Double {
        let (largest, values, inside) = (map.maximum, map.values, inside(mask))
        let ties = values.indices.filter { values[$0] == largest }
        return ties.isEmpty ? 0 : Double(ties.count { inside[$0] }) / Double(ties.count)
    }

    /// Average precision of the cells as a ranking: Σ (Rₙ − Rₙ₋₁) Pₙ over the map's distinct values, as scikit-learn's
    /// `average_precision_score`; 0…1, and 0 for an empty mask. A map that is the same everywhere has the mask's area.
    public static func averagePrecision(_ map: Tensor, _ mask: Tensor) -> Double {
        let inside = inside(mask)
        let area = inside.count { $0 }
        guard area > 0 else { return 0 }
        var (sum, before) = (0.0, 0)
        forEachLevel(map, inside) { _, hits, chosen in
            sum += Double(hits - before) / Double(area) * Double(hits) / Double(chosen)
            before = hits
        }
        return sum
    }

    /// How much two handles look at the same cells: the soft IoU of both maps, each divided by its maximum; 0 apart … 1 the same. It is the
    /// term by which DisenDiff separates handles, as a measure.
    public static func overlap(_ map: Tensor, _ other: Tensor) -> Double {
        guard map.maximum > 0, other.maximum > 0 else { return 0 }
        return softIoU(map, other.scaled(by: 1 / other.maximum))
    }

    /// Goes down a map's distinct values, and tells for each how many cells are not below it and how many of these lie inside.
    private static func forEachLevel(_ map: Tensor, _ inside: [Bool], _ body: (_ value: Float, _ hits: Int, _ chosen: Int) -> Void) {
        let values = map.values
        let order = values.indices.sorted { values[$0] > values[$1] }
        var hits = 0
        for (rank, place) in order.enumerated() {
            hits += inside[place] ? 1 : 0
            let isLast = rank + 1 == order.count || values[order[rank + 1]] != values[place]
            if isLast { body(values[place], hits, rank + 1) }
        }
    }
}
