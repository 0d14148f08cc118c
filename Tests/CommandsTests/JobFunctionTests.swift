import Language
import Synchronization
import Tensors
import Testing

@testable import Commands

/// Functions that go to another process as text and variables, and do there what they did here.
@Suite(.serialized) struct JobFunctionTests {
    private static let table = CommandTable.tensorFamilies

    /// Writes `value` of a program into an archive, reads it in another session and runs `check`, which sees it as `value`.
    private func sent(_ program: String, _ check: String) throws -> (text: String, diagnostic: Diagnostic?) {
        try inTemporaryFolder { _ in
            let first = Session(builtins: Self.table)
            let outcome = first.run(source: program, file: "script.bas")
            try #require(outcome.diagnostics.isEmpty, "\(outcome.diagnostics.map(\.message))")
            let archive = ValueArchive(folder: "spec", keepsFunctions: true)
            let value = try #require(first[global: "value"])
            #expect(try archive.write([("value", value)]) == ["value"])
            let reader = Builtin("received", family: .evaluation, summary: "Tests.") { call in
                try archive.read(["value"], call.context)["value"] ?? .none
            }
            let second = Session(builtins: Self.table + [reader])
            let result = second.run(source: "value = received()\n" + check)
            return (result.value?.display(DisplayContext()).plain ?? "nothing", result.diagnostics.first)
        }
    }

    @Test func functionsTakeAlongWhatTheyRead() throws {
        let program = """
            scale = ones([2]) * 3
            fn helper(x, by=2) { x * by }
            fn make(c) { fn(x) { sum(helper(x) * scale) + c } }
            fn even(n) { if n == 0 { true } else { odd(n - 1) } }
            fn odd(n) { if n == 0 { false } else { even(n - 1) } }
            fn inner(n) { fn down(k) { if k == 0 { "end" } else { down(k - 1) } }; down }
            value = {f: make(0.5), even: even, down: inner(1), built: len, list: [make(1), odd]}
            """
        let (text, diagnostic) = try sent(
            program, "[float(value.f(2)), value.even(10), value.list[1](10), value.down(3), value.built([1, 2]), float(value.list[0](1))]")
        #expect(text == "[24.5, true, false, \"end\", 2, 13.0]", "\(text) \(diagnostic?.message ?? "")")
    }

    /// A name that the function reads may mean something else in the other session, or be that of a builtin.
    @Test func namesMeanWhatTheyMeant() throws {
        let program = """
            len = fn(x) { 7 }
            fn f() { [len([1]), max(1, 2)] }
            value = f
            f = 3
            """
        #expect(try sent(program, "len = 5\nmax = 6\nvalue()").text == "[7, 2]")
    }

    @Test func importedFunctionsComeAlong() throws {
        try inTemporaryFolder { _ in
            try AtomicFile.write("helper.bas", text: "k = 4\nfn twice(x) { x * k / 2 }\nfn unused() { 1 }\n")
            let session = Session(builtins: Self.table)
            #expect(session.run(source: "import \"helper.bas\" as h\nvalue = fn(x) { h.twice(x) + h.k }").diagnostics.isEmpty)
            let archive = ValueArchive(folder: "spec", keepsFunctions: true)
            _ = try archive.write([("value", try #require(session[global: "value"]))])
            try FileSystem.remove("helper.bas")
            let reader = Builtin("received", family: .evaluation, summary: "Tests.") { call in
                try archive.read(["value"], call.context)["value"] ?? .none
            }
            let result = Session(builtins: Self.table + [reader]).run(source: "f = received()\nf(10)")
            #expect(result.value?.inlineText == "24.0", "\(result.diagnostics.map(\.message))")
        }
    }

    @Test func errorsNameTheLineOfTheScript() throws {
        let (_, diagnostic) = try sent("x = 1\n\nvalue = fn(p) {\n    p / (x - 1)\n}", "value(2)")
        #expect(diagnostic?.message.contains("division by zero") == true)
        let span = try #require(diagnostic?.span)
        #expect(span.file.name == "script.bas" && span.position.line == 4 && span.position.column == 7)
    }

    @Test func whatCannotGoIsNamed() throws {
        try inTemporaryFolder { _ in
            let session = Session(builtins: Self.table)
            try AtomicFile.write("a.bas", text: "k = 1\n")
            _ = session.run(source: "fn f() { import \"a.bas\" as a; a.k }\nvalue = f")
            let archive = ValueArchive(folder: "spec", keepsFunctions: true)
            let value = try #require(session[global: "value"])
            #expect(throws: Problem.self) { _ = try archive.write([("value", value)]) }
            // Notebooks keep no functions: they are made again.
            #expect(try ValueArchive(folder: "cache").write([("value", value)]).isEmpty)
        }
    }
}
