import Commands
import Files
import Language
import TestSupport
import Testing

@testable import Notebook

/// What a session leaves as a notebook, and which of its records count as true.
@Suite(.serialized) struct SessionNotebookTests {
    /// A session whose inputs are recorded as the prompt records them.
    private final class Bench {
        let folder: TestSupport.TemporaryFolder
        let session: Session
        var inputs: [SessionInput] = []

        init() throws {
            folder = try TemporaryFolder()
            session = Session(
                builtins: CommandTable.all,
                // A screen of another width than a record has.
                options: SessionOptions(standardLibrary: [Desk.root + "/stdlib"], display: { DisplayContext(width: 60) }))
        }

        var path: String { folder.path + "/kept.bas" }

        /// Runs an input; it is saved where `isSaved`.
        func enter(_ source: String, isSaved: Bool = true) {
            let recorder = CellRecorder(session, shown: { _ in })
            let outcome = session.run(source: source, file: "In [\(inputs.count + 1)]", cell: inputs.count + 1)
            let recording = recorder.finish(seconds: outcome.seconds, shown: { _ in })
            let text = isSaved ? "# %% In [\(inputs.count + 1)]\n\(source)" : ""
            inputs.append(SessionInput(text: text, unsaved: isSaved ? [] : [source], recording: recording))
        }

        func save() throws -> SessionNotebook {
            let notebook = try SessionNotebook(inputs, path: path, session)
            try notebook.write()
            return notebook
        }

        /// What running the saved file gives: whether the records count as true before, and the cells that differ.
        func verdict() throws -> (isTrue: [Bool], differing: [Int]) {
            let other = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Desk.root + "/stdlib"]))
            let file = try NotebookFile(path: path)
            let runner = try NotebookRunner(file, other, usesCache: false)
            let isTrue = runner.isTrue
            let results = try runner.run().results
            return (isTrue, RecordComparison(file, results, kernel: NotebookRunner.kernel).differences.map(\.cell))
        }
    }

    @Test func aSessionIsTheNotebookThatItWouldHaveRecorded() throws {
        let bench = try Bench()
        bench.enter("x = 3")
        bench.enter("fn twice(a) { a * x }")
        bench.enter("twice(5)")
        bench.enter("noise = randn([2])")
        bench.enter("noise + randn([2])")
        bench.enter("photo = load_scene(\"toys\")")
        bench.enter("photo")
        bench.enter("show photo.image, photo.masks[0]\nprint(randn([30, 40], seed=2))")
        #expect(try bench.save().doubtful == [])
        let (isTrue, differing) = try bench.verdict()
        #expect(isTrue == Array(repeating: true, count: 8))
        #expect(differing == [], "texts of the width of a record, pictures, random numbers in their order")
        let pictures = FileSystem.contents(bench.folder.path + "/kept.out")
        #expect(pictures.count == 3 && pictures.allSatisfy { $0.hasSuffix(".png") })
    }

    @Test func whatDoesNotFollowFromTheFileIsMarkedSo() throws {
        let bench = try Bench()
        bench.enter("x = 3")
        bench.enter("x = 4", isSaved: false)
        bench.enter("x + 1")
        bench.enter("y = 1; z = 7")
        bench.enter("randn([1])", isSaved: false)
        bench.enter("randn([1])")
        bench.enter("z")
        bench.enter("_")
        #expect(try bench.save().doubtful == ["In [3]", "In [6]"])
        let (isTrue, differing) = try bench.verdict()
        #expect(isTrue == [true, false, true, false, true, false], "the last input reads what ran last")
        #expect(differing == [1, 3])
    }

    @Test func aFileThatChangedAfterItWasReadIsNoticed() throws {
        let bench = try Bench()
        let data = bench.folder.path + "/data.json"
        try AtomicFile.write(data, text: "[1, 2]")
        bench.enter("d = load_json(\"\(data)\")")
        #expect(try bench.save().doubtful == [])
        let input = bench.inputs[0]
        let recording = try #require(input.recording)
        bench.inputs[0].recording = CellRecording(
            outputs: recording.outputs, began: recording.began - 100, before: recording.before, after: recording.after, seconds: 0)
        #expect(try bench.save().doubtful == ["In [1]"])
    }

    @Test func pastedCellsAndTheirRecordsAreTakenApart() throws {
        let bench = try Bench()
        let source = "# %% a\na = 2\n#> old\n# %% b\na + 1"
        bench.enter("k = 1")
        bench.inputs.append(SessionInput(text: textWithoutRecords(source)))
        bench.session.run(source: source)
        bench.enter("a * 10")
        #expect(try bench.save().doubtful == [])
        #expect(try NotebookFile(path: bench.path).cells.map(\.title) == ["In [1]", "a", "b", "In [3]"])
        #expect(try bench.verdict().isTrue == [true, false, false, true], "what several cells showed together belongs to none")
    }

    @Test func namesOfANotebookAreAtHandAfterItRan() throws {
        let desk = try Desk("# %% a\nbase = [1, 2]\nfn f(x) { len(base) * x }\n# %% b\nbase = [1, 2, 3]\nz = randn([1])\n# %% c\nf(2)\n")
        for pass in 1...2 {
            let session = desk.session()
            let runner = try NotebookRunner(NotebookFile(path: desk.path), session, believesRecords: false)
            runner.leastSeconds = 0
            let results = try runner.run().results
            #expect(results.allSatisfy { $0.origin == (pass == 1 ? .ran : .kept) })
            try runner.bindNames(through: 2)
            #expect(session.run(source: "f(5)").value?.inlineText == "15")
            #expect(session.run(source: "randn([1])").value?.inlineText != session[global: "z"]?.inlineText, "the next draw, not the first")
        }
        // Values go, records stay: they are not believed where values are wanted.
        try desk.run()
        try FileSystem.removeTree(desk.folderPath + "/.bas/cache")
        let runner = try NotebookRunner(NotebookFile(path: desk.path), desk.session(), believesRecords: false)
        #expect(try runner.run().results.allSatisfy { $0.origin == .ran })
    }
}
