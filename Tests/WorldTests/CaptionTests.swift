import Testing
import World

/// Captions say what is there, from left to right, and nothing that cannot be seen.
@Suite struct CaptionTests {
    @Test(arguments: 1...6) func thingsAreNamedFromLeftToRight(_ count: Int) throws {
        let drawn = try Stage().draw(SceneRequest(count: count, side: 128, seed: count))
        let order = drawn.scene.things.indices.sorted { drawn.scene.things[$0].x < drawn.scene.things[$1].x }
        var rest = drawn.caption[...]
        for index in order {
            let found = try #require(rest.firstRange(of: drawn.objects[index].name), "\(drawn.objects[index].name) in \(drawn.caption)")
            rest = rest[found.upperBound...]
        }
        #expect(drawn.caption.hasPrefix("a photo of "))
        let phrases = try Stage().recipe.background(drawn.scene.background).phrases
        #expect(phrases.contains { drawn.caption.hasSuffix($0) })
    }

    /// Two things, of which the nearer hides nine tenths of the other.
    @Test func whatIsHiddenIsNotNamed() throws {
        let drawn = try Stage().draw(SceneRequest(names: ["strawberry", "gift"], areas: [0.03, 0.1], overlap: 0.8, side: 128, seed: 2))
        let far = try #require(drawn.hidden.firstIndex { $0 > 0.7 })
        #expect(!drawn.caption.contains(drawn.objects[far].name) && drawn.caption.contains(drawn.objects[1 - far].name))
    }

    @Test func coloursSizesAndPlacesAreTold() throws {
        let stage = try Stage()
        let chair = try stage.draw(
            SceneRequest(names: ["chair", "elephant"], areas: [0.15, 0.03], background: "plain", light: "above", side: 128, seed: 1))
        #expect(chair.description.contains("large blue chair"), "\(chair.description)")
        #expect(chair.description.contains("to the left of"))
        let behind = try stage.draw(SceneRequest(names: ["dog", "chair"], areas: [0.08], overlap: 0.3, side: 128, seed: 1))
        #expect(behind.description.contains(" behind ") || behind.description.contains(" in front of "))
    }

    @Test func articlesFitTheNoun() throws {
        #expect(
            try Stage().draw(SceneRequest(names: ["elephant"], background: "snow", side: 96, seed: 1)).caption
                == "a photo of an elephant in the snow")
        let sneakers = try Stage().draw(SceneRequest(names: ["sneakers"], background: "snow", side: 96, seed: 1))
        #expect(sneakers.caption == "a photo of sneakers in the snow")
    }
}
