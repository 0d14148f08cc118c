import BreakAScene
import Files
import Images
import Language
import Loopback

/// A page in the browser on which a person paints a loose mask for each thing in a photo.
public final class MaskEditor: Sendable {
    /// What an editor is started with.
    public struct Settings: Sendable {
        /// The name of the photo or scene, for the page's head.
        public var name: String
        /// The folder that the page proposes for the scene.
        public var folder: String
        /// The title of a scene that is no folder's.
        public var title = Scene.untitled
        /// The folder from which the masks come; saving there replaces them. Nil where they come from none.
        public var openedFolder: String?
        /// Whether the page gives the scene back as a value, rather than only saving it.
        public var wantsScene = false
        /// The port; 0 is any free one.
        public var port: UInt16 = 0
        /// The folder in which masks that were not saved are kept.
        public var draftFolder = ".bas/masks"
        /// Makes first guesses of the masks of so many things; nil where there are none. It is called on a thread of its own.
        public var guess: (@Sendable (Image, Int) throws -> [Mask])?
        /// Receives what was done, in words.
        public var note: @Sendable (String) -> Void = { _ in }

        /// Creates settings of a photo or scene that is called `name`.
        public init(name: String, folder: String) { (self.name, self.folder) = (name, folder) }
    }

    /// How the editing ended.
    public enum End: Sendable {
        /// The person gives the scene back.
        case scene(Scene)
        /// The person ended it.
        case left
        /// A signal ended it.
        case interrupted
    }

    private let server: LoopbackServer
    private let gate = Gate()
    private let desk: MaskDesk
    private let routes: MaskRoutes

    /// Prepares the page for a photo, with the masks of `scene`, which is of this photo, where there are some, and begins to listen. Throws
    /// a `Problem` where the port cannot be used, and `ImageError`.
    public init(photo: Image, scene: Scene? = nil, _ settings: Settings) throws {
        let draft = try MaskDraft(photo: photo, scene: scene)
        desk = MaskDesk(draft, settings)
        routes = MaskRoutes(gate: gate, desk: desk, picture: try draft.picture.pngData())
        var limits = ServerLimits()
        limits.bodyBytes = 16 << 20
        server = try LoopbackServer(port: settings.port, limits: limits)
    }

    /// The address of the page, with the token that lets a browser in.
    public var address: String { "http://127.0.0.1:\(server.port)/\(gate.token)/" }

    /// The address that leads to the page once, for the command line of a browser, which other users of the machine can read; nil where it
    /// was used.
    public var addressToOpen: String? { gate.ticketPath.map { "http://127.0.0.1:\(server.port)\($0)" } }

    /// Serves the page until the person ends the editing or `interrupt` is requested. Returns how it ended, and whether masks are left that
    /// no folder holds: they are kept, and the next editor of the photo begins with them.
    public func serve(_ interrupt: Interrupt) -> (end: End, hasUnsaved: Bool) {
        server.start { [routes] request in await routes.answer(request) }
        return waiting { [desk, server] in
            var end: End?
            while end == nil {
                try? await Task.sleep(for: .milliseconds(40))
                end = interrupt.isRequested ? .interrupted : await desk.end
            }
            // The page gets the answer to its last request before its connection ends.
            try? await Task.sleep(for: .milliseconds(150))
            await server.close()
            return (end ?? .left, await desk.hasUnsaved)
        }
    }
}
