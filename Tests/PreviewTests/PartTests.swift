import Files
import Glibc
import Language
import Notebook
import TestSupport
import Testing

@testable import Preview

/// The parts that pages are made from.
@Suite struct PartTests {
    @Test func textThatGrowsKeepsItsEnds() throws {
        var text = LiveText()
        text.append("one\n")
        text.append("two")
        #expect(text.json["text"]?.stringValue == "one\ntwo" && text.json["cut"] == nil)
        for number in 0..<100_000 { text.append("line \(number) äöü\n") }
        let json = text.json
        let (head, tail) = (json["text"]?.stringValue ?? "", json["tail"]?.stringValue ?? "")
        #expect(head.hasPrefix("one\ntwoline 0 äöü\n") && tail.hasPrefix("line ") && tail.hasSuffix("line 99999 äöü\n"))
        #expect(head.utf8.count + tail.utf8.count < 80_000)
        let count = (head + tail).split(separator: "\n").count + (json["cut"]?.intValue ?? 0)
        #expect(count == 100_001)
    }

    @Test func oneEndlessLineIsCutAtCharacters() throws {
        var text = LiveText()
        for _ in 0..<2000 { text.append(String(repeating: "語", count: 500)) }
        let json = text.json
        for part in [json["text"], json["tail"]] {
            #expect(part?.stringValue.map { $0.allSatisfy { $0 == "語" } && $0.utf8.count < 70_000 && !$0.isEmpty } == true)
        }
        #expect(json["cut"]?.intValue == 1)
    }

    @Test func manyOutputsAreCut() {
        let short = OutputCut([.text("a\nb\n"), .picture(png: [], alt: "p"), .problem("wrong", isError: true)])
        #expect(short.first.count == 3 && short.last.isEmpty && short.leftOut == 0)

        let lines = (0..<100_000).map { "line \($0)" }
        let long = OutputCut([.picture(png: [1], alt: "p"), .text(lines.joined(separator: "\n")), .problem("wrong", isError: true)])
        #expect(long.first.count == 2 && long.last.count == 2)
        guard case .text(let begin)? = long.first.last, case .text(let end)? = long.last.first, case .problem? = long.last.last else {
            Issue.record("the ends are missing")
            return
        }
        #expect(begin.hasPrefix("line 0\n") && end.hasSuffix("line 99999"))
        #expect(begin.split(separator: "\n").count + end.split(separator: "\n").count + long.leftOut == 100_000)
        #expect(begin.utf8.count + end.utf8.count < 100_000)

        let many = OutputCut((0..<5000).map { .text("\($0)\n") })
        #expect(many.first.count + many.last.count < 600 && many.first.count + many.last.count + many.leftOut == 5000)
        let wide = OutputCut([.text(String(repeating: "x", count: 1 << 20))])
        #expect(wide.leftOut == 1)
        if case .text(let text)? = wide.first.first { #expect(text.utf8.count <= 48 << 10) }
    }

    @Test func barsTellTheTimeThatIsLeft() {
        var bars = ProgressBars()
        let begin = ContinuousClock.now
        bars.note(Progress(id: 1, title: "t", completed: 0, total: 100, detail: [("loss", ".1")]), now: begin)
        #expect(bars.json.arrayValue?.first?["left"]?.isNull == true)
        bars.note(Progress(id: 1, title: "t", completed: 25, total: 100), now: begin + .seconds(5))
        let bar = bars.json.arrayValue?.first
        #expect(bar?["left"]?.doubleValue.map { abs($0 - 15) < 0.01 } == true && bar?["done"]?.intValue == 25)
        for id in 2..<40 { bars.note(Progress(id: id, title: "t", completed: 1, total: 1, finished: id > 2), now: begin) }
        #expect(bars.json.arrayValue?.count == 8)
    }

    @Test func cellsAreFoundAgain() {
        func cells(_ text: String) -> [Cell] { NotebookFile(path: "x.bas", text: text).cells }
        let old = cells("# %% A\na\n# %% B\nb\n# %%\nc\n# %%\nd\n")
        func numbers(_ text: String) -> [Int] {
            var next = 4
            return CellMatching.numbers(of: cells(text), after: old, [1, 2, 3, 4], next: &next)
        }
        #expect(numbers("# %% A\na\n# %% B\nb\n# %%\nc\n# %%\nd\n") == [1, 2, 3, 4])
        #expect(numbers("# %% A\na\n# %% B\nx\n# %%\nc\n# %%\nd\n") == [1, 2, 3, 4])
        #expect(numbers("# %% A\na\n# %% B\nb\n# %%\nx\n# %%\nd\n") == [1, 2, 3, 4])
        #expect(numbers("# %% A\na\n# %%\nnew\n# %% B\nb\n# %%\nc\n# %%\nd\n") == [1, 5, 2, 3, 4])
        #expect(numbers("# %% A\na\n# %%\nc\n# %%\nd\n") == [1, 3, 4])
        #expect(numbers("# %%\nd\n# %% A\na\n# %% B\nb\n# %%\nc\n") == [4, 1, 2, 3])
        #expect(numbers("# %% A\nx\n# %%\nnew\n# %% B\ny\n# %%\nc\n# %%\nd\n") == [1, 5, 2, 3, 4])
        #expect(numbers("").isEmpty)
    }

    @Test func theWatchSeesEachWayToSave() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.bas"
        try AtomicFile.write(path, text: "one")
        var watch = FileWatch(path)
        func looks() -> [FileWatch.Finding] { (0..<3).map { _ in watch.look() }.filter { $0 != .unchanged } }
        #expect(looks().isEmpty)
        // Renamed over the old one, as many editors do.
        try AtomicFile.write(path, text: "two")
        #expect(looks() == [.saved])
        // Written in place.
        let file = open(path, O_WRONLY | O_TRUNC)
        write(file, "three", 5)
        #expect(watch.look() == .unchanged, "it may be written still")
        write(file, "!", 1)
        close(file)
        #expect(looks() == [.saved])
        // Away for a moment, and for longer.
        unlink(path)
        #expect(looks().isEmpty)
        try AtomicFile.write(path, text: "four")
        #expect(looks() == [.saved])
        unlink(path)
        #expect((0..<20).map { _ in watch.look() }.filter { $0 == .gone }.count == 1)
        try AtomicFile.write(path, text: "five")
        #expect(looks() == [.saved])
    }

    @Test func addressesOfPicturesLeadBack() {
        #expect(Rendering.name(ofLink: "612f62c3a92e706e67") == "a/bé.png")
        for link in ["", "6", "6g", "zz", "ff"] { #expect(Rendering.name(ofLink: link[...]) == nil) }
    }
}
