import Glibc
import TestSupport
import Testing

@testable import Loopback
@testable import Preview

/// Requests that are understood and refused, alone and over a connection.
@Suite struct HTTPTests {
    private func refusal(_ head: String) -> Int? {
        do throws(HTTPRequest.Refusal) {
            _ = try HTTPRequest(head: Array(head.utf8)).bodyLength(limit: 16 << 10)
            return nil
        } catch {
            return error.status
        }
    }

    @Test func whatBrowsersSendIsRead() throws {
        let request = try HTTPRequest(head: Array("POST /a/b?c=d HTTP/1.1\r\nHost:  x \r\nX-Empty:\r\nCONTENT-Length: 12".utf8))
        #expect(request.method == "POST" && request.path == "/a/b")
        #expect(request["host"] == "x" && request["x-empty"] == "" && request["absent"] == nil)
        #expect(try request.bodyLength(limit: 16 << 10) == 12)
    }

    @Test(arguments: [
        ("", 400), ("GET", 400), ("GET /", 400), ("GET  / HTTP/1.1", 400), ("get / HTTP/1.1", 400), ("GET http://x/ HTTP/1.1", 400),
        ("GET / HTTP/2", 400), ("GET / HTTP/1.1 x", 400), ("GET / HTTP/1.1\r\nno colon", 400), ("GET / HTTP/1.1\r\n: x", 400),
        ("GET / HTTP/1.1\r\nA b: c", 400), ("GET / HTTP/1.1\r\n folded: x", 400), ("GET / HTTP/1.1\r\nA: b\nC: d", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nhost: b", 400), ("GET / HTTP/1.1\r\nOrigin: a\r\nOrigin: a", 400), ("GET /\u{e9} HTTP/1.1", 400),
        ("POST / HTTP/1.1\r\nContent-Length: x", 400), ("POST / HTTP/1.1\r\nContent-Length: -1", 400),
        ("POST / HTTP/1.1\r\nContent-Length: +1", 400), ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 16385", 413), ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked", 501),
    ])
    func otherThingsAreRefused(_ head: String, _ status: Int) { #expect(refusal(head) == status, "\(head)") }

    @Test func theServerAnswersEach() async throws {
        var limits = ServerLimits()
        (limits.readSeconds, limits.connections) = (0.4, 3)
        let server = try LoopbackServer(port: 0, limits: limits)
        let board = Board()
        server.start { request in
            switch request.path {
            case "/events": HTTPReply(events: board)
            case "/large": HTTPReply(type: "text/plain", [UInt8](repeating: 65, count: 3 << 20))
            default: HTTPReply("\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))")
            }
        }
        let client = HTTPClient(port: server.port)
        let answer = client.request("POST", "/x", body: "hello")
        #expect(answer.status == 200 && answer.body == "POST /x hello")
        for line in ["nosniff", "no-referrer", "same-origin", "no-store", "default-src 'none'", "Content-Length: 13"] {
            #expect(answer.head.contains(line), "\(line)")
        }
        #expect(!answer.head.contains("Access-Control"))
        #expect(client.request("GET", "/large").body.utf8.count == 3 << 20)
        #expect(client.exchange("nonsense\r\n\r\n").status == 400)
        #expect(client.request("POST", "/", body: String(repeating: "x", count: 100_000)).status == 413)
        #expect(client.request("GET", "/", headers: ["X": String(repeating: "x", count: 20_000)]).status == 431)
        // What does not come to its end is not waited for.
        #expect(client.exchange("GET / HTTP/1.1\r\nHost:").status == 408)
        #expect(client.request("POST", "/", headers: ["Content-Length": "10"], body: "short").status == 408)
        // Further connections are refused, and places are given back.
        var held: [Int32] = []
        // Connections that have just ended may still count for a moment.
        for _ in 0..<10 where board.listenerCount < 3 {
            held.append(client.connect())
            HTTPClient.write(held.last ?? -1, HTTPClient.text("GET", "/events", port: server.port))
            _ = waitUntil(0.5) { board.listenerCount == 3 }
        }
        #expect(board.listenerCount == 3)
        #expect(client.request("GET", "/").status == 503)
        for file in held { close(file) }
        #expect(waitUntil { board.listenerCount == 0 })
        #expect(waitUntil { client.request("GET", "/").status == 200 })
        #expect(throws: (any Error).self) { try LoopbackServer(port: server.port) }
        await server.close()
        #expect(client.connect() < 0)
    }

    @Test func aSlowBrowserGetsTheNewest() async throws {
        let server = try LoopbackServer(port: 0)
        let board = Board()
        server.start { _ in HTTPReply(events: board) }
        let file = HTTPClient(port: server.port).connect()
        HTTPClient.write(file, HTTPClient.text("GET", "/", port: server.port))
        #expect(waitUntil { board.listenerCount == 1 })
        // The browser reads nothing before all changes are made: 40 MB of them neither wait for it nor pile up.
        for number in 0..<400 {
            board.change { contents in
                var head = contents.head.value
                head.notice = "\(number) " + String(repeating: "x", count: 100_000)
                contents.set(&contents.head, head)
            }
        }
        var bytes = 0
        var last = ""
        while let part = HTTPClient.read(file) {
            bytes += part.count
            last = String((last + String(decoding: part, as: UTF8.self)).suffix(150_000))
            if last.contains("\"399 x") { break }
        }
        #expect(last.contains("\"399 x"))
        #expect(bytes < 8 << 20)
        close(file)
        await server.close()
    }
}
