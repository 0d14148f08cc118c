import Language
import Synchronization
import Testing

@testable import Commands
@testable import Tensors

/// Handles with an embedding for each cross-attention layer, as the language has them.
@Suite(.serialized) struct HandleLayerCommandTests {
    private static func bench() -> Workbench {
        let bench = Workbench()
        bench.run(
            """
            base = load_model("collage"); photo = load_scene("mug_rose")
            two  = add_handles(base, photo, init=["dish", "flower"])
            many = add_handles(base, photo, init=["dish", "flower"], per_layer=true)
            """)
        return bench
    }

    private static func problem(_ bench: Workbench, _ code: String) -> Diagnostic? {
        bench.session.run(source: code).diagnostics.first { $0.severity == .error }
    }

    /// What a cell prints, as one line.
    private static func told(_ bench: Workbench, _ code: String) -> String {
        let lines = Mutex("")
        bench.session.setEvents { event in
            if case .stream(let text) = event { lines.withLock { $0 += text } }
        }
        bench.run(code)
        bench.session.setEvents { _ in }
        return lines.withLock { $0 }.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func equalLayersAreOneEmbedding() {
        let bench = Self.bench()
        #expect(
            bench.isTrue(
                "many.handles[0].embedding.shape == [len(many.layers), 192] and many.handles[0].start.shape == [len(many.layers), 192]"))
        #expect(bench.isTrue("all([norm(e - two.handles[0].embedding) == 0 for e in many.handles[0].embedding])"))
        #expect(
            bench.isTrue("psnr(generate(two, \"a <asset0>\", steps=2, seed=1), generate(many, \"a <asset0>\", steps=2, seed=1)) > 100"))
        // Shared handles of a model become like those that are added per layer, and go on drawing the same.
        #expect(bench.isTrue("add_handles(two, 1, per_layer=true).handles[0].embedding.ndim == 2"))
        #expect(bench.isTrue("add_handles(many, 1).handles[2].embedding.ndim == 2"))
        #expect(bench.isTrue("len(diff(two, many)) == 0"))
    }

    /// The coarse layers of one thing with the fine layers of another: a handle made of two.
    @Test func layersOfTwoHandlesMakeOne() {
        let bench = Self.bench()
        bench.run(
            """
            a, b  = many.handles
            mixed = add_handles(many, {"<mix>": stack([if i < 3 { a.embedding[i] } else { b.embedding[i] } for i in 0..<len(many.layers)])})
            z     = randn([1, 16, 16, 8], seed=1)
            fn maps(prompt) { predict_noise(mixed, z, 500, prompt).noise }
            """)
        #expect(bench.isTrue("norm(encode_prompts(mixed, \"a <mix>\", layer=0) - encode_prompts(mixed, \"a <asset0>\", layer=0)) == 0"))
        #expect(bench.isTrue("norm(encode_prompts(mixed, \"a <mix>\", layer=-1) - encode_prompts(mixed, \"a <asset1>\", layer=-1)) == 0"))
        #expect(
            bench.isTrue("norm(maps(\"a <mix>\") - maps(\"a <asset0>\")) > 1e-3 and norm(maps(\"a <mix>\") - maps(\"a <asset1>\")) > 1e-3"))
    }

    @Test func gradientsAndUpdatesAreByLayer() {
        let bench = Self.bench()
        bench.run(
            """
            out = predict_noise(many, randn([1, 16, 16, 8], seed=1), 500, "a photo of {many.handles[0]}")
            g   = grad(mean(out.noise ** 2), many.handles)
            m, o = update(many, adamw(many.handles, lr=1e-2), g)
            """)
        #expect(bench.isTrue("g[many.handles[0]].shape == [len(many.layers), 192] and min([norm(r) for r in g[many.handles[0]]]) > 0"))
        #expect(bench.isTrue("g[many.handles[1]].shape == [len(many.layers), 192] and norm(g[many.handles[1]]) == 0"))
        #expect(bench.isTrue("min([norm(r) for r in m.handles[0].embedding - many.handles[0].embedding]) > 0"))
    }

    @Test func filesKeepEveryLayerAndSayWhatOthersGet() throws {
        try inTemporaryFolder { _ in
            let bench = Self.bench()
            bench.run("learned = phase1(base, photo, init=[\"dish\", \"flower\"], steps=3, prior_weight=0, per_layer=true, seed=1)")
            #expect(Self.told(bench, "save_model(learned, \"whole\")").contains("the mean of each handle's 7 embeddings"))
            #expect(Self.told(bench, "save_handles(learned, \"handles\")").contains("an embedding for each layer"))
            #expect(Self.told(bench, "save_handles(two, \"others\")").isEmpty)
            bench.run("save_result(learned, \"result.safetensors\", base)")
            for code in ["load_model(\"whole\")", "load_handles(\"handles\", base)", "load_result(\"result.safetensors\", base)"] {
                bench.run("again = \(code)")
                #expect(
                    bench.isTrue(
                        "again.handles == learned.handles and [h.thing for h in again.handles] == [h.thing for h in learned.handles]"),
                    "\(code)")
            }
            #expect(bench.isTrue("[h.token for h in handles_of(load_model(\"whole\"), photo)] == [\"<asset0>\", \"<asset1>\"]"))
            let shown = bench.session.run(source: "load_model(\"whole\")").value?.display(DisplayContext(wantsImages: false)).plain ?? ""
            #expect(shown.contains("an embedding for each of 7 layers"))
        }
    }

    /// Measures by layer, and by the mean where a layer is not named.
    @Test func measuresNameTheLayer() {
        let bench = Self.bench()
        bench.run("learned = phase1(base, photo, init=[\"dish\", \"flower\"], steps=3, prior_weight=0, per_layer=true, seed=1)")
        #expect(
            bench.isTrue("handle_drift(learned).layer == [..base.layers, ..base.layers] and \"layer\" not in handle_drift(two).columns"))
        #expect(bench.isTrue("min(handle_drift(learned).change) > 0"))
        bench.run("a = learned.handles[0]; near = nearest(learned, a, n=1, layer=2).cosine[0]")
        #expect(
            bench.isTrue(
                "near == nearest(learned, a.embedding[2], n=1).cosine[0] and near == nearest(learned, a, n=1, layer=base.layers[2]).cosine[0]"
            ))
        #expect(bench.isTrue("nearest(learned, a, n=1).word[0] == \"dish\""))
        let shown = bench.session.run(source: "a").value?.display(DisplayContext(wantsImages: false)).plain ?? ""
        #expect(shown.contains("[7, 192]") && shown.contains("its mean most like"))
    }

    @Test func whatCannotBeIsRefused() {
        let bench = Self.bench()
        let rows: [(String, ErrorCode, String)] = [
            ("encode_prompts(many, \"a <asset0>\")", .badArgument, "layer"),
            ("encode_prompts(many, \"a <asset0>\", layer=7)", .outOfRange, "this model has 7"),
            ("nearest(many, many.handles[0], layer=\"mid\")", .badArgument, "no cross-attention layer"),
            ("phase1(many, photo, steps=1, per_layer=false)", .badArgument, "has no effect"),
            ("phase2(many, photo, steps=1, per_layer=false)", .badArgument, "has no effect"),
            ("add_handles(many, 1, per_layer=false)", .badArgument, "has no effect"),
            ("add_handles(base, {\"<x>\": zeros([3, 192])})", .shapeMismatch, "[192]"),
            ("add_handles(base, 1, per_layer=3)", .wrongType, "per_layer"),
        ]
        for (code, expected, text) in rows {
            let found = Self.problem(bench, code)
            #expect(found?.code == expected, "\(code): \(found?.message ?? "no problem")")
            #expect("\(found?.message ?? "") \(found?.help ?? "")".contains(text), "\(code): \(found?.message ?? "")")
        }
        // Words of a prompt without handles have the same states in all layers.
        #expect(bench.isTrue("encode_prompts(many, \"a dog\").ndim == 3"))
    }

    @Test func aMethodOfABenchmarkMayHaveIt() {
        let bench = Self.bench()
        bench.run(
            """
            per  = {name: "per layer", per_layer: true, steps: 1, prior_weight: 0}
            runs = benchmark(base, [per], [photo], seeds=[1], prompts=["a photo of *"], steps=1)
            """)
        #expect(bench.isTrue("\"per layer\" in runs.method"))
    }
}
