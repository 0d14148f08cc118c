import BreakAScene
import Diffusion
import Images
import Language

/// How a session reaches a person who paints masks: nil where there is none, as in a pipe. The program that runs the session sets it.
public enum MaskPainting: ContextKey {
    /// What is to be painted.
    public struct Request: Sendable {
        /// The photo.
        public var photo: Image
        /// The masks to begin with, as a scene of the photo; nil for none.
        public var scene: Scene?
        /// What the photo is called, and the title of the scene that is made.
        public var name: String
        /// The session's context: the request to stop, and what is shown to the person.
        public var context: Context
    }

    /// Lets a person paint and returns the scene that was made. Throws the `.interrupted` problem where a stop was requested, and `.failed`
    /// where the person left without masks.
    public typealias State = (@Sendable (Request) throws -> Scene)?

    /// No person can be reached.
    public static let initial: State = nil

    /// Returns what guesses the masks of so many things in a picture by the model that ships with bas, as `automask` does; nil where this
    /// model is not installed. It throws what loading the model and `AutomaticMasks.guess` throw.
    public static func guesses(_ context: Context) -> (@Sendable (Image, Int) throws -> [Mask])? {
        guard let path = context.resolveInLibrary("models/collage") else { return nil }
        return { image, count in
            let model = try LoadedModels.model(path, of: ModelFolder.places(path), context) { try ModelFolder.load(path) }
            return try AutomaticMasks.guess(image: image, count: count, model: model)
        }
    }
}

extension SceneCommands {
    private static let painted = Key<Value>(
        "photo", .oneOf([.string, Accepts.picture]), doc: "A photo or its path; or a scene or its folder, whose masks are changed.",
        file: .input(library: nil))

    /// The row of `masks`.
    static let masksRow = Builtin(
        "masks", family: .scenes, summary: "Opens a page in the browser on which you paint a loose mask for each thing in a photo.",
        parameters: [painted], result: .scene,
        terms: ["paint", "draw", "brush", "lasso", "annotate", "segment", "browser", "edit masks"], paper: "§3",
        examples: [.init("len(load_scene(\"toys\").masks)  # masks(\"photo.jpg\") makes such a scene by hand", shows: "3")],
        seeAlso: ["scene", "save_scene", "check", "brush", "ellipse"], outside: "asks a person", run: paint)

    /// Runs `masks`. Throws `.notPermitted` for a confined program, `.notAllowed` where no person can be reached, and what reading the photo
    /// throws.
    @Sendable private static func paint(_ call: Call) throws -> Value {
        guard call.context.confinement == nil else {
            throw Problem(.notPermitted, "masks: a confined program cannot open a page", help: "paint with bas masks, and load the scene")
        }
        guard let paint = call.context[MaskPainting.self] else {
            throw Problem(
                .notAllowed, "masks: nobody is here to paint: neither a terminal nor a notebook that a person runs",
                help: "bas masks photo.jpg paints and saves a scene for load_scene")
        }
        let request = try request(call)
        return .host(SceneValue(try call.mapped(painted) { try paint(request) }))
    }

    private static func request(_ call: Call) throws -> MaskPainting.Request {
        let value = try call[painted]
        var request: MaskPainting.Request
        if case .string(let name) = value {
            let source = try call.mapped(painted) { try PaintedSource(path: FileNames.readable(name, call.context)) }
            request = .init(photo: source.photo, scene: source.scene, name: source.name, context: call.context)
        } else if let scene = value.host(as: SceneValue.self)?.scene {
            request = .init(photo: scene.image, scene: scene, name: scene.title, context: call.context)
        } else {
            let photo = try ImageValue.reading(value, painted.name, call).image
            request = .init(photo: photo, name: Scene.untitled, context: call.context)
        }
        return request
    }
}

/// What a path leads to where masks are to be painted: a photo, or the folder of a scene, which may have no masks yet.
public struct PaintedSource {
    /// The photo.
    public let photo: Image
    /// The scene in the folder; nil where there are no masks.
    public let scene: Scene?
    /// The folder; nil for a photo.
    public let folder: String?
    /// The name of the photo without its extension, or of the folder.
    public let name: String

    /// Reads a photo or a scene's folder. Throws `SceneError`, `ImageError` and `FileError`.
    public init(path: String) throws {
        var trimmed = Substring(path)
        while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
        let last = trimmed.split(separator: "/").last.map(String.init) ?? path
        guard FileNames.isFolder(path) else {
            (photo, scene, folder) = (try Image(contentsOf: path), nil, nil)
            name = last.lastIndex(of: ".").map { $0 == last.startIndex ? last : String(last[..<$0]) } ?? last
            return
        }
        (folder, name) = (String(trimmed), last)
        do {
            let loaded = try SceneFolder.load(path)
            (photo, scene) = (loaded.image, loaded)
        } catch SceneError.noMasks {
            guard let file = SceneFolder.photo(in: path) else { throw SceneError.noPhoto(path: path) }
            (photo, scene) = (try Image(contentsOf: file), nil)
        }
    }
}
