import Language
import Testing

@testable import Commands

/// Whatever is passed to a command of the engine ends in a value or in a problem, never in a trap or in a mistake of
/// ours: every command is called rightly but for one or two arguments.
@Suite(.serialized) struct WrongInputHostileTests {
    /// How each command is called rightly, and cheaply.
    private static let calls: [String: [(String, String)]] = [
        "generate": [("model", "m"), ("prompt", "\"a dog\""), ("steps", "1")],
        "edit": [("model", "m"), ("image", "s"), ("mask", "s.masks[0]"), ("prompt", "\"a dog\""), ("steps", "1")],
        "denoising": [("model", "m"), ("prompt", "\"a dog\""), ("steps", "1")],
        "attention": [("model", "m"), ("prompt", "\"a photo of <asset0>\""), ("image", "s"), ("timesteps", "[500]"), ("steps", "1")],
        "automask": [("image", "s"), ("n", "2")],
        "refine": [("scene", "s"), ("model", "m")],
        "iou": [("map", "ones([16, 16])"), ("mask", "s.masks[0]")],
        "energy": [("map", "ones([16, 16])"), ("mask", "s.masks[0]")],
        "leakage": [("model", "m"), ("scene", "s"), ("timesteps", "[500]")],
        "union_sample": [("model", "m"), ("scene", "s")],
        "plan": [("model", "m")],
        "sample": [("items", "[1, 2]")],
        "prior_images": [("model", "m"), ("prompts", "[\"a dog\"]"), ("n", "1"), ("steps", "1")],
        "random_timesteps": [("model", "m"), ("n", "2")],
        "shuffle": [("items", "[1, 2]")],
        "zoomed": [("pick", "pick")],
        "in_context": [("pick", "pick"), ("contexts", "\"a photo of * at night\"")],
        "encode": [("model", "m"), ("images", "s")],
        "decode": [("model", "m"), ("latents", "z")],
        "add_noise": [("model", "m"), ("latents", "z"), ("noise", "z"), ("t", "500")],
        "prediction_target": [("model", "m"), ("latents", "z"), ("noise", "z"), ("t", "500")],
        "predict_noise": [("model", "m"), ("latents", "z"), ("t", "500"), ("prompts", "\"a dog\"")],
        "guided_noise": [("model", "m"), ("latents", "z"), ("t", "500"), ("prompts", "\"a dog\"")],
        "ddim": [("model", "m"), ("steps", "2")],
        "ddpm": [("model", "m"), ("steps", "2")],
        "pndm": [("model", "m"), ("steps", "2")],
        "euler": [("model", "m"), ("steps", "2")],
        "euler_ancestral": [("model", "m"), ("steps", "2")],
        "dpmsolver": [("model", "m"), ("steps", "2")],
        "encode_prompts": [("model", "m"), ("prompts", "\"a dog\"")],
        "advance": [("scheduler", "dpmsolver(m, steps=2)"), ("noise", "z"), ("t", "667"), ("latents", "z")],
        "step": [("scheduler", "ddim(m, steps=2)"), ("noise", "z"), ("t", "501"), ("latents", "z")],
        "attention_map": [("attention", "out"), ("handle", "m.handles[0]")],
        "attention_loss": [("attention", "out"), ("pick", "pick")],
        "grad": [("loss", "sum(m.handles[0].embedding)"), ("of", "m.handles")],
        "leaf": [("x", "z")],
        "clip": [("gradients", "g"), ("norm", "1")],
        "adamw": [("of", "m.handles"), ("lr", "0.1")],
        "update": [("model", "m"), ("optimizer", "o"), ("gradients", "g")],
        "load_model": [("name", "\"collage\"")],
        "add_handles": [("model", "m"), ("handles", "1")],
        "save_handles": [("model", "m"), ("path", "\"out-handles\"")],
        "load_handles": [("path", "\"h.safetensors\""), ("model", "b")],
        "load_lora": [("model", "b"), ("path", "\"l.safetensors\"")],
        "save_lora": [("model", "q"), ("base", "b"), ("path", "\"o.safetensors\"")],
        "save_result": [("model", "m"), ("base", "b"), ("path", "\"o.safetensors\"")],
        "load_result": [("path", "\"r.safetensors\""), ("base", "b")],
        "diff": [("a", "m"), ("b", "m3")],
        "nearest": [("model", "m"), ("to", "zeros([192])")],
        "require_grad": [("model", "m")],
        "load_scene": [("name", "\"toys\"")],
        "scene": [("image", "s"), ("masks", "s.masks")],
        "save_scene": [("scene", "s"), ("path", "\"out\"")],
        "check": [("scene", "s"), ("model", "b")],
        "add_background": [("scene", "s")],
        "coco_scenes": [("annotations", "\"coco.json\""), ("images", "\".\""), ("n", "1")],
        "prepare": [("scene", "s"), ("model", "b")],
        "merge": [("a", "m"), ("b", "m3")],
        "render": [("things", "2"), ("side", "64")],
        "load_world": [("name", "\"dog\"")],
        "save_world": [("world", "w"), ("path", "\"out-world\"")],
        "world_scenes": [],
        "world_objects": [],
        "handles_of": [("model", "m"), ("scene", "s")],
        "phase1": [("model", "b"), ("scene", "s"), ("steps", "1"), ("prior_weight", "0")],
        "phase2": [("model", "m"), ("scene", "s"), ("steps", "1"), ("prior_weight", "0")],
        "break_a_scene": [("model", "b"), ("scene", "s"), ("steps", "1"), ("prior_weight", "0")],
        "train": [("model", "b"), ("scene", "s"), ("method", "\"ti_m\""), ("steps", "1")],
        "resume": [("model", "m")],
    ]

    private static let pool = [
        "none", "true", "-1", "0", "1", "2", "9223372036854775807", "-9223372036854775808", "1e300", "1e300 * 1e300", "0.5",
        "\"a\"", "\"\"", "\"<asset0>\"", "\"<asset9> and\"", "[]", "[\"\"]", "[\"a\", \"b\"]", "[0, 1]", "[-1]", "[[1], [2, 3]]",
        "[999, 1000]", "zeros([0])", "zeros([0, 16, 16, 8])", "zeros([2, 16, 16, 8])", "zeros([1, 4, 8, 8])", "zeros([1, 128, 128, 3])",
        "[zeros([1, 64, 64, 3]), s]", "n * z", "n", "log([-1, 0, 1])", "ones([16, 16])", "b", "m", "m3", "s", "toys", "one_pixel", "w",
        "s.masks[0]", "s.masks", "toys.masks", "[one_pixel.masks[0]]", "m.handles[1]", "m3.handles", "m3.handles[2]",
        "[m3.handles[0], m.handles[0]]",
        "m.parameters", "require_grad(b).parameters", "out", "out2", "pick", "pick3", "pick.image", "g", "g3", "o", "o3",
        "{\"<x>\": zeros([192])}",
        "{\"a\": 1}", "{}", "fn(x) { x }", "fn(a, b) { n }", "fn(a, b) { grad(a, b) }", "attention_loss", "table([{a: 1}])",
        "ddim(m3, steps=1)",
    ]

    private static let setUp = """
        b = load_model("collage"); m = add_handles(b, 2); m3 = add_handles(b, 3, seed=1); s = load_scene("mug_rose"); toys = load_scene("toys");
        one_pixel = scene(image(zeros([1, 1, 3])), [box([0, 0], [1, 1], [1, 1])]);
        w = render(2, side=64); z = zeros([1, 16, 16, 8]); n = tensor(1e38) * tensor(1e38);
        pick = union_sample(m, s, seed=1); pick3 = union_sample(m3, toys, seed=1);
        out = predict_noise(m, z, 500, "a photo of <asset0> and <asset1>"); out2 = predict_noise(m3, zeros([2, 16, 16, 8]), 500, pick3.prompt);
        g = grad(sum(m.handles[0].embedding), m.handles); g3 = grad(sum(m3.handles[0].embedding), m3.handles);
        o = update(m, adamw(m.handles, lr=0.1), g)[1]; o3 = update(m3, adamw(m3.handles, lr=0.1), g3)[1];
        save_handles(add_handles(b, 1), "h.safetensors"); save_result(m, "r.safetensors", b);
        k = require_grad(b, "kv"); q, ko = update(k, adamw(k.parameters, lr=0.001), grad(mean(predict_noise(k, ones([1, 16, 16, 8]), 500, "a dog").noise), k.parameters));
        save_lora(q, "l.safetensors", b);
        save_image(image(zeros([64, 64])), "1.png");
        fn half(k) { {image_id: 1, category_id: k, iscrowd: 0, area: 2048, segmentation: [[32 * k - 32, 0, 32 * k, 0, 32 * k, 64, 32 * k - 32, 64]]} };
        save_json({images: [{id: 1, file_name: "1.png", width: 64, height: 64}], categories: [{id: 1, name: "cat"}, {id: 2, name: "dog"}], annotations: [half(1), half(2)]}, "coco.json");
        """

    /// Calls of one command with one or two arguments replaced; more rounds find more, the same ones every time.
    @Test(arguments: calls.keys.sorted()) func survives(_ name: String) throws {
        guard let row = CommandTable.all.first(where: { $0.name == name }), let right = Self.calls[name] else {
            Issue.record("there is no command \(name)")
            return
        }
        let rounds = 40
        var state = name.utf8.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
        func roll(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        try inTemporaryFolder { _ in
            let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
            let start = session.run(source: Self.setUp)
            #expect(start.diagnostics.isEmpty, "\(start.diagnostics.first?.message ?? "")")
            for round in 0..<rounds {
                var arguments = Dictionary(right) { first, _ in first }
                for _ in 0..<(round == 0 || row.parameters.isEmpty ? 0 : 1 + roll(2)) {
                    let parameter = row.parameters[roll(row.parameters.count)].name
                    // Paths and costs are tested one by one elsewhere.
                    if parameter == "path" || parameter == "prior_weight" && name != "attention" { continue }
                    arguments[parameter] = Self.pool[roll(Self.pool.count)]
                }
                let code = "\(name)(\(arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")))"
                let outcome = session.run(source: code)
                if round == 0 { #expect(outcome.exitCode == .ok, "\(code): \(outcome.diagnostics.first?.message ?? "")") }
                if let value = outcome.value { _ = value.display(DisplayContext()) }
                let ours = outcome.diagnostics.first { $0.code == .internal }
                #expect(ours == nil, "\(code): \(ours?.message ?? "")")
            }
        }
    }

    @Test func everyCommandOfTheEngineIsCalled() {
        let families: Set = ["models", "scenes", "world", "training", "generation", "attention", "method"]
        // `masks` asks a person.
        for row in CommandTable.all where families.contains(row.family.name) && !["save_model", "masks"].contains(row.name) {
            #expect(Self.calls[row.name] != nil, "\(row.name)")
        }
    }
}
