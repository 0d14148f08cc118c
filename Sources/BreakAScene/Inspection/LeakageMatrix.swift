import Diffusion
import Images

/// Under which conditions `leakage` looks at the photo. Every combination counts the same.
public struct LeakageConditions: Sendable, Equatable {
    /// Which handles a prompt names, and in which order.
    public enum Order: String, Sendable, CaseIterable {
        /// All, in the masks' order.
        case masks
        /// All, in the opposite order.
        case reversed
        /// Each handle in a prompt of its own.
        case alone
    }

    /// With `*` in the place of the handles; training has "a photo of *".
    public var prompts = [PromptContext.plain]
    public var orders = [Order.masks]
    /// Also the photo and its masks turned left to right.
    public var flips = false
    /// Draws of the noise.
    public var noises = 1
    public var timesteps = [100, 300, 500, 700, 900]
    public var seed = 0

    public init() {}

    /// "the training photo, \"a photo of *\", 1 noise at timesteps 100 … 900".
    public var description: String {
        let quoted = prompts.map { "\"\($0)\"" }.joined(separator: ", ")
        let naming =
            orders == [.masks]
            ? "" : ", handles \(orders.map { $0 == .masks ? "in the masks' order" : $0.rawValue }.joined(separator: ", "))"
        let levels = timesteps.count == 1 ? "timestep \(timesteps[0])" : "\(timesteps.count) timesteps"
        return
            "the training photo\(flips ? " and its mirror image" : ""), \(quoted)\(naming), \(noises) noise\(noises == 1 ? "" : "s") at \(levels)"
    }
}

/// Where each handle's attention goes: its share in every mask, and in none.
///
/// Maps are those of the model's attention level, masks those that training has there. Where masks overlap, cells are
/// shared out (`Metrics.sharedOut`).
public struct LeakageMatrix: Sendable {
    public let handles: [String]
    public let maskNames: [String]
    /// [handle][mask], then the background last; each row sums to 1. Means over the conditions.
    public let shares: [[Double]]
    /// What a map that is the same everywhere would have: the masks' areas, the background last.
    public let chance: [Double]
    /// Mean of the soft IoU of every map with the handle's own mask.
    public let meanIoU: [Double]
    /// Soft IoU of the mean of all maps with it: mistakes that cancel do not count.
    public let iouOfMean: [Double]
    /// The token's mean probability inside its own mask, as a multiple of what every token has where attention is spread
    /// evenly: below 1 a handle is hardly looked at, however its mass is distributed.
    public let attention: [Double]
    public let conditions: LeakageConditions
    /// Which handles they are, in words.
    public let pairing: String

    public init(
        handles: [String], maskNames: [String], shares: [[Double]], chance: [Double], meanIoU: [Double], iouOfMean: [Double],
        attention: [Double],
        conditions: LeakageConditions = LeakageConditions(), pairing: String = ""
    ) {
        (self.handles, self.maskNames, self.shares, self.chance) = (handles, maskNames, shares, chance)
        (self.meanIoU, self.iouOfMean, self.attention) = (meanIoU, iouOfMean, attention)
        (self.conditions, self.pairing) = (conditions, pairing)
    }

    /// Shares as multiples of chance, [handle][mask], the background last.
    public var lift: [[Double]] { shares.map { row in zip(row, chance).map { $1 > 0 ? $0 / $1 : 0 } } }

    /// Mean share in the own mask.
    public var own: Double { shares.indices.reduce(0) { $0 + shares[$1][$1] } / Double(max(1, shares.count)) }

    /// The largest share outside of the own mask: in another's, or in the background.
    public var worst: Double { shares.indices.map { leak($0).share }.max() ?? 0 }

    /// The largest share in another handle's mask.
    public var worstOther: Double {
        shares.indices.flatMap { i in shares.indices.filter { $0 != i }.map { shares[i][$0] } }.max() ?? 0
    }

    /// Where most of a handle's attention outside of its own mask goes: a mask's place, or the background's, which is last.
    public func leak(_ handle: Int) -> (place: Int, share: Double) {
        let places = shares[handle].indices.filter { $0 != handle }
        let place = places.max { shares[handle][$0] < shares[handle][$1] } ?? handle
        return (place, places.isEmpty ? 0 : shares[handle][place])
    }
}

extension LeakageMatrix {
    /// What a row says of its handle, by thresholds relative to chance.
    public enum Verdict: Sendable, Equatable {
        /// Less attention than spread evenly: what else the row says has no weight.
        case unseen
        /// Another's mask gets more than chance, more than `limits.mixed`, and at least half of what the background gets.
        case mixed(with: Int)
        /// Above chance by at least `limits.apart`.
        case apart
        /// Above chance by at least `limits.held`; the rest goes mostly to this place.
        case leaks(to: Int)
        case lost(to: Int)
    }

    /// Of the share in the own mask above chance (0 chance, 1 all), and of a share in another's.
    public static let limits = (apart: 0.8, held: 0.5, mixed: 0.1)

    public func verdict(_ handle: Int) -> Verdict {
        if attention[handle] < 1 { return .unseen }
        let row = shares[handle]
        let least = max(Self.limits.mixed, (row.last ?? 0) / 2)
        let rival = maskNames.indices.filter { $0 != handle && row[$0] > chance[$0] && row[$0] > least }.max { row[$0] < row[$1] }
        if let rival { return .mixed(with: rival) }
        let own = Metrics.aboveChance(row[handle], chance[handle])
        if own >= Self.limits.apart { return .apart }
        let place = leak(handle).place
        return own >= Self.limits.held ? .leaks(to: place) : .lost(to: place)
    }
}
