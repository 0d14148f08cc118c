import BreakAScene
import Cancelling
import Files
import Images

/// Holds the masks that a page paints, and does what the page asks for, one thing after the other.
actor MaskDesk {
    /// Why a wish is not fulfilled, with the status of the answer.
    struct Refusal: Error {
        var status = 409
        var reason: String
    }

    private let settings: MaskEditor.Settings
    private var draft: MaskDraft
    /// What the scene's folder holds, or what the page began with.
    private var saved: MaskDraft
    /// The folder in which the masks were saved, or from which they came: saving there again replaces them.
    private var ownFolder: String?
    private let store: DraftStore
    /// The number of the last change: a page that knows an older one has been left behind by another.
    private var revision = 0
    private var isRestored: Bool
    private var isGuessing = false
    /// How the page's person ended the editing; nil as long as it goes on.
    private(set) var end: MaskEditor.End?

    init(_ draft: MaskDraft, _ settings: MaskEditor.Settings) {
        store = DraftStore(draft.photo, name: settings.name, folder: settings.draftFolder)
        let kept = store.restored(draft)
        isRestored = kept.map { !$0.isSame(as: draft) } ?? false
        (self.draft, saved, self.settings, ownFolder) = (kept ?? draft, draft, settings, settings.openedFolder)
    }

    /// Whether there are masks that no folder holds.
    var hasUnsaved: Bool { !draft.isSame(as: saved) }

    /// Everything that a page begins with.
    var state: JSON {
        let head: [(String, JSON)] = [
            ("name", .string(settings.name)), ("size", [JSON(draft.size.width), JSON(draft.size.height)]),
            ("photo", [JSON(draft.photo.width), JSON(draft.photo.height)]), ("wantsScene", .bool(settings.wantsScene)),
            ("folder", .string(ownFolder ?? settings.folder)), ("restored", .bool(isRestored)),
            ("guesses", .bool(settings.guess != nil)), ("most", JSON(MaskDraft.mostMasks)),
            ("colors", .array(Color.qualitative.map { [JSON(Int($0.red)), JSON(Int($0.green)), JSON(Int($0.blue))] })),
            ("ended", .bool(end != nil)),
        ]
        return .object(JSONObject(head + draft.json.members.map { ($0, $1) } + standing.members.map { ($0, $1) }))
    }

    /// What changes with every change.
    private var standing: JSONObject {
        [
            "revision": JSON(revision), "saved": .bool(!hasUnsaved), "own": ownFolder.map { .string($0) } ?? .null,
            "report": DraftReport(draft).json,
        ]
    }

    /// Does what a page asks for and returns its answer. Throws a `Refusal`.
    func perform(_ wish: JSON) async throws(Refusal) -> JSON {
        guard end == nil else { throw Refusal(status: 410, reason: "the editing has ended") }
        switch wish["do"]?.stringValue {
        case "change": return try change(wish)
        case "discard": return discard()
        case "guess": return try await guess(wish)
        case "save": return try save(wish)
        case "use": return try use()
        case "end":
            end = .left
            return [:]
        default: throw Refusal(status: 400, reason: "the request is not understood")
        }
    }

    private func change(_ wish: JSON) throws(Refusal) -> JSON {
        guard wish["revision"]?.intValue == revision else {
            throw Refusal(reason: "the masks were changed in another tab; reload this page to see them")
        }
        guard let changed = draft.taking(wish) else { throw Refusal(status: 400, reason: "the masks are not understood") }
        draft = changed
        revision += 1
        isRestored = false
        // Nothing that a person paints waits for the folder: the work goes on where it cannot be kept.
        if hasUnsaved { try? store.keep(draft) } else { store.forget() }
        return .object(standing)
    }

    /// Goes back to the masks that are saved.
    private func discard() -> JSON {
        (draft.layers, draft.fit) = (saved.layers, saved.fit)
        revision += 1
        isRestored = false
        store.forget()
        return state
    }

    /// Returns first guesses as runs; nothing changes until the page takes them.
    private func guess(_ wish: JSON) async throws(Refusal) -> JSON {
        guard let guess = settings.guess else { throw Refusal(reason: "there are no guesses here") }
        guard let count = wish["count"]?.intValue, (1...8).contains(count) else {
            throw Refusal(status: 400, reason: "guesses are made for 1 to 8 things")
        }
        guard !isGuessing else { throw Refusal(reason: "guesses are being made already") }
        isGuessing = true
        defer { isGuessing = false }
        let picture = draft.picture
        let result: Result<[Mask], any Error> = await withCheckedContinuation { continuation in
            let isStarted = OwnThread.detached { continuation.resume(returning: Result { try guess(picture, count) }) }
            if !isStarted { continuation.resume(returning: .failure(CancellationError())) }
        }
        switch result {
        case .success(let masks): return ["masks": .array(masks.map { MaskRuns($0).json })]
        case .failure(let error): throw Refusal(reason: "no guesses: \(error)")
        }
    }

    /// Saves the scene. A folder that was there before is only written where the masks came from it.
    private func save(_ wish: JSON) throws(Refusal) -> JSON {
        guard let folder = wish["folder"]?.stringValue.flatMap(Self.cleanPath) else {
            throw Refusal(reason: "give the scene's folder a name")
        }
        let scene = try scene(title: Self.title(folder))
        do {
            if folder == ownFolder {
                try SceneFolder.replaceMasks(of: folder, by: scene)
            } else {
                let found = FileSystem.contents(folder)
                guard found.isEmpty, FileSystem.isFolder(folder) || !FileSystem.exists(folder) else {
                    throw Refusal(reason: "\(folder) is there already; choose another name, so that nothing is overwritten")
                }
                // A mistyped path makes no folders.
                let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? "."
                guard parent.isEmpty || FileSystem.isFolder(parent) else {
                    throw Refusal(reason: "not saved: there is no folder \(parent)")
                }
                try SceneFolder.save(scene, to: folder)
                ownFolder = folder
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(reason: "not saved: \(error)")
        }
        saved = draft
        store.forget()
        settings.note("saved \(folder): \(scene.names.joined(separator: ", "))")
        return .object(standing)
    }

    /// Ends with the scene as a value. No folder holds it: the masks stay kept for the next time.
    private func use() throws(Refusal) -> JSON {
        end = .scene(try scene(title: ownFolder.map(Self.title) ?? settings.title))
        return [:]
    }

    private func scene(title: String) throws(Refusal) -> Scene {
        do {
            return try draft.scene(title: title)
        } catch SceneError.noMasks {
            throw Refusal(reason: "there is no mask yet: paint one")
        } catch SceneError.maskEmpty(let index) {
            throw Refusal(reason: "\(draft.name(index)) is empty: paint it, or delete it")
        } catch SceneError.masksIdentical(let a, let b) {
            throw Refusal(reason: "\(draft.name(a)) and \(draft.name(b)) are identical: two handles cannot be told apart by them")
        } catch {
            throw Refusal(reason: "\(error)")
        }
    }

    /// A path without spaces and slashes at its end; nil for an empty one and one with control characters.
    private static func cleanPath(_ text: String) -> String? {
        var path = Substring(text)
        while let first = path.first, first == " " { path.removeFirst() }
        while let last = path.last, last == " " || last == "/" { path.removeLast() }
        let isClean = path.utf8.count < 4096 && path.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        return path.isEmpty || !isClean ? nil : String(path)
    }

    private static func title(_ folder: String) -> String { folder.split(separator: "/").last.map(String.init) ?? folder }
}
