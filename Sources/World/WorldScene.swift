/// A scene of the world, written out: which things stand where, seen from where, on what ground, in what light.
/// `SceneRenderer` draws it; the same scene gives the same bytes. Lengths are shares of the picture's side, so a scene can be
/// drawn at any size.
public struct WorldScene: Sendable, Equatable {
    /// A thing in its place.
    public struct Thing: Sendable, Equatable {
        /// Which thing of the library.
        public var object: String
        /// The place of its pose among those it was drawn in; 0 for a flat cut-out.
        public var pose: Int
        /// Whether a flat cut-out is mirrored.
        public var isFlipped: Bool
        /// The degrees by which a flat cut-out is turned clockwise.
        public var turn: Double
        /// The side of a pixel of the thing's cells, as a share of the picture's side.
        public var scale: Double
        /// The middle of its outline, from the left.
        public var x: Double
        /// The lower end of its outline, from the top: where it touches the ground. Of two things the one with the larger
        /// base is in front.
        public var base: Double

        /// A thing in its place.
        public init(object: String, pose: Int = 0, isFlipped: Bool = false, turn: Double = 0, scale: Double, x: Double, base: Double) {
            (self.object, self.pose, self.isFlipped, self.turn) = (object, pose, isFlipped, turn)
            (self.scale, self.x, self.base) = (scale, x, base)
        }
    }

    /// The parts of a scene that are drawn at random, each from streams of its own: a part that is drawn anew leaves the
    /// others as they were.
    public enum Part: String, Sendable, CaseIterable {
        /// Which things there are.
        case things
        /// How large they are.
        case sizes
        /// From where they are seen, or how a flat cut-out is turned.
        case poses
        /// Where they stand, and who hides whom.
        case places
        /// The light.
        case light
        /// Which background, and how it looks.
        case background
        /// The words of the caption that may vary.
        case caption
    }

    /// The side of the picture in pixels.
    public var side: Int
    /// The things, in the order in which they were asked for.
    public var things: [Thing]
    /// The name of the background.
    public var background: String
    /// The name of the light.
    public var light: String
    /// The name of the style.
    public var style: String
    /// The seed of each part.
    public var seeds: [Part: Int]

    /// A scene from its parts.
    public init(side: Int, things: [Thing], background: String, light: String, style: String = "photo", seeds: [Part: Int] = [:]) {
        (self.side, self.things, self.background, self.light) = (side, things, background, light)
        (self.style, self.seeds) = (style, seeds)
    }

    func seed(_ part: Part) -> Int { seeds[part] ?? 0 }

    /// The order in which the things are drawn, the farthest first: by their bases, and of two equal ones the earlier first.
    var backToFront: [Int] { things.indices.sorted { (things[$0].base, $0) < (things[$1].base, $1) } }
}
