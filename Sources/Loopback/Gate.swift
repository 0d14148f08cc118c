import Synchronization

/// Decides which requests are let in. The server listens on the loopback only, which keeps other machines out; the gate keeps other users
/// of this machine and pages of other sites out.
///
/// - The address holds a random token, without which everything is refused.
/// - The host has to be the loopback: a page of another name that now leads here (DNS rebinding) sends its own name.
/// - Where a browser says which page asks (`Origin`, `Sec-Fetch-Site`), it has to be the preview's own.
public final class Gate: Sendable {
    /// The token: 32 hexadecimal digits, 128 bits of the system's random numbers.
    public let token: String
    /// A word that stands for the token once, for the command line of a browser, which other users can read.
    private let ticket: Mutex<String?>

    /// Draws a token.
    public init() {
        token = Self.draw()
        ticket = Mutex(Self.draw())
    }

    private static func draw() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let part = String(UInt32.random(in: .min ... .max, using: &random), radix: 16)
            return String(repeating: "0", count: 8 - part.count) + part
        }.joined()
    }

    /// The path that leads to the page once; nil where it was used.
    public var ticketPath: String? { ticket.withLock { $0 }.map { "/open/" + $0 } }

    /// What the gate says to a request.
    public enum Answer: Equatable {
        /// The request may pass; `path` is what follows the token, without a slash at its beginning.
        case pass(path: String)
        /// The request brought the ticket, which is used up now: it is led to the page.
        case lead(to: String)
        /// The request is refused, for this reason.
        case refuse(String)
    }

    /// Answers a request.
    public func answer(_ request: HTTPRequest) -> Answer {
        guard let host = request["host"], Self.isLoopback(host) else { return .refuse("the host is not the loopback") }
        let site = request["sec-fetch-site"] ?? "none"
        guard request["origin"].map({ $0 == "http://" + host }) ?? true else { return .refuse("another page asks") }
        let parts = request.path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].isEmpty else { return .refuse("no token") }
        if parts[1] == "open", parts.count == 3, site == "none", request.method == "GET", spend(String(parts[2])) {
            return .lead(to: "/\(token)/")
        }
        guard Self.isSame(String(parts[1]), token) else { return .refuse("no token, or a wrong one") }
        // A link to the page may stand anywhere: following it changes nothing, and the page that it stands on sees nothing of this one.
        let isPage = parts.count < 3 || parts[2].isEmpty
        let isFollowed = isPage && request["sec-fetch-mode"] == "navigate" && request["sec-fetch-dest"] == "document"
        guard ["none", "same-origin"].contains(site) || isFollowed else { return .refuse("another page asks") }
        guard parts.count == 3 else { return .lead(to: "/\(token)/") }
        return .pass(path: String(parts[2]))
    }

    private func spend(_ word: String) -> Bool {
        ticket.withLock { ticket in
            guard let known = ticket, Self.isSame(word, known) else { return false }
            ticket = nil
            return true
        }
    }

    /// Whether a host is this machine, under any port: a tunnel may have another at its other end.
    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first, ["127.0.0.1", "localhost"].contains(name.lowercased()), parts.count <= 2 else { return false }
        return parts.count == 1 || !parts[1].isEmpty && parts[1].utf8.allSatisfy { (48...57).contains($0) }
    }

    /// Compares in a time that does not tell how much is the same.
    private static func isSame(_ text: String, _ secret: String) -> Bool {
        let (a, b) = (Array(text.utf8), Array(secret.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
