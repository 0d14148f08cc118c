import BreakAScene
import Cancelling
import Files
import Images
import Language
import Loopback
import Synchronization
import TestSupport
import Testing

@testable import MaskEditor

/// The page's server: what it answers, saves and refuses.
@Suite struct MaskEditorTests {
    /// An editor that runs in a folder of its own.
    private final class Stage: Sendable {
        let folder: TemporaryFolder
        let photo = Image(width: 48, height: 48, pixels: (0..<48 * 48 * 3).map { UInt8($0 * 7 % 251) })
        let interrupt = Interrupt()
        let client: HTTPClient
        let token: String
        let outcome = Mutex<(end: MaskEditor.End, hasUnsaved: Bool)?>(nil)

        init(scene: Scene? = nil, folder: TemporaryFolder? = nil, _ change: (inout MaskEditor.Settings) -> Void = { _ in }) throws {
            let folder = try folder ?? TemporaryFolder()
            self.folder = folder
            var settings = MaskEditor.Settings(name: "photo", folder: folder.path + "/photo_scene")
            settings.draftFolder = folder.path + "/drafts"
            change(&settings)
            let editor = try MaskEditor(photo: photo, scene: scene, settings)
            let parts = editor.address.split(separator: "/")
            client = HTTPClient(port: UInt16(parts[1].split(separator: ":")[1]) ?? 0)
            token = String(parts[2])
            // Serving blocks its thread, which must not be one of those that tasks use.
            OwnThread.detached { [self] in
                let outcome = editor.serve(interrupt)
                self.outcome.withLock { $0 = outcome }
            }
        }

        func post(_ wish: JSON) -> (status: Int, text: String, json: JSON?) {
            let answer = client.request("POST", "/\(token)/do", headers: ["Content-Type": "application/json"], body: wish.text())
            return (answer.status, answer.body, try? JSON.parse(answer.body))
        }

        var state: JSON? { try? JSON.parse(client.request("GET", "/\(token)/state").body) }

        /// Paints boxes; returns the status.
        func paint(_ boxes: [PixelRect], names: [String] = [], revision: Int? = nil) -> Int {
            let masks = boxes.enumerated().map { index, box in
                let mask = Mask(
                    width: 48, height: 48,
                    values: (0..<48 * 48).map {
                        box.x0..<box.x1 ~= $0 % 48 && box.y0..<box.y1 ~= $0 / 48 ? 1 : 0
                    })
                return (index, index < names.count ? names[index] : "", MaskRuns(mask))
            }
            guard case .object(let message) = MaskDraftTests.message(masks) else { return 0 }
            let known = revision ?? state?["revision"]?.intValue ?? -1
            let head: [(String, JSON)] = [("do", "change"), ("revision", JSON(known))]
            return post(.object(JSONObject(head + message.members.map { ($0, $1) }))).status
        }
    }

    private let cup = PixelRect(x0: 3, y0: 3, x1: 23, y1: 23)
    private let ball = PixelRect(x0: 25, y0: 20, x1: 45, y1: 44)

    @Test func aSceneIsPaintedAndSaved() throws {
        let stage = try Stage()
        for path in ["", "style.css", "script.js", "icon.svg"] {
            #expect(stage.client.request("GET", "/\(stage.token)/\(path)").status == 200, "\(path)")
        }
        #expect(stage.client.request("GET", "/\(stage.token)/picture.png").head.contains("image/png"))
        #expect(stage.client.request("GET", "/\(stage.token)/other").status == 404)
        #expect(stage.client.request("GET", "/state").status == 403)
        #expect(stage.paint([cup, ball], names: ["cup"]) == 200)
        let folder = stage.folder.path + "/photo_scene"
        let saved = stage.post(["do": "save", "folder": .string("  \(folder)/ ")])
        #expect(saved.status == 200 && saved.json?["saved"]?.boolValue == true && saved.json?["own"]?.stringValue == folder)
        let scene = try SceneFolder.load(folder)
        #expect(scene.image == stage.photo && scene.names == ["cup", "mask 1"])
        #expect(scene.masks.map { $0.boundingBox() } == [cup, ball])
        // The same folder is this scene's: fewer masks replace it.
        #expect(stage.paint([ball]) == 200)
        #expect(stage.post(["do": "save", "folder": .string(folder)]).status == 200)
        #expect(try SceneFolder.load(folder).masks.count == 1)
        #expect(stage.post(["do": "end"]).status == 200)
        #expect(waitUntil { stage.outcome.withLock { $0 != nil } })
        let outcome = stage.outcome.withLock { $0 }
        guard case .left? = outcome?.end else {
            Issue.record("not ended by the page")
            return
        }
        #expect(outcome?.hasUnsaved == false)
    }

    @Test func whatCannotBeSavedIsRefused() throws {
        let stage = try Stage()
        let folder = stage.folder.path
        #expect(stage.post(["do": "save", "folder": .string(folder + "/a")]).text.contains("no mask"))
        #expect(stage.paint([cup, PixelRect(x0: 0, y0: 0, x1: 0, y1: 0)]) == 200)
        #expect(stage.post(["do": "save", "folder": .string(folder + "/a")]).text.contains("mask 1 is empty"))
        #expect(stage.paint([cup, cup], names: ["a", "b"]) == 200)
        #expect(stage.post(["do": "save", "folder": .string(folder + "/a")]).text.contains("a and b are identical"))
        #expect(stage.paint([cup]) == 200)
        try FileSystem.createFolder(folder + "/taken")
        try AtomicFile.write(folder + "/taken/letter.txt", text: "mine")
        try AtomicFile.write(folder + "/file", text: "mine")
        for target in ["/taken", "/file"] {
            let answer = stage.post(["do": "save", "folder": .string(folder + target)])
            #expect(answer.status == 409 && answer.text.contains("there already"), "\(target)")
        }
        for target in ["", "   ", "/", "a\u{0}b", "a\nb"] {
            #expect(stage.post(["do": "save", "folder": .string(target)]).status == 409, "\(target)")
        }
        #expect(stage.post(["do": "save", "folder": .string(folder + "/none/there")]).text.contains("not saved"))
        #expect(FileSystem.contents(folder).sorted() == ["drafts", "file", "taken"])
        for wish: JSON in ["x", [:], ["do": "dance"], ["do": "change"], ["do": "save"], ["do": "guess", "count": 2]] {
            #expect([400, 409].contains(stage.post(wish).status), "\(wish)")
        }
        #expect(stage.client.request("POST", "/\(stage.token)/do", body: "{}").status == 415)
        #expect(stage.paint([ball], revision: 0) == 409)
        stage.interrupt.request()
        #expect(waitUntil { stage.outcome.withLock { $0 != nil } })
        #expect(stage.outcome.withLock { $0?.hasUnsaved } == true)
        // The next editor goes on with them, or discards them.
        let next = try Stage(folder: stage.folder)
        #expect(next.state?["restored"]?.boolValue == true && next.state?["masks"]?.arrayValue?.count == 1)
        #expect(next.post(["do": "discard"]).json?["masks"]?.arrayValue?.isEmpty == true)
        #expect(FileSystem.contents(folder + "/drafts").isEmpty)
        next.interrupt.request()
        #expect(waitUntil { next.outcome.withLock { $0 != nil } })
    }

    @Test func aSceneComesBackAsAValue() throws {
        let stage = try Stage {
            ($0.wantsScene, $0.title) = (true, "mine")
            $0.guess = { image, count in
                guard count < 3 else { throw Problem(.failed, "too many") }
                return try (0..<count).map { place in
                    try Mask.filled(1, size: image.size) - Mask.filled(Float(place), size: image.size)
                }
            }
        }
        #expect(stage.state?["guesses"]?.boolValue == true)
        #expect(stage.post(["do": "guess", "count": 2]).json?["masks"] == [[0, 2304], [2304]])
        #expect(stage.post(["do": "guess", "count": 3]).text.contains("too many"))
        #expect(stage.post(["do": "guess", "count": 9]).status == 400)
        #expect(stage.post(["do": "use"]).status == 409)
        #expect(stage.paint([cup], names: ["cup"]) == 200)
        #expect(stage.post(["do": "use"]).status == 200)
        #expect(waitUntil { stage.outcome.withLock { $0 != nil } })
        guard case .scene(let scene)? = stage.outcome.withLock({ $0?.end }) else {
            Issue.record("no scene")
            return
        }
        #expect(scene.title == "mine" && scene.names == ["cup"] && scene.masks[0].boundingBox() == cup)
    }
}
