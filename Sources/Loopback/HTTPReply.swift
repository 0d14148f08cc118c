/// What the server answers to a request.
public struct HTTPReply: Sendable {
    /// What follows the headers.
    public enum Body: Sendable {
        /// Bytes, whose number is sent before them.
        case bytes([UInt8])
        /// Events, until the browser or the server ends them.
        case events(any EventSource)
    }

    /// The status, such as 200.
    public var status: Int
    /// The headers beside those of every answer.
    public var headers: [(name: String, value: String)] = []
    /// What follows the headers.
    public var body: Body

    /// Creates an answer with a body of a type.
    public init(status: Int = 200, type: String, _ body: [UInt8], headers: [(name: String, value: String)] = []) {
        (self.status, self.body) = (status, .bytes(body))
        self.headers = [("Content-Type", type)] + headers
    }

    /// Creates an answer of a text.
    public init(
        status: Int = 200, _ text: String, type: String = "text/plain; charset=utf-8", headers: [(name: String, value: String)] = []
    ) {
        self.init(status: status, type: type, Array(text.utf8), headers: headers)
    }

    /// Creates an answer of events: what a source shows, as it changes.
    public init(events source: any EventSource) {
        (status, body) = (200, .events(source))
        headers = [("Content-Type", "text/event-stream; charset=utf-8")]
    }

    /// Headers of every answer: no other page may embed, frame or read one, and no address leaves the page.
    private static let protections: [(name: String, value: String)] = [
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"), ("Connection", "close"),
    ]

    /// What answers that are no page may do: nothing, even where a browser shows one as a page.
    private static let nothing = "default-src 'none'; sandbox; frame-ancestors 'none'"

    /// The status line and the headers with the empty line behind them.
    var head: String {
        var lines = ["HTTP/1.1 \(status) \(Self.reasons[status] ?? "Status")"]
        for (name, value) in headers + Self.protections { lines.append("\(name): \(value)") }
        if !headers.contains(where: { $0.name == "Cache-Control" }) { lines.append("Cache-Control: no-store") }
        if !headers.contains(where: { $0.name == "Content-Security-Policy" }) { lines.append("Content-Security-Policy: \(Self.nothing)") }
        if case .bytes(let bytes) = body, status != 204 { lines.append("Content-Length: \(bytes.count)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    private static let reasons = [
        200: "OK", 204: "No Content", 302: "Found", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        408: "Request Timeout", 409: "Conflict", 413: "Content Too Large", 415: "Unsupported Media Type",
        431: "Request Header Fields Too Large", 501: "Not Implemented", 503: "Service Unavailable",
    ]
}
