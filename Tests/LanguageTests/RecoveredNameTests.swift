import Testing

@testable import Language

/// The name after `recover` is one like others: found, explained, renamed.
@Suite struct RecoveredNameTests {
    @Test func recoveredNamesAreFoundAndRenamed() throws {
        let source = "x = try { fail(\"no\") } recover why { why.message }\nprint(x)\n"
        let analysis = Session().analyze(source: source, file: "a.bas")
        #expect(analysis.diagnostics.isEmpty)
        let bytes = Array(source.utf8)
        let binder = try #require((0..<bytes.count).first { Array(bytes[$0...].prefix(3)) == Array("why".utf8) })
        for place in [binder, binder + 6] {
            #expect(analysis.references(at: place).map(\.start) == [binder, binder + 6])
            #expect(try analysis.rename(at: place, to: "größe").map(\.span.start) == [binder, binder + 6])
        }
        #expect(Session().analyze(source: "try { fail(\"no\") } recover unused { 1 }\n", file: "a.bas").diagnostics.isEmpty)
    }
}
