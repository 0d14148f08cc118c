import Images
import Testing
import World

/// Masks are exact: every pixel has one owner, and full masks hold what other things hide.
@Suite struct MaskTests {
    private static let requests = [
        SceneRequest(count: 1, side: 96, seed: 1), SceneRequest(count: 2, overlap: 0.3, side: 128, seed: 2),
        SceneRequest(count: 3, overlap: 0.5, side: 128, seed: 3), SceneRequest(count: 5, side: 128, seed: 4),
        SceneRequest(count: 8, overlap: 0.15, side: 160, seed: 5),
    ]

    @Test(arguments: requests.indices) func theyPartitionThePicture(_ index: Int) throws {
        let drawn = try Stage().draw(Self.requests[index])
        let all = drawn.masks + [drawn.backgroundMask]
        for pixel in 0..<drawn.image.width * drawn.image.height {
            let owners = all.filter { $0.values[pixel] == 1 }.count
            guard owners == 1, all.allSatisfy({ $0.values[pixel] == 0 || $0.values[pixel] == 1 }) else {
                Issue.record("pixel \(pixel) has \(owners) owners")
                return
            }
        }
        for (visible, full) in zip(drawn.masks, drawn.fullMasks) {
            #expect(zip(visible.values, full.values).allSatisfy { $0 <= $1 })
        }
    }

    /// Where full masks meet, the thing whose foot is lower in the picture has the pixel.
    @Test func theNearestThingHasThePixel() throws {
        let drawn = try Stage().draw(SceneRequest(count: 3, overlap: 0.4, side: 128, seed: 6))
        var contested = 0
        for pixel in 0..<drawn.image.width * drawn.image.height {
            let covering = drawn.fullMasks.indices.filter { drawn.fullMasks[$0].values[pixel] == 1 }
            guard covering.count > 1 else { continue }
            contested += 1
            let nearest = covering.max { (drawn.scene.things[$0].base, $0) < (drawn.scene.things[$1].base, $1) }
            #expect(nearest.map { drawn.masks[$0].values[pixel] } == 1)
        }
        #expect(contested > 50)
    }

    /// What is drawn stands where its mask is: the picture differs from the empty background there.
    @Test func masksAreWhereThingsArePainted() throws {
        let stage = try Stage()
        let drawn = try stage.draw(SceneRequest(names: ["chair"], background: "plain", light: "left", side: 128, seed: 1))
        // The chair is blue, the studio is not.
        let mask = drawn.masks[0]
        var (inside, outside, count) = (0.0, 0.0, 0.0)
        for pixel in 0..<128 * 128 {
            let blueness = Double(drawn.image.pixels[pixel * 3 + 2]) - Double(drawn.image.pixels[pixel * 3])
            if mask.values[pixel] == 1 { (inside, count) = (inside + blueness, count + 1) } else { outside = max(outside, blueness) }
        }
        #expect(inside / count > 60, "mean blueness \(inside / count) inside")
    }
}
