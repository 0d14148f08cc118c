/// A request of a browser. Only what our pages need of HTTP/1.1 is understood, and everything else is refused.
public struct HTTPRequest: Sendable, Equatable {
    /// Why a request is not understood, with the status that says so.
    public struct Refusal: Error, Equatable {
        /// The status of the answer, such as 400.
        public var status: Int
        /// The reason, in words.
        public var reason: String
    }

    /// The most bytes of a request line with its headers.
    static let mostHeadBytes = 16 << 10

    /// The method, such as "GET".
    public let method: String
    /// The path as it was sent, without what follows a "?".
    public let path: String
    /// The headers by their names in lower case.
    private let headers: [String: String]
    /// The body.
    public var body: [UInt8] = []

    /// Reads a request line and headers: the bytes before the first empty line, without the end of their last line. Throws a `Refusal`.
    public init(head: [UInt8]) throws(Refusal) {
        guard let text = String(validating: head, as: UTF8.self), text.unicodeScalars.allSatisfy({ $0.value < 127 }) else {
            throw Refusal(status: 400, reason: "the request has bytes that are no ASCII")
        }
        // "\r\n" is one character of Swift's: the lines are split by scalars.
        var lines = text.unicodeScalars.split(separator: "\r\n".unicodeScalars)[...]
        let first = (lines.popFirst().map { String($0) } ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard first.count == 3, first[0].utf8.allSatisfy({ (65...90).contains($0) }), !first[0].isEmpty, first[1].hasPrefix("/"),
            first[2] == "HTTP/1.1" || first[2] == "HTTP/1.0"
        else { throw Refusal(status: 400, reason: "the request line is not understood") }
        method = String(first[0])
        path = String(first[1].prefix { $0 != "?" })
        var found: [String: String] = [:]
        for line in lines {
            let (name, value) = try Self.header(line)
            // A second host, origin or length is how one reader is made to see another request than the next.
            guard found.updateValue(value, forKey: name) == nil || name == "cookie" else {
                throw Refusal(status: 400, reason: "the header \(name) stands twice")
            }
        }
        headers = found
        guard self["transfer-encoding"] == nil else { throw Refusal(status: 501, reason: "bodies come with a content-length only") }
    }

    private static func header(_ line: some Collection<Unicode.Scalar>) throws(Refusal) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else {
            throw Refusal(status: 400, reason: "a header is not understood")
        }
        let name = line[..<colon]
        let value = line[line.index(after: colon)...]
        let isName = name.allSatisfy { $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_".unicodeScalars.contains($0) }
        guard isName, value.allSatisfy({ $0.value >= 32 || $0 == "\t" }) else {
            throw Refusal(status: 400, reason: "a header is not understood")
        }
        var text = Substring(String(String.UnicodeScalarView(value)))
        while let end = text.last, end == " " || end == "\t" { text.removeLast() }
        return (String(String.UnicodeScalarView(name)).lowercased(), String(text.drop { $0 == " " || $0 == "\t" }))
    }

    /// The value of a header by its name in lower case; nil where there is none.
    public subscript(name: String) -> String? { headers[name] }

    /// The number of bytes of the body that follows. Throws a `Refusal` where it is no number, or larger than `limit`.
    func bodyLength(limit: Int) throws(Refusal) -> Int {
        guard let text = self["content-length"] else { return 0 }
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), text.utf8.count <= 19, let length = Int(text) else {
            throw Refusal(status: 400, reason: "the content-length is no number")
        }
        guard length <= limit else {
            throw Refusal(status: 413, reason: "the body is larger than \(limit) bytes")
        }
        return length
    }
}
