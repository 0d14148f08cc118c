import Diffusion
import Language
import Testing

@testable import Commands
@testable import Tensors

/// `with products(…)` and training from scratch with products of bfloat16.
@Suite(.serialized) struct ProductsTests {
    private static let isSupported = ProductPrecision.bfloat16.isSupported
    private static let prediction = "predict_noise(base, randn([1, 16, 16, 8], seed=1), 500, \"a photo of a dog\").noise"

    @Test func aBlockIsWhatItHoldsFor() {
        let result = Programs.run("products(\"float32\")", table: CommandTable.all)
        #expect(result.code == .badArgument && result.first?.message == "products begins a block")
        #expect(Programs.run("with products(\"half\") { 1 }", table: CommandTable.all).code == .notAllowed)
    }

    /// Nothing is computed in another precision than was asked for.
    @Test func processorsWithoutItSaySo() {
        let problem = ProductsScope.problem(.init(precision: .bfloat16), argument: "precision")
        #expect(problem.code == .badArgument && problem.message == "this processor has no products of bf16 (AVX512_BF16)")
        #expect(ErrorMapping.problem(ProductPrecision.Unsupported(precision: .bfloat16)) is Problem)
        if !Self.isSupported {
            let result = Programs.run("with products(\"bf16\") { 1 }", table: CommandTable.all)
            #expect(result.first?.message == problem.message)
        }
    }

    @Test(.enabled(if: isSupported, "this processor has no AVX512_BF16")) func aBlockRoundsAndEnds() {
        let bench = Workbench()
        bench.run("base = load_model(\"collage\"); before = \(Self.prediction)")
        bench.run("rounded = with products(\"bf16\") { \(Self.prediction) }")
        bench.run("inner = with products(\"bf16\") { with products(\"float32\") { \(Self.prediction) } }")
        bench.run("try { with products(\"bf16\") { fail(\"out\") } } recover e { none }")
        let off = bench.number("norm(rounded - before) / norm(before)")
        #expect(off > 1e-4 && off < Self.rounding, "\(off)")
        #expect(bench.number("norm(inner - before)") == 0)
        #expect(bench.number("norm(\(Self.prediction) - before)") == 0)
    }

    /// Of a whole U-Net's prediction, relative.
    private static let rounding = 0.02

    /// Ten steps of everything in bfloat16 learn what they learn in float32: losses within two in a hundred of each other.
    @Test(.enabled(if: isSupported, "this processor has no AVX512_BF16")) func tenStepsFromScratch() throws {
        let model = try ModelFolder.load("\(Programs.root)/stdlib/models/collage")
        var (exact, rounded) = (try Benchmark.ScratchTraining(model, batch: 8), try Benchmark.ScratchTraining(model, batch: 8))
        let expected = (0..<10).map { _ in exact.step() }
        let losses = try ProductPrecision.bfloat16.during { (0..<10).map { _ in rounded.step() } }
        for (ours, theirs) in zip(losses, expected) { #expect(abs(ours - theirs) < 0.02 * theirs, "\(losses) for \(expected)") }
        #expect(losses[9] < 0.9 * losses[0] && losses != expected)
    }
}
