import Images
import Testing
import World

/// What is asked for is what is drawn, by measurement.
@Suite struct ControlTests {
    @Test(arguments: [0.015, 0.05, 0.12, 0.15]) func areasAreMet(_ area: Double) throws {
        let drawn = try Stage().draw(SceneRequest(names: ["gift", "hamburger"], areas: [area], side: 192, seed: 3))
        for mask in drawn.fullMasks { #expect(abs(mask.areaFraction - area) < 0.06 * area, "\(mask.areaFraction) for \(area)") }
    }

    @Test func eachThingMayHaveItsArea() throws {
        let areas = [0.15, 0.03, 0.07]
        let drawn = try Stage().draw(SceneRequest(names: ["gift", "dog", "vase"], areas: areas, side: 192, seed: 4))
        for (mask, area) in zip(drawn.fullMasks, areas) { #expect(abs(mask.areaFraction - area) < 0.06 * area) }
    }

    /// With an overlap every thing but the nearest of its row is hidden by as much; without one nothing is hidden.
    @Test(arguments: [0, 0.1, 0.3, 0.6], [2, 3]) func overlapsAreMet(_ overlap: Double, _ count: Int) throws {
        for seed in 1...3 {
            let drawn = try Stage().draw(
                SceneRequest(
                    names: Array(["gift", "hamburger", "soccer ball"].prefix(count)), areas: [0.05], overlap: overlap, side: 192, seed: seed
                ))
            let hidden = drawn.hidden.sorted()
            #expect(hidden[0] == 0)
            for share in hidden.dropFirst() { #expect(abs(share - overlap) < 0.04, "\(hidden) for \(overlap), seed \(seed)") }
        }
    }

    @Test(arguments: 1...8) func thingsStayInThePicture(_ count: Int) throws {
        let drawn = try Stage().draw(SceneRequest(count: count, side: 128, seed: count))
        #expect(drawn.masks.count == count && drawn.hidden.allSatisfy { $0 == 0 })
        for mask in drawn.fullMasks {
            let box = try #require(mask.boundingBox())
            #expect(box.x0 > 0 && box.y0 > 0 && box.x1 < 128 && box.y1 < 128)
        }
        #expect(Set(drawn.objects.map(\.id)).count == count)
    }

    @Test(arguments: 0..<4) func pairsAreOfOneClass(_ seed: Int) throws {
        let scene = try Stage().planner.scene(SceneRequest(count: 3, sameClass: true, side: 96, seed: seed))
        let objects = try scene.things.map { try Stage().library.object($0.object) }
        #expect(objects[0].className != nil && objects[0].className == objects[1].className && objects[0] != objects[1])
    }

    @Test func posesBackgroundsLightsAndStylesAreTaken() throws {
        let stage = try Stage()
        let drawn = try stage.draw(
            SceneRequest(names: ["dog"], azimuths: [300], background: "snow", light: "right", style: "bw", side: 96, seed: 1))
        #expect(drawn.scene.background == "snow" && drawn.scene.light == "right" && drawn.scene.style == "bw")
        #expect(drawn.poses[0]?.azimuth == 315)
        #expect(stride(from: 0, to: drawn.image.pixels.count, by: 3).allSatisfy { drawn.image.pixels[$0] == drawn.image.pixels[$0 + 2] })
        #expect(drawn.caption.hasPrefix("a black and white photo of a dog"))
    }

    @Test(arguments: [64, 128, 333]) func everyBackgroundAndStyleIsDrawnAtEverySize(_ side: Int) throws {
        let stage = try Stage()
        for background in stage.recipe.backgrounds where side < 200 || ["plain", "tiles"].contains(background.name) {
            let drawn = try stage.draw(SceneRequest(names: ["dog"], background: background.name, side: side, seed: 1))
            #expect(drawn.image.width == side && drawn.image.range.high > drawn.image.range.low)
        }
        for style in stage.recipe.drawnStyles {
            #expect(
                try stage.draw(SceneRequest(names: ["dog"], background: "plain", style: style.name, side: 64, seed: 1)).image.width == 64)
        }
    }
}
