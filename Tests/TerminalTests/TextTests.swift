import Glibc
import Language
import Testing

@testable import Terminal

struct TextTests {
    @Test(arguments: [
        ("plain text\n\tindented", "plain text\n\tindented"),
        ("a\u{1b}[31mred\u{1b}[0m", "a^[[31mred^[[0m"),
        ("title\u{1b}]0;owned\u{7}", "title^[]0;owned^G"),
        ("line\r\nnext", "line\nnext"),
        ("over\rwritten", "over^Mwritten"),
        ("c1\u{9b}31m", "c1\u{FFFD}31m"),
        ("abc\u{202e}txt", "abctxt"),
        ("delete\u{7f}", "delete^?"),
        ("✓ 日本 é", "✓ 日本 é"),
    ])
    func controlCharactersAreMadeVisible(text: String, shown: String) {
        #expect(printable(text) == shown)
    }

    @Test(arguments: [
        // Nothing of a session: as it is.
        ("x = 1", "x = 1"),
        ("x = 1\n    y", "x = 1\n    y"),
        ("list[1]: 3", "list[1]: 3"),
        ("In [x]: 3", "In [x]: 3"),
        ("▸pipes", "▸pipes"),
        // Prompts come off, output is left out.
        ("In [3]: x = 1", "x = 1"),
        ("In [3]: x = 1\n\nIn [4]: x\nOut[4]: 1", "x = 1\nx"),
        ("In [3]: f(1,\n   ...: 2)\nOut[3]: 3", "f(1,\n2)"),
        ("In [3]: fn f(a) {\n   ...:     a * 2\n   ...: }", "fn f(a) {\n    a * 2\n}"),
        (
            "▸ photo = load_scene(\"toys\")\n▸ photo\nScene \"toys\"  512×512\n  mask   area",
            "photo = load_scene(\"toys\")\nphoto"
        ),
        ("  bas> 1 + 1\n2", "1 + 1"),
        ("\nIn [1]: a", "a"),
        // A continuation alone begins nothing.
        ("...: x", "...: x"),
    ])
    func transcriptsAreStripped(text: String, input: String) {
        #expect(Transcript.input(of: text) == input)
    }

    @Test func aContinuationCountsWithinABlock() {
        #expect(Transcript.input(of: "   ...: 2]", continuing: true) == "2]")
        #expect(Transcript.isOutput("Out[12]: 3"))
        #expect(!Transcript.isOutput("Out[x]: 3"))
    }

    @Test(
        arguments: [
            (["BAS_STDLIB": "/lib/bas"], "/usr/bin/bas", ["/usr/share/bas/stdlib"], ["/lib/bas"]),
            (["BAS_STDLIB": ""], "/usr/bin/bas", ["/usr/share/bas/stdlib"], ["/usr/share/bas/stdlib"]),
            (
                [:], "/opt/x/bin/bas", ["/opt/x/share/bas/stdlib", "/opt/x/stdlib"],
                ["/opt/x/share/bas/stdlib"]
            ),
            (
                [:], "/home/me/p/.build/x86_64-unknown-linux-gnu/release/bas",
                ["/home/me/p/Package.swift", "/home/me/p/stdlib", "/home/stdlib"], ["/home/me/p/stdlib"]
            ),
            // A package without a library, and a library without a package, are not it.
            ([:], "/home/me/p/.build/release/bas", ["/home/me/p/Package.swift", "/home/me/stdlib"], []),
            ([:], "/usr/bin/bas", [], []),
            ([:], "/bas", ["/share/bas/stdlib"], []),
            ([:], "bas", ["/usr/share/bas/stdlib"], []),
        ] as [([String: String], String, Set<String>, [String])])
    func theLibraryIsFound(
        environment: [String: String], executable: String, files: Set<String>, found: [String]
    ) {
        let folders = StandardLibrary.folders(environment: environment, executable: executable) {
            files.contains($0)
        }
        #expect(folders == found)
    }

    @Test(
        arguments: [
            (ColorChoice.auto, ["TERM": "xterm"], true, true),
            (.auto, ["TERM": "xterm"], false, false),
            (.auto, ["TERM": "dumb"], true, false),
            (.auto, [:], true, false),
            (.auto, ["TERM": "xterm", "NO_COLOR": "1"], true, false),
            (.auto, ["TERM": "xterm", "NO_COLOR": ""], true, true),
            (.auto, ["FORCE_COLOR": "1"], false, true),
            (.auto, ["NO_COLOR": "1", "FORCE_COLOR": "1"], true, false),
            (.auto, ["CLICOLOR_FORCE": "0"], false, false),
            (.always, ["NO_COLOR": "1", "TERM": "dumb"], false, true),
            (.never, ["FORCE_COLOR": "1", "TERM": "xterm"], true, false),
        ] as [(ColorChoice, [String: String], Bool, Bool)])
    func colorIsChosen(choice: ColorChoice, environment: [String: String], terminal: Bool, wanted: Bool) {
        #expect(ScreenTraits.wantsColor(choice, environment, terminal: terminal) == wanted)
    }

    @Test(
        arguments: [
            ([:], true), (["LANG": "C.UTF-8"], true), (["LANG": "de_DE.utf8"], true),
            (["LC_ALL": "C", "LANG": "C.UTF-8"], false),
            (["LC_ALL": "", "LC_CTYPE": "en_US.ISO-8859-1"], false),
        ] as [([String: String], Bool)])
    func encodingsAreRecognised(environment: [String: String], isUTF8: Bool) {
        #expect(ScreenTraits.isUTF8(environment) == isUTF8)
    }
}

struct HistoryFileTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func entriesComeBackAsTheyWere() {
        let history = HistoryFile(path: folder.path + "/deep/er/history")
        #expect(history.load() == [])
        let entries = ["x = 1", "f(1,\n  2)", "back\\slash \\n", "日本 ✓", "#123"]
        for entry in entries { #expect(history.append(entry)) }
        #expect(history.load() == entries)
        // Private text is left out.
        #expect(history.append(" secret"))
        #expect(history.append(""))
        #expect(history.append("\n\t"))
        #expect(history.load() == entries)
    }

    @Test func anOldFileIsCutToItsNewestEntries() {
        var history = HistoryFile(path: folder.path + "/history")
        history.limit = 5
        for number in 1...10 { #expect(history.append("\(number)")) }
        #expect(history.load() == ["6", "7", "8", "9", "10"])
        #expect(folder.read("history").split(separator: "\n").count == 10)
        #expect(history.append("11"))
        #expect(history.load() == ["7", "8", "9", "10", "11"])
        #expect(folder.read("history") == "7\n8\n9\n10\n11\n")
    }

    @Test func damageIsNoObstacle() throws {
        let path = try folder.write("history", "good\n\n\\\nbad\u{0}bytes\nno end")
        let file = try #require(fopen(path, "a"))
        fputc(0xFF, file)
        fclose(file)
        let entries = ["good", "\\", "badbytes", "no end\u{FFFD}"]
        #expect(HistoryFile(path: path).load() == entries)
        // The damaged file is kept beside, once; the history goes on in a sound one.
        #expect(HistoryFile(path: path).load() == entries)
        let names = Surroundings.names(in: folder.path)
        #expect(names.filter { $0.hasPrefix("history-damaged-") }.count == 1 && names.count == 2)
    }

    @Test func aTornEntryDoesNotSwallowTheNext() throws {
        let path = try folder.write("history", "one\ntorn by a dying mach")
        #expect(HistoryFile(path: path).append("two"))
        #expect(HistoryFile(path: path).load() == ["one", "torn by a dying mach", "two"])
    }

    @Test func aPlaceThatCannotBeWrittenIsSaid() {
        #expect(!HistoryFile(path: "/proc/nothing/history").append("x"))
    }

    @Test func twoSessionsKeepEachOthersEntries() {
        let one = HistoryFile(path: folder.path + "/history")
        let other = HistoryFile(path: folder.path + "/history")
        for number in 0..<50 { #expect((number % 2 == 0 ? one : other).append("entry \(number)")) }
        #expect(one.load().count == 50)
    }
}
