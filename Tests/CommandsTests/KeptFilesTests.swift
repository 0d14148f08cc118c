import Language
import TestSupport
import Testing

@testable import BreakAScene
@testable import Commands
@testable import Diffusion
@testable import Tensors

/// Handles, results and folders as they lie on disk, and what the model was taught.
@Suite(.serialized) struct KeptFilesTests {
    private static func bench() -> Workbench {
        let bench = Workbench()
        bench.run("base = load_model(\"collage\"); three = add_handles(base, 3, init=[\"fish\", \"duck\", \"ball\"])")
        return bench
    }

    /// One tensor a file, as load_textual_inversion wants it.
    @Test func severalHandlesAreAFolder() throws {
        try inTemporaryFolder { _ in
            let bench = Self.bench()
            bench.run("save_handles(three, \"h\"); again = load_handles(\"h\", base)")
            #expect(FileSystem.contents("h") == ["asset0.safetensors", "asset1.safetensors", "asset2.safetensors", "handles.json"])
            for name in FileSystem.contents("h") where name.hasSuffix(".safetensors") {
                #expect(try SafetensorsFile(path: "h/\(name)").tensors.map(\.shape) == [[192]])
            }
            #expect(
                bench.isTrue("again.hash == three.hash and load_handles(\"h/asset1.safetensors\", base).handles[0].token == \"<asset1>\""))
            // Fewer handles take the place of more; what is not theirs stays.
            try AtomicFile.write("h/notes.txt", text: "mine")
            bench.run("two = add_handles(base, {\"<a/b>\": ones([192]), \"<ü>\": zeros([192])}); save_handles(two, \"h\")")
            #expect(FileSystem.contents("h") == ["%C3%BC.safetensors", "a%2Fb.safetensors", "handles.json", "notes.txt"])
            #expect(bench.isTrue("load_handles(\"h\", base).hash == two.hash"))
            bench.run("save_handles(add_handles(base, 1), \"one\"); save_handles(add_handles(base, 1), \"one.safetensors\")")
            #expect(FileSystem.contents("one") == ["handles.json", "learned_embeds.safetensors"])
            // A file of several tokens, as earlier versions wrote it.
            try SafetensorsWriter.write(
                "old.safetensors", ["<x>", "<y>"].map { SafetensorsTensor($0, shape: [192], [Float](repeating: 1, count: 192)) })
            #expect(bench.isTrue("len(load_handles(\"old.safetensors\", base).handles) == 2"))
        }
    }

    @Test(arguments: ["float16", "float32", "bfloat16"]) func aFolderSaysThatItIsLoadedInOneType(_ dtype: String) throws {
        try inTemporaryFolder { _ in
            Self.bench().run("save_model(base, \"m\", dtype=\"\(dtype)\")")
            let json = try JSON.parse(try ReadableFile.contents("m/text_encoder/config.json"))
            #expect(json["dtype"]?.stringValue == "float32" && json["torch_dtype"] == nil)
        }
    }

    @Test func anExactResultIsTheModelItself() throws {
        try inTemporaryFolder { _ in
            let bench = Self.bench()
            let printed = Printed()
            bench.session.setEvents { if case .stream(let text) = $0 { printed.add(text) } }
            bench.run(
                """
                k = require_grad(three, "all"); z = randn([1, 16, 16, 8], seed=1)
                m, o = update(k, adamw(k.parameters, lr=0.01), grad(mean(predict_noise(k, z, 500, "a photo of <asset0>").noise ** 2), k.parameters))
                low = save_result(m, base=base, path="low.safetensors", rank=2)
                """)
            #expect(
                printed.text.contains("At rank 2 the file leaves out") && printed.text.contains("save_result without rank= loses nothing"),
                "\(printed.text)")
            bench.run("exact = save_result(m, base=base, path=\"exact.safetensors\")")
            #expect(printed.text.contains("Nothing is lost"))
            #expect(
                bench.isTrue(
                    "a = load_result(\"exact.safetensors\", base); a.hash == m.hash and exact.error == 0 and a.handles == m.handles"))
            #expect(
                bench.isTrue(
                    "b = load_result(\"low.safetensors\", base); b.hash != m.hash and low.error > 0.1 and low.relative > 0 and low.relative < low.error"
                ))
            // What is said is what is so: of the parameters that changed, without the handles.
            bench.run(
                "left = [r.change for r in diff(m, b) if not (\"handle\" in r.block)]; all = [r.change for r in diff(m, base) if not (\"handle\" in r.block)]"
            )
            #expect(abs(bench.number("norm(left) / norm(all) / low.error") - 1) < 1e-3)
        }
    }

    private final class Printed: @unchecked Sendable {
        private(set) var text = ""
        /// On one line, however it was wrapped.
        func add(_ more: String) { text += more.replacing("\n", with: " ") }
    }

    @Test func aModelKnowsWhatItWasTaught() throws {
        let bench = Self.bench()
        #expect(bench.isTrue("w = base.words; \"rabbit\" in w and \"duck\" in w and len(w) > 300"))
        let words = try bench.run("w").value?.elements?.map(\.inlineText) ?? []
        #expect(words == words.sorted() && Set(words).count == words.count)
        // Pieces of words, and words that were kept for tests.
        #expect(bench.isTrue("not any([x in w for x in [\"bbit\", \"ing\", \"er\", \"mug\", \"elephant\", \"zyzzyva\"]])"))
        #expect(
            bench.isTrue("t = nearest(base, \"rabbit\", n=8); len(t) == 8 and not (\"rabbit\" in t.word) and all([x in w for x in t.word])")
        )
        #expect(bench.isTrue("all([t.cosine[i] >= t.cosine[i + 1] for i in 0..<7])"))
        #expect(bench.isTrue("r = nearest(three, three.handles[1], n=1)[0]; r.word == \"duck\" and abs(r.cosine - 1) < 1e-5"))
        #expect(
            bench.isTrue(
                "x = nearest(base, three.handles[0].embedding)[1]; h = add_handles(base, 1, init=[x.word]).handles[0]; abs(cosine(h.embedding, three.handles[0].embedding) - x.cosine) < 1e-5"
            ))
    }

    @Test(arguments: [
        ("add_handles(base, 1, init=[\"zyzzyva\"])", "tokens of this model: \"z"),
        ("add_handles(base, 1, init=[\"mug\"])", "was never taught"), ("nearest(base, \"mug\")", "was never taught"),
        (
            "phase1(base, load_scene(\"mug_rose\"), init=[\"teddy bear\", \"flower\"], steps=1, prior_weight=0)",
            "2 tokens of this model: \"teddy\", \"bear\""
        ),
    ])
    func wordsThatStartBadlyAreWarnedOf(_ code: String, _ words: String) {
        let outcome = Self.bench().session.run(source: code)
        #expect(
            outcome.status == .ok && outcome.diagnostics.contains { $0.code == .unknownWord && $0.message.contains(words) },
            "\(outcome.diagnostics.map(\.message))")
    }

    /// A model without two groups of lengths, as Stable Diffusion's, has all of its words.
    @Test func withoutAGapEveryWordCounts() throws {
        func lengths(_ length: (Int) -> Double) -> [Double] { (0..<1000).map(length) }
        #expect(DiffusionModel.gap(lengths { 0.4 + Double($0) * 1e-4 }) == nil)
        let two = lengths { place in
            let start = place < 600 ? 0.2 : 1.6
            return start + Double(place % 7) * 0.01
        }
        let gap = try #require(DiffusionModel.gap(two))
        #expect(gap > 0.27 && gap < 1.6)
        // Too few on one side.
        #expect(DiffusionModel.gap([0.1, 5]) == nil)
        #expect(DiffusionModel.gap(lengths { $0 < 3 ? 0.1 : 1 + Double($0) * 1e-4 }) == nil)
    }
}
