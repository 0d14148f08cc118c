import Glibc
import Language
import Tensors
import Testing

@testable import Commands

/// Programs at the edges of what parameters allow, each of which once ended the process, or never ended.
@Suite(.serialized) struct EdgeTests {
    /// nil where it is no mistake.
    private static let programs: [(String, ErrorCode?)] = [
        // Sizes whose product wraps, and ranges that are short to write.
        ("reshape(zeros([0]), [4294967296, 4294967296])", .shapeMismatch),
        ("reshape(ones([1]), [7, 7905747460161236407])", .shapeMismatch),
        ("reshape(zeros([0]), [0, 4294967296, 4294967296])", .shapeMismatch),
        ("reshape(zeros([0]), [0, 1000000000])", .tooManyBytes),
        ("stack([zeros([0, 1048576]) for i in 1..1000], axis=2)", .tooManyBytes),
        ("table({a: 1..10**15})", .tooManyBytes), ("grid(1..10**15)", .tooManyBytes), ("bars({a: 1..10**15})", .tooManyBytes),
        ("plot([1], x=1..10**15)", .wrongType), ("heatmap([[1]], x=1..10**15)", .wrongType),
        ("grid([image(zeros([2, 2]))], titles=1..10**15)", .wrongType),
        ("sweep({seed: 1..10**15}, fn(x) { x })", .tooManyBytes),
        ("zeros([2])[[1..10**15]]", .badIndex),
        // Shapes that are known before running and could not be counted.
        ("fn f(x) { {a, size} = reshape(x, [9007199254740993, 2147483647]); size }; f(zeros([2]))", .shapeMismatch),
        ("fn f(x) { first, ..others = reshape(x, -9223372036854775807 - 1); first }; f(zeros([2]))", .shapeMismatch),
        ("fail(\"\")", .failed),
        ("heatmap(zeros([16, 16]), low=4294967296, y_label=\"noise level\", size=[121, 120])", nil),
        // Nothing to draw for.
        ("s = ddpm(load_model(\"collage\"), steps=2); z = zeros([0, 2, 2, 8]); step(s, z, s.timesteps[0], z, seed=1)", nil),
    ]

    @Test(arguments: programs.indices) func giveDiagnostics(_ place: Int) {
        let (program, code) = Self.programs[place]
        let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
        let outcome = session.run(source: program)
        #expect(outcome.diagnostics.first?.code == code, "\(program): \(outcome.diagnostics.first?.plain() ?? "no error")")
    }

    /// Work that grew with the square, or with a power of two, of what a program writes in a line.
    @Test func longWordsAndDeepListsTakeTheirShare() {
        let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
        alarm(120)
        defer { alarm(0) }
        let outcome = session.run(source: "encode_prompts(load_model(\"collage\"), repeat(\"ab\", 200000))")
        #expect(outcome.diagnostics.first?.message.contains("200003 tokens") ?? false)
        let list = String(repeating: "[", count: 100) + "1" + String(repeating: "]", count: 100)
        #expect(session.check(source: "x = \(list)\nsum(x) + zeros([1])").allSatisfy { $0.code != .internal })
    }

    /// A pipe into which nobody writes, wherever a file is read; a watch ends the test process rather than waiting for it.
    @Test(arguments: [
        "load_tensors(\"pipe\")", "load_image(\"pipe\")", "mask(\"pipe\")", "load_handles(\"pipe\", base)", "load_lora(\"pipe\", base)",
        "load_result(\"pipe\", base)", "load_model(\"pipe\")", "load_model(\"model\")", "load_model(\"weights\")", "load_scene(\"pipe\")",
        "load_scene(\"scene\")", "import \"pipe\"", "load_model(\"pipe.safetensors\")", "save_tensors({a: 1}, \"pipe\")",
        "save_table([{a: 1}], \"pipe.csv\")", "save_image(image(zeros([2, 2])), \"pipe.png\")", "save_figure(plot([1, 2]), \"pipe.svg\")",
        "save_handles(add_handles(base, 1), \"pipe.safetensors\")", "resume(\"pipe\")",
    ])
    func pipesAreRefused(_ program: String) throws {
        try inTemporaryFolder { _ in
            try makePipes()
            let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
            alarm(60)
            defer { alarm(0) }
            let outcome = session.run(source: "base = load_model(\"collage\")\n" + program)
            let problem = outcome.diagnostics.first
            #expect(problem?.severity == .error && problem?.code != .internal, "\(program): \(problem?.plain() ?? "no error")")
        }
    }

    private func makePipes() throws {
        let shipped = Programs.root + "/stdlib/models/collage"
        for folder in ["model", "scene", "weights", "weights/unet"] { try FileSystem.createFolder(folder) }
        for name in [
            "pipe", "pipe.csv", "pipe.png", "pipe.svg", "pipe.safetensors", "model/model_index.json", "scene/img.png", "scene/mask0.png",
        ] {
            #expect(mkfifo(name, 0o600) == 0)
        }
        for name in FileSystem.contents(shipped) where name != "unet" { symlink("\(shipped)/\(name)", "weights/\(name)") }
        symlink("\(shipped)/unet/config.json", "weights/unet/config.json")
        #expect(mkfifo("weights/unet/diffusion_pytorch_model.safetensors", 0o600) == 0)
    }

    /// One rule for all that saves: a link stays one, and what it leads to is replaced or made.
    @Test(arguments: [
        ("save_tensors({a: 2}, \"link.safetensors\")", "link.safetensors"), ("save_image(image(zeros([2, 2])), \"link.png\")", "link.png"),
        ("save_table([{a: 1}], \"link.csv\")", "link.csv"), ("save_figure(plot([1, 2]), \"link.svg\")", "link.svg"),
    ])
    func linksStay(_ program: String, _ link: String) throws {
        try inTemporaryFolder { folder in
            try FileSystem.createFolder("elsewhere")
            for isThere in [false, true] {
                if !isThere { #expect(symlink("elsewhere/file", link) == 0) }
                #expect(Programs.run(program).first == nil)
                var info = stat()
                #expect(lstat(link, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK, "\(program)")
                #expect(lstat("elsewhere/file", &info) == 0 && info.st_mode & S_IFMT == S_IFREG && info.st_size > 0)
                #expect(FileSystem.contents("elsewhere") == ["file"])
            }
        }
    }

    /// A loop makes the rows of a tensor one by one; where all are wanted at once, their size is checked first.
    @Test func rowsAreMadeAsTheyAreAskedFor() {
        #expect(Programs.text("n = 0; for x in zeros([20000000]) { n = n + 1; if n == 3 { break } }; n") == "3")
        #expect(Programs.text("[..zeros([20000000])]").hasPrefix("E0604"))
    }
}
