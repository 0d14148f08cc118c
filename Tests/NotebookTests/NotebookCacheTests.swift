import Commands
import Figures
import Files
import Glibc
import Images
import Language
import Testing

@testable import Notebook

/// What comes back without being computed again, and what happens where it cannot.
@Suite(.serialized) struct NotebookCacheTests {
    /// A cell that takes long enough for its values to be kept.
    private static let slow = """
        # %% slow
        total = 0
        for i in 1..150000 { total = total + i }
        x = zeros([3]) + total
        # %% use
        max(x)
        """

    @Test func valuesComeBackWithoutTheCell() throws {
        let desk = try Desk(Self.slow)
        #expect(try desk.run(keepsAll: true) == ["ran", "ran"])
        try desk.edit("max(x)", "min(x)")
        #expect(try desk.run() == ["kept", "ran"], "the slow cell's values are read, not computed")
    }

    @Test func recordsAloneAreTrustedWhereTheyAreTrue() throws {
        let desk = try Desk(Self.slow)
        try desk.run()
        try FileSystem.removeTree(desk.folderPath + "/.bas")
        #expect(try desk.run() == ["recorded", "recorded"], "as in a fresh clone")
        try desk.edit("max(x)", "min(x)")
        #expect(try desk.run() == ["recorded", "ran", "again 0"])
    }

    @Test func aDamagedCacheCostsTimeOnly() throws {
        let desk = try Desk("# %% a\nx = 1\nx\n# %% p\nplot([1, 2, 3])\n")
        try desk.run()
        let text = desk.text
        let cache = desk.folderPath + "/.bas/cache"
        for name in FileSystem.contents(cache) where FileSystem.isFolder("\(cache)/\(name)") && name != "alias" {
            for part in FileSystem.contents("\(cache)/\(name)") {
                try AtomicFile.write("\(cache)/\(name)/\(part)", text: "{\"format\": 1, \"outputs\": [{\"picture\": \"../../x\"}]")
            }
        }
        try desk.edit("x = 1", "x = 2")
        try desk.edit("x = 2", "x = 1")
        try desk.run()
        #expect(desk.text == text)
    }

    @Test func picturesLieBesideTheFile() throws {
        let desk = try Desk("# %% p\nplot([1, 2, 3])\n")
        try desk.run()
        let names = FileSystem.contents(desk.folderPath + "/page.out")
        #expect(names.count == 1 && desk.text.contains("(page.out/\(names[0]))"))
        try AtomicFile.write(desk.folderPath + "/page.out/mine.png", text: "not the notebook's")
        try desk.edit("[1, 2, 3]", "[1, 2, 4]")
        try desk.run()
        let after = Set(FileSystem.contents(desk.folderPath + "/page.out"))
        #expect(after.count == 2 && after.contains("mine.png") && !after.contains(names[0]))
    }

    @Test func theLinesOfStringsAreNoRecords() throws {
        let desk = try Desk("# %% a\ntext = \"\"\"\n#> not recorded\n# %% no cell\n\"\"\"\ntext\n")
        try desk.run()
        #expect(desk.text.contains("text = \"\"\"\n#> not recorded\n# %% no cell\n\"\"\"\ntext\n#> "))
        let text = desk.text
        try desk.run()
        #expect(desk.text == text)
    }

    @Test func aFloodIsCut() throws {
        let desk = try Desk("# %% a\nfor i in 1..60000 { print(\"a rather long line of text\", i) }\n")
        try desk.run()
        #expect(desk.text.utf8.count < 800_000 && desk.recorded.last?.hasSuffix("more bytes of output are not kept)") == true)
    }

    @Test func aVariableHidesABuiltinOfItsName() throws {
        let desk = try Desk("# %% a\nmask = 3\n# %% b\nmask + 1\n")
        #expect(try desk.run() == ["ran", "ran"])
        #expect(try desk.run() == ["kept", "kept"], "which file `mask` reads is no question")
        #expect(try desk.isTrue() == [true, true])
    }

    @Test func whatRanLastIsNoGroundForARecord() throws {
        let desk = try Desk("# %% a\n3\n# %% b\n_ + 1\n# %% c\n_1 + 1\n")
        try desk.run()
        #expect(try desk.isTrue() == [true, false, false])
    }

    @Test func aSeededDrawHangsOnNoOther() throws {
        let desk = try Desk(
            """
            # %% before
            randn([1])
            # %% seeded
            for s in 1..2 { randn([1], seed=s) }
            # %% function
            fn draw(seed = none) { randn([1], seed=seed) }
            # %% unseeded
            draw()
            """)
        try desk.run()
        try desk.edit("randn([1])\n#>", "randn([1]) + randn([1])\n#>")
        #expect(try desk.run() == ["ran", "kept", "ran", "ran"], "a seed that may be none when it runs seeds nothing")
    }

    // MARK: comparing

    private func differences(_ desk: Desk, kernel: String) throws -> [RecordComparison.Difference] {
        let file = try NotebookFile(path: desk.path)
        let (results, _) = try NotebookRunner(file, desk.session(), usesCache: false).run()
        return RecordComparison(file, results, kernel: kernel).differences
    }

    @Test func theSameKernelMustGiveTheSame() throws {
        let desk = try Desk("# %% a\n\"loss\"\n0.12345\n# %% p\nplot([1, 2, 3])\n")
        try desk.run()
        #expect(try differences(desk, kernel: NotebookRunner.kernel).isEmpty)
        try desk.edit("#> 0.12345", "#> 0.12346")
        let found = try differences(desk, kernel: NotebookRunner.kernel)
        #expect(found.map(\.lines) == [["  \"loss\"", "- 0.12346", "+ 0.12345"]])
        #expect(try differences(desk, kernel: "another").isEmpty, "a unit of the last digit")
        try desk.edit("#> 0.12346", "#> 0.13346")
        #expect(try differences(desk, kernel: "another").count == 1)
        try desk.edit("#> 0.13346", "#> 0.12345")
        try desk.edit("#> \"loss\"", "#> \"lost\"")
        #expect(try differences(desk, kernel: "another").count == 1, "words")
    }

    @Test func whatAPageLetsPeopleExploreIsCompared() throws {
        let desk = try Desk("# %% p\nplot([1, 2, 3])\n")
        try desk.run()
        let name = try #require(FileSystem.contents(desk.folderPath + "/page.out").first { $0.hasSuffix(".png") })
        let path = desk.folderPath + "/page.out/" + name
        let png = try ReadableFile.contents(path)
        let chart = try #require(Explorable(png: png))
        func record(_ old: String, _ new: String) throws {
            let json = chart.json.text()
            try #require(json.contains(old), "\(json)")
            let changed = PNGChunk.setting("baSP", Array(json.replacing(old, with: new).utf8), in: png)
            try #require(Explorable(png: changed) != nil && CellOutput.pictureName(changed) == name)
            try AtomicFile.write(path) { sink in try sink.write(changed) }
        }
        try record("\"values\":[1.0,2.0,3.0]", "\"values\":[1.0,2.001,3.0]")
        let found = try differences(desk, kernel: NotebookRunner.kernel)
        #expect(found.count == 1 && found[0].lines.contains { $0.hasSuffix("(to explore: lines[0].values[1] differs)") }, "\(found)")
        #expect(try differences(desk, kernel: "another").isEmpty, "within the tolerance of numbers")
        try record("\"values\":[1.0,2.0,3.0]", "\"values\":[1.0,2.1,3.0]")
        #expect(try differences(desk, kernel: "another").count == 1)
        try AtomicFile.write(path) { sink in try sink.write(Explorable.removed(from: png)) }
        #expect(try differences(desk, kernel: "another").isEmpty, "a record from before pictures carried anything")
    }
}

/// Trainings under other kernels.
@Suite struct TrainedRecordTests {
    @Test func trainingIsComparedUnderItsOwnKernelOnly() throws {
        let desk = try Desk(
            """
            # %% train
            m = add_handles(load_model("collage"), 1)
            m, o = update(m, adamw(m.handles, lr=5e-4), grad(sum(m.handles[0].embedding), m.handles))
            # %% look
            float(m.handles[0].embedding[0])
            # %% apart
            0.25
            """)
        try desk.run()
        let lines = desk.recorded
        try desk.edit("#> \(lines[0])", "#> 7.5")
        let file = try NotebookFile(path: desk.path)
        let runner = try NotebookRunner(file, desk.session(), usesCache: false)
        let results = try runner.run().results
        #expect(runner.trained == [0, 1])
        let own = RecordComparison(file, results, kernel: NotebookRunner.kernel, trained: runner.trained)
        #expect(own.differences.map(\.cell) == [1] && own.looseCount == 0)
        let other = RecordComparison(file, results, kernel: "another", trained: runner.trained)
        #expect(other.differences.isEmpty && other.looseCount == 2)
        try desk.edit("#> 0.25", "#> 0.5")
        let changed = RecordComparison(try NotebookFile(path: desk.path), results, kernel: "another", trained: runner.trained)
        #expect(changed.differences.map(\.cell) == [2], "what does not depend on the training is compared")
    }
}

/// The notebooks that ship.
@Suite struct RecordedNotebookTests {
    /// What the lessons record still follows from their text, the standard library and the model: a change of one of these needs
    /// `bas notebook` on them.
    @Test func theLessonsRecordsAreTrue() throws {
        try expectTrueRecords(in: Desk.root + "/examples/lessons", count: 8)
    }

    @Test func theExamplesRecordsAreTrue() throws { try expectTrueRecords(in: Desk.root + "/examples", count: 16) }

    @Test func theResearchRecordsAreTrue() throws { try expectTrueRecords(in: Desk.root + "/examples/research", count: 6) }

    private func expectTrueRecords(in folder: String, count: Int) throws {
        let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Desk.root + "/stdlib"]))
        let files = try FileSystem.contents(folder).filter { $0.hasSuffix(".bas") && !$0.hasPrefix(".") }.map {
            try NotebookFile(path: folder + "/" + $0)
        }
        #expect(files.count(where: \.isRecorded) == count)
        for file in files where file.isRecorded {
            let name = file.name
            let runner = try NotebookRunner(file, session, usesCache: false)
            for (place, isTrue) in runner.isTrue.enumerated() where file.mark(of: place)?.key != "-" {
                #expect(isTrue, "\(name): \(file.label(of: place))")
            }
            for place in file.cells.indices {
                for line in file.recordedOutput(of: place) where line.hasPrefix("![") {
                    let picture = line.split(separator: "(").last.map { $0.dropLast() } ?? ""
                    #expect(FileSystem.exists(folder + "/" + picture), "\(name): \(picture)")
                }
            }
        }
    }
}
