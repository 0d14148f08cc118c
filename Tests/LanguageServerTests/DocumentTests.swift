import Files
import Commands
import Language
import Testing

@testable import LanguageServer

@Suite struct DocumentTests {
    @Test(arguments: ["/tmp/a b/ü#1.bas", "/x.bas", "/100%/y.bas"])
    func addresses(_ path: String) {
        #expect(FileAddress.path(FileAddress.uri(path)) == path)
        #expect(!FileAddress.uri(path).contains(" ") && !FileAddress.uri(path).contains("#"))
    }

    @Test func positionsCountCodeUnits() {
        let file = SourceFile(name: "a", text: "a😀é\r\n\nx")
        let places = [(0, 0, 0), (0, 1, 1), (0, 2, 1), (0, 3, 5), (0, 4, 7), (0, 9, 7), (1, 0, 9), (2, 1, 11), (7, 0, 11)]
        for (line, character, offset) in places { #expect(file.offset(line: line, character: character) == offset) }
        #expect(file.position(5) == ["line": 0, "character": 3])
        #expect(file.position(10) == ["line": 2, "character": 0])
    }

    /// A line of two million characters with many findings, whose positions were each counted from the line's start before.
    @Test func longLines() {
        let file = SourceFile(name: "a", text: "é\n" + String(repeating: "a😀é ", count: 500_000) + "\nend")
        let start = 3
        for place in 0..<20_000 {
            let (offset, character) = (start + place * 200, place * 125)
            guard file.position(offset) == ["line": 1, "character": JSON(character)], file.offset(line: 1, character: character) == offset
            else {
                Issue.record("\(place)")
                return
            }
        }
        #expect(file.position(start + 4_000_000) == ["line": 1, "character": JSON(2_500_000)])
        #expect(file.offset(line: 2, character: 2) == file.text.utf8.count - 1)
    }

    /// A storm of changes leaves the text that the same changes make of it elsewhere.
    @Test func changesAdd() {
        let document = Document(uri: "untitled:a", text: "", version: 0)
        var text: [Character] = []
        var state: UInt64 = 7
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(limit, 1)
        }
        let pieces = ["x = 1\n", "é", "😀", "fn f(", "}", "\"", "", "noise", "\n\n", " "]
        for _ in 0..<400 {
            let start = random(text.count + 1)
            let end = start + random(min(6, text.count - start + 1))
            let piece = pieces[random(pieces.count)]
            func place(_ index: Int) -> JSON {
                let before = text[..<index]
                let line = before.count { $0 == "\n" }
                let column = String(before.reversed().prefix { $0 != "\n" }.reversed()).utf16.count
                return ["line": JSON(line), "character": JSON(column)]
            }
            #expect(document.apply([["range": ["start": place(start), "end": place(end)], "text": .string(piece)]]))
            text.replaceSubrange(start..<end, with: Array(piece))
            text = Array(String(text))
        }
        #expect(document.file.text == String(text))
        #expect(document.apply([["text": "new"]]) && document.file.text == "new")
        #expect(!document.apply([["range": ["start": 1], "text": "x"]]))
    }

    private func serve(_ text: String, _ body: (Server) throws -> Void) rethrows {
        let server = Server(builtins: CommandTable.all, standardLibrary: [], version: "test") { _ in }
        server.handle(["jsonrpc": "2.0", "id": 0, "method": "initialize", "params": [:]])
        server.handle([
            "jsonrpc": "2.0", "method": "textDocument/didOpen",
            "params": ["textDocument": ["uri": "untitled:a", "version": 1, "text": .string(text)]],
        ])
        try body(server)
    }

    /// Every question at every place of a program, whole and cut off anywhere: an answer, and no end of the server.
    @Test func everyPlaceHasAnAnswer() {
        let program = """
            import "nothing.bas" as n
            fn f(a, b = "x {a}") { try { a.c ?? [1, 2][a] } recover e { e.message } }
            photo = load_scene("toys"); show photo.masks[0], f(1, b={a: 2}).z  # 😀
            xs = [x * y for x, y in zip([1], [2]) if x > 0]
            """
        let methods = ["completion", "hover", "signatureHelp", "definition", "references", "documentHighlight", "prepareRename"]
        let count = program.utf16.count
        for cut in stride(from: 0, through: count, by: 9) {
            serve(String(decoding: Array(program.utf16)[..<cut], as: UTF16.self)) { server in
                for line in 0..<4 {
                    for character in stride(from: cut % 4, to: 90, by: 4) {
                        for method in methods {
                            server.handle([
                                "jsonrpc": "2.0", "id": 1, "method": .string("textDocument/\(method)"),
                                "params": [
                                    "textDocument": ["uri": "untitled:a"], "position": ["line": JSON(line), "character": JSON(character)],
                                ],
                            ])
                        }
                    }
                }
                server.publishDiagnostics()
            }
        }
    }

    @Test func longDocuments() {
        let text = (0..<10_000).map { "x\($0) = [\($0), \"é\"]" }.joined(separator: "\n")
        serve(text) { server in
            for line in stride(from: 0, to: 10_000, by: 500) {
                server.handle([
                    "jsonrpc": "2.0", "method": "textDocument/didChange",
                    "params": [
                        "textDocument": ["uri": "untitled:a", "version": JSON(line)],
                        "contentChanges": [
                            [
                                "range": ["start": ["line": JSON(line), "character": 0], "end": ["line": JSON(line), "character": 1]],
                                "text": "y",
                            ]
                        ],
                    ],
                ])
            }
            server.publishDiagnostics()
            #expect(server.documents["untitled:a"]?.file.text(0, 4) == "y0 =")
        }
    }

    @Test func formattingReplacesTheText() {
        serve("x=1") { server in
            let edits = try? server.formatting(["textDocument": ["uri": "untitled:a"]])
            #expect(edits?.contains([["newText": "x = 1\n", "range": ["end": ["line": 0, "character": 3]]]]) == true)
        }
    }

    @Test func cancelledRequestsAreNotWorkedOn() {
        var sent: [JSON] = []
        let server = Server(builtins: [], standardLibrary: [], version: "test") { sent.append($0) }
        server.handle(["jsonrpc": "2.0", "id": 1, "method": "initialize"], isCancelled: true)
        #expect(sent == [["jsonrpc": "2.0", "id": 1, "error": ["code": -32800, "message": "cancelled"]]])
    }
}
