import BreakAScene
import Files
import Images
import TestSupport
import Testing

/// The folder of a scene whose masks are changed.
@Suite struct SceneFolderTests {
    @Test func masksAreReplacedAndThePhotoStays() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/scene"
        let size = PixelSize(width: 20, height: 12)
        let photo = Image(width: 20, height: 12, pixels: (0..<720).map { UInt8($0 * 7 % 251) })
        let masks = try (1...3).map { try Mask.filled(Float($0) / 3, size: size) }
        let before = try Scene(image: photo, masks: masks, names: ["a", "b", "c"], title: "scene", fit: .pad)
        try SceneFolder.save(before, to: path)
        let bytes = try ReadableFile.contents(path + "/img.png")
        let after = try Scene(image: photo, masks: [masks[2]], names: ["c"], title: "scene")
        try SceneFolder.replaceMasks(of: path, by: after)
        #expect(FileSystem.contents(path).sorted() == ["img.png", "mask0.png", "names.json"])
        #expect(try SceneFolder.load(path) == after && ReadableFile.contents(path + "/img.png") == bytes)
        #expect(SceneFolder.photo(in: path) == path + "/img.png" && SceneFolder.photo(in: folder.path) == nil)
        #expect(throws: SceneError.noPhoto(path: folder.path)) { try SceneFolder.replaceMasks(of: folder.path, by: after) }
    }
}
