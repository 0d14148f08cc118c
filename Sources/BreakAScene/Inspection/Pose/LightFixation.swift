import Glibc

/// How often generated things are lit as in the photo, against the light that prompts ask for: the paper's limit "lighting stays that of
/// the input" as a number.
///
/// The direction of light is that in which a thing's lightness rises: a plane is fitted to the lightness of its pixels. The score of a
/// thing is the cosine between its direction and the photo's.
///
/// Limits. A pattern of the thing itself (a dark foot, a white front) has a direction too, and stays with the thing: where renders in other
/// light are known, they say how large the cosine is from that alone, and it is taken as chance. A thing that is drawn mirrored mirrors its
/// pattern; its light is compared as it is seen. Light from the camera, cast shadows and colour are not seen. A thing without a direction
/// (less than two units of lightness over its radius) has no answer.
public struct LightFixation: Sendable {
    /// The rise of lightness over a thing.
    public struct Shading: Sendable, Equatable {
        /// The rise in units of lightness over the radius of a disc of the thing's area, to the right and downwards.
        public let right, down: Double

        /// The length of the rise.
        public var strength: Double { (right * right + down * down).squareRoot() }
        /// The direction that light comes from in degrees: 0 from the right, 90 from above, −180…180.
        public var degrees: Double { atan2(-down, right) * 180 / .pi }

        /// The cosine of the angle between two directions, −1…1; 0 where one has no length.
        public func cosine(_ other: Shading) -> Double {
            let length = strength * other.strength
            return length > 0 ? min(1, max(-1, (right * other.right + down * other.down) / length)) : 0
        }
    }

    /// The least strength that counts as a direction.
    public static let least = 2.0

    /// The shading of the photo's thing.
    public let photo: Shading
    /// The mean cosine that prompts ask for: 0 where every direction is as likely, or that of renders in the light that is asked for.
    public let asked: Double

    /// Compares with the photo's thing. `others`: the same thing in the lights that prompts ask for; without any, every direction is taken
    /// to be as likely as every other. nil where the photo's thing shows no direction, or its renders do not differ from it.
    public init?(_ thing: Appearance, others: [Appearance] = []) {
        guard let photo = Self.shading(thing), photo.strength >= Self.least else { return nil }
        let cosines = others.compactMap(Self.shading).map { photo.cosine($0) }
        self.photo = photo
        asked = cosines.isEmpty ? 0 : cosines.reduce(0, +) / Double(cosines.count)
        guard asked < 0.95 else { return nil }
    }

    /// The score of a thing found in a picture: (cosine − asked) / (1 − asked); nil where it is too small. Its mean over pictures is the
    /// fixation: 1, always lit as in the photo; 0, as prompts ask; below 0, away from it.
    public func score(_ thing: Appearance) -> Double? {
        guard let shading = Self.shading(thing) else { return nil }
        return Metrics.aboveChance(shading.strength < Self.least ? 0 : photo.cosine(shading), asked)
    }

    /// The plane through the lightness of a thing's pixels, by weighted least squares; nil for fewer than 16 pixels at the measured size,
    /// or for pixels in one line. The outermost pixels, which are mixed with what is around, do not count.
    public static func shading(_ thing: Appearance) -> Shading? {
        let (width, height) = (thing.picture.width, thing.picture.height)
        func isInside(_ x: Int, _ y: Int) -> Bool {
            (0..<width).contains(x) && (0..<height).contains(y) && thing.weights[y * width + x] > 0.5
        }
        let inner = thing.weights.indices.filter { i in
            let (x, y) = (i % width, i / width)
            return isInside(x, y) && isInside(x - 1, y) && isInside(x + 1, y) && isInside(x, y - 1) && isInside(x, y + 1)
        }
        guard inner.count >= 16 else { return nil }
        let n = Double(inner.count)
        func mean(_ value: (Int) -> Double) -> Double { inner.reduce(0) { $0 + value($1) } / n }
        func light(_ i: Int) -> Double { Double(thing.picture.pixels[i].x) }
        let (mx, my, ml) = (mean { Double($0 % width) }, mean { Double($0 / width) }, mean(light))
        func moment(_ a: (Int) -> Double, _ b: (Int) -> Double) -> Double { mean { a($0) * b($0) } }
        let (dx, dy) = ({ (i: Int) in Double(i % width) - mx }, { (i: Int) in Double(i / width) - my })
        let dl = { (i: Int) in light(i) - ml }
        let (xx, yy, xy, xl, yl) = (moment(dx, dx), moment(dy, dy), moment(dx, dy), moment(dx, dl), moment(dy, dl))
        let determinant = xx * yy - xy * xy
        guard determinant > 1e-6 else { return nil }
        let radius = (n / .pi).squareRoot()
        return Shading(right: (xl * yy - yl * xy) / determinant * radius, down: (yl * xx - xl * xy) / determinant * radius)
    }
}
