import Images
import Language
import Synchronization
import Tensors
import Testing

@testable import Commands

/// Every picture and figure says in its file what it was made from.
@Suite(.serialized) struct ProvenanceTests {
    private static let setting = """
        base = load_model("collage")
        photo = load_scene("mug_rose")
        drawn = generate(base, "a photo of a dog", steps=2, n=2, seed=4)

        """

    /// Runs a script that saves `code` as p.png, and reads that.
    private func texts(_ code: String) throws -> (metadata: PNGMetadata, program: String) {
        let program = Self.setting + "save_image(\(code), \"p.png\")\n"
        return try inTemporaryFolder { _ in
            try AtomicFile.write("s.bas", text: program)
            let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
            let outcome = session.run(path: "s.bas")
            try #require(outcome.status == .ok, "\(code): \(outcome.diagnostics)")
            return (try PNGMetadata(contentsOf: "p.png"), program)
        }
    }

    /// Figures and derived pictures of every kind: the program and its version always, and what they were made of.
    @Test(
        arguments: [
            ("drawn[0]", "a photo of a dog", "4", true), ("resize(drawn[0], [64, 64])", "a photo of a dog", "4", true),
            ("flip(drawn[0])", "a photo of a dog", "4", true), ("crop(drawn[1], [0, 0], [9, 9])", "a photo of a dog", "5", true),
            ("overlay(drawn[0], rand([4, 4], seed=1))", "a photo of a dog", "4", true),
            ("paste(drawn[0], over=photo, mask=photo.masks[0])", "a photo of a dog", "4", true),
            ("grid(drawn)", "a photo of a dog", "4\n5", true), ("grid([drawn, drawn])", "a photo of a dog", "4\n5\n4\n5", true),
            ("grid([photo, drawn[0]]).image", "a photo of a dog", "4", true),
            ("decode(base, zeros([1, 16, 16, 8]))", nil, nil, true),
            ("plot([1, 2, 3])", nil, nil, false), ("heatmap([[1, 2], [3, 4]])", nil, nil, false), ("bars([1, 2])", nil, nil, false),
            ("plot(phase1(base, photo, steps=2, prior_weight=0, seed=1).history)", nil, nil, true),
            ("attention(base, \"a dog\", token=\"dog\", image=photo, seed=3).image", nil, nil, false),
            ("image(zeros([4, 4]))", nil, nil, false), ("photo.masks[0]", nil, nil, false), ("photo", nil, nil, false),
            ("edit(base, photo, photo.masks[0], \"a cat\", steps=2, seed=9)", "a cat", "9", true),
        ] as [(String, String?, String?, Bool)])
    func filesSayWhatTheyWereMadeFrom(_ code: String, _ prompt: String?, _ seed: String?, _ hasModel: Bool) throws {
        let (metadata, program) = try texts(code)
        #expect(metadata["script"] == program && metadata["Software"] == CommandTable.version, "\(code)")
        #expect(metadata["prompt"] == prompt && metadata["seed"] == seed, "\(code): \(metadata)")
        #expect(
            (metadata["model"] != nil) == hasModel && (metadata["model_hash"]?.count == 16 || !hasModel),
            "\(code): \(metadata.entries.map(\.key))")
    }

    /// What is shown is kept as a file by a terminal or a notebook.
    @Test(arguments: [
        "show grid(drawn)", "show drawn", "show [photo, drawn[0]]", "show plot([1, 2])", "show photo", "show photo.masks[0]",
        "show image(zeros([4, 4]))",
        "show attention(base, \"a dog\", token=\"dog\", image=photo, seed=3)", "show photo.masks",
        "show attention(base, \"a dog\", token=[\"a\", \"dog\"], image=photo, seed=3)",
    ])
    func whatIsShownSaysItToo(_ code: String) throws {
        let pictures = Mutex<[[UInt8]]>([])
        let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"])) { event in
            if case .display(let display) = event, let image = display.image { pictures.withLock { $0.append(image.png) } }
        }
        let program = Self.setting + code
        #expect(session.run(source: program).status == .ok)
        let png = try #require(pictures.withLock { $0.last }, "\(code) shows no picture")
        let metadata = try PNGMetadata(pngData: png)
        #expect(metadata["script"] == program && metadata["Software"] == CommandTable.version, "\(code): \(metadata.entries.map(\.key))")
        if code.contains("attention") {
            #expect(metadata["prompt"] == "a dog" && metadata["seed"] == "3" && metadata["model_hash"]?.count == 16)
        }
    }

    @Test func vectorFiguresHaveTexts() throws {
        try inTemporaryFolder { _ in
            let program = Self.setting + "save_figure(grid(drawn, title=\"<&\\\">\"), \"p.svg\")"
            let outcome = Workbench().session.run(source: program)
            #expect(outcome.status == .ok)
            let svg = String(decoding: try ReadableFile.contents("p.svg"), as: UTF8.self)
            #expect(svg.contains("key=\"prompt\">a photo of a dog</entry>") && svg.contains("key=\"seed\">4\n5</entry>"))
            #expect(
                svg.contains(
                    "key=\"script\">"
                        + program.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
                            "\"", with: "&quot;")))
        }
    }

    /// A picture that was drawn by another program keeps that; a JPEG has no room for it.
    @Test func loadedPicturesKeepTheirs() throws {
        try inTemporaryFolder { _ in
            let first = Workbench()
            first.run("base = load_model(\"collage\"); save_image(generate(base, \"a cat\", steps=2), \"a.png\")")
            let second = Workbench()
            second.run("save_image(flip(load_image(\"a.png\")), \"b.png\"); save_image(load_image(\"a.png\"), \"b.jpg\")")
            let metadata = try PNGMetadata(contentsOf: "b.png")
            #expect(metadata["script"]?.contains("generate(base") == true)
            #expect(metadata["made_by"] == "flip(load_image(\"a.png\"))")
        }
    }
}
