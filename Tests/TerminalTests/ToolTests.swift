import Testing

@testable import Terminal

/// `bas check` and `bas lsp` as people and editors call them.
@Suite(.serialized) struct ToolTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func checkTellsOfEveryFile() throws {
        try folder.write("good.bas", "x = 1\nprint(x + len(args))\n")
        try folder.write("warns.bas", "x = 1\nx = 2\nprint(x)\n")
        try folder.write("bad.bas", "y = = 1\nprint(nope)\n")
        #expect(try Run(["check", "good.bas"], in: folder).status == 0)
        let warns = try Run(["check", "good.bas", "warns.bas"], in: folder)
        #expect(warns.status == 0 && warns.errors.contains("warns.bas:1:1: warning[W0103]"))
        #expect(try Run(["check", "--strict", "warns.bas"], in: folder).status == 1)
        #expect(try Run(["check", "--strict", "good.bas"], in: folder).status == 0)
        let both = try Run(["check", "warns.bas", "bad.bas", "missing.bas"], in: folder)
        #expect(both.status == 65 && both.output == "")
        for text in ["W0103", "bad.bas:1:5: error[E0105]", "bad.bas:2:7: error[E0201]", "missing.bas"] {
            #expect(both.errors.contains(text), "\(text)")
        }
        let json = try Run(["check", "--error-format=json", "bad.bas", "warns.bas"], in: folder)
        #expect(
            json.errors.split(separator: "\n").map { $0.prefix(15) } == [
                "{\"code\":\"E0105\"", "{\"code\":\"E0201\"", "{\"code\":\"W0103\"",
            ])
        let piped = try Run(["check", "-"], input: "len(1, 2)\n", in: folder)
        #expect(piped.status == 65 && piped.errors.contains("<stdin>:1:8"))
    }

    @Test func lspServes() throws {
        func frame(_ json: String) -> String { "Content-Length: \(json.utf8.count)\r\n\r\n\(json)" }
        let initialize = frame("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}")
        let goodbye =
            frame("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"shutdown\"}") + frame("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}")
        let run = try Run(["lsp"], input: initialize + goodbye, in: folder)
        #expect(run.status == 0 && run.errors == "")
        #expect(run.output.hasPrefix("Content-Length: ") && run.output.contains("\"hoverProvider\":true"))
        #expect(run.output.hasSuffix("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":null}"))
        #expect(try Run(["lsp", "--stdio"], input: initialize, in: folder).status == 1)
    }

    /// What never becomes a message ends the server, and never piles up.
    @Test func anEndlessStreamEndsTheServer() throws {
        let words = ["/bin/sh", "-c", "exec \"$0\" lsp </dev/zero >/dev/null", try Executable.path()]
        let server = try #require(Child.spawn(words, environment: folder.environment) { _ in })
        #expect(Child.wait(server) == 1)
    }

    @Test(arguments: [["check", "."], ["run", "."]]) func aFolderIsNoScript(_ words: [String]) throws {
        let run = try Run(words, in: folder)
        #expect(run.status == 74 && run.errors.contains("\".\" is a folder, not a file"))
    }
}
