import Files
import Language
import Loopback
import Pages

/// Answers the requests that the gate lets in.
struct PageRoutes: GatedPage {
    let gate: Gate
    let board: Board
    let rendering: Rendering
    let director: Director
    /// The pictures beside the notebook; nil where they are not shown.
    let pictures: PictureFiles?

    var page: ServedPage { .preview }

    func read(_ path: String) -> HTTPReply? {
        if path == "events" { return HTTPReply(events: board) }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "picture":
            let name = String(parts[1])
            guard let png = board.contents.cells.values.lazy.compactMap({ $0.pictures[name] }).first else { return nil }
            // The name follows from the contents.
            return HTTPReply(type: "image/png", png, headers: [("Cache-Control", "private, max-age=86400, immutable")])
        case "file":
            guard let name = Rendering.name(ofLink: parts[1]), let bytes = pictures?.bytes(name), let type = PictureFiles.mediaType(bytes)
            else {
                return nil
            }
            return HTTPReply(type: type, bytes)
        case "output":
            guard parts[1].hasSuffix(".txt"), let number = Int(parts[1].dropLast(4)), let text = rendering.text(of: number) else {
                return nil
            }
            return HTTPReply(text)
        default: return nil
        }
    }

    func act(_ wish: JSON) async -> HTTPReply {
        guard let wish = PageRequest(wish) else { return .notUnderstood }
        if let reason = await director.perform(wish) { return HTTPReply(status: 409, reason + "\n") }
        return HTTPReply(status: 204, "")
    }
}
