import Files
import Images
import Loopback

/// Answers the requests of the page that the gate lets in.
struct MaskRoutes: Sendable {
    let gate: Gate
    let desk: MaskDesk
    /// The picture that the page shows, as a PNG file.
    let picture: [UInt8]

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
            return await page(path)
        }
    }

    private func page(_ path: String) async -> HTTPReply {
        switch path {
        case "":
            HTTPReply(MaskPage.html, type: "text/html; charset=utf-8", headers: [("Content-Security-Policy", MaskPage.policy)])
        case "style.css": HTTPReply(MaskPage.style, type: "text/css; charset=utf-8")
        case "icon.svg": HTTPReply(MaskPage.icon, type: "image/svg+xml")
        case "script.js": HTTPReply(MaskPage.script, type: "text/javascript; charset=utf-8")
        case "picture.png": HTTPReply(type: "image/png", picture)
        case "state": HTTPReply(await desk.state.text(), type: "application/json")
        default: HTTPReply(status: 404, "there is nothing at this address\n")
        }
    }

    /// Does what the page asks for.
    private func act(_ request: HTTPRequest) async -> HTTPReply {
        guard request.method == "POST" else { return HTTPReply(status: 405, "send this with POST\n", headers: [("Allow", "POST")]) }
        // Pages of other sites cannot send this type without being asked first, which is not answered.
        guard request["content-type"] == "application/json" else { return HTTPReply(status: 415, "the body has to be JSON\n") }
        guard let wish = try? JSON.parse(request.body) else { return HTTPReply(status: 400, "the request is not understood\n") }
        do {
            return HTTPReply(try await desk.perform(wish).text(), type: "application/json")
        } catch {
            return HTTPReply(status: error.status, error.reason + "\n")
        }
    }
}
