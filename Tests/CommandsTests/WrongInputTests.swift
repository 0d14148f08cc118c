import Language
import Testing

@testable import Commands

/// Wrong inputs of many kinds, all but those that need a special machine: each has its code, a part of its message and its exit code.
@Suite(.serialized) struct WrongInputTests {
    struct Row {
        let source: String
        let code: ErrorCode
        let message: String
        let exit: ExitCode

        init(_ source: String, _ code: ErrorCode, _ message: String, _ exit: ExitCode = .data) {
            (self.source, self.code, self.message, self.exit) = (source, code, message, exit)
        }
    }

    private static let setUp = """
        b = load_model("collage"); m = add_handles(b, 2); m3 = add_handles(b, 3); s = load_scene("mug_rose");
        z = zeros([1, 16, 16, 8]); n = tensor(1e38) * tensor(1e38);
        """

    /// Runs the rows in one session, in a folder with `WrongInputFolders`.
    private static func check(_ rows: [Row]) throws {
        try inTemporaryFolder { _ in
            try WrongInputFolders.make()
            let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
            #expect(session.run(source: setUp).diagnostics.isEmpty)
            for row in rows {
                let outcome = session.run(source: row.source)
                let first = outcome.diagnostics.first
                #expect(first?.code == row.code, "\(row.source): \(first?.message ?? "no error")")
                #expect(first?.severity == .error, "\(row.source)")
                let text = ([first?.message ?? ""] + (first?.notes ?? []) + [first?.help ?? ""]).joined(separator: " | ")
                #expect(text.contains(row.message), "\(row.source): \(text)")
                #expect(outcome.exitCode == row.exit, "\(row.source)")
                #expect(first?.span != nil, "\(row.source) has no place")
            }
        }
    }

    /// What a newcomer writes, and what the message tells to write instead.
    @Test func adviceTellsWhatToWrite() throws {
        try Self.check([
            Row("load_scene(mug_rose)", .unknownName, "a text stands between quotes: \"mug_rose\""),
            Row("load_image(\"https://example.com/a.jpg\")", .fileMissing, "nothing is read from the network", .noInput),
            Row("load_image(\"letter\")", .fileMissing, "did you mean \"letter.png\"?", .noInput),
            Row("load_model(\"stable-diffusion\")", .unknownModel, "save_pretrained", .noInput),
            Row("s.masks(0)", .notCallable, "s.masks[0]"),
            Row("s.masks[0].cells()", .notCallable, "leave out the ()"),
            Row("generate(\"a dog\")", .wrongType, "made by load_model(\"collage\")"),
            Row("s.masks[\"0\"]", .badIndex, "without quotes: [0]"),
            Row("s.image.save(\"a.png\")", .unknownField, "save_image(s.image, …)"),
            Row("m.generate(\"a dog\", steps=3)", .unknownField, "generate(m, \"a dog\", steps=3)"),
            Row("generate(b, \"a dog\", steps=\"30\")", .wrongType, "without quotes: 30"),
            Row("generate(b, \"a dog\", num_inference_steps=5)", .unknownParameter, "has no parameter"),
            Row("phase1(s, b)", .wrongType, "the order is phase1(model, scene"),
            Row("phase1(\"collage\", s)", .wrongType, "load_model(\"collage\") reads one"),
            Row("phase1(b, s, init=\"mug\")", .wrongType, "in brackets: [\"mug\"]"),
            Row("phase1(b, s.image)", .wrongType, "scene(image, [mask, …])"),
            Row("scene(s.image, [\"mask0.png\"])", .wrongType, "mask(\"mask0.png\") reads one"),
            Row("attention(m, \"a photo of {m.handles[0]}\", image=\"letter.png\")", .wrongType, "load_image(\"letter.png\") reads one"),
            Row("save_image(\"a.png\", s.image)", .wrongType, "the order is save_image(image, path"),
            Row("update(m, adamw(m.handles, lr=1e-3), 1)", .wrongType, "wants gradients for gradients | made by grad(loss"),
            Row("scene(s.image, [box([1, 1], [9, 9], [32, 32])])", .maskSizeDiffers, "resize(mask, image)"),
            Row("resume(\"nothing\")", .checkpoint, "\"nothing\" holds no checkpoint | a training writes one"),
            Row("heatmap [[1, 2], [3]]", .badIndex, "write heatmap([…])"),
            Row("one, two = m3.handles", .unpackMismatch, "a, .._ = …"),
        ])
    }

    @Test func files() throws {
        try Self.check([
            Row("load_image(\"nope.png\")", .fileMissing, "nope.png", .noInput),
            Row("load_image(\"letter.png\")", .unreadablePicture, "neither PNG nor JPEG"),
            Row("load_image(\"folder\")", .cannotRead, "folder", .inputOutput),
            Row("load_image(\"\")", .badArgument, "empty"),
            Row("load_scene(\"toyz\")", .fileMissing, "did you mean \"toys\"?", .noInput),
            Row("load_scene(\"letter.png\")", .sceneFolderExpected, "is one picture"),
            Row("load_scene(\"\")", .badArgument, "empty"),
            Row("load_scene(\"small_mask\")", .maskSizeDiffers, "mask 0 is 32×32 pixels, the photo is 64×64"),
            Row("load_scene(\"empty_mask\")", .maskEmpty, "mask 0 is empty"),
            Row("load_scene(\"same_masks\")", .masksIdentical, "masks 0 and 1 are identical"),
            Row("load_scene(\"from_one\")", .noMasks, "it has mask1.png"),
            Row("load_scene(\"no_masks\")", .noMasks, "a scene needs mask0.png"),
            Row("load_scene(\"no_photo\")", .sceneFolderExpected, "no img.jpg"),
            Row("load_scene(\"bad_mask\")", .unreadablePicture, "bad_mask/mask0.png"),
            Row("load_scene(\"cut_mask\")", .unreadablePicture, "damaged"),
            Row("load_scene(\"bad_names\")", .badFile, "bad_names/names.json: it must be a list of 1 strings"),
            Row("load_scene(\"bad_json\")", .badFile, "bad_json/names.json: "),
            Row("scene(s.image, [])", .noMasks, "has no masks"),
            Row("scene(s.image, s.masks, names=[\"a\"])", .badArgument, "1 names for 2 masks"),
            Row("save_scene(s, \"\")", .badArgument, "the path is empty"),
            Row("save_scene(s, \"older\")", .cannotWrite, "holds another scene's img.jpg, mask2.png", .cannotCreate),
            Row("save_scene(s, \"letter.png\")", .cannotWrite, "is a file", .cannotCreate),
            Row("save_scene(s, \"letter.png/x\")", .cannotWrite, "\"letter.png\" is a file", .cannotCreate),
            Row("save_image(s.image, \"/proc/none/x.png\")", .cannotWrite, "there is no folder \"/proc/none\"", .cannotCreate),
            Row("save_image(s.image, \"x.gif\")", .cannotWrite, "not .gif", .cannotCreate),
        ])
    }

    @Test func models() throws {
        try Self.check([
            Row("load_model(\"colage\")", .unknownModel, "did you mean \"collage\"?", .noInput),
            Row("load_model(\"\")", .badArgument, "empty"),
            Row("load_model(\"letter.png\")", .badModelFolder, "is a file"),
            Row("load_model(\"folder\")", .badModelFolder, "no model_index.json"),
            Row("load_model(\"no_index\")", .badModelFolder, "no model_index.json"),
            Row("load_model(\"no_weights\")", .badModelFolder, "no_weights/unet has no weights"),
            Row("load_model(\"pickle\")", .badModelFolder, "convert them to safetensors"),
            Row("load_model(\"cut\")", .damagedWeights, "truncated"),
            Row("load_model(\"hostile\")", .damagedWeights, "not a safetensors file"),
            Row("load_model(\"renamed\")", .weightMismatch, "1 missing: conv_in.weight; 1 unexpected: conv_in.wEIght"),
            Row("load_model(\"misshapen\")", .weightMismatch, "conv_in.weight [8, 48, 3, 3] where [48, 8, 3, 3] belongs"),
            Row("load_model(\"activation\")", .unsupportedConfiguration, "act_fn = \"mish\""),
            Row("load_model(\"channels\")", .badModelFolder, "latents of 9 channels"),
            Row("load_model(\"sample_size\")", .badModelFolder, "sample_size 17×17 is no multiple of 4"),
            Row("load_model(\"bad_config\")", .unsupportedConfiguration, "not valid JSON"),
            Row("load_model(\"pipeline\")", .unsupportedConfiguration, "FluxPipeline"),
            Row("generate(load_model(\"few_timesteps\"), \"x\", steps=60)", .badArgument, "60 steps"),
            Row("attention(load_model(\"few_timesteps\"), \"x\", token=1, image=s)", .outOfRange, "0…49"),
            Row("leakage(add_handles(load_model(\"few_timesteps\"), 2), s)", .outOfRange, "0…49"),
            Row("save_model(m, \"\")", .badArgument, "the path is empty"),
            Row("save_model(m, \"letter.png\")", .cannotWrite, "is a file", .cannotCreate),
            Row("save_handles(b, \"x\")", .unknownHandle, "no handles to save"),
            Row("save_handles(m, \"\")", .badArgument, "the path is empty"),
            Row(
                "save_handles(m, \"h3.safetensors\")", .badArgument, "a name without .safetensors is a folder with a file for each: \"h3\""),
            Row("load_handles(\"nope\", b)", .fileMissing, "nope", .noInput),
            Row("load_handles(\"letter.png\", b)", .damagedWeights, "letter.png"),
            Row("load_lora(\"nope\", b)", .fileMissing, "nope", .noInput),
            Row("load_lora(\"letter.png\", b)", .damagedWeights, "letter.png"),
            Row("save_handles(add_handles(b, 1), \"h2.safetensors\"); load_lora(\"h2.safetensors\", b)", .badFile, "is no LoRA"),
            Row(
                "save_handles(add_handles(b, 1), \"h2.safetensors\"); load_result(\"h2.safetensors\", b)", .badFile,
                "save_result writes one"),
            Row(
                "save_handles(add_handles(b, 1), \"h2.safetensors\"); load_model(\"h2.safetensors\")", .badFile,
                "no Stable Diffusion checkpoint"),
            Row("save_result(m, \"r2.safetensors\", b); load_result(\"r2.safetensors\", m)", .modelMismatch, "belongs to the model"),
            Row("save_lora(m, \"l2.safetensors\", b)", .badArgument, "save_handles writes those"),
            Row("save_lora(b, \"\", load_model(\"few_timesteps\"))", .badArgument, "the path is empty"),
            Row("load_model(\"collage\", prediction=\"epsilon\")", .badArgument, "for single files"),
            Row("add_handles(m, {\"<asset0>\": zeros([192])})", .handleNameClash, "<asset0>"),
            Row("add_handles(m, {\"cat\": zeros([192])})", .badArgument, "a handle is written <name>"),
            Row("add_handles(m, {\"<a>\": zeros([3])})", .shapeMismatch, "[192]"),
            Row("add_handles(m, 0)", .outOfRange, "1 to 64"),
            Row("add_handles(b, 2, init=[\"a\"])", .badArgument, "1 word for 2 handles"),
            Row("add_handles(b, 1, init=[\"\"])", .unknownWord, "has no token"),
            Row("nearest(m, zeros([3]))", .shapeMismatch, "[192]"),
        ])
    }

    @Test func training() throws {
        try Self.check([
            Row("phase1(b, s, stps=1)", .unknownParameter, "stps"),
            Row("phase1(b, s, steps=-1)", .outOfRange, "from 0 to"),
            Row("phase1(b, s, steps=1.5)", .wrongType, "an int for steps"),
            Row("phase1(b, s, lr=1e30)", .outOfRange, "lr from 0 to 10"),
            Row("phase1(b, \"toys\")", .wrongType, "scene"),
            Row("phase1(b, s, init=[\"a\"])", .badArgument, "init has 1 word, the scene has 2 masks"),
            Row("phase1(m, s, init=[\"dish\", \"flower\"], steps=1)", .badArgument, "go on from where they are"),
            Row("phase2(b, s, steps=1)", .modelMismatch, "phase1(model, scene) learns a handle for each mask"),
            Row("phase2(m3, s, steps=1)", .modelMismatch, "3 handles, the scene 2 masks"),
            Row("phase2(m, s, train=\"everything\")", .notAllowed, "everything"),
            Row("phase1(b, s, prior_prompts=[])", .badArgument, "prior_prompts is empty"),
            Row("phase1(b, s, prior=1, prior_prompts=[\"<x>\"])", .unknownHandle, "<x>"),
            Row("phase1(b, s, prior_weight=0, steps=1, attention_loss=fn(o) { 1 })", .badArgument, "is a function of 2"),
            Row("phase1(b, s, prior_weight=0, steps=1, attention_loss=fn(o, p) { \"x\" })", .wrongType, "this gave a string"),
            Row("phase1(b, s, prior_weight=0, steps=1, attention_loss=fn(o, p) { [1, 2] })", .shapeMismatch, "this gave [2]"),
            Row("phase1(b, s, prior_weight=0, steps=3, attention_loss=fn(o, p) { n })", .notFinite, "nothing had been learned yet"),
            Row("phase2(m, s, prior_weight=0, steps=30, lr=10)", .notFinite, "try a lower lr than 10"),
            Row("adamw(b.handles, lr=1)", .badArgument, "no handle to move"),
            Row("adamw(b.parameters, lr=1)", .noGradient, "require_grad"),
            Row(
                "o = update(m, adamw(m.handles, lr=0.1), grad(sum(m.handles[0].embedding), m.handles))[1]; update(m3, o, grad(sum(m3.handles[0].embedding), m3.handles))",
                .modelMismatch, "must come from this model"),
            Row("update(m, adamw(m.handles, lr=0.1), grad(n * sum(m.handles[0].embedding), m.handles))", .notFinite, "a lower lr than 0.1"),
            Row("grad(m.handles[0].embedding, m.handles)", .shapeMismatch, "one number"),
            Row("grad(tensor(1), m.handles)", .noGradient, "does not depend"),
            Row("grad(sum(m.handles[0].embedding), m3.handles)", .noGradient, "these handles"),
        ])
    }

    @Test func pictures() throws {
        let long = Array(repeating: "very", count: 60).joined(separator: " ")
        try Self.check([
            Row("generate(b, \"a photo of <asset7>\")", .unknownHandle, "it has none"),
            Row("generate(m, \"a photo of <asset7>\")", .unknownHandle, "it has <asset0>, <asset1>"),
            Row("generate(b, \"\(long)\")", .promptTooLong, "62 tokens"),
            Row("generate(b, [])", .badArgument, "no prompt"),
            Row("generate(b, \"x\", n=0)", .outOfRange, "n from 1"),
            Row("generate(b, \"x\", steps=0)", .outOfRange, "steps from 1"),
            Row("generate(b, \"x\", size=[100, 100])", .badArgument, "multiples of 32"),
            Row("generate(b, \"x\", size=[4096, 4096])", .tooManyBytes, "4096×4096"),
            Row("generate(b, \"x\", latents=zeros([2, 16, 16, 8]))", .shapeMismatch, "latents for 2 pictures"),
            Row("encode(b, s) * randn([8, 16, 16])", .shapeMismatch, "do not broadcast"),
            Row("encode(b, [zeros([1, 128, 128, 3]), zeros([1, 64, 64, 3])])", .shapeMismatch, "different sizes"),
            Row("encode(b, [])", .badArgument, "no picture"),
            Row("decode(b, zeros([1, 8, 16, 16]))", .shapeMismatch, "channels-last"),
            Row("add_noise(b, z, z, tensor([1e30]))", .outOfRange, "0…999"),
            Row("add_noise(b, z, z, n)", .outOfRange, "0…999"),
            Row("add_noise(b, z, z, [])", .badArgument, "0 timesteps for 1 samples"),
            Row("add_noise(b, z, zeros([1]), 1)", .shapeMismatch, "different shapes"),
            Row("predict_noise(b, zeros([1, 15, 16, 8]), 1, \"x\")", .shapeMismatch, "multiples of 4"),
            Row("predict_noise(b, zeros([0, 16, 16, 8]), 1, \"x\")", .shapeMismatch, "[N, h, w, 8]"),
            Row("predict_noise(b, z, 1, [])", .badArgument, "0 prompts for 1 samples"),
            Row("step(ddim(b, steps=2), z, 7, z)", .badArgument, "they are 501, 1"),
            Row("step(dpmsolver(b, steps=2), z, 667, z)", .badArgument, "advance(scheduler, noise, t, x)"),
            Row("advance(dpmsolver(b, steps=2), z, 334, z)", .badArgument, "in order"),
            Row("advance(euler(b, steps=2), z, 3.5, z)", .badArgument, "3.5 is no timestep"),
            Row("euler(b, settings={use_karas_sigmas: true})", .badArgument, "use_karras_sigmas"),
            Row("dpmsolver(b, settings={solver_order: 7})", .unsupportedConfiguration, "solver_order"),
            Row("euler(b, settings={use_karras_sigmas: b})", .wrongType, "use_karras_sigmas is a number"),
            Row("pndm(b, steps=3, settings={skip_prk_steps: false})", .badArgument, "needs 4 or more"),
            Row("generate(b, \"x\", scheduler=\"eular\")", .notAllowed, "generate knows no scheduler \"eular\""),
            Row("generate(b, \"x\", scheduler=euler(b, steps=3), steps=2)", .badArgument, "was made for 3"),
            Row("generate(load_model(\"few_timesteps\"), \"x\", scheduler=euler(b))", .modelMismatch, "another noise schedule"),
        ])
    }

    @Test func attention() throws {
        let look = "attention(m, \"a photo of a dog\", token=\"dog\", image=s, "
        try Self.check([
            Row(look + "heads=[-1])", .outOfRange, "heads are among"),
            Row(look + "heads=[99])", .outOfRange, "heads are among"),
            Row(look + "heads=[])", .outOfRange, "heads are among"),
            Row(look + "keep=[\"layer\", \"layer\"])", .badArgument, "twice"),
            Row(look + "keep=[\"place\"])", .notAllowed, "place"),
            Row(look + "layers=[\"foo\"])", .badArgument, "no cross-attention is called foo"),
            Row(look + "timesteps=[])", .badArgument, "1 to 100 timesteps"),
            Row(look + "timesteps=0..999)", .badArgument, "1 to 100 timesteps"),
            Row("attention(m, \"a dog\", token=\"cat\", image=s)", .unknownHandle, "does not name cat"),
            Row("attention(m, \"a dog\", token=99, image=s)", .indexOutOfRange, "places 0…31"),
            Row("attention(m, \"a dog\", image=s)", .missingArgument, "token="),
            Row("attention(b, \"a dog\", token=m.handles[0], image=s)", .unknownHandle, "it has none"),
            Row("leakage(b, s)", .modelMismatch, "0 handles, the scene 2 masks"),
            Row("leakage(b, s)", .modelMismatch, "phase1(model, scene) learns a handle for each mask"),
            Row("generate(b, repeat(\"dog \", 100000))", .promptTooLong, "dog…\" does not fit"),
            Row("union_sample(m3, s)", .modelMismatch, "3 handles, the scene 2 masks"),
            Row("attention_loss(predict_noise(m, z, 5, \"x\"), union_sample(m, s))", .unknownHandle, "pick.prompt"),
            Row("attention_map(predict_noise(m, z, 5, \"x\"), m.handles[0])", .unknownHandle, "does not name <asset0>"),
            Row("iou(zeros([0, 3]), s.masks[0])", .shapeMismatch, "one map [H, W]"),
            Row("iou(zeros([3]), s.masks[0])", .shapeMismatch, "one map [H, W]"),
        ])
    }

    @Test(arguments: [
        ("c = check(load_scene(\"speck\"))", ErrorCode.maskVanishes, "vanishes at 16×16"),
        ("c = check(load_scene(\"zero_one\"))", .maskEmpty, "brightest pixel is 1 of 255"),
        ("c = check(load_scene(\"all_white\"))", .smallMask, "covers the whole photo"),
        ("load_scene(\"gap\")", .noMasks, "mask2.png left out"),
        ("add_handles(load_model(\"collage\"), 1, init=[\"qwertyzxcv\"])", .unknownWord, "starts from the first"),
    ]) func warnings(_ source: String, _ code: ErrorCode, _ message: String) throws {
        try inTemporaryFolder { _ in
            try WrongInputFolders.make()
            let outcome = Programs.run(source, table: CommandTable.all).outcome
            let warning = outcome.diagnostics.first
            #expect(warning?.code == code && warning?.severity == .warning, "\(warning?.message ?? "nothing")")
            #expect(warning?.message.contains(message) == true, "\(warning?.message ?? "")")
            #expect(outcome.exitCode == .ok)
        }
    }

    @Test func missingLibrary() {
        for (folders, message) in [([], "no standard library lies beside the program"), (["/nope"], "there is no folder /nope/models")] {
            let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: folders))
            let outcome = session.run(source: "load_model(\"collage\")")
            #expect(outcome.exitCode == .noInput)
            #expect(outcome.diagnostics.first?.notes.first?.contains(message) == true)
        }
    }

    @Test func seedsWrapAround() {
        let result = Programs.run(
            "len(generate(load_model(\"collage\"), \"x\", steps=1, n=2, seed=9223372036854775807))", table: CommandTable.all)
        #expect(result.text == "2")
    }
}
