import Files
import Images
import Testing
import World

/// The scenes and things that ship are whole, held out, licensed, and small.
@Suite struct PackTests {
    private static let names = FileSystem.contents(Stage.folder + "/scenes").sorted()

    @Test func thereAreTwentyFourScenesOfOneToEightThings() throws {
        let library = try Stage().library
        let scenes = try Self.names.map { try WorldFolder.load(Stage.folder + "/scenes/\($0)", library: library) }
        #expect(scenes.count == 24 && Set(scenes.map(\.objects.count)).isSuperset(of: [1, 2, 3, 4, 5, 6, 8]))
        #expect(scenes.contains { scene in scene.hidden.contains { $0 > 0.1 } })
        #expect(scenes.contains { scene in scene.fullMasks.contains { $0.areaFraction < 0.02 } })
        #expect(Set(scenes.map(\.scene.background)).count >= 10 && Set(scenes.map(\.scene.light)).count == 3)
    }

    /// Photo, masks and captions are those that the scene's description gives when it is drawn again; the photo has been through JPEG.
    @Test(arguments: names) func sceneIsDrawnAgainAsItIs(_ name: String) throws {
        let stage = try Stage()
        let stored = try WorldFolder.load(Stage.folder + "/scenes/\(name)", library: stage.library)
        // Without optimization a full-size background takes seconds: the small ones prove the same.
        guard stored.scene.things.count <= 3, name.utf8.first.map({ $0 < UInt8(ascii: "h") }) ?? false else { return }
        let drawn = try stage.renderer.render(stored.scene)
        #expect(drawn.masks == stored.masks && drawn.fullMasks == stored.fullMasks)
        #expect(drawn.caption == stored.caption && drawn.description == stored.description)
        #expect(try drawn.image.psnr(stored.image) > 30)
    }

    @Test func allThingsAreHeldOutAndLicensed() throws {
        let stage = try Stage()
        let text = String(decoding: try ReadableFile.contents(Stage.folder + "/recipe.json"), as: UTF8.self)
        let recipe = try JSON.parse(text)
        let held = Set(
            ["models", "stamps"].flatMap { recipe[$0]?["objects"]?.arrayValue ?? [] }.filter { $0["held"]?.boolValue == true }
                .compactMap { $0["id"]?.stringValue })
        #expect(held.count == 44 + 42)
        for object in stage.library.objects {
            #expect(object.isHeldOut && held.contains(object.id), "\(object.id)")
            #expect(["GPL-2", "CC0-1.0", "CC-BY-3.0", "CC-BY-3.0-US"].contains(object.license) && !object.attribution.isEmpty)
        }
        let kinds = Dictionary(grouping: stage.library.objects, by: \.kind)
        #expect((kinds[.model] ?? []).allSatisfy { $0.poses.count >= 3 && $0.lights.count == 3 })
        #expect((kinds[.model] ?? []).count >= 28 && (kinds[.cutOut] ?? []).count >= 12)
    }

    /// Of the 3-D models one in eight is held out, and of each word that is held out there may be another that is not.
    @Test func oneModelInEightIsHeldOut() throws {
        let recipe = try JSON.parse(try ReadableFile.contents(Stage.folder + "/recipe.json"))
        let models = try #require(recipe["models"]?["objects"]?.arrayValue)
        let held = models.filter { $0["held"]?.boolValue == true }.count
        #expect(abs(Double(held) / Double(models.count) - 1 / 8) < 0.01)
        #expect(Set(models.compactMap { $0["id"]?.stringValue }).count == models.count)
    }

    @Test func theRecipeFitsTheCode() throws {
        let recipe = try Stage().recipe
        for background in recipe.backgrounds {
            #expect(throws: Never.self) { try Stage().draw(SceneRequest(names: ["dog"], background: background.name, side: 64)) }
        }
        #expect(recipe.laws.longestSide.count == ScenePlanner.mostThings && recipe.drawnStyles.first?.name == "photo")
    }

    @Test func thePackIsSmall() throws {
        func bytes(_ path: String) throws -> Int {
            guard FileSystem.isFolder(path) else { return try ReadableFile(path).size }
            return try FileSystem.contents(path).reduce(0) { try $0 + bytes("\(path)/\($1)") }
        }
        let total = try bytes(Stage.folder + "/scenes") + bytes(Stage.folder + "/pack")
        #expect(total < 1_500_000, "\(total) bytes")
    }
}
