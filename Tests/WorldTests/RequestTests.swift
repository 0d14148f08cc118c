import Files
import Images
import TestSupport
import Testing
import World

/// Requests that cannot be met end in an error that says why.
@Suite struct RequestTests {
    private func error(_ request: SceneRequest) -> WorldError? {
        do { _ = try Stage().draw(request) } catch let error as WorldError { return error } catch { Issue.record("\(error)") }
        return nil
    }

    @Test func countsAreOneToEight() {
        for count in [0, 9, -1, Int.max] { #expect(error(SceneRequest(count: count)) == .thingCount(count)) }
    }

    @Test func namesAreKnown() {
        guard case .unknownThing("unicorn", _) = error(SceneRequest(names: ["unicorn"])) else {
            Issue.record("a unicorn was found")
            return
        }
        #expect(error(SceneRequest(count: 1, background: "moon")).map { "\($0)" } == "there is no background \"moon\"")
        #expect(error(SceneRequest(count: 1, light: "below")).map { "\($0)" } == "there is no light \"below\"")
        #expect(error(SceneRequest(count: 1, style: "cubist")).map { "\($0)" } == "there is no style \"cubist\"")
        #expect(WorldError.unknownThing("do", nearest: ["dog"]).help == "did you mean \"dog\"?")
    }

    /// The pack has held-out things only; a library with both gives those that were asked for.
    @Test func splitsAreKept() throws {
        #expect(error(SceneRequest(names: ["dog"], split: .trained)) == .otherSplit("dog"))
        #expect(error(SceneRequest(count: 2, split: .trained)) == .tooFewThings(wanted: 2, found: 0))
        #expect(try Stage().planner.scene(SceneRequest(count: 2, split: .all, side: 96)).things.count == 2)
    }

    @Test func synonymsAreUnderstood() throws {
        let stage = try Stage()
        let scene = try stage.planner.scene(SceneRequest(names: ["couch", "automobile", "animal"], side: 96))
        let names = try scene.things.map { try stage.library.object($0.object) }
        #expect(names[0].name == "sofa" && names[1].name.hasSuffix("car") && names[2].className == "animal")
    }

    @Test func numbersLieInTheirRanges() {
        #expect(error(SceneRequest(count: 1, side: 32)) == .outOfRange("side", "64 to 1024 pixels, not 32"))
        #expect(error(SceneRequest(count: 1, overlap: 0.95)) == .outOfRange("overlap", "0 to 0.9, not 0.95"))
        #expect(error(SceneRequest(count: 1, areas: [0.7])) == .outOfRange("area", "0.002 to 0.6 of the picture, not 0.7"))
        #expect(error(SceneRequest(count: 1, areas: [.nan])) != nil)
        #expect(error(SceneRequest(count: 2, areas: [0.1, 0.1, 0.1])) == .listLength("area", values: 3, things: 2))
        #expect(error(SceneRequest(count: 2, azimuths: [0, 1, 2])) == .listLength("azimuth", values: 3, things: 2))
        #expect(error(SceneRequest(count: 1, azimuths: [.infinity])) != nil)
    }

    /// Things that are too large are refused, with an area that is not.
    @Test func areasThatDoNotFitAreRefused() throws {
        guard case .doesNotFit(4, let share) = error(SceneRequest(count: 4, areas: [0.3], side: 96)) else {
            Issue.record("four things of three tenths did fit")
            return
        }
        #expect(share > 0.01 && share < 1)
        _ = try Stage().draw(SceneRequest(count: 4, areas: [0.3 * share * 0.98], side: 96))
    }

    /// A thin thing hides little, wherever it stands.
    @Test func whatCannotHideIsRefused() {
        #expect(error(SceneRequest(names: ["lamp", "guitar"], areas: [0.02], overlap: 0.9, side: 128)) == .cannotHide(overlap: 0.9))
    }

    @Test func aMissingLibraryIsNamed() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: WorldError.self) { try ObjectLibrary(folder.path + "/none", isCache: true) }
        #expect(error?.help?.contains("make setup-world") == true && error?.description.contains("none/index.json") == true)
        for text in [
            "", "[]", "{\"objects\": [{}]}",
            "{\"objects\": [{\"id\": \"a\", \"file\": \"../a\", \"name\": \"a\", \"kind\": \"model\", \"license\": \"x\"}]}",
        ] {
            try AtomicFile.write(folder.path + "/index.json", text: text)
            #expect(throws: WorldError.self) { try ObjectLibrary(folder.path) }
        }
        #expect(throws: WorldError.self) { try Recipe(contentsOf: folder.path + "/index.json") }
    }

    /// A description from a file cannot ask for more memory than a picture needs.
    @Test func aThingFarLargerThanThePictureIsRefused() throws {
        let stage = try Stage()
        var scene = try stage.planner.scene(SceneRequest(names: ["dog"], side: 64))
        scene.things[0].scale = 0.9
        #expect(throws: WorldError.self) { try stage.renderer.render(scene) }
        scene.things[0].scale = 0.004
        scene.things[0].x = 2
        #expect(throws: WorldError.hidden(["dog"])) { try stage.renderer.render(scene) }
    }

    @Test func aFolderWithoutTruthIsRefused() throws {
        let (folder, stage) = (try TemporaryFolder(), try Stage())
        #expect(throws: WorldError.self) { try WorldFolder.load(folder.path, library: stage.library) }
        for text in ["{}", "{\"side\": 128}", "nothing"] {
            try AtomicFile.write(folder.path + "/world.json", text: text)
            #expect(throws: WorldError.self) { try WorldFolder.load(folder.path, library: stage.library) }
        }
    }
}
