import Testing

@testable import Language

/// What a check says of a program, the run says too: on every chunk of the language's data files.
@Suite struct CheckAgreementTests {
    private static let files = ["reading", "calls", "operators", "values", "control", "functions"]

    /// No chunk that runs has an error, and where one fails, the first error that the check finds is the run's:
    /// code, message, place and label.
    @Test(arguments: files)
    func noFalseErrors(_ name: String) throws {
        for chunk in Chunk.read(try dataText(name + ".bas")) {
            let found = Bench().session.check(source: chunk.source, file: name).filter { $0.severity == .error }
            guard let first = found.first else { continue }
            let raised = Bench().run(chunk.source, file: name).diagnostics.first { $0.severity == .error }
            guard let raised else {
                Issue.record("\(name): an error of the check that the run does not raise:\n\(first.plain())")
                continue
            }
            #expect(
                found.contains { summary($0) == summary(raised) },
                "\(name): the check says\n\(first.plain())\nthe run\n\(raised.plain())")
        }
    }

    /// Most errors of the data files can be known before running.
    @Test func findsMost() throws {
        var (raised, found) = (0, 0)
        var missed: [String] = []
        for name in Self.files {
            for chunk in Chunk.read(try dataText(name + ".bas")) where chunk.line != nil {
                raised += 1
                let check = Bench().session.check(source: chunk.source, file: name)
                if check.contains(where: { $0.severity == .error }) {
                    found += 1
                } else {
                    missed.append("\(name):\(chunk.line ?? 0)")
                }
            }
        }
        #expect(Double(found) / Double(raised) > 0.6, "\(found) of \(raised); not \(missed)")
    }

    private func summary(_ diagnostic: Diagnostic) -> String {
        let span = diagnostic.span
        return "\(diagnostic.code.rawValue) \(diagnostic.message) \(span?.start ?? -1)–\(span?.end ?? -1) "
            + diagnostic.labels.map(\.text).joined(separator: "|") + (diagnostic.help ?? "")
    }
}
