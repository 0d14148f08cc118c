import Glibc
import Language
import Synchronization
import Tensors
import Testing

@testable import Commands

/// Sweeps that keep every run that ended in a file.
@Suite(.serialized) struct SweepFileTests {
    private static let table: [Builtin] = EvaluationCommands.all + CommandTable.tensorFamilies

    /// The value's text and what was printed, or the first error.
    private func run(_ source: String) -> (text: String, said: String) {
        let said = Mutex("")
        let session = Session(builtins: Self.table) { event in
            if case .stream(let text) = event { said.withLock { $0 += text } }
        }
        let outcome = session.run(source: source)
        let text =
            outcome.diagnostics.first.map { "\($0.code.rawValue): \($0.message)" } ?? outcome.value?.display(DisplayContext()).plain
            ?? "nothing"
        return (text, said.withLock { $0 })
    }

    private func lines() -> [String] {
        String(decoding: (try? ReadableFile.contents("runs.jsonl")) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static let function = "fn measure(p) { print(\"run {p.a}\"); {b: p.a * 2.5, c: \"x\\n\", d: [1, none]} }\n"

    @Test func runsStandInTheFileAndAreNotMadeAgain() throws {
        try inTemporaryFolder { _ in
            let first = run(Self.function + "sweep({a: [1, 3], seed: 0..1}, measure, file=\"runs.jsonl\")")
            #expect(first.said == "run 1\nrun 1\nrun 3\nrun 3\n")
            #expect(lines().count == 4)
            #expect(lines()[0].hasPrefix("{\"a\":1,\"seed\":0,\"b\":2.5,\"c\":\"x\\n\",\"d\":[1,null],\"_run\":{\"function\":\""))
            // The same call runs nothing; a larger one what is new, in its own order.
            let again = run(Self.function + "sweep({a: [1, 3], seed: 0..1}, measure, file=\"runs.jsonl\")")
            #expect(again.said == "runs.jsonl: 4 runs stand there already.\n" && again.text == first.text)
            let more = run(Self.function + "t = sweep({a: [0, 1, 3], seed: 0..1}, measure, file=\"runs.jsonl\"); [t.a, t.b]")
            #expect(more.said == "runs.jsonl: 4 runs stand there already.\nrun 0\nrun 0\n")
            #expect(more.text == "[[0, 0, 1, 1, 3, 3], [0.0, 0.0, 2.5, 2.5, 7.5, 7.5]]")
            // As a table it has settings, and no more columns than the sweep's.
            #expect(run("load_table(\"runs.jsonl\").columns").text == "[\"a\", \"seed\", \"b\", \"c\", \"d\"]")
            #expect(run("s = summary(load_table(\"runs.jsonl\")); [s.a, s.n, s.b]").text == "[[1, 3, 0], [2, 2, 2], [2.5, 7.5, 0.0]]")
        }
    }

    @Test func aLastLineThatWasCutOffIsMadeAgain() throws {
        try inTemporaryFolder { _ in
            let call = Self.function + "sweep({a: 1..3}, measure, file=\"runs.jsonl\")"
            let whole = run(call)
            let bytes = try ReadableFile.contents("runs.jsonl")
            let last = try #require(bytes.dropLast().lastIndex(of: 10))
            for end in [last + 2, (last + bytes.count) / 2, bytes.count - 2] {
                try write(Array(bytes[..<end]))
                let again = run(call)
                #expect(
                    again.said
                        == "runs.jsonl: its last line was cut off in the middle; that run is made again.\nruns.jsonl: 2 runs stand there already.\nrun 3\n"
                )
                #expect(again.text == whole.text)
                #expect(try ReadableFile.contents("runs.jsonl") == bytes)
            }
            // A whole last line that lacks its line break counts.
            try write(Array(bytes.dropLast()))
            #expect(run(call).said == "runs.jsonl: 3 runs stand there already.\n")
            #expect(try ReadableFile.contents("runs.jsonl") == bytes)
            // Any other line that is no JSON is told with its number.
            try write(Array("{\"a\": 1\n".utf8) + bytes)
            #expect(run(call).text.hasPrefix("E0513: runs.jsonl, line 1, column"))
        }
    }

    private func write(_ bytes: [UInt8]) throws {
        try AtomicFile.write("runs.jsonl") { try $0.write(bytes) }
    }

    @Test func otherFunctionsAndSettingsAreNoticed() throws {
        try inTemporaryFolder { _ in
            _ = run(Self.function + "sweep({a: 1..2}, measure, file=\"runs.jsonl\")")
            let other = Self.function.replacing("2.5", with: "3.5")
            #expect(
                run(other + "sweep({a: 1..2}, measure, file=\"runs.jsonl\")").text
                    == "E0213: runs.jsonl holds runs of another function, or this one or a value that it uses has been changed since")
            #expect(
                run(Self.function + "sweep({b: 1..2}, measure, file=\"runs.jsonl\")").text
                    == "E0213: runs.jsonl holds a sweep over other settings")
            try write(Array("{\"a\": 1}\n".utf8))
            #expect(
                run(Self.function + "sweep({a: 1}, measure, file=\"runs.jsonl\")").text == "E0513: runs.jsonl, line 1 is not of a sweep")
            #expect(
                run("sweep({a: 1}, fn(p) { 1 }, file=\"runs.csv\")").text == "E0508: a sweep is written as .jsonl, a JSON object a line")
            mkfifo("pipe.jsonl", 0o666)
            #expect(
                run("sweep({a: 1}, fn(p) { 1 }, file=\"pipe.jsonl\")").text.hasSuffix("pipe.jsonl: it is a pipe or a device, not a file"))
        }
    }

    /// A global that the function names, one that it captured, and a function that it calls are part of it; others are not.
    @Test func whatTheFunctionUsesIsPartOfIt() throws {
        try inTemporaryFolder { _ in
            func program(global: Int = 1, captured: Int = 1, called: Int = 1, other: Int = 1) -> String {
                """
                g = \(global)
                unused = \(other)
                fn helper(x) { x + \(called) }
                fn make(c) { fn(p) { helper(p.a) * g + c } }
                sweep({a: 1}, make(\(captured)), file="runs.jsonl")
                """
            }
            #expect(run(program()).text == "a  value\n1      3")
            #expect(run(program()).text == "a  value\n1      3" && run(program(other: 2)).text == "a  value\n1      3")
            for changed in [program(global: 2), program(captured: 2), program(called: 2)] {
                #expect(run(changed).text.hasPrefix("E0213: runs.jsonl holds runs of another function"), "\(changed)")
            }
        }
    }

    /// What a table calls the same is not the same: a function of that name with another body, a picture that was changed.
    @Test func otherValuesOfTheSameNameAreNoticed() throws {
        try inTemporaryFolder { _ in
            func program(_ body: String) -> String {
                "fn law(x) { \(body) }\nsweep({f: [law, len], seed: 1..2}, fn(p) { p.f([p.seed]) }, file=\"runs.jsonl\")"
            }
            _ = run(program("7"))
            let changed = run(program("8"))
            #expect(changed.text == "f    seed  value\nlaw     1      8\nlaw     2      8\nlen     1      1\nlen     2      1")
            #expect(changed.said.contains("runs.jsonl: with f law, seed 1 another value of the same name was meant then"))
            #expect(lines().count == 6)
            #expect(run("load_table(\"runs.jsonl\").value").text == "[8, 8, 1, 1]")
        }
    }

    /// A failing run is told with its line and the calls that led there, in the row too, and is made again.
    @Test func failuresShowTheirLine() throws {
        try inTemporaryFolder { _ in
            let program =
                "fn inverse(x) {\n    1 / x\n}\nfn measure(p) { {y: inverse(p.a)} }\nt = sweep({a: [2, 0]}, measure, file=\"runs.jsonl\")\n"
            let failed = run(program + "t[1].error")
            #expect(
                failed.said.contains("Run 2 of 2 failed (a 0):\n") && failed.said.contains(":2:7: error[E0303]: division by zero"),
                "\(failed.said)")
            #expect(failed.said.contains("1 / x") && failed.said.contains("inverse") && failed.said.contains("measure"), "\(failed.said)")
            #expect(failed.text.hasPrefix("\"division by zero (") && failed.text.hasSuffix(":2:7)\""), "\(failed.text)")
            let line = try #require(lines().last)
            #expect(line.contains("\"diagnostic\":{\"code\":\"E0303\"") && line.contains("\"function\":\"inverse\""))
            #expect(run("load_table(\"runs.jsonl\").columns").text == "[\"a\", \"y\", \"error\"]")
            #expect(run(program).said.contains("Run 2 of 2 failed (a 0):"))
            #expect(lines().count == 3)
        }
    }

    /// Two sweeps do not write to one file at the same time.
    @Test func aFileHasOneWriter() throws {
        try inTemporaryFolder { _ in
            let other = try LineFile("runs.jsonl")
            #expect(run("sweep({a: 1}, fn(p) { 1 }, file=\"runs.jsonl\")").text.hasSuffix("runs.jsonl: another program is writing to it"))
            withExtendedLifetime(other) {}
        }
    }
}
