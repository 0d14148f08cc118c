import Commands
import Files
import Language
import Synchronization
import TestSupport
import Testing

@testable import Notebook

/// Runs of versions of a notebook in one session, which keep what stays.
@Suite struct MemoryTests {
    private let folder: TemporaryFolder
    private let live = Session(builtins: CommandTable.all)
    private let analyst = Session(builtins: CommandTable.all)
    private let memory = NotebookMemory()

    init() throws { folder = try TemporaryFolder() }

    /// Runs a version; returns what each cell showed, and which cells ran, "q" before those that ran only for their values.
    private func run(_ text: String, anew: Set<Int> = [], usesCache: Bool = true) throws -> (shown: [String], ran: [String]) {
        let ran = Mutex<[String]>([])
        let runner = try NotebookRunner(
            NotebookFile(path: folder.path + "/page.bas", text: text), live, usesCache: usesCache, analyst: analyst, memory: memory
        ) { event in
            if case .started(let cell, let isQuiet) = event { ran.withLock { $0.append((isQuiet ? "q" : "") + "\(cell)") } }
        }
        let results = try runner.run(anew: anew).results
        return (results.map(Self.text), ran.withLock { $0 })
    }

    private static func text(_ result: CellResult) -> String {
        (result.outputs ?? []).map { if case .text(let text) = $0 { text } else if case .problem(let text, _) = $0 { text } else { "" } }
            .joined()
    }

    @Test func valuesStayInMemory() throws {
        // A function cannot be written to the cache; a cell that takes no time has its values in memory only.
        let text = "# %%\nfn double(x) { 2 * x }\n# %%\na = 20\n# %%\nprint(double(a) + 1)\n"
        #expect(try run(text, usesCache: false).ran == ["0", "1", "2"])
        #expect(try run(text, usesCache: false).ran == [])
        let edited = text.replacing("+ 1", with: "+ 2")
        let (shown, ran) = try run(edited, usesCache: false)
        #expect(ran == ["2"] && shown[2] == "42\n")
        // A change above that changes no value runs nothing below.
        #expect(try run(edited.replacing("a = 20", with: "a = 19 + 1"), usesCache: false).ran == ["1"])
        #expect(try run(edited, anew: [1], usesCache: false).ran == ["1"])
        // The cache beside the file has what another process needs.
        #expect(try run(text).ran == ["0", "1", "2"] || run(text).ran == [])
    }

    @Test func someCellsCanBeRunAlone() throws {
        let text = "# %%\na = 1\n# %%\nr = randn([1], seed=none)\nprint(a)\n# %%\nprint(\"alone\")\n# %%\ns = randn([1])\nprint(a + 1)\n"
        let file = NotebookFile(path: folder.path + "/page.bas", text: text)
        let runner = try NotebookRunner(file, live, analyst: analyst, memory: memory)
        #expect(try runner.survey().map(\.origin) == [.left, .left, .left, .left])
        #expect(runner.needs(of: 2) == [2] && runner.needs(of: 1) == [0, 1])
        #expect(runner.needs(of: 3) == [0, 1, 3], "random numbers that are drawn before count")
        #expect(try runner.run(only: runner.needs(of: 2)).results.map(\.origin) == [.left, .left, .ran, .left])
        #expect(try runner.run(only: runner.needs(of: 3)).results.map(\.origin) == [.ran, .ran, .kept, .ran])
        #expect(try runner.survey().map(\.origin) == [.kept, .kept, .kept, .kept])
    }

    @Test func versionsGiveWhatARunFromNothingGives() throws {
        // Each cell is one of several; a version is a choice. Some fail, some draw random numbers, some define functions.
        let choices: [[String]] = [
            ["a = 1", "a = 2", "a = 1 + 1\nb = 3", "print(\"no a\")"],
            ["fn f(x) { x + a }", "fn f(x) { x * 10 }", "f = 3"],
            ["seed(7)\nr = randn([2])", "r = randn([2])", "r = zeros([2])"],
            ["c = f(5)\nprint(c)", "c = 1 / 0", "c = a\na = 9"],
            ["print(sum(r))\ns = randn([1])\nprint(sum(s))", "print(\"{c}\")", "print(sum(randn([3])))"],
            ["print(\"{a} {c}\")", "print(sum(r) + f(1))", "assert a == 2"],
        ]
        var numbers = SeededNumbers(seed: 11)
        var chosen = [0, 0, 0, 0, 0, 0]
        for _ in 0..<80 {
            let place = Int(numbers.next() % 6)
            chosen[place] = Int(numbers.next() % UInt64(choices[place].count))
            let text = zip(chosen, choices).enumerated().map { "# %% \($0.offset)\n\($0.element.1[$0.element.0])\n" }.joined()
            let anew: Set<Int> = numbers.next() % 3 == 0 ? [Int(numbers.next() % 6)] : []
            let (shown, ran) = try run(text, anew: anew)
            let fresh = try NotebookRunner(
                NotebookFile(path: folder.path + "/page.bas", text: text), Session(builtins: CommandTable.all), usesCache: false)
            let expected = try fresh.run().results.map(Self.text)
            #expect(shown == expected, "\(text) ran \(ran)")
        }
    }

    @Test func aStoppedCellIsLeftAlone() throws {
        let text = "# %%\nn = 5\nfor k in 1..1000000000 { n = 6 }\n# %%\nprint(n)\n"
        final class Box: @unchecked Sendable { var runner: NotebookRunner? }
        let box = Box()
        let file = NotebookFile(path: folder.path + "/page.bas", text: text)
        let runner = try NotebookRunner(file, live, analyst: analyst, memory: memory) { event in
            // The interrupt is asked for from within the run.
            if case .started(0, _) = event { box.runner?.stop(keeping: true) }
        }
        box.runner = runner
        #expect(try runner.run().isInterrupted)
        box.runner = nil
        live.interrupt.reset()
        let next = try NotebookRunner(file, live, analyst: analyst, memory: memory)
        #expect(try next.survey()[0].origin == .stopped)
        let results = try next.run().results
        #expect(results[0].origin == .stopped)
        // What it had not bound yet is missing below.
        if case .skipped(let reason) = results[1].origin {
            #expect(reason.contains("was stopped"))
        } else {
            #expect(results[1].origin == .ran)
        }
    }
}
