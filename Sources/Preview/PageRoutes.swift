import Files
import Language
import Loopback
import Pages

/// Answers the requests that the gate lets in.
struct PageRoutes: Sendable {
    let gate: Gate
    let board: Board
    let rendering: Rendering
    let director: Director
    /// The pictures beside the notebook; nil where they are not shown.
    let pictures: PictureFiles?

    /// Answers a request.
    func answer(_ request: HTTPRequest) async -> HTTPReply {
        switch gate.answer(request) {
        case .refuse(let reason): return HTTPReply(status: 403, "refused: \(reason)\n")
        case .lead(let path): return HTTPReply(status: 302, "", headers: [("Location", path)])
        case .pass(let path):
            if path == "do" { return await act(request) }
            guard request.method == "GET" else {
                return HTTPReply(status: 405, "this address can only be read\n", headers: [("Allow", "GET")])
            }
            return answer(path[...]) ?? HTTPReply(status: 404, "there is nothing at this address\n")
        }
    }

    private func answer(_ path: Substring) -> HTTPReply? {
        switch path {
        case "":
            return HTTPReply(PreviewPage.html, type: "text/html; charset=utf-8", headers: [("Content-Security-Policy", PreviewPage.policy)])
        case "style.css": return HTTPReply(PreviewPage.style, type: "text/css; charset=utf-8")
        case "icon.svg": return HTTPReply(PreviewPage.icon, type: "image/svg+xml")
        case "script.js": return HTTPReply(PreviewPage.script, type: "text/javascript; charset=utf-8")
        case "events": return HTTPReply(events: board)
        default: break
        }
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

    /// Does what a page asks for.
    private func act(_ request: HTTPRequest) async -> HTTPReply {
        guard request.method == "POST" else { return HTTPReply(status: 405, "send this with POST\n", headers: [("Allow", "POST")]) }
        // Pages of other sites cannot send this type without being asked first, which is not answered.
        guard request["content-type"] == "application/json" else { return HTTPReply(status: 415, "the body has to be JSON\n") }
        guard let json = try? JSON.parse(request.body), let wish = PageRequest(json) else {
            return HTTPReply(status: 400, "the request is not understood\n")
        }
        if let reason = await director.perform(wish) { return HTTPReply(status: 409, reason + "\n") }
        return HTTPReply(status: 204, "")
    }
}
