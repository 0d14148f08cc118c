import Files

/// A page whose requests pass the gate: what may be read is read with GET, and everything that the page asks for is one POST of JSON to the
/// address "do".
public protocol GatedPage: Sendable {
    /// Decides which requests are let in.
    var gate: Gate { get }
    /// The page's own files.
    var page: ServedPage { get }
    /// Returns what stands at a path beside the page's own files; nil where there is nothing.
    func read(_ path: String) async -> HTTPReply?
    /// Does what the page asks for.
    func act(_ wish: JSON) async -> HTTPReply
}

extension GatedPage {
    /// Answers a request.
    public func answer(_ request: HTTPRequest) async -> HTTPReply {
        switch gate.answer(request) {
        case .refuse(let reason): return HTTPReply(status: 403, "refused: \(reason)\n")
        case .lead(let path): return HTTPReply(status: 302, "", headers: [("Location", path)])
        case .pass(let path):
            if path == "do" { return await act(request) }
            guard request.method == "GET" else {
                return HTTPReply(status: 405, "this address can only be read\n", headers: [("Allow", "GET")])
            }
            if let own = page.read(path) { return own }
            return await read(path) ?? HTTPReply(status: 404, "there is nothing at this address\n")
        }
    }

    private func act(_ request: HTTPRequest) async -> HTTPReply {
        guard request.method == "POST" else { return HTTPReply(status: 405, "send this with POST\n", headers: [("Allow", "POST")]) }
        // Pages of other sites cannot send this type without being asked first, which is not answered.
        guard request["content-type"] == "application/json" else { return HTTPReply(status: 415, "the body has to be JSON\n") }
        guard let wish = try? JSON.parse(request.body) else { return .notUnderstood }
        return await act(wish)
    }
}

extension HTTPReply {
    /// The answer to a body that is no wish of the page.
    public static let notUnderstood = HTTPReply(status: 400, "the request is not understood\n")
}
