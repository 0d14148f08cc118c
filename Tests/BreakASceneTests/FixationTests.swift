import Glibc
import Images
import Tensors
import Testing
import TestSupport

@testable import BreakAScene

/// Pose and light of things whose truth is known: transformed cut-outs of photos, and discs lit from known directions.
@Suite struct FixationTests {
    /// The things of the scenes that ship, each with its name.
    private static func things(_ scenes: [String]) throws -> [(name: String, image: Image, mask: Mask)] {
        try scenes.flatMap { name -> [(name: String, image: Image, mask: Mask)] in
            let scene = try SceneFolder.load("\(Fixtures.root)/stdlib/scenes/\(name)")
            return zip(scene.names, scene.masks).map { ("\(name) \($0)", scene.image, $1) }
        }
    }

    /// A thing turned by `degrees`, mirrored, scaled, moved, lit by `gain`, and with noise, on a grey ground: what a generation might draw.
    private static func transformed(
        _ thing: (name: String, image: Image, mask: Mask), degrees: Double = 0, isMirrored: Bool = false, scale: Double = 1,
        gain: Double = 1,
        noise: Double = 0, seed: UInt64 = 0
    ) throws -> Appearance {
        let (w, h) = (thing.image.width, thing.image.height)
        let centre = try #require(thing.mask.centroid)
        let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        var image = Image(width: w, height: h, color: Color(120, 120, 120))
        var values = [Float](repeating: 0, count: w * h)
        let draw = RandomDraw(seed: seed, stream: "test", step: 0).normal([h, w]).values
        for y in 0..<h {
            for x in 0..<w {
                let (u, v) = ((Double(x) - Double(w) / 2) / scale, (Double(y) - Double(h) / 2) / scale)
                let (a, b) = (c * u - s * v, s * u + c * v)
                let (sx, sy) = (Int((centre.x + (isMirrored ? -a : a)).rounded()), Int((centre.y + b).rounded()))
                guard (0..<w).contains(sx), (0..<h).contains(sy), thing.mask[sx, sy] > 0.5 else { continue }
                let colour = thing.image[sx, sy]
                func level(_ byte: UInt8) -> UInt8 {
                    UInt8(min(255, max(0, (Double(byte) * gain + noise * Double(draw[y * w + x])).rounded())))
                }
                image[x, y] = Color(level(colour.red), level(colour.green), level(colour.blue))
                values[y * w + x] = 1
            }
        }
        return try Appearance(image, mask: Mask(width: w, height: h, values: values))
    }

    // MARK: pose

    /// Of things that differ from their mirror image, the side that they face is told in spite of turns, sizes, light and noise.
    @Test func theSideThatAThingFacesIsTold() throws {
        var (right, told) = (0, 0)
        for thing in try Self.things(["mug_rose", "sheep", "penguin_hat", "toys"]) {
            guard let pose = PoseFixation(try Appearance(thing.image, mask: thing.mask)), pose.tellsPoses else { continue }
            for (degrees, scale, gain, seed) in [(0.0, 1.0, 1.0, 1), (12, 0.8, 0.8, 2), (-17, 0.7, 1.15, 3), (25, 0.9, 0.7, 4)] {
                for isMirrored in [false, true] {
                    let seen = try Self.transformed(
                        thing, degrees: degrees, isMirrored: isMirrored, scale: scale, gain: gain, noise: 12, seed: UInt64(seed))
                    let estimate = try #require(pose.estimate(seen))
                    told += 1
                    right += (isMirrored ? estimate.isPhotos < 0.5 : estimate.isPhotos > 0.5) ? 1 : 0
                }
            }
        }
        #expect(told >= 24, "\(told)")
        #expect(Double(right) >= 0.95 * Double(told), "\(right) of \(told)")
    }

    /// Always the photo's pose is 1, half of the time is 0, never is −1.
    @Test func theScoreIsAboveWhatIsAsked() throws {
        let thing = try #require(Self.things(["sheep"]).first)
        let pose = try #require(PoseFixation(try Appearance(thing.image, mask: thing.mask)))
        func fixation(_ mirrored: [Bool]) throws -> Double {
            let scores = try mirrored.enumerated().compactMap { index, isMirrored in
                pose.estimate(try Self.transformed(thing, degrees: Double(index * 5 - 10), isMirrored: isMirrored)).map(pose.score)
            }
            #expect(scores.count == mirrored.count)
            return scores.reduce(0, +) / Double(scores.count)
        }
        #expect(pose.asked == 0.5)
        #expect(
            try fixation([false, false, false, false]) == 1 && fixation([true, false, true, false]) == 0 && fixation([true, true]) == -1)
    }

    /// A disc equals its mirror image: there is no answer, and none is made up. A thing of a few pixels has none either.
    @Test func whereNothingCanBeToldThereIsNoAnswer() throws {
        let (image, mask) = Self.disc(light: nil)
        let pose = try #require(PoseFixation(try Appearance(image, mask: mask)))
        let again = try Appearance(image, mask: mask)
        #expect(!pose.tellsPoses && pose.estimate(again) == nil)
        let dot = Mask(width: 64, height: 64, values: (0..<4096).map { $0 < 5 ? 1 : 0 })
        #expect(PoseFixation(try Appearance(image, mask: dot)) == nil)
    }

    /// Renders in known poses take the place of the mirror image, and the photo's share of them that of one half.
    @Test func knownViewsAreChosenFrom() throws {
        let things = try Self.things(["toys"])
        let (own, other) = (things[0], things[1])
        // Another thing stands for a view from behind: it looks different.
        let behind = try #require(try PoseFixation.View("behind", other.image, mask: other.mask))
        let mirrored = try Self.transformed(own, isMirrored: true)
        let side = try #require(PoseFixation.View("side", isPhotos: false, mirrored))
        let pose = try #require(PoseFixation(try Appearance(own.image, mask: own.mask), others: [behind, side]))
        #expect(pose.views.count == 3 && abs(pose.asked - 1.0 / 3) < 1e-12)
        #expect(try pose.estimate(Self.transformed(other, degrees: 8, scale: 0.9))?.view == 1)
        #expect(try pose.estimate(Self.transformed(own, degrees: -8, scale: 0.9))?.view == 0)
        #expect(try pose.estimate(Self.transformed(own, degrees: -8, isMirrored: true, scale: 0.9))?.view == 2)
    }

    // MARK: light

    /// A ball lit from a direction in degrees (0 right, 90 above); nil is light from the camera. `stripes`: a pattern of its own.
    private static func disc(light: Double?, radius: Double = 20, strength: Double = 60, stripes: Double = 0) -> (Image, Mask) {
        var image = Image(width: 64, height: 64, color: Color(90, 90, 90))
        var values = [Float](repeating: 0, count: 64 * 64)
        for y in 0..<64 {
            for x in 0..<64 {
                let (u, v) = ((Double(x) - 31.5) / radius, (Double(y) - 31.5) / radius)
                guard u * u + v * v <= 1 else { continue }
                let rise = light.map { cos($0 * .pi / 180) * u - sin($0 * .pi / 180) * v } ?? 0
                let byte = UInt8(min(255, max(0, 128 + strength * rise + stripes * (v > 0.2 ? -1 : 1))))
                image[x, y] = Color(byte, byte, byte)
                values[y * 64 + x] = 1
            }
        }
        return (image, Mask(width: 64, height: 64, values: values))
    }

    private static func appearance(_ pair: (Image, Mask)) throws -> Appearance { try Appearance(pair.0, mask: pair.1) }

    @Test(arguments: [0.0, 45, 90, 135, 180, -120, -60, -10]) func theDirectionOfLightIsFound(_ degrees: Double) throws {
        let shading = try #require(LightFixation.shading(Self.appearance(Self.disc(light: degrees))))
        var off = abs(shading.degrees - degrees).truncatingRemainder(dividingBy: 360)
        off = min(off, 360 - off)
        #expect(off < 3, "\(shading.degrees)")
        #expect(shading.strength > 10)
    }

    @Test func theScoreOfLightIsACosine() throws {
        let photo = try #require(LightFixation(Self.appearance(Self.disc(light: 90))))
        #expect(photo.asked == 0)
        for (degrees, wanted) in [(90.0, 1.0), (30, 0.5), (0, 0), (-90, -1)] {
            let score = try #require(try photo.score(Self.appearance(Self.disc(light: degrees, radius: 14))))
            #expect(abs(score - wanted) < 0.08, "\(degrees): \(score)")
        }
        // Light from the camera has no direction: it neither clings nor turns away.
        #expect(try photo.score(Self.appearance(Self.disc(light: nil))) == 0)
        #expect(LightFixation(try Self.appearance(Self.disc(light: nil))) == nil)
    }

    /// A dark foot looks like light from above. Renders in other lights say how much of the cosine that is.
    @Test func aPatternIsTakenOutByRendersInOtherLight() throws {
        func lit(_ degrees: Double) throws -> Appearance { try Self.appearance(Self.disc(light: degrees, strength: 25, stripes: 25)) }
        let all = try stride(from: 0.0, to: 360, by: 45).map(lit)
        let naive = try #require(LightFixation(lit(90)))
        let informed = try #require(LightFixation(lit(90), others: all))
        func mean(_ light: LightFixation) -> Double { all.compactMap(light.score).reduce(0, +) / Double(all.count) }
        // Things that are lit from everywhere in turn are not fixed, but without renders they seem so.
        #expect(mean(naive) > 0.4 && abs(mean(informed)) < 1e-9)
        #expect(try abs((informed.score(lit(90)) ?? 0) - 1) < 1e-9)
    }
}
