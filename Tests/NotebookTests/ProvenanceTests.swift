import Commands
import Files
import Foundation
import Images
import Language
import TestSupport
import Testing

@testable import Notebook

/// What pictures say about how they were made, and pictures that come out again.
@Suite(.serialized) struct ProvenanceTests {
    private func session() -> Session {
        Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Desk.root + "/stdlib"]))
    }

    /// Runs a script in a session of its own; the files that it writes go into `folder`, and what it shows as `shown.png`.
    private func write(_ script: String, into folder: String) throws {
        let session = session()
        session.context.outputFolder = folder
        session.setEvents { event in
            if case .display(let display) = event, let png = display.image?.png {
                try? AtomicFile.write(folder + "/shown.png") { try $0.write(png) }
            }
        }
        let outcome = session.run(source: script)
        #expect(outcome.status == .ok, "\(outcome.diagnostics.first?.message ?? "")")
    }

    private func rerun(_ path: String, keepsShown: Bool = false) throws -> (result: ProvenanceRun.Result, folder: TemporaryFolder) {
        let folder = try TemporaryFolder()
        let run = try ProvenanceRun(ProvenanceTexts(contentsOf: path))
        return (run.run(session(), folder: folder.path, keepsShown: keepsShown) { _ in }, folder)
    }

    // MARK: notebooks

    @Test func picturesOfNotebooksRunAlone() throws {
        let desk = try Desk(
            """
            # %% Apart
            unused = randn([3], seed=1)
            fail_if_run = 1
            # %% Size
            side = 6
            # %% Black
            black = image(zeros([side, side]))
            show black
            # %% Figure
            plot([1, side, 3])
            # %% Model
            base = load_model("collage")
            # %% Drawn
            show generate(base, "a dog at the beach", steps=2, seed=3)
            # %% Below
            side = 7
            """)
        try desk.run()
        let names = try NotebookFile(path: desk.path).cells.indices.flatMap { try NotebookFile(path: desk.path).recordedOutput(of: $0) }
            .compactMap { $0.split(separator: "/").last?.dropLast() }.filter { $0.hasSuffix(".png") }
        #expect(names.count == 3)
        let programs = [
            "# %% Size\nside = 6\n# %% Black\nblack = image(zeros([side, side]))\nshow black\n",
            "# %% Size\nside = 6\n# %% Figure\nplot([1, side, 3])\n",
            "# %% Model\nbase = load_model(\"collage\")\n# %% Drawn\nshow generate(base, \"a dog at the beach\", steps=2, seed=3)\n",
        ]
        for (name, program) in zip(names, programs) {
            let path = "\(desk.folderPath)/page.out/\(name)"
            #expect(try ProvenanceTexts(contentsOf: path).script == program)
            let result = try rerun(path).result
            #expect(result.outcome.status == .ok && result.nearest?.match == .same && result.nearest?.name == "the picture that it shows")
        }
    }

    @Test func anUnseededPictureBringsTheDrawsBeforeIt() throws {
        let desk = try Desk("# %% a\nx = rand([2])\n# %% apart\ny = 1\n# %% drawn\nshow image(rand([8, 8, 3]))\n")
        try desk.run()
        let name = try #require(FileSystem.contents(desk.folderPath + "/page.out").first)
        let path = "\(desk.folderPath)/page.out/\(name)"
        #expect(try ProvenanceTexts(contentsOf: path).script == "# %% a\nx = rand([2])\n# %% drawn\nshow image(rand([8, 8, 3]))\n")
        #expect(try rerun(path).result.nearest?.match == .same)
    }

    // MARK: scripts

    @Test func whatAScriptWritesStaysInTheFolder() throws {
        let (made, other) = (try TemporaryFolder(), try TemporaryFolder())
        let script = """
            make_folder("deep/er")
            save_image(image(zeros([4, 4]) + 1), "/deep/white.png")
            save_json([3], "../up.json")
            black = image(zeros([4, load_json("../up.json")[0]]))
            save_image(black, "\(other.path)/black.png")
            save_figure(plot([1, 2]), "deep/er/plot.svg")
            show black
            exists("deep/white.png")
            """
        try write(script, into: made.path)
        #expect(other.contents.isEmpty && Set(made.contents).isSuperset(of: ["deep", "up.json"]))
        let (result, folder) = try rerun(made.path + other.path + "/black.png", keepsShown: true)
        #expect(result.outcome.status == .ok && result.nearest?.match == .same && result.count == 3, "one of the files is an SVG")
        #expect(result.nearest?.name == "the picture that it shows" && folder.contents.contains("shown-1.png") && other.contents.isEmpty)
        #expect(try rerun(made.path + "/deep/white.png").result.nearest?.name == "the file \"deep/white.png\" that it writes")
        let figure = made.path + "/deep/er/plot.svg"
        #expect(try ProvenanceTexts(contentsOf: figure).script == script)
        #expect(try rerun(figure).result.nearest?.match == .same)
    }

    @Test func anotherPictureIsTold() throws {
        let made = try TemporaryFolder()
        let script = "show image(zeros([4, 4]))\nshow image(zeros([4, 4]) + 1)\nshow image(zeros([5, 4]))\n"
        var picture = Image(width: 4, height: 4, color: Color(255, 255, 255))
        picture[0, 0] = Color(254, 255, 255)
        try picture.write(to: made.path + "/p.png", metadata: ["script": script])
        let result = try rerun(made.path + "/p.png").result
        guard case .near(let ratio)? = result.nearest?.match else { return #expect(Bool(false), "it came out the same") }
        #expect(abs(ratio - 64.94) < 0.1 && result.nearest?.name == "picture 2 of the 3 that it shows" && result.count == 3)
        try Image(width: 9, height: 9, color: Color(0, 0, 0)).write(to: made.path + "/q.png", metadata: ["script": script])
        let none = try rerun(made.path + "/q.png").result
        #expect(none.nearest == nil && none.count == 3)
        try Image(width: 4, height: 4, color: Color(0, 0, 0)).write(
            to: made.path + "/r.png", metadata: ["script": "show image(zeros([4, 4]))\nnope"])
        let failed = try rerun(made.path + "/r.png").result
        #expect(failed.outcome.exitCode == .data)
    }

    @Test func figuresOfEveryKindComeOutAgain() throws {
        let made = try TemporaryFolder()
        try write(
            """
            base = load_model("collage")
            photo = load_scene("mug_rose")
            show attention(base, "a photo of a mug", token="mug", image=photo)
            save_figure(grid([photo.image, photo.image]), "grid.png")
            save_figure(heatmap([[1, 2], [3, 4]]), "heat.png")
            save_image(photo.masks[0], "mask.png")
            """, into: made.path)
        let names = made.contents
        #expect(names == ["grid.png", "heat.png", "mask.png", "shown.png"])
        for name in names {
            let result = try rerun("\(made.path)/\(name)").result
            #expect(result.outcome.status == .ok && result.nearest?.match == .same && result.count == 4, "\(name)")
        }
    }

    // MARK: what is none

    @Test func whatSaysNothingIsAProblem() throws {
        let made = try TemporaryFolder()
        let image = Image(width: 2, height: 2, color: Color(0, 0, 0))
        try image.write(to: made.path + "/plain.png")
        try image.write(to: made.path + "/prompt.png", metadata: ["prompt": "x"])
        try image.write(to: made.path + "/photo.jpg")
        try AtomicFile.write(made.path + "/text.png", text: "no picture")
        try AtomicFile.write(made.path + "/short.png") { try $0.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]) }
        try AtomicFile.write(made.path + "/empty.png", text: "")
        try AtomicFile.write(made.path + "/bare.svg", text: "<svg></svg>")
        try AtomicFile.write(made.path + "/cut.svg", text: "<svg><entry xmlns=\"urn:bas:made-from\" key=\"script\">1")
        for name in ["plain.png", "photo.jpg", "text.png", "short.png", "empty.png", "bare.svg", "cut.svg", "none.png", "."] {
            #expect(throws: Problem.self, "\(name)") { try ProvenanceTexts(contentsOf: "\(made.path)/\(name)") }
        }
        let prompt = try ProvenanceTexts(contentsOf: made.path + "/prompt.png")
        #expect(prompt.script == nil && prompt.size == image.size)
        #expect(throws: Problem.self) { try ProvenanceRun(prompt) }
    }

    @Test func svgTextsAreRead() throws {
        let made = try TemporaryFolder()
        let entries = ["a": "1 &lt; 2 &amp;amp; \"x\"", "b": "two\nlines"].sorted { $0.key < $1.key }
        let text = entries.map { "<entry xmlns=\"urn:bas:made-from\" key=\"\($0.key)\">\($0.value)</entry>" }.joined(separator: "\n")
        try AtomicFile.write(made.path + "/f.svg", text: "<?xml version=\"1.0\"?>\n<svg width=\"1\"><metadata>\(text)</metadata></svg>")
        let found = try ProvenanceTexts(contentsOf: made.path + "/f.svg")
        #expect(found.entries.map(\.text) == ["1 < 2 &amp; \"x\"", "two\nlines"] && found.size == nil && found.format == .svg)
    }

    // MARK: the command

    /// Runs `bas provenance` and returns what it prints.
    private func command(_ words: [String], in folder: String) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        let own = try #require(try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        process.executableURL = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("bas")
        process.arguments = ["provenance"] + words
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(["BAS_STDLIB": Desk.root + "/stdlib"]) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let errorText = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text, errorText)
    }

    @Test func theCommandTellsAndRuns() throws {
        let made = try TemporaryFolder()
        try write("save_image(image(zeros([4, 4])), \"black.png\")\nsave_json([1], \"n.json\")", into: made.path)
        let told = try command(["black.png"], in: made.path)
        #expect(
            told.status == 0 && told.output.hasPrefix("black.png: PNG, 4×4, made by bas")
                && told.output.contains("\n    save_json([1], \"n.json\")\n"))
        let json = try JSON.parse(try command(["--json", "black.png"], in: made.path).output)
        #expect(json["width"]?.intValue == 4 && json["texts"]?["script"]?.stringValue?.hasPrefix("save_image(") == true)
        let before = try ReadableFile.contents(made.path + "/black.png")
        let again = try command(["--run", "-q", "black.png"], in: made.path)
        #expect(
            again.status == 0 && again.output == "the same, bit for bit: the file \"black.png\" that it writes\n" && again.errors.isEmpty)
        #expect(try ReadableFile.contents(made.path + "/black.png") == before && made.contents == ["black.png", "n.json"])
        let kept = try JSON.parse(try command(["--run", "--json", "-o", "new", "black.png"], in: made.path).output)
        #expect(kept["run"]?["same"]?.boolValue == true && FileSystem.contents(made.path + "/new") == ["black.png", "n.json"])
        #expect(try command(["--run", "-o", "new", "black.png"], in: made.path).status == 73)
        #expect(try command(["-o", "new", "black.png"], in: made.path).status == 64)
        #expect(try command(["n.json"], in: made.path).status == 65)
        #expect(try command(["none.png"], in: made.path).status == 66)
    }

    @Test func hostileTextsDoNotSteerTheTerminal() throws {
        let made = try TemporaryFolder()
        let texts: PNGMetadata = [
            "script": "\u{1b}[2Jx = 1\n\u{202e}", "prompt": "\u{1b}]0;t\u{07}\r", "Software": "\u{1b}[31m\nmore",
            "Creation Time": "\u{9b}1m",
        ]
        try Image(width: 2, height: 2, color: Color(0, 0, 0)).write(to: made.path + "/h.png", metadata: texts)
        for words in [["h.png"], ["--run", "h.png"], ["--json", "h.png"], ["--run", "--json", "h.png"]] {
            let told = try command(words, in: made.path)
            #expect(
                !(told.output + told.errors).unicodeScalars.contains {
                    $0.value < 32 && $0 != "\n" || $0.value == 0x9B || $0.value == 0x202E
                }, "\(words)")
            #expect(told.status == (words.contains("--run") ? 65 : 0))
        }
    }
}
