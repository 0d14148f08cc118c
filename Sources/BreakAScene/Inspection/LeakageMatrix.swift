import Diffusion
import Images
import Tensors

/// The conditions under which `leakage` shows the photo to the model. Every combination has the same weight.
public struct LeakageConditions: Sendable, Equatable {
    /// The handles that a prompt names, and their order.
    public enum Order: String, Sendable, CaseIterable {
        /// All, in the masks' order.
        case masks
        /// All, in the opposite order.
        case reversed
        /// Each handle in a prompt of its own.
        case alone
    }

    /// Prompts with `*` in the place of the handles; training has "a photo of *".
    public var prompts = [PromptContext.plain]
    /// The orders in which prompts name the handles.
    public var orders = [Order.masks]
    /// Whether the photo and its masks are also shown mirrored, left to right.
    public var flips = false
    /// The number of draws of the noise.
    public var noises = 1
    /// The timesteps that the photo is noised to.
    public var timesteps = [100, 300, 500, 700, 900]
    /// The seed of the noise.
    public var seed = 0

    /// The conditions under which training sees the photo: its prompt, unmirrored, one noise at five timesteps.
    public init() {}

    /// The conditions in words: "the training photo, \"a photo of *\", 1 noise at 5 timesteps".
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

/// The shares of each handle's attention that lie in every mask, and in none.
///
/// Maps are those of the model's attention level, masks those that training has there. Where masks overlap, cells are
/// shared out (`Metrics.sharedOut`).
public struct LeakageMatrix: Sendable {
    /// The handles' tokens, one for each row.
    public let handles: [String]
    /// The names of the masks, in the order of the columns.
    public let maskNames: [String]
    /// [handle][mask], then the background last; each row sums to 1. Means over the conditions.
    public let shares: [[Double]]
    /// The shares of a map that is the same everywhere: the masks' areas, the background last.
    public let chance: [Double]
    /// The mean soft IoU of a handle's maps with its own mask.
    public let meanIoU: [Double]
    /// The soft IoU of the mean of a handle's maps with its own mask: errors that cancel each other do not count.
    public let iouOfMean: [Double]
    /// The token's mean probability inside its own mask, as a multiple of what every token has where attention is spread
    /// evenly: below 1 a handle is hardly looked at, however its mass is distributed.
    public let attention: [Double]
    /// The conditions that the values are means over.
    public let conditions: LeakageConditions
    /// Which handles of the model these are and why, in words (`ScenePairing.description`).
    public let pairing: String

    /// What was looked at: for pictures of the matrix. Nil where the values come without.
    public var view: View?

    /// The maps and masks behind a matrix.
    public struct View: Sendable {
        /// The mean map of each handle over the conditions, [H, W] each; those of the mirrored photo are turned back.
        public let maps: [Tensor]
        /// The masks at the maps' size, [H, W] each.
        public let masks: [Tensor]
        /// The photo as the model sees it, [1, h, w, 3] in [−1, 1].
        public let photo: Tensor
    }

    /// Makes a matrix of values that were measured. `shares` and `chance` have one entry more than there are masks, the
    /// background.
    public init(
        handles: [String], maskNames: [String], shares: [[Double]], chance: [Double], meanIoU: [Double], iouOfMean: [Double],
        attention: [Double],
        conditions: LeakageConditions = LeakageConditions(), pairing: String = ""
    ) {
        (self.handles, self.maskNames, self.shares, self.chance) = (handles, maskNames, shares, chance)
        (self.meanIoU, self.iouOfMean, self.attention) = (meanIoU, iouOfMean, attention)
        (self.conditions, self.pairing) = (conditions, pairing)
    }

    /// What the handles are called.
    public var labels: [HandleLabel] {
        handles.indices.map { HandleLabel(token: handles[$0], name: maskNames.indices.contains($0) ? maskNames[$0] : "", mask: $0) }
    }

    /// The shares as multiples of chance, [handle][mask], the background last; 0 where chance is 0.
    public var lift: [[Double]] { shares.map { row in zip(row, chance).map { $1 > 0 ? $0 / $1 : 0 } } }

    /// The mean of the handles' shares in their own masks.
    public var own: Double { shares.indices.reduce(0) { $0 + shares[$1][$1] } / Double(max(1, shares.count)) }

    /// The largest share outside of a handle's own mask: in another's, or in the background.
    public var worst: Double { shares.indices.map { leak($0).share }.max() ?? 0 }

    /// The largest share that a handle has in another handle's mask.
    public var worstOther: Double {
        shares.indices.flatMap { i in shares.indices.filter { $0 != i }.map { shares[i][$0] } }.max() ?? 0
    }

    /// The place with most of a handle's attention outside of its own mask: a mask's, or the background's, which is last.
    public func leak(_ handle: Int) -> (place: Int, share: Double) {
        let places = shares[handle].indices.filter { $0 != handle }
        let place = places.max { shares[handle][$0] < shares[handle][$1] } ?? handle
        return (place, places.isEmpty ? 0 : shares[handle][place])
    }
}

extension LeakageMatrix {
    /// A verdict on a handle by its row. Limits are relative to chance.
    public enum Verdict: Sendable, Equatable {
        /// The handle gets less attention than if attention were spread evenly: its other values mean little.
        case unseen
        /// Another mask gets more than chance, more than `limits.mixed`, and at least half of what the background gets.
        case mixed(with: Int)
        /// The share in the handle's own mask is above chance by at least `limits.apart`.
        case apart
        /// That share is above chance by at least `limits.held`; the rest goes mostly to this place, a mask's or the
        /// background's.
        case leaks(to: Int)
        /// That share is above chance by less than `limits.held`; most of the rest goes to this place.
        case lost(to: Int)
    }

    /// The limits of `Verdict`: `apart` and `held` of the own share above chance (`Metrics.aboveChance`: 0 is chance, 1 is
    /// all), `mixed` of a share in another's mask.
    public static let limits = (apart: 0.8, held: 0.5, mixed: 0.1)

    /// The verdict on the handle at place `handle`, the first that applies in the order of the cases unseen, mixed, apart,
    /// leaks, lost.
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
