import BreakAScene
import Files
import Images
import TestSupport
import Testing

@testable import MaskEditor

/// Masks on their way between the page and the scene.
@Suite struct MaskDraftTests {
    private static func disc(_ size: PixelSize, _ x: Int, _ y: Int, _ radius: Int, value: Float = 1) -> Mask {
        var values = [Float](repeating: 0, count: size.width * size.height)
        for row in 0..<size.height {
            for column in 0..<size.width where (column - x) * (column - x) + (row - y) * (row - y) <= radius * radius {
                values[row * size.width + column] = value
            }
        }
        return Mask(width: size.width, height: size.height, values: values)
    }

    private static func photo(_ width: Int, _ height: Int) -> Image {
        Image(width: width, height: height, pixels: (0..<width * height * 3).map { UInt8($0 * 13 % 251) })
    }

    static func message(_ masks: [(id: Int, name: String, runs: MaskRuns)], fit: String = "crop") -> JSON {
        ["fit": .string(fit), "masks": .array(masks.map { ["id": JSON($0.id), "name": .string($0.name), "runs": $0.runs.json] })]
    }

    @Test func runsAreTheMask() throws {
        let size = PixelSize(width: 37, height: 23)
        for mask in [
            Self.disc(size, 10, 9, 6), Self.disc(size, 0, 0, 4), try Mask.filled(0, size: size), try Mask.filled(1, size: size),
        ] {
            let runs = MaskRuns(mask)
            #expect(runs.mask == mask)
            #expect(MaskRuns(runs.json, size: size) == runs)
            #expect(runs.isEmpty == mask.isEmpty)
        }
        #expect(MaskRuns(try Mask.filled(1, size: size)).lengths == [0, 37 * 23])
    }

    @Test(arguments: [
        "[]", "[3]", "[13]", "[4, 8, 1]", "[4, -1, 9]", "[4, 0, 8]", "[4.5, 7.5]", "[\"12\"]", "{}", "12", "null",
        "[9223372036854775807, 1]", "[12, 0]",
    ])
    func otherRunsAreRefused(_ text: String) throws {
        #expect(MaskRuns(try JSON.parse(text), size: PixelSize(width: 4, height: 3)) == nil)
        #expect(MaskRuns(nil, size: PixelSize(width: 4, height: 3)) == nil)
    }

    @Test func aLargePhotoIsPaintedSmallerAndSavedWhole() throws {
        var draft = try MaskDraft(photo: Self.photo(1280, 960))
        #expect(draft.size == PixelSize(width: 1024, height: 768))
        let painted = Self.disc(draft.size, 500, 300, 120)
        let small = MaskRuns(Self.disc(draft.size, 100, 100, 50))
        draft = try #require(draft.taking(Self.message([(0, "  cup\n ", MaskRuns(painted)), (5, "", small)], fit: "pad")))
        let scene = try draft.scene(title: "mine")
        #expect(scene.masks[0].size == draft.photo.size && scene.names == ["cup", "mask 1"] && scene.fit == .pad && scene.title == "mine")
        let exact = Self.disc(draft.photo.size, 625, 375, 150)
        #expect(try scene.masks[0].overlap(with: exact) > 0.98)
        #expect(scene.masks[0].values.allSatisfy { $0 == 0 || $0 == 1 })
    }

    @Test func whatWasNotTouchedStays() throws {
        let photo = Self.photo(1100, 800)
        // Soft, and so faint that the page shows nothing of it.
        let soft = try Self.disc(photo.size, 400, 400, 200).feathered(sigma: 8)
        let faint = Self.disc(photo.size, 800, 500, 100, value: 0.2)
        let scene = try Scene(image: photo, masks: [soft, faint], names: ["a", "b"], title: "old")
        var draft = try MaskDraft(photo: photo, scene: scene)
        #expect(draft.layers.map(\.name) == ["a", "b"])
        #expect(try draft.scene(title: "old") == scene)
        // A message that only renames, and changes the order.
        let renamed = Self.message(draft.layers.reversed().map { ($0.id, "new \($0.name)", $0.runs) })
        draft = try #require(draft.taking(renamed))
        #expect(try draft.scene(title: "old").masks == [faint, soft])
        draft.layers[1].runs = MaskRuns(Self.disc(draft.size, 30, 30, 20))
        #expect(try draft.scene(title: "old").masks[0] == faint)
        #expect(try draft.scene(title: "old").masks[1] != soft)
        draft.layers[0].runs = MaskRuns(empty: draft.size)
        // Clearing a mask that shows nothing changes nothing of it.
        #expect(try draft.scene(title: "old").masks[0] == faint)
        draft.layers[1].runs = MaskRuns(empty: draft.size)
        #expect(throws: SceneError.maskEmpty(index: 1)) { try draft.scene(title: "old") }
    }

    @Test func damagedMessagesChangeNothing() throws {
        var draft = try MaskDraft(photo: Self.photo(40, 30))
        let runs = MaskRuns(Self.disc(draft.size, 10, 10, 5))
        let good = Self.message([(1, "a", runs)])
        draft = try #require(draft.taking(good))
        for text in [
            "{}", "[]", "{\"masks\": []}", "{\"fit\": \"wide\", \"masks\": []}", "{\"fit\": \"crop\", \"masks\": [{}]}",
            "{\"fit\": \"crop\", \"masks\": [{\"id\": 1, \"name\": \"a\", \"runs\": [3]}]}",
            "{\"fit\": \"crop\", \"masks\": [{\"id\": 1.5, \"name\": \"a\", \"runs\": [1200]}]}",
        ] {
            #expect(try draft.taking(JSON.parse(text)) == nil, "\(text)")
        }
        #expect(draft.taking(Self.message([(1, "a", runs), (1, "b", runs)])) == nil)
        #expect(draft.taking(Self.message((0...MaskDraft.mostMasks).map { ($0, "", runs) })) == nil)
        #expect(draft.layers.map(\.name) == ["a"])
        draft = try #require(draft.taking(Self.message([(2, String(repeating: "x", count: 500) + "\u{1b}[31m", runs)])))
        #expect(draft.layers[0].name == String(repeating: "x", count: MaskDraft.longestName))
    }

    @Test func theReportSaysWhatCheckSays() throws {
        var draft = try MaskDraft(photo: Self.photo(160, 160))
        let runs = [Self.disc(draft.size, 40, 40, 30), try Mask.filled(0, size: draft.size), Self.disc(draft.size, 100, 120, 8)].map(
            MaskRuns.init)
        draft = try #require(draft.taking(Self.message([(0, "cup", runs[0]), (1, "lid", runs[1]), (2, "pea", runs[2])])))
        let json = DraftReport(draft).json
        let masks = try #require(json["masks"]?.arrayValue)
        #expect(masks[0]["cells"]?.arrayValue?.count == (try SceneReport.attentionCells(runs[0].mask)))
        #expect(masks[1] == .null && masks[2]["area"]?.doubleValue == runs[2].mask.areaFraction)
        #expect(json["frame"] == [0, 0, 160, 160])
        let warnings = json["warnings"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(warnings.contains { $0.hasPrefix("lid is empty") } && warnings.contains { $0.hasPrefix("pea is small") })
        #expect(!warnings.contains { $0.contains("cup is") })
    }

    @Test func draftsOutliveTheProgram() throws {
        let folder = try TemporaryFolder()
        let photo = Self.photo(40, 30)
        var draft = try MaskDraft(photo: photo)
        let store = DraftStore(photo, name: "../a b", folder: folder.path + "/kept")
        #expect(store.restored(draft) == nil)
        let runs = MaskRuns(Self.disc(draft.size, 10, 10, 5))
        draft = try #require(draft.taking(Self.message([(3, "a", runs)])))
        try store.keep(draft)
        let other = try MaskDraft(photo: photo)
        #expect(DraftStore(photo, name: "../a b", folder: folder.path + "/kept").restored(other)?.isSame(as: draft) == true)
        // Another photo of the same name has none.
        let foreign = try MaskDraft(photo: Self.photo(30, 40))
        #expect(DraftStore(foreign.photo, name: "../a b", folder: folder.path + "/kept").restored(foreign) == nil)
        let kept = try #require(FileSystem.contents(folder.path + "/kept").first)
        for damage in ["", "{", "{\"photo\": 1}", "[[[["] {
            try AtomicFile.write("\(folder.path)/kept/\(kept)", text: damage)
            #expect(store.restored(other) == nil)
        }
        store.forget()
        #expect(FileSystem.contents(folder.path + "/kept").isEmpty)
    }
}
