import Glibc

/// A small HTTP client over a socket, which sends what a test wants, also what no browser would.
public struct HTTPClient: Sendable {
    /// The port of the server.
    public let port: UInt16

    /// Creates a client of a server on the loopback.
    public init(port: UInt16) { self.port = port }

    /// An answer.
    public struct Answer {
        /// The status.
        public var status = 0
        /// The status line and the headers.
        public var head = ""
        /// The body, as UTF-8.
        public var body = ""
    }

    /// Opens a connection; -1 where that fails.
    public func connect() -> Int32 {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(file)
            return -1
        }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        return file
    }

    /// Sends bytes and returns all that comes until the other side ends.
    public func exchange(_ text: String) -> Answer {
        let file = connect()
        guard file >= 0 else { return Answer() }
        defer { close(file) }
        Self.write(file, text)
        var bytes: [UInt8] = []
        while let part = Self.read(file) { bytes += part }
        let whole = String(decoding: bytes, as: UTF8.self)
        guard let end = whole.firstRange(of: "\r\n\r\n") else { return Answer() }
        let head = String(whole[..<end.lowerBound])
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Answer(status: status, head: head, body: String(whole[end.upperBound...]))
    }

    /// Sends a request with headers.
    public func request(_ method: String, _ path: String, headers: [String: String] = [:], body: String = "") -> Answer {
        exchange(Self.text(method, path, headers: headers, body: body, port: port))
    }

    /// Returns the text of a request.
    public static func text(_ method: String, _ path: String, headers: [String: String] = [:], body: String = "", port: UInt16) -> String {
        var all = ["Host": "127.0.0.1:\(port)"].merging(headers) { $1 }
        if !body.isEmpty { all["Content-Length"] = all["Content-Length"] ?? String(body.utf8.count) }
        let lines = all.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        return "\(method) \(path) HTTP/1.1\r\n\(lines)\r\n\(body)"
    }

    /// Writes a text.
    public static func write(_ file: Int32, _ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let sent = bytes.withUnsafeBytes { send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            bytes = bytes.dropFirst(sent)
        }
    }

    /// Returns what comes next; nil at the end, and where nothing comes.
    public static func read(_ file: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(file, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}
