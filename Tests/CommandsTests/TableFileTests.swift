import Language
import Tensors
import Testing

@testable import Commands

/// `save_table` and `load_table`.
@Suite(.serialized) struct TableFileTests {
    private func text(_ source: String) -> String {
        let result = Programs.run(source)
        return result.first.map { "\($0.code.rawValue): \($0.message)" } ?? result.outcome.value?.literalText ?? "nothing"
    }

    private func isSame(_ one: String, _ other: String) -> Bool {
        (try? ReadableFile.contents(one)).map { $0 == (try? ReadableFile.contents(other)) } ?? false
    }

    /// Every kind of value that a cell may be hard to tell from another by.
    private static let hard = #"""
        t = table([
            {i: 1, x: 0.1, s: "a, \"b\"", n: none, b: true, e: "", one: "1", nan: "nan", lines: "p\nq\r\n", zero: "007", blank: " 3", mixed: 1},
            {i: -7, x: 1e-9, s: "true", n: none, b: false, e: " ", one: "1.50", nan: "-inf", lines: "é\t|", zero: "0", blank: "x ", mixed: "y"},
            {i: 9223372036854775807, x: 2.0, s: "none", n: 3.5, b: none, e: "-", one: ".5", nan: "1e5", lines: "\"", zero: "00", blank: "", mixed: false},
        ])

        """#

    @Test(arguments: ["t.csv", "t.tsv", "t.jsonl"]) func tablesComeBackAsTheyWere(_ name: String) throws {
        try inTemporaryFolder { _ in
            #expect(
                text(Self.hard + "save_table(t, \"\(name)\"); u = load_table(\"\(name)\"); save_table(u, \"again-\(name)\"); u == t")
                    == "true")
            #expect(isSame(name, "again-" + name))
            #expect(text(Self.hard + "[str(r) for r in load_table(\"\(name)\")] == [str(r) for r in t]") == "true")
        }
    }

    /// By their numbers, not by the four digits that are shown.
    @Test(arguments: [
        ("table({x: [0.10000001]}) == table({x: [0.10000002]})", "false"), ("table({x: [1, 2]}) == table({x: [1.0, 2.0]})", "true"),
        ("table({x: [1e308 * 10 - 1e308 * 10]}) == table({x: [1e308 * 10 - 1e308 * 10]})", "true"),
        ("table({x: [1]}) == table({x: [\"1\"]})", "false"), ("table({x: [1]}) == table({x: [1, 1]})", "false"),
        ("table({x: [[1, 2]]}) == table({x: [[1, 2]]})", "true"), ("table({x: [none]}) == table({x: [\"–\"]})", "false"),
    ])
    func tablesAreEqualByTheirCells(_ code: String, _ expected: String) { #expect(text(code) == expected, "\(code)") }

    @Test(arguments: [
        "table([])", "table([{a: none}, {a: 1}, {a: none}])", "table([{a: \"\"}, {a: none}])", "table({a: [], b: []})",
        "table([{x: tensor(0.5), y: 1}, {x: 2.5, y: none}])", "table([{\"a, b\": 1, \"\": 2, \"3\": 3, \"\\\"\": 4}])",
        "table([{x: 1 / 3}, {x: 10.0 ** 300}, {x: 5e-324}])", "table([{l: [1, 2], r: {a: 1}}])",
    ])
    func savedAgainTheFileIsTheSame(_ table: String) throws {
        try inTemporaryFolder { _ in
            for name in ["t.csv", "t.jsonl"] {
                #expect(
                    text("t = \(table)\nsave_table(t, \"\(name)\"); save_table(load_table(\"\(name)\"), \"again-\(name)\")")
                        == "\"again-\(name)\"")
                #expect(isSame(name, "again-" + name), "\(table)")
            }
        }
    }

    /// What other programs write.
    @Test(arguments: [
        ("a,b\n1,2\n", "[{a: 1, b: 2}]"), ("\u{FEFF}a,b\r\n1,x\r\n\r\n2,\r\n", "[{a: 1, b: \"x\"}, {a: 2, b: none}]"),
        ("a,b\r1,2\r3,4", "[{a: 1, b: 2}, {a: 3, b: 4}]"), ("\"a\",\"b\"\n\"1\",\"0.50\"\n", "[{a: 1, b: 0.5}]"),
        ("a,b\n\"1\",\" 2\"\n", "[{a: \"1\", b: \" 2\"}]"), ("a, b\n1, 2\n", "[{a: 1, \" b\": 2}]"),
        (
            "a\n+5\n-0\n1.\n.5\n1E3\n-\n1e\n0x10\n12345678901234567890\n",
            "[{a: 5}, {a: 0}, {a: 1.0}, {a: 0.5}, {a: 1000.0}, {a: \"-\"}, {a: \"1e\"}, {a: \"0x10\"}, {a: \"12345678901234567890\"}]"
        ),
        ("a,b\n\"x\ny\",\"q\"\"q\"\n", "[{a: \"x\\ny\", b: \"q\\\"q\"}]"), ("", "[]"), ("a\n", "[]"), ("a,b", "[]"),
        ("id,name\n007,Ä\n", "[{id: \"007\", name: \"Ä\"}]"), ("a\nnan\ninf\n-inf\n", "[{a: nan}, {a: inf}, {a: -inf}]"),
    ])
    func foreignFilesAreRead(_ content: String, _ expected: String) throws {
        try inTemporaryFolder { _ in
            try AtomicFile.write("t.csv", text: content)
            #expect(text("load_table(\"t.csv\").rows") == expected, "\(content)")
        }
    }

    @Test(arguments: [
        ("t.csv", "a,b\n1,2\n\n1,2,3\n", "E0513: t.csv, line 4 has 3 cells, the first line 2"),
        ("t.csv", "a,b\r\n\"x\r\ny\",2\r\n1\r\n", "E0513: t.csv, line 4 has 1 cell, the first line 2"),
        ("t.csv", "a,b\n1,\"2\n3,4\n", "E0513: t.csv, line 2: a quote is opened here and never closed"),
        ("t.csv", "a,b\n1,\"2\"3\n", "E0513: t.csv, line 2: something stands between a closing quote and the end of its cell"),
        ("t.csv", "a,a\n1,2\n", "E0513: t.csv: two columns are called \"a\""),
        ("t.jsonl", "{\"a\": 1}\n[1]\n", "E0513: t.jsonl, line 2 is a list, not an object"),
        ("t.jsonl", "{\"a\": 1}\n{\"a\" 1}\n{}\n", "E0513: t.jsonl, line 2, column 6: found '1' where"),
        ("t.txt", "", "E0511: a table is read from .csv, .tsv or .jsonl"),
    ])
    func mistakesAreToldWithTheirLine(_ name: String, _ content: String, _ expected: String) throws {
        try inTemporaryFolder { _ in
            try AtomicFile.write(name, text: content)
            #expect(text("load_table(\"\(name)\")").hasPrefix(expected), "\(text("load_table(\"\(name)\")"))")
        }
    }

    @Test func bytesThatAreNoTextAreTold() throws {
        try inTemporaryFolder { _ in
            try AtomicFile.write("t.csv") { try $0.write([97, 10, 255, 10]) }
            #expect(text("load_table(\"t.csv\")") == "E0513: t.csv, line 2: this is no UTF-8 text")
            #expect(text("load_table(\"missing.csv\")").hasPrefix("E0502"))
        }
    }
}
