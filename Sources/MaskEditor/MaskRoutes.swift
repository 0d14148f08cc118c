import Files
import Images
import Loopback

/// Answers the requests of the page that the gate lets in.
struct MaskRoutes: GatedPage {
    let gate: Gate
    let desk: MaskDesk
    /// The picture that the page shows, as a PNG file.
    let picture: [UInt8]

    var page: ServedPage { .masks }

    func read(_ path: String) async -> HTTPReply? {
        switch path {
        case "picture.png": HTTPReply(type: "image/png", picture)
        case "state": HTTPReply(await desk.state.text(), type: "application/json")
        default: nil
        }
    }

    func act(_ wish: JSON) async -> HTTPReply {
        do {
            return HTTPReply(try await desk.perform(wish).text(), type: "application/json")
        } catch {
            return HTTPReply(status: error.status, error.reason + "\n")
        }
    }
}
