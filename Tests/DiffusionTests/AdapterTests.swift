// Low-rank differences and result files, out and in again.
import Tensors
import TestSupport
import Testing

@testable import Diffusion

@Suite struct AdapterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func temporary(_ name: String) -> String { "\(folder.path)/\(name).safetensors" }

    private func random(_ shape: [Int], _ step: UInt32) -> Tensor { RandomDraw(seed: 3, stream: "test", step: step).normal(shape) }

    @Test(arguments: [(40, 70, 3), (70, 40, 8), (16, 16, 16), (5, 200, 1)])
    func whatIsOfLowRankIsFoundExactly(_ m: Int, _ n: Int, _ rank: Int) {
        let matrix = random([m, rank], 0).matmul(random([rank, n], 1))
        let product = LowRank(matrix, rank: rank)
        #expect(product.up.shape == [m, rank] && product.down.shape == [rank, n])
        #expect((product.rest / product.total).squareRoot() < 1e-5)
    }

    /// No matrix of the rank is nearer than the singular values left out (Eckart and Young).
    @Test func theRestIsWhatTheSingularValuesLeave() {
        let matrix = random([30, 50], 2)
        let values = LowRank.eigen(matrix.matmul(matrix, transposeOther: true)).values.sorted(by: >)
        let best = values.dropFirst(6).reduce(0, +)
        let product = LowRank(matrix, rank: 6)
        #expect(abs(product.total - values.reduce(0, +)) < 1e-3 * product.total)
        #expect(product.rest < 1.02 * best && product.rest > 0.999 * best)
    }

    @Test(arguments: LoRAFormat.allCases) func aLoRAComesBack(_ format: LoRAFormat) throws {
        let base = try ModelFolder.load(try ModelFixture("tiny-sd15").folder)
        let (model, path) = (try base.changedByRankTwo(), temporary("lora"))
        let report = try LoRAFile.write(model, base: base, to: path, rank: 2, format: format)
        #expect(report.layers == 3 && report.error < 1e-4 && report.beside == 0)
        let again = try LoRAFile.read(path, into: base)
        let half = try LoRAFile.read(path, into: base, scale: 0.5)
        let olds = base.unet.parameters()
        for (index, (name, value)) in model.unet.parameters().enumerated() {
            let (back, old) = (again.unet.parameters()[index].value.value, olds[index].value.value)
            #expect((back - value.value).map(.abs).maximum < 1e-5, "\(name)")
            #expect(
                (half.unet.parameters()[index].value.value - old).scaled(by: 2).combined(1, with: value.value - old, -1).map(.abs).maximum
                    < 1e-5, "\(name)")
        }
        let names = try SafetensorsFile(path: path).tensors.map(\.name)
        let expected =
            format == .diffusers
            ? "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_out.0.lora_A.weight"
            : "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_out_0.lora_down.weight"
        #expect(names.contains(expected))
        #expect(throws: LoRAError.nothing) { try LoRAFile.write(base, base: base, to: path, rank: 2, format: format) }
    }

    @Test func aResultIsHandlesAndChange() throws {
        let base = try ModelFolder.load(try ModelFixture("tiny-sd15").folder)
        let width = base.textEncoder.configuration.hiddenSize
        let model = try base.changedByRankTwo().addingHandles(["<b>", "<a>"], embeddings: random([2, width], 50))
        let path = temporary("result")
        let report = try ResultFile.write(model, base: base, to: path, rank: 2, metadata: ["scene": "toys"])
        #expect(report.error < 1e-4)
        let (again, metadata) = try ResultFile.read(path, base: base)
        #expect(metadata["scene"] == "toys" && again.handles == ["<b>", "<a>"])
        #expect(again.textEncoder.handleEmbedding?.value.isIdentical(to: try #require(model.textEncoder.handleEmbedding?.value)) == true)
        for (a, b) in zip(again.unet.parameters(), model.unet.parameters()) {
            #expect((a.value.value - b.value.value).map(.abs).maximum < 1e-5)
        }
        #expect(throws: ResultError.self) { try ResultFile.read(path, base: model) }
    }

    /// Handles come back as handles, also where the folder keeps half the bits, and more can be added to them.
    @Test func aSavedFolderKeepsItsHandles() throws {
        let base = try ModelFolder.load(try ModelFixture("tiny-sd15").folder)
        let width = base.textEncoder.configuration.hiddenSize
        let model = try base.addingHandles(["<b>", "<a>"], embeddings: random([2, width], 50))
        let path = temporary("handles")
        try ModelFolder.save(model, to: path, dtype: .f32)
        let again = try ModelFolder.load(path)
        #expect(again.handles == ["<b>", "<a>"] && again.fingerprint == model.fingerprint)
        let prompts = ["a <b> and <a>", "a cat"]
        #expect(try again.encodePrompts(prompts)[layer: 0].value.isIdentical(to: model.encodePrompts(prompts)[layer: 0].value))
        #expect(try again.tokenize(prompts) == model.tokenize(prompts))
        let three = try again.addingHandles(["<c>"], embeddings: random([1, width], 51))
        #expect(three.handles == ["<b>", "<a>", "<c>"])
        #expect(
            try three.encodePrompts(["<b> <c>"])[layer: 0].value.isIdentical(
                to: model.addingHandles(["<c>"], embeddings: random([1, width], 51)).encodePrompts(["<b> <c>"])[layer: 0].value))
        #expect(try ModelFolder.outline(path).handles == again.handles)
        try ModelFolder.save(model, to: path, dtype: .f16)
        let half = try #require(try ModelFolder.load(path).textEncoder.handleEmbedding?.value)
        #expect((half - (try #require(model.textEncoder.handleEmbedding?.value))).map(.abs).maximum < 2e-3)
        #expect(try ModelFolder.outline(path).handles == again.handles)
        for text in ["{\"handles\": [\"<x>\", \"<a>\"]}", "{\"handles\": [1]}", "{}", "["] {
            try AtomicFile.write(path + "/bas.json", text: text)
            #expect(throws: ModelError.self, "\(text)") { try ModelFolder.load(path) }
        }
        // Without handles the note says so.
        try ModelFolder.save(base, to: path, dtype: .f32)
        #expect(try ModelFolder.load(path).handles.isEmpty)
    }

    @Test func aSavedFolderIsWholeOrOld() throws {
        let base = try ModelFolder.load(try ModelFixture("tiny-sd15").folder)
        let path = temporary("folder")
        try ModelFolder.save(base, to: path, dtype: .f32)
        try AtomicFile.write(path + "/notes.txt", text: "mine")
        try ModelFolder.save(base, to: path, dtype: .f32)
        #expect(FileSystem.exists(path + "/notes.txt"))
        #expect(try ModelFolder.load(path).fingerprint == base.fingerprint)
        let leftovers = FileSystem.contents("/tmp").filter { $0.hasPrefix(".bas-folder-") }
        #expect(leftovers.isEmpty)
    }
}
