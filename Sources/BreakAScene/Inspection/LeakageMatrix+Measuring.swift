import Diffusion
import Images
import Tensors

extension DiffusionModel {
    /// Measures the leakage matrix of a scene's handles, over every combination of `conditions`. `progress` gets the number
    /// of passes done and in all; what it throws ends the measuring. Throws `AttentionError`, `PairingError`, and what
    /// tokenizing the prompts throws.
    public func leakage(
        _ scene: PreparedScene, _ conditions: LeakageConditions = LeakageConditions(), progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> LeakageMatrix {
        let pairing = try pairing(with: scene.scene)
        var sums = (0..<pairing.count).map { _ in LeakageSum() }
        let looks = conditions.looks(pairing.count)
        let masks = [false, true].map { flipped in (0..<pairing.count).map { scene.attentionTarget($0, flipped: flipped) } }
        let parts = masks.map(Metrics.sharedOut)
        for (index, look) in looks.enumerated() {
            let side = look.isFlipped ? 1 : 0
            let prompt = PromptContext.prompt(look.prompt, look.handles.map { pairing.tokens[$0] })
            let study = try studyAttention(
                prompt, picture: scene.pictures[side], timesteps: conditions.timesteps, seed: conditions.seed, draw: look.noise)
            for handle in look.measured {
                guard let place = study.ids.firstIndex(of: handleID(pairing.handles[handle])) else { continue }
                let maps = study.maps(token: place, keep: [.timestep])
                for time in conditions.timesteps.indices {
                    sums[handle].add(maps.row(time), masks[side][handle], parts[side], tokens: study.ids.count, isFlipped: look.isFlipped)
                }
            }
            try progress(index + 1, looks.count)
        }
        var matrix = LeakageMatrix(
            handles: pairing.tokens, maskNames: scene.scene.names, shares: sums.map(\.meanShares), chance: Metrics.chance(parts[0]),
            meanIoU: sums.map(\.meanIoU), iouOfMean: sums.indices.map { sums[$0].iouOfMean(masks[0][$0]) },
            attention: sums.map(\.meanAttention),
            conditions: conditions, pairing: pairing.description)
        let maps = sums.compactMap(\.meanMap)
        if maps.count == sums.count { matrix.view = .init(maps: maps, masks: masks[0], photo: scene.pictures[0]) }
        return matrix
    }
}

extension LeakageConditions {
    /// One pass: a prompt, the handles that it names, and those that are measured in it.
    struct Look {
        let prompt: String
        let handles: [Int]
        let measured: [Int]
        let isFlipped: Bool
        let noise: Int
    }

    /// The passes that these conditions ask for, where a scene has `count` handles.
    func looks(_ count: Int) -> [Look] {
        let all = Array(0..<count)
        let namings = orders.flatMap { order -> [(handles: [Int], measured: [Int])] in
            switch order {
            case .masks: [(all, all)]
            case .reversed: [(all.reversed(), all)]
            case .alone: all.map { ([$0], [$0]) }
            }
        }
        return prompts.flatMap { prompt in
            namings.flatMap { naming in
                (flips ? [false, true] : [false]).flatMap { flip in
                    (0..<noises).map {
                        Look(prompt: prompt, handles: naming.handles, measured: naming.measured, isFlipped: flip, noise: $0)
                    }
                }
            }
        }
    }
}

/// Running sums over one handle's maps.
private struct LeakageSum {
    private var count = 0.0
    private var shares: [Double] = []
    private var iou = 0.0
    private var attention = 0.0
    /// The sum of all maps; those of the mirrored photo are turned back first.
    private var map: Tensor?

    mutating func add(_ map: Tensor, _ mask: Tensor, _ parts: [Tensor], tokens: Int, isFlipped: Bool) {
        let row = Metrics.shares(map, in: parts)
        shares = shares.isEmpty ? row : zip(shares, row).map(+)
        iou += Metrics.softIoU(map, mask)
        attention += Metrics.timesEven(map, inside: mask, tokens: tokens)
        let upright = isFlipped ? Self.turned(map) : map
        self.map = self.map.map { $0 + upright } ?? upright
        count += 1
    }

    /// A map [H, W] with left and right exchanged.
    private static func turned(_ map: Tensor) -> Tensor {
        let (height, width, values) = (map.shape[0], map.shape[1], map.values)
        return Tensor((0..<height * width).map { values[$0 - $0 % width + width - 1 - $0 % width] }, shape: [height, width])
    }

    var meanMap: Tensor? { map?.scaled(by: 1 / Float(max(count, 1))) }
    var meanShares: [Double] { shares.map { $0 / max(count, 1) } }
    var meanIoU: Double { iou / max(count, 1) }
    var meanAttention: Double { attention / max(count, 1) }
    func iouOfMean(_ mask: Tensor) -> Double { map.map { Metrics.softIoU($0, mask) } ?? 0 }
}
