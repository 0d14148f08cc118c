import Foundation
import Language
import Testing

@testable import Commands

/// What `bas check` says of commands before running, beside what running them says.
@Suite(.serialized) struct AnalysisTests {
    private static func analyze(_ source: String, file: String = "test.bas") -> Analysis {
        Workbench().session.analyze(source: source, file: file)
    }

    private static func scripts() throws -> [String] {
        let folders = ["examples", "examples/research", "stdlib", "Tests/Conformance", "Tests/LanguageTests/Data/programs"]
        return try folders.flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: "\(Programs.root)/\(folder)").filter { $0.hasSuffix(".bas") }
                .sorted().map { "\(folder)/\($0)" }
        }
    }

    /// No error in any program that ships. (`sweep` is not a command yet, and heatmap, plot may not be.)
    @Test func shippedProgramsAreClean() throws {
        let coming: Set<String> = ["sweep", "heatmap", "plot", "read_result", "load", "benchmark", "figure"]
        for script in try Self.scripts() {
            let path = "\(Programs.root)/\(script)"
            let found = Self.analyze(try String(contentsOfFile: path, encoding: .utf8), file: path).diagnostics.filter {
                $0.severity == .error && !($0.code == .unknownName && coming.contains($0.span?.text ?? ""))
            }
            let isOld = script.contains("Data/programs")
            if !isOld { #expect(found.isEmpty, "\(script): \(found.map { "\($0.span?.position.line ?? 0): \($0.message)" })") }
        }
    }

    @Test func rowsWithASeedDraw() {
        let drawing = CommandTable.all.filter { if case .draws = $0.randomness { true } else { false } }.map(\.name)
        #expect(Set(drawing).isSuperset(of: ["randn", "rand", "sample", "union_sample", "encode", "random_timesteps"]))
    }

    /// Every example of the table: nothing is reported, and the value is one that its type admits.
    @Test(arguments: TableTests.rows.indices) func examplesHaveTheirTypes(_ index: Int) throws {
        for example in TableTests.rows[index].examples {
            let analysis = Self.analyze(example.code)
            let errors = analysis.diagnostics.filter { $0.severity == .error }
            #expect(errors.isEmpty, "\(example.code): \(errors.first?.message ?? "")")
            let value = try inTemporaryFolder { _ in Programs.run(example.code, table: TableTests.rows) }.outcome.value
            #expect(analysis.result.admits(value ?? .none), "\(example.code): \(analysis.result)")
        }
    }

    /// Values of the domain with all their fields.
    @Test(arguments: [
        "load_scene(\"toys\")", "load_scene(\"toys\").image", "load_scene(\"toys\").masks[0]", "load_model(\"collage\")",
        "add_handles(load_model(\"collage\"), 1).handles[0]", "load_model(\"collage\").history",
        "union_sample(add_handles(load_model(\"collage\"), 3), load_scene(\"toys\"), seed=1)",
        "leakage(add_handles(load_model(\"collage\"), 3), load_scene(\"toys\"))",
        "inspect_pictures(add_handles(load_model(\"collage\"), 2), load_scene(\"mug_rose\"), prompts=[\"a photo of *\"], sets=1, steps=1)",
        "ddim(load_model(\"collage\"), steps=2)",
        "attention(add_handles(load_model(\"collage\"), 1), \"a photo of <asset0>\", token=\"<asset0>\", image=load_scene(\"toys\"), timesteps=[300])",
        "adamw(add_handles(load_model(\"collage\"), 1).handles, lr=0.1)",
        "adamw(add_handles(load_model(\"collage\"), 1).handles, lr=0.1).first",
        "m = load_model(\"collage\")\npredict_noise(m, zeros([1, 16, 16, 8]), 5, \"a photo\")", "zeros([2, 3])",
        "plot([1, 2], title=\"two\")", "check(load_scene(\"toys\"), load_model(\"collage\"))",
    ])
    func domainValues(_ code: String) throws {
        let type = Self.analyze(code).result
        let value = try #require(Workbench().run(code).value)
        #expect(type.admits(value) && !type.isUnknown, "\(code): \(type)")
        guard case .host(let host) = value, case .host(let known) = type else { return #expect(Bool(false), "\(code): \(type)") }
        #expect(known.fieldNames.map { Set($0) } == Set(host.fieldNames), "\(code): \(host.fieldNames)")
        for name in host.fieldNames {
            let field = try #require(try host.field(name))
            #expect(
                known.field(name)?.admits(field) == true, "\(code).\(name): \(String(describing: known.field(name))), \(field.typeName)")
        }
    }

    /// Shapes that cannot fit: found before running, with the run's own words at the run's own place.
    @Test(arguments: [
        "zeros([2, 3]) + zeros([4])", "a = randn([1, 16, 16, 8], seed=1)\nb = ones([8, 16, 16])\na * b", "zeros([2, 3]) < zeros([2])",
        "reshape(zeros([2, 3]), [4, -1])", "reshape(zeros([6]), [4])", "permute(zeros([2, 3]), [0])",
        "permute(zeros([2, 3]), [0, 0])", "permute(zeros([2, 3]), [0, 2])", "transpose(zeros([2, 3]), 0, 5)",
        "concat([zeros([2, 3]), zeros([2, 4])])", "concat([zeros([2])], axis=1)", "concat([])", "stack([zeros([2]), zeros([3])])",
        "matmul(zeros([2, 3]), zeros([2, 3]))", "matmul(zeros([2, 3]), 1)", "matmul(zeros([2, 5, 3]), zeros([3, 3, 5]))",
        "dot([1, 2], [1, 2, 3])", "mse(zeros([2, 3]), zeros([4]))", "minimum(zeros([3]), [1, 2])", "softmax(zeros([2]), 3)",
        "sum(zeros([2, 3]), axis=2)", "mean(zeros([2, 3]), axis=[0, 0])", "x = zeros([2, 3])\nx[2]", "x = zeros([2, 3])\nx[0, 1, 2]",
        "x = zeros([2, 3])\nx[..,  ..]", "x = zeros([2, 3])\nx[\"a\"]", "zeros([-1])", "zeros([2, 3]).foo", "zeros([2, 3]).shape[2]",
        "a, b, c = zeros([2, 3])", "zeros([2]) & zeros([2])", "!zeros([2])", "load_scene(\"toys\") + 1", "-load_model(\"collage\")",
        "photo = load_scene(\"toys\")\nphoto.maskz",
        "photo = load_scene(\"toys\")\nfor m in photo.masks { m.areas }", "load_model(\"collage\").handles.token",
        "phase1(load_scene(\"toys\"), load_scene(\"toys\"))", "generate(load_model(\"collage\"), \"x\", steps=0)",
        "m = load_model(\"collage\")\ngenerate(m, \"x\", step=3)", "box([0, 0], [1, 1])", "randn([2], sed=1)",
        "for i in zeros([2, 3]).rank { i }", "linspace(0, 1, 3) + linspace(0, 1, 4)", "zeros([2, 3])[0] + zeros([2])",
        "sum(zeros([4, 3]), axis=0) + zeros([4])", "zeros([2, 3]).T + zeros([2, 3])", "stack([zeros([3]), ones([3])]) + zeros([2])",
        "fn f(x) { reshape(x, [2, 3]) }\nf(zeros([6])) + zeros([4])",
    ])
    func errorsAgree(_ code: String) throws {
        let found = try #require(Self.analyze(code).diagnostics.first { $0.severity == .error }, "nothing found in \(code)")
        let raised = try #require(Workbench().session.run(source: code, file: "test.bas").diagnostics.first { $0.severity == .error })
        #expect(found.plain() == raised.plain())
    }

    @Test(arguments: [ErrorCode.unseededDraw, .missingInput, .unusedImport]) func examplesWarn(_ code: ErrorCode) throws {
        #expect(Self.analyze(try #require(code.example)).diagnostics.map(\.code) == [code])
    }

    @Test(arguments: [
        ("x = randn([2])", ["W0106"]), ("x = randn([2], seed=1)", []), ("with seed(1) { x = randn([2]) }", []),
        ("fn f() { randn([2]) }\nwith seed(1) { f() }", []), ("fn f() { randn([2]) }\nf()", ["W0106"]),
        ("encode(load_model(\"collage\"), zeros([1, 8, 8, 3]), sampled=false)", []),
        ("encode(load_model(\"collage\"), zeros([1, 8, 8, 3]))", ["W0106"]),
        ("seed(4)\nx = randn([2])", []), ("o = {seed: 1}\nx = randn([2], ..o)", []),
        ("load_image(\"nothing.png\")", ["W0108"]),
        ("save_image(zeros([2, 2, 3]) |> image, \"nothing.png\")\nload_image(\"nothing.png\")", []),
        ("s = ddim(load_model(\"collage\"), steps=2)\nz = zeros([1, 2, 2, 8])\nstep(s, z, 501, z)", []),
        ("s = ddpm(load_model(\"collage\"), steps=2)\nz = zeros([1, 2, 2, 8])\nstep(s, z, 501, z)", ["W0106"]),
        ("s = ddpm(load_model(\"collage\"), steps=2)\nz = zeros([1, 2, 2, 8])\nstep(s, z, 501, z, seed=1)", []),
        (
            "s = dpmsolver(load_model(\"collage\"), steps=2)\nz = zeros([1, 2, 2, 8])\nfor t in s.timesteps { z, s = advance(s, z, t, z) }",
            []
        ),
        (
            "s = euler_ancestral(load_model(\"collage\"), steps=2)\nz = zeros([1, 2, 2, 8])\nfor t in s.timesteps { z, s = advance(s, z, t, z) }",
            ["W0106"]
        ),
        ("fn go(s, z) { step(s, z, 501, z) }\ngo(1, 2)", []),
        ("load_evaluator(\"appearance\")", []), ("load_evaluator(\"apearance\")", ["W0108"]),
        ("load_scene(\"toys\")", []), ("load_scene(\"toyz\")", ["W0108"]),
        ("fn randn(x) { x }\nrandn(3)", ["W0104"]),
    ])
    func warnings(_ code: String, _ expected: [String]) {
        #expect(Self.analyze(code).diagnostics.map(\.code.rawValue) == expected)
    }
}

extension StaticType {
    /// Whether the value is one of those that the type stands for.
    func admits(_ value: Value) -> Bool {
        switch (self, value) {
        case (.unknown, _): return true
        case (.constant(let known), _): return known.typeName == value.typeName && known.literalText == value.literalText
        case (.bool, .bool), (.int, .int), (.float, .float), (.number, .int), (.number, .float), (.string, .string), (.range, .range),
            (.function, .function):
            return true
        case (.list(let items), .list(let values)): return items.count == values.count && zip(items, values).allSatisfy { $0.admits($1) }
        case (.listOf(let item), .list(let values)): return values.allSatisfy { item.admits($0) }
        case (.record(let fields, let isOpen), .record(let record)):
            return fields.allSatisfy { field in record[field.name].map { field.type.admits($0) } ?? false }
                && (isOpen || record.count == fields.count)
        case (.host(let type), .host(let host)):
            guard type.typeName == host.typeName else { return false }
            guard let shape = (type as? TensorType)?.shape, let real = (host as? TensorValue)?.shape else { return true }
            return shape.count == real.count && zip(shape, real).allSatisfy { $0 == nil || $0 == $1 }
        default: return false
        }
    }
}
