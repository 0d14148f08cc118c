import Foundation
import Testing

@testable import Language

/// Commands of the core that read and write files.
@Suite(.serialized) struct FileTests {
    /// Runs a program with FOLDER in it replaced by a folder of its own.
    private func show(_ program: String, in folder: ScratchFolder) -> String {
        Bench().show(program.replacing("FOLDER", with: folder.path)).replacing(folder.path, with: "FOLDER")
    }

    @Test(arguments: [
        "1", "-9223372036854775807 - 1", "0.1", "2.0", "1e300", "-0.0", "\"é \\n \\\" {{x}} \\u{7f}\"", "[]", "{}",
        "[1, [2.5, none], true]",
        "{\"a b\": 1, c: {d: [none, false]}}", "1e308 * 10", "\"\"",
    ])
    func whatIsSavedIsLoaded(_ value: String) throws {
        let folder = try ScratchFolder()
        for pretty in ["true", "false"] {
            let text = show(
                "x = \(value); y = load_json(save_json(x, \"FOLDER/x.json\", pretty=\(pretty))); [x == y, type(x) == type(y), \"{x}\" == \"{y}\"]",
                in: folder)
            #expect(text == "[true, true, true]", "\(value)")
        }
        #expect(
            show("save_json([1..3, 1e308 * 10], \"FOLDER/y.json\", pretty=false); read_text(\"FOLDER/y.json\")", in: folder)
                == "\"[[1,2,3],Infinity]\\n\"")
        #expect(show("x = load_json(save_json(1e308 * 10 - 1e308 * 10, \"FOLDER/n.json\")); x == x", in: folder) == "false")
        #expect(show("{a: [1]} |> save_json(\"FOLDER/z.json\"); load_json(\"FOLDER/z.json\").a[0]", in: folder) == "1")
    }

    @Test(arguments: [
        ("{\"a\": 1, \"a\": 2}", "E0513 \"FOLDER/f\" is no JSON: line 1, column 10: the key \"a\" occurs twice in one object"),
        ("{\"a\": 01}", "E0513 \"FOLDER/f\" is no JSON: line 1, column 7: malformed number"),
        ("", "E0513 \"FOLDER/f\" is no JSON: line 1, column 1: the text ends where a value should follow"),
        ("[1e999]", "E0513 \"FOLDER/f\" is no JSON: line 1, column 2: the number is too large"), ("[1] x", "E0513 "),
        ("{\"é\": 1, \"e\\u0301\": 2}", "E0513 \"FOLDER/f\" has the field"),
        (String(repeating: "[", count: 100_000), "E0513 \"FOLDER/f\" is no JSON: line 1, column 501: nested more than 500 levels deep"),
        ("[12345678901234567890, 1e3, 7, -0]", "[1.2345678901234567e+19, 1000.0, 7, 0]"), ("\u{feff}[1]", "[1]"),
        ("[NaN, -Infinity]", "[nan, -inf]"),
        ("a\u{0}b", "E0511 \"FOLDER/f\" is no text: byte 1 of it is zero"),
    ])
    func loading(_ text: String, _ expected: String) throws {
        let folder = try ScratchFolder()
        try folder.write("f", text)
        let shown = show("load_json(\"FOLDER/f\")", in: folder)
        #expect(shown.hasPrefix(expected), "\(text.prefix(40)): \(shown)")
    }

    @Test(arguments: [
        ("save_json({a: [1, {b: len}]}, \"FOLDER/x\")", "value.a[1].b is a function"),
        ("save_json(len, \"FOLDER/x\")", "this is a function"),
        ("save_json({\"a b\": tensor([1])}, \"FOLDER/x\")", "value[\"a b\"] is a tensor"),
        ("x = 1; for i in 1..600 { x = [x] }; save_json(x, \"FOLDER/x\")", "E0605"),
        ("save_json([1..9223372036854775807], \"FOLDER/x\")", "E0604"),
        ("x = [1]; for i in 1..60 { x = [x, x] }; save_json(x, \"FOLDER/x\")", "E0604"),
        ("save_json(1, \"FOLDER/no/x.json\")", "there is no folder \"FOLDER/no\" to write into"),
        ("save_json(1, \"\")", "the path is empty"),
        ("save_json(1, \"a\\u{0}b\")", "zero byte"), ("save_json(1, \"FOLDER\")", "is a folder"),
        ("save_json(\"FOLDER/x\", {a: 1})", "the order is save_json(value, path"),
    ])
    func refused(_ program: String, _ words: String) throws {
        let folder = try ScratchFolder()
        let bench = Bench(Limits(bytes: 1 << 24))
        let found = bench.run(program.replacing("FOLDER", with: folder.path)).diagnostics.first
        let text = (found?.plain() ?? "nothing").replacing(folder.path, with: "FOLDER")
        #expect(text.contains(words), "\(program): \(text)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/x"))
    }

    @Test func whatIsNoFileIsNotWaitedFor() throws {
        let folder = try ScratchFolder()
        mkfifo(folder.path + "/pipe", 0o600)
        try Data([0x66, 0xff]).write(to: URL(fileURLWithPath: folder.path + "/latin"))
        for command in ["read_text", "load_json"] {
            #expect(show("\(command)(\"FOLDER/pipe\")", in: folder) == "E0511 \"FOLDER/pipe\" is a pipe or a device, not a file")
            #expect(show("\(command)(\"FOLDER\")", in: folder) == "E0511 \"FOLDER\" is a folder, not a file")
            #expect(show("\(command)(\"FOLDER/latin\")", in: folder) == "E0112 \"FOLDER/latin\" is not UTF-8 text")
            #expect(show("\(command)(\"FOLDER/nothing\")", in: folder).hasPrefix("E0502"))
            #expect(show("\(command)(\"FOLDER/latin\\u{0}x\")", in: folder).contains("zero byte"))
        }
        #expect(
            show("[exists(\"FOLDER\"), exists(\"FOLDER/pipe\"), exists(\"FOLDER/no\"), exists(\"\"), exists(\"FOLDER\\u{0}\")]", in: folder)
                == "[true, true, false, false, false]")
        let large = Bench(Limits(bytes: 1000))
        try folder.write("large", String(repeating: "x", count: 1001))
        #expect(large.show("read_text(\"\(folder.path)/large\")").contains("is larger than 1000 bytes"))
    }

    @Test func foldersAreMadeOnRequest() throws {
        let folder = try ScratchFolder()
        #expect(
            show("make_folder(\"FOLDER/pictures/b\"); make_folder(\"FOLDER/pictures\"); ls(\"FOLDER/pictures\")", in: folder) == "[\"b/\"]")
        #expect(show("save_json(1, \"FOLDER/f\"); make_folder(\"FOLDER/f/x\")", in: folder) == "E0508 \"FOLDER/f\" is a file, not a folder")
        let found = Bench().run("save_json(1, \"\(folder.path)/picture/x.json\")").diagnostics.first
        #expect(found?.help == "did you mean \"\(folder.path)/pictures\"? make_folder(\"\(folder.path)/picture\") makes it")
        #expect(found?.notes == ["the nearest that exists is \"\(folder.path)\""])
    }

    /// A link stays a link, permissions stay, and where writing fails the old file is as it was.
    @Test func replacingKeepsWhatWasThere() throws {
        let folder = try ScratchFolder()
        let path = try folder.write("real.json", "old")
        chmod(path, 0o640)
        symlink("real.json", folder.path + "/link.json")
        #expect(show("save_json([1], \"FOLDER/link.json\", pretty=false); read_text(\"FOLDER/real.json\")", in: folder) == "\"[1]\\n\"")
        var status = stat()
        #expect(lstat(folder.path + "/link.json", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["link.json", "real.json"])
        #expect(show("save_json([1], \"/dev/null\")", in: folder) == "\"/dev/null\"")
    }

    /// A folder that is missing is told of before anything is run.
    @Test func missingFoldersAreWarnedOf() {
        let check = { (program: String) in Bench().session.check(source: program).map { "\($0.code.rawValue) \($0.severity.rawValue)" } }
        #expect(check("save_json(1, \"no_such_folder/x.json\")") == ["W0108 warning"])
        #expect(check("make_folder(\"no_such_folder\")\nsave_json(1, \"no_such_folder/x.json\")") == [])
        #expect(check("load_json(\"no_such.json\")") == ["W0108 warning"])
        #expect(check("save_json(1, \"no_such.json\")\nload_json(\"no_such.json\")") == [])
    }
}
