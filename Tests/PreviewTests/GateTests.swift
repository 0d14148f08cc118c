import Testing

@testable import Loopback

/// Who is let in.
@Suite struct GateTests {
    private let gate = Gate()

    private func request(_ path: String, _ headers: String = "Host: 127.0.0.1:8000", method: String = "GET") throws -> HTTPRequest {
        try HTTPRequest(head: Array("\(method) \(path) HTTP/1.1\r\n\(headers)".utf8))
    }

    private func passes(_ path: String, _ headers: String, method: String = "GET") throws -> Bool {
        if case .pass = gate.answer(try request(path, headers, method: method)) { true } else { false }
    }

    @Test func theTokenIsNeeded() throws {
        #expect(gate.token.utf8.count == 32 && Gate().token != gate.token)
        #expect(gate.answer(try request("/\(gate.token)/x/y")) == .pass(path: "x/y"))
        #expect(gate.answer(try request("/\(gate.token)")) == .lead(to: "/\(gate.token)/"))
        let wrong = String(gate.token.dropLast()) + (gate.token.hasSuffix("0") ? "1" : "0")
        for path in [
            "/", "/style.css", "/\(wrong)/", "/\(gate.token.dropLast())/", "//\(gate.token)/", "/x/\(gate.token)/", "/?token=\(gate.token)",
            "/open/x",
        ] {
            guard case .refuse = gate.answer(try request(path)) else {
                Issue.record("\(path) is let in")
                continue
            }
        }
    }

    @Test func theHostIsTheLoopback() throws {
        let path = "/\(gate.token)/"
        for host in ["127.0.0.1:8000", "localhost:1", "LOCALHOST", "127.0.0.1"] { #expect(try passes(path, "Host: \(host)"), "\(host)") }
        for host in [
            "evil.example", "evil.example:8000", "127.0.0.1.evil.example:8000", "127.0.0.1:x", "127.0.0.1:", "[::1]:8000", "0.0.0.0", "",
        ] {
            #expect(try !passes(path, "Host: \(host)"), "\(host)")
        }
        #expect(try !passes(path, "Accept: *"))
    }

    @Test func otherPagesAreRefused() throws {
        let (path, host) = ("/\(gate.token)/do", "Host: 127.0.0.1:8000\r\n")
        #expect(try passes(path, host + "Origin: http://127.0.0.1:8000\r\nSec-Fetch-Site: same-origin", method: "POST"))
        for origin in [
            "http://evil.example", "null", "http://127.0.0.1:9000", "https://127.0.0.1:8000", "http://localhost:8000", "http://127.0.0.1",
        ] {
            #expect(try !passes(path, host + "Origin: \(origin)", method: "POST"), "\(origin)")
        }
        for site in ["cross-site", "same-site", "other"] { #expect(try !passes(path, host + "Sec-Fetch-Site: \(site)"), "\(site)") }
        // A link in another page may be followed to the page, but not to what it loads.
        let link = host + "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document"
        #expect(try passes("/\(gate.token)/", link))
        #expect(try !passes("/\(gate.token)/events", link))
        #expect(try !passes("/\(gate.token)/", link.replacing("Dest: document", with: "Dest: iframe")))
    }

    @Test func theTicketIsGoodOnce() throws {
        let path = try #require(gate.ticketPath)
        guard case .refuse = gate.answer(try request(path, "Host: 127.0.0.1\r\nSec-Fetch-Site: cross-site")) else {
            Issue.record("another page can use the ticket")
            return
        }
        #expect(gate.answer(try request(path)) == .lead(to: "/\(gate.token)/"))
        #expect(gate.ticketPath == nil)
        guard case .refuse = gate.answer(try request(path)) else {
            Issue.record("the ticket is good twice")
            return
        }
    }
}
