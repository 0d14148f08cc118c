import Files
import Commands
import Foundation
import Testing

@testable import LanguageServer

/// Recorded conversations with the server: Data/*.txt, whose first lines say how they are written.
@Suite struct ConversationTests {
    @Test(arguments: [("session", Int32(0)), ("wrong", Int32(1))])
    func conversation(_ name: String, _ exit: Int32) throws {
        var sent: [JSON] = []
        let server = Server(builtins: CommandTable.all, standardLibrary: [], version: "test") { sent.append($0) }
        let lines = try dataLines(name)
        for (number, line) in lines.enumerated() where !line.isEmpty && line.first != "#" {
            let body = try? JSON.parse(Array(line.dropFirst().utf8))
            switch line.first {
            case ">": server.handle(try #require(body, "\(name):\(number + 1)"))
            case ".": server.publishDiagnostics()
            case "<":
                let expected = try #require(body, "\(name):\(number + 1)")
                #expect(!sent.isEmpty, "\(name):\(number + 1): nothing came")
                guard !sent.isEmpty else { return }
                let message = sent.removeFirst()
                #expect(message.contains(expected), "\(name):\(number + 1): got \(message.text())")
            default: Issue.record("\(name):\(number + 1): \(line)")
            }
        }
        #expect(sent.isEmpty)
        #expect(server.exitCode == exit)
    }
}

func dataLines(_ name: String) throws -> [String] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Data/\(name).txt")
    return try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
}

extension JSON {
    /// Whether all that is written in `part` is here too: fields of objects; the first items of lists, in which an
    /// empty list stands for an empty one.
    func contains(_ part: JSON) -> Bool {
        switch (self, part) {
        case (.object(let own), .object(let wanted)):
            wanted.members.allSatisfy { key, value in own[key].map { $0.contains(value) } ?? false }
        case (.array(let own), .array(let wanted)):
            wanted.isEmpty ? own.isEmpty : own.count >= wanted.count && zip(own, wanted).allSatisfy { $0.contains($1) }
        default: self == part
        }
    }
}
