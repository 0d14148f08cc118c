import Images

/// How often generated things stand in the photo's own pose, against how often prompts ask for it: the paper's limit "pose fixation" as a
/// number.
///
/// A thing that was cut out of a picture is compared with views of the same thing whose poses are known: renders where the world is known,
/// else the photo's thing and its mirror image. The view that agrees best (`PoseCrop.agreement`, tilted by up to 30° and a little larger
/// or smaller) is taken for its pose.
///
/// Limits. With the photo alone only the side that a thing faces is told, so that a turn out of the picture's plane goes to whichever of
/// the two is nearer; a thing that equals its own mirror image has no answer (`tellsPoses`). A thing that is drawn badly has a pose by
/// chance. Pose is that of the picture, whether the thing turned or the camera went around it.
public struct PoseFixation: Sendable {
    /// A view of a thing in a pose that is known.
    public struct View: Sendable {
        /// What it is called: "the photo", "mirrored", "yaw 90°".
        public let name: String
        /// Whether this is the photo's pose.
        public let isPhotos: Bool
        let crops: [PoseCrop]

        /// A view of a thing; nil where the thing is too small to tell.
        init?(_ name: String, isPhotos: Bool, _ thing: Appearance, isMirrored: Bool = false) {
            crops = PoseFixation.tilts.flatMap { tilt in
                PoseFixation.scales.compactMap { PoseCrop(thing, degrees: tilt, isMirrored: isMirrored, scale: $0) }
            }
            guard !crops.isEmpty else { return nil }
            (self.name, self.isPhotos) = (name, isPhotos)
        }

        /// The view of a thing that is cut out of a render by a mask of its size; nil where it is too small. Throws `ImageError`.
        public init?(_ name: String, _ image: Image, mask: Mask) throws {
            self.init(name, isPhotos: false, try Appearance(image, mask: mask))
        }

        func agreement(_ crop: PoseCrop) -> Double { crops.reduce(0) { max($0, $1.agreement(crop)) } }
    }

    /// What was found of one generated thing.
    public struct Estimate: Sendable {
        /// The place of the view that agrees best.
        public let view: Int
        /// How well it agrees, 0…1.
        public let agreement: Double
        /// 1 where the photo's pose agrees best, 0 where another does; where views agree equally, the share of the photo's among them.
        public let isPhotos: Double
    }

    /// Tilts in degrees and sizes that are tried of every view.
    static let (tilts, scales) = ([-30.0, -20, -10, 0, 10, 20, 30], [0.9, 1.0, 1.1])
    /// Agreements that differ by less are equal.
    private static let tie = 0.01
    /// The least difference between the photo's thing and a view of another pose for which poses are told apart at all.
    private static let leastDifference = 0.06

    /// The views, the photo's first.
    public let views: [View]
    /// How often prompts ask for the photo's pose: the share of it where every pose is as likely as every other, or what the caller knows.
    public let asked: Double
    /// Whether the views differ enough from the photo's for an estimate to mean something.
    public let tellsPoses: Bool

    /// Compares with `others`, views in other poses than the photo's; without any, with the mirror image. `asked` replaces 1 / number of
    /// views. nil where the photo's thing is too small.
    public init?(_ thing: Appearance, others: [View] = [], asked: Double? = nil) {
        guard let own = View("the photo", isPhotos: true, thing), let crop = PoseCrop(thing) else { return nil }
        let mirrored = View("mirrored", isPhotos: false, thing, isMirrored: true)
        views = [own] + (others.isEmpty ? [mirrored].compactMap(\.self) : others)
        self.asked = asked ?? 1 / Double(views.count)
        tellsPoses = views.contains { !$0.isPhotos && $0.agreement(crop) < 1 - Self.leastDifference }
    }

    /// The pose of a thing found in a picture; nil where it is too small, or where poses cannot be told.
    public func estimate(_ thing: Appearance) -> Estimate? {
        guard tellsPoses, let crop = PoseCrop(thing) else { return nil }
        let agreements = views.map { $0.agreement(crop) }
        guard let best = agreements.indices.max(by: { agreements[$0] < agreements[$1] }) else { return nil }
        let tied = agreements.indices.filter { agreements[$0] > agreements[best] - Self.tie }
        let share = Double(tied.count { views[$0].isPhotos }) / Double(tied.count)
        return Estimate(view: best, agreement: agreements[best], isPhotos: share)
    }

    /// The score of one estimate; its mean over pictures is the fixation: (share in the photo's pose − asked) / (1 − asked). 1: always the
    /// photo's pose; 0: as often as prompts ask for it; below 0: less often, −asked / (1 − asked) at the least.
    public func score(_ estimate: Estimate) -> Double { Metrics.aboveChance(estimate.isPhotos, asked) }
}
