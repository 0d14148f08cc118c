import Images
import Testing
import World

/// The same seed gives the same bytes, and one part of a scene changes without the others.
@Suite struct VariationTests {
    private static let base = SceneRequest(names: ["dog", "chair", "elephant"], side: 128, seed: 7)

    @Test func theSameSeedGivesTheSameBytes() throws {
        let (a, b) = (try Stage().draw(Self.base), try Stage().draw(Self.base))
        #expect(a == b)
        var other = Self.base
        other.seed = 8
        #expect(try Stage().draw(other).image != a.image)
    }

    @Test func lightLeavesMasksAsTheyAre() throws {
        let stage = try Stage()
        let drawn = try stage.draw(Self.base)
        for light in stage.recipe.lights where light.name != drawn.scene.light {
            let lit = try stage.draw(drawn, SceneChange(light: light.name))
            #expect(lit.masks == drawn.masks && lit.fullMasks == drawn.fullMasks && lit.image != drawn.image)
        }
    }

    /// A 3-D thing lit from the left is brighter on its left.
    @Test func lightComesFromWhereItIsSaid() throws {
        let stage = try Stage()
        func balance(_ light: String) throws -> Double {
            let drawn = try stage.draw(
                SceneRequest(names: ["vase"], areas: [0.15], azimuths: [0], background: "plain", light: light, side: 128, seed: 1))
            let mask = drawn.masks[0]
            let middle = try #require(mask.centroid).x
            var sums = (left: 0.0, right: 0.0), counts = (left: 0.0, right: 0.0)
            for y in 0..<128 {
                for x in 0..<128 where mask[x, y] == 1 {
                    let bright = Double(drawn.image[x, y].luma)
                    if Double(x) < middle {
                        (sums.left, counts.left) = (sums.left + bright, counts.left + 1)
                    } else {
                        (sums.right, counts.right) = (sums.right + bright, counts.right + 1)
                    }
                }
            }
            return sums.left / counts.left - sums.right / counts.right
        }
        let (left, right) = (try balance("left"), try balance("right"))
        #expect(left > right + 4, "left \(left), right \(right)")
    }

    @Test func backgroundLeavesMasksAsTheyAre() throws {
        let stage = try Stage()
        let drawn = try stage.draw(Self.base)
        let elsewhere = try stage.draw(drawn, SceneChange(redraw: [.background], seed: 99))
        #expect(elsewhere.masks == drawn.masks && elsewhere.scene.things == drawn.scene.things && elsewhere.image != drawn.image)
        let named = try stage.draw(drawn, SceneChange(background: "night"))
        #expect(named.scene.background == "night" && named.masks == drawn.masks)
    }

    @Test func posesChangeAndPlacesStay() throws {
        let stage = try Stage()
        let drawn = try stage.draw(SceneRequest(names: ["dog", "chair"], azimuths: [0], side: 128, seed: 7))
        let turned = try stage.draw(drawn, SceneChange(azimuths: [315]))
        #expect(turned.poses.map { $0?.azimuth } == [315, 315] && turned.masks != drawn.masks)
        for (a, b) in zip(turned.scene.things, drawn.scene.things) {
            #expect(a.x == b.x && a.base == b.base && a.scale == b.scale && a.object == b.object)
        }
        #expect(turned.scene.background == drawn.scene.background && turned.scene.light == drawn.scene.light)
    }

    @Test func placesChangeAndSizesStay() throws {
        let stage = try Stage()
        let drawn = try stage.draw(SceneRequest(count: 3, areas: [0.04], side: 128, seed: 7))
        let moved = try stage.draw(drawn, SceneChange(redraw: [.places], seed: 12))
        #expect(moved.scene.things.map(\.scale) == drawn.scene.things.map(\.scale))
        #expect(moved.scene.things.map(\.x) != drawn.scene.things.map(\.x))
        #expect(moved.scene.things.map(\.pose) == drawn.scene.things.map(\.pose) && moved.scene.light == drawn.scene.light)
    }

    /// A scene that is drawn larger shows the same.
    @Test func sizeOfThePictureChangesNothingElse() throws {
        let stage = try Stage()
        let drawn = try stage.draw(Self.base)
        let large = try stage.draw(drawn, SceneChange(side: 256))
        for (a, b) in zip(drawn.fullMasks, large.fullMasks) { #expect(abs(a.areaFraction - b.areaFraction) < 0.1 * a.areaFraction) }
        let small = try large.image.resized(to: PixelSize(width: 128, height: 128), .box)
        #expect(try small.psnr(drawn.image) > 20)
    }
}
