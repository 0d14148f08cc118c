import Language
import Testing

@testable import Commands

/// `train(model, scene, "elite")`: the encoders that ship.
@Suite(.serialized) struct EliteMethodTests {
    private nonisolated(unsafe) static let bench: Workbench = {
        let bench = Workbench()
        bench.run(
            """
            base = load_model("collage"); photo = load_scene("mug_rose")
            m = train(base, photo, "elite"); words = train(base, photo, "elite", local=0); x, y = m.handles
            """)
        return bench
    }()

    private static func problem(_ code: String) -> Diagnostic? {
        bench.session.run(source: code).diagnostics.first { $0.severity == .error }
    }

    /// It needs no steps and no seed, and moves no parameter.
    @Test func handlesComeFromThePhotoAlone() {
        let bench = Self.bench
        #expect(bench.isTrue("len(m.handles) == 2 and m.handles[0].thing == photo.names[0] and len(m.history) == 0"))
        #expect(bench.isTrue("m.hash == train(base, photo, \"elite\", seed=7).hash and m.hash != words.hash and m.hash != base.hash"))
        #expect(bench.isTrue("norm(x.embedding - y.embedding) > 0 and norm(x.embedding - words.handles[0].embedding) == 0"))
        #expect(bench.isTrue("m.phases == [\"elite, local 0.6, mug_rose\"]"))
    }

    /// Local features change pictures whose prompt names a handle, and no others.
    @Test func onlyNamedThingsChange() {
        let bench = Self.bench
        bench.run("fn drawn(model, prompt) { tensor(generate(model, prompt, steps=2, seed=3)) }")
        #expect(bench.isTrue("norm(drawn(m, \"a photo of a dog\") - drawn(base, \"a photo of a dog\")) == 0"))
        #expect(bench.isTrue("norm(drawn(m, \"a photo of <asset0>\") - drawn(words, \"a photo of <asset0>\")) > 0.1"))
        bench.run("z = randn([1, 16, 16, 8], seed=1); fn noise(model, prompt) { predict_noise(model, z, 500, prompt).noise }")
        #expect(bench.isTrue("norm(noise(m, \"<asset1>\") - noise(words, \"<asset1>\")) > 1e-3"))
        #expect(bench.isTrue("norm(noise(m, \"a dog\") - noise(words, \"a dog\")) == 0"))
        // Attention and leakage look at the same pass.
        #expect(bench.isTrue("len(leakage(m, photo).handles) == 2"))
        #expect(bench.isTrue("attention(m, \"a photo of <asset0>\", image=photo, timesteps=[500]) != none"))
    }

    /// Every file of a model keeps the local features, or says that it cannot.
    @Test func filesKeepThem() throws {
        try inTemporaryFolder { _ in
            let bench = Self.bench
            bench.run("save_model(m, \"kept\", dtype=\"float32\"); save_result(m, base=base, path=\"kept.safetensors\")")
            #expect(bench.isTrue("load_model(\"kept\").hash == m.hash and load_result(\"kept.safetensors\", base=base).hash == m.hash"))
            #expect(Self.problem("save_handles(m, \"handles\")")?.plain().contains("local features") == true)
            // A training that begins with them, interrupted and gone on with from its folder.
            bench.run(
                """
                whole = phase1(m, photo, steps=2, prior_weight=0, seed=1)
                half = phase1(m, photo, steps=2, prior_weight=0, seed=1, until=1, checkpoint="run")
                again = resume("run", base=m)
                """)
            #expect(bench.isTrue("whole.hash == again.hash and whole.hash != m.hash and whole.hash != half.hash"))
        }
    }

    @Test(arguments: [
        ("train(base, photo, \"elite\", steps=3)", ErrorCode.badArgument, "trains nothing"),
        ("train(base, photo, \"elite\", init=[\"cup\", \"rose\"])", .badArgument, "trains nothing"),
        ("train(base, photo, \"elite\", attention_weight=0)", .badArgument, "trains nothing"),
        ("train(base, photo, \"elite\", checkpoint=\"run\")", .badArgument, "trains nothing"),
        ("train(base, photo, \"ti_m\", local=1)", .badArgument, "no local features"),
        ("train(base, photo, \"elite\", local=-1)", .outOfRange, "local"),
        ("train(m, photo, \"elite\", local=1)", .modelMismatch, "local features already"),
    ])
    func wrongCallsAreRefused(_ code: String, _ expected: ErrorCode, _ words: String) {
        let error = Self.problem(code)
        #expect(error?.code == expected && error?.plain().contains(words) == true, "\(code): \(error?.plain() ?? "no error")")
    }

    /// A model that the encoders were not trained for.
    @Test func otherModelsAreRefused() {
        let bench = Workbench()
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        let code = "train(load_model(\"\(folder)/Fixtures/models/tiny-sd15\"), load_scene(\"mug_rose\"), \"elite\")"
        let error = bench.session.run(source: code).diagnostics.first { $0.severity == .error }
        #expect(error?.code == .modelMismatch && error?.plain().contains("trained for the model \"collage\"") == true)
    }

    /// A method of `benchmark` like the others, beside one that trains.
    @Test func itIsAMethodOfBenchmarks() {
        let bench = Self.bench
        bench.run(
            """
            t = benchmark(base, ["elite", {name: "one step", steps: 1, prior_weight: 0}], [photo], prompts=["a photo of *"], steps=1, init=false)
            """)
        #expect(bench.isTrue("t.method == [\"elite\", \"one step\"] and all([v >= 0 for v in t.attention_soft_iou])"))
    }
}
