import Testing

@testable import Language

/// A data file is cut at `---`; each chunk runs alone, with its lines where they are in the file. A line that
/// ends in `### text | text` must raise an error on that line whose code, message, labels, notes and help
/// contain each text. A chunk without such a line must run without an error.
struct Chunk {
    var source: String
    var line: Int?
    var expected: [String] = []

    static func read(_ text: String) -> [Chunk] {
        var chunks = [Chunk(source: "")]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line == "---" {
                chunks.append(Chunk(source: String(repeating: "\n", count: index + 1)))
                continue
            }
            var chunk = chunks.removeLast()
            if let mark = line.range(of: "### ") {
                chunk.line = index + 1
                chunk.expected = line[mark.upperBound...].split(separator: "|").map {
                    trimmed(String($0))
                }
                // A `#` would begin a comment, so the expectation needs no removal, but a string may have no
                // end.
                chunk.source += trimmed(String(line[..<mark.lowerBound]), leading: false) + "\n"
            } else {
                chunk.source += line + "\n"
            }
            chunks.append(chunk)
        }
        return chunks.filter { !trimmed($0.source).isEmpty }
    }
}

extension Diagnostic {
    fileprivate var everything: String {
        ([heading, message, help ?? ""] + notes + labels.map(\.text)).joined(separator: "\n")
    }
}

@Suite struct ChunkTests {
    @Test(arguments: ["reading", "calls", "operators", "values", "control", "functions", "limits", "habits"])
    func dataFile(_ name: String) throws {
        let chunks = Chunk.read(try dataText(name + ".bas"))
        #expect(chunks.count > 3)
        for chunk in chunks {
            let errors = Bench().run(chunk.source, file: name).diagnostics.filter { $0.severity == .error }
            guard let line = chunk.line else {
                #expect(errors.isEmpty, "\(errors.first?.plain() ?? "")")
                continue
            }
            guard let error = errors.first else {
                Issue.record("\(name):\(line): no error, expected \(chunk.expected)")
                continue
            }
            #expect(error.span?.position.line == line, "\(name):\(line): \(error.plain())")
            for text in chunk.expected {
                #expect(error.everything.contains(text), "\(name):\(line): no \(text) in\n\(error.plain())")
            }
        }
    }
}
