/// What a scene is to be: everything that is left out is drawn at random.
public struct SceneRequest: Sendable, Equatable {
    /// Which things are taken, by whether models were trained on them.
    public enum Split: String, Sendable, CaseIterable {
        /// Those that no model was trained on.
        case heldOut = "held_out"
        /// Those that models are trained on.
        case trained
        /// All.
        case all

        func has(_ object: WorldObject) -> Bool { self == .all || object.isHeldOut == (self == .heldOut) }
    }

    /// The number of things; nil takes as many as `names` has.
    public var count: Int?
    /// Names, classes or identifiers of things; empty draws them.
    public var names: [String]
    /// Which things are taken.
    public var split: Split
    /// Whether the first two things that are drawn are of one class.
    public var sameClass: Bool
    /// The share of the picture that each thing covers, one for all or one for each; nil draws sizes by the recipe's law.
    public var areas: [Double]?
    /// The share of a thing that its neighbour in front hides, 0…0.9; 0 keeps all things apart.
    public var overlap: Double
    /// The azimuth in degrees from which things are seen, one for all or one for each; the nearest pose that was drawn is taken.
    public var azimuths: [Double]?
    /// The name of the background; nil draws one.
    public var background: String?
    /// The name of the light; nil draws one.
    public var light: String?
    /// The name of the style.
    public var style: String
    /// The side of the picture in pixels, 64…1024.
    public var side: Int
    /// The seed of all parts.
    public var seed: Int

    /// A request for `count` things.
    public init(
        count: Int? = nil, names: [String] = [], split: Split = .heldOut, sameClass: Bool = false, areas: [Double]? = nil,
        overlap: Double = 0,
        azimuths: [Double]? = nil, background: String? = nil, light: String? = nil, style: String = "photo", side: Int = 256, seed: Int = 0
    ) {
        (self.count, self.names, self.split, self.sameClass) = (count, names, split, sameClass)
        (self.areas, self.overlap, self.azimuths) = (areas, overlap, azimuths)
        (self.background, self.light, self.style, self.side, self.seed) = (background, light, style, side, seed)
    }
}

/// What is to be different in another picture of the same things.
public struct SceneChange: Sendable, Equatable {
    /// The parts that are drawn anew.
    public var redraw: Set<WorldScene.Part>
    /// The seed of the parts that are drawn anew.
    public var seed: Int
    /// As in `SceneRequest`; nil leaves as it is.
    public var areas: [Double]?
    /// As in `SceneRequest`; nil keeps things apart where places are drawn anew.
    public var overlap: Double?
    /// As in `SceneRequest`; nil leaves as it is.
    public var azimuths: [Double]?
    /// As in `SceneRequest`; nil leaves as it is.
    public var background, light, style: String?
    /// As in `SceneRequest`; nil leaves as it is.
    public var side: Int?

    /// A change that draws these parts anew.
    public init(
        redraw: Set<WorldScene.Part> = [], seed: Int = 0, areas: [Double]? = nil, overlap: Double? = nil, azimuths: [Double]? = nil,
        background: String? = nil, light: String? = nil, style: String? = nil, side: Int? = nil
    ) {
        (self.redraw, self.seed, self.areas, self.overlap, self.azimuths) = (redraw, seed, areas, overlap, azimuths)
        (self.background, self.light, self.style, self.side) = (background, light, style, side)
    }
}
