import Tensors

/// A measure of a handle's attention map against its mask, as a row of a table: what `attention_scores` lists and a benchmark may ask for.
public struct MapMetric: Sendable {
    /// The name, also of its column.
    public let name: String
    /// What it tells, in one sentence.
    public let summary: String
    /// Where it comes from.
    public let source: String
    /// Whether more is better.
    public let isHigherBetter: Bool
    /// The values that are possible.
    public let range: ClosedRange<Double>
    /// The value for a map [H, W], its mask, and the maps of the other handles of the prompt; nil where it has none, as the overlap with
    /// other handles where a handle stands alone.
    let value: @Sendable (_ map: Tensor, _ mask: Tensor, _ others: [Tensor]) -> Double?

    /// The threshold at which DAAM cuts maps.
    public static let daamThreshold = 0.4

    /// Every measure. Each is a mean over what was looked at; the leakage matrix with chance and lift is `LeakageMatrix`.
    public static let all: [MapMetric] = [
        MapMetric("soft_iou", "Σ min(A, M) / Σ max(A, M), A divided by its maximum.", source: "the paper's loss as a measure") {
            map, mask, _ in
            Metrics.softIoU(map, mask)
        },
        MapMetric("hard_iou", "IoU of the cells with at least 0.4 of the maximum.", source: "DAAM, arXiv 2210.04885") { map, mask, _ in
            Metrics.hardIoU(map, mask, threshold: daamThreshold)
        },
        MapMetric("best_iou", "IoU at the best threshold for each map.", source: "OVAM, arXiv 2403.14291") { map, mask, _ in
            Metrics.bestIoU(map, mask).iou
        },
        MapMetric("best_threshold", "The threshold of best_iou, as a share of the maximum; neither good nor bad.", source: "best_iou") {
            map, mask, _ in Metrics.bestIoU(map, mask).threshold
        },
        MapMetric("product_iou", "(Σ A·M + 1) / (Σ A + Σ M − Σ A·M + 1).", source: "DisenDiff, arXiv 2403.18551") { map, mask, _ in
            Metrics.productIoU(map, mask)
        },
        MapMetric(
            "pointing", "Whether the maximum lies in the mask; of ties the share that does.", source: "Zhang et al. 2016, Q-GroundCAM"
        ) {
            map, mask, _ in Metrics.pointing(map, mask)
        },
        MapMetric("energy", "The share of the map's mass that lies in the mask.", source: "The Weighting Game, arXiv 2208.06175") {
            map, mask, _ in Metrics.energyInside(map, mask)
        },
        MapMetric("average_precision", "Area under precision over recall of the cells.", source: "scikit-learn") { map, mask, _ in
            Metrics.averagePrecision(map, mask)
        },
        MapMetric(
            "overlap", "The largest overlap with another handle's map: soft IoU of both.", source: "DisenDiff, arXiv 2403.18551",
            isHigherBetter: false
        ) { map, _, others in others.map { Metrics.overlap(map, $0) }.max() },
    ]

    private init(
        _ name: String, _ summary: String, source: String, isHigherBetter: Bool = true, range: ClosedRange<Double> = 0...1,
        value: @escaping @Sendable (Tensor, Tensor, [Tensor]) -> Double?
    ) {
        (self.name, self.summary, self.source) = (name, summary, source)
        (self.isHigherBetter, self.range, self.value) = (isHigherBetter, range, value)
    }
}
