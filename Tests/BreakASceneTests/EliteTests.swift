import Autograd
import Images
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@testable import BreakAScene
@testable import Diffusion

/// ELITE's encoders and the local features of handles beside what PyTorch computed (Tests/Fixtures/elite/README.md).
@Suite struct EliteTests {
    private let file: SafetensorsFile
    private let base: DiffusionModel
    private let folder: EliteFolder

    init() throws {
        file = try SafetensorsFile(path: Fixtures.path("elite/expected.safetensors"))
        base = try ModelFolder.load(Fixtures.path("models/tiny-collage"))
        folder = try EliteFolder(Fixtures.path("elite"), for: base)
    }

    private func tensor(_ key: String) throws -> Tensor { Tensor(try file.readFloats(key), shape: try file.entry(key).shape) }
    private func picture(_ key: String) throws -> Tensor { try tensor(key).permuted([0, 2, 3, 1]) }

    private static let prompts = ["a photo at the beach", "a photo of <a> and <b> at night", "<b> under water"]

    /// The fixture's model: two handles with the fixture's words and local features.
    private func model(scale: Float = 0.7) throws -> DiffusionModel {
        let features = try tensor("features")
        return try base.addingHandles(["<a>", "<b>"], embeddings: tensor("words")).with(
            localAttention: LocalAttention(
                features: ["<a>": features.row(0), "<b>": features.row(1)], projections: folder.encoder.layers, scale: scale), from: "test")
    }

    private func predicted(
        _ model: DiffusionModel, reusing: TextProjections? = nil, _ recording: AttentionRecording = .none, lanes: [Range<Int>]? = nil,
        checkpointing: Bool = false
    ) throws -> (out: Tensor, pass: UNetPass) {
        let ids = try model.tokenize(Self.prompts)
        var pass = UNetPass(
            model.textEncoder(ids).detached, recording: recording, reusing: reusing, checkpointing: checkpointing,
            local: model.localFeatures(ids))
        let (latents, timesteps) = (Variable(try picture("latents")), try file.readFloats("timesteps"))
        let out =
            lanes.map { model.unet.predict(latents, timesteps: timesteps, in: $0, &pass) }
            ?? model.unet(latents, timesteps: timesteps, &pass)
        return (out.value, pass)
    }

    @Test func wordsAndFeaturesEqualPyTorch() throws {
        let (words, features) = folder.encoder(try picture("pixels"), cover: try tensor("cover"))
        expectClose(words, Reference(try tensor("words")), within: 1e-5, "words")
        expectClose(features, Reference(try tensor("features")), within: 1e-5, "features")
        // Where the thing is not there is nothing to look at.
        #expect(features.row(0).row(3).values.allSatisfy { $0 == 0 })
    }

    @Test func localAttentionEqualsDiffusers() throws {
        let model = try model()
        #expect(try model.tokenize(Self.prompts).flatMap { $0 } == file.readInts("ids"))
        let (expected, words) = (Reference(try picture("out")), Reference(try picture("out.words")))
        let plain = try predicted(model)
        expectClose(plain.out, expected, within: 1e-5, "prediction")
        #expect(relativeError(plain.out, words) > 1e-2)
        let recorded = try predicted(model, .all)
        expectClose(recorded.out, expected, within: 1e-5, "while maps are recorded")
        #expect(recorded.pass.maps.count == 7)
        let again = try predicted(model, reusing: plain.pass.textProjections)
        #expect(again.out.isIdentical(to: plain.out) && again.pass.textProjections.local.count == 7)
        expectClose(try predicted(model, checkpointing: true).out, expected, within: 1e-5, "with gradient checkpointing")
        for lanes in [[0..<1, 1..<2, 2..<3], [0..<2, 2..<3]] {
            let parts = try predicted(model, .all, lanes: lanes)
            #expect(parts.out.isIdentical(to: recorded.out), "parts have the bits of the whole")
            let later = try predicted(model, reusing: parts.pass.textProjections, .all, lanes: lanes)
            #expect(later.out.isIdentical(to: recorded.out))
        }
    }

    @Test func gradientsEqualPyTorch() throws {
        let model = try model()
        let ids = try model.tokenize(Self.prompts)
        for checkpointing in [false, true] {
            let latents = Variable.leaf(try picture("latents"))
            var pass = UNetPass(model.textEncoder(ids).detached, checkpointing: checkpointing, local: model.localFeatures(ids))
            let out = model.unet(latents, timesteps: try file.readFloats("timesteps"), &pass)
            let gradient = try #require(Gradients(of: out, seed: try picture("weights"))[latents])
            expectClose(gradient, Reference(try picture("gradient.latents")), within: 1e-4, "checkpointing \(checkpointing)")
        }
    }

    /// Weight 0 is the words alone, bit for bit; a prompt without a handle has nothing local.
    @Test func withoutWeightOrHandleThereIsNothing() throws {
        let silent = try model(scale: 0)
        #expect(try silent.localFeatures(silent.tokenize(Self.prompts)) == nil)
        let words = try base.addingHandles(["<a>", "<b>"], embeddings: tensor("words"))
        #expect(try predicted(silent).out.isIdentical(to: predicted(words).out))
        let model = try model()
        #expect(try model.localFeatures(model.tokenize([Self.prompts[0]])) == nil)
        #expect(try predicted(model).out.rows(0..<1).isIdentical(to: predicted(words, .all).out.rows(0..<1)))
        #expect(try model.localFeatures(model.tokenize(Self.prompts))?.mentions.map(\.sample) == [1, 1, 2])
    }

    /// What a scene gives depends on nothing but its photo and masks.
    @Test func aSceneGetsHandles() throws {
        let photo = try Image(contentsOf: Fixtures.path("images/photo.jpg"))
        func filled(_ columns: Range<Int>) -> Mask {
            let values = (0..<photo.height).flatMap { y in
                (0..<photo.width).map { x in (10..<40).contains(y) && columns.contains(x) ? Float(1) : 0 }
            }
            return Mask(width: photo.width, height: photo.height, values: values)
        }
        let scene = try Scene(image: photo, masks: [filled(5..<30), filled(40..<60)], names: ["left", "right"], title: "two")
        let model = try folder.learn(scene, by: base)
        #expect(model.handles == ["<asset0>", "<asset1>"] && model.handleOrigins.map { $0?.name } == ["left", "right"])
        #expect(model.localAttention?.scale == 0.7 && model.handlesWithLocalFeatures == model.handles)
        let (words, features) = try folder.encoded(scene)
        #expect(model.textEncoder.handleEmbedding?.value.isIdentical(to: words) == true && !words.row(0).isIdentical(to: words.row(1)))
        #expect(model.localAttention?.features["<asset1>"]?.isIdentical(to: features.row(1)) == true)
        #expect(try folder.learn(scene, by: base).fingerprint == model.fingerprint)
        // Once more it is the same handles; another weight for some of them is refused.
        #expect(try folder.learn(scene, by: model).fingerprint == model.fingerprint)
        #expect(throws: EliteError.self) { try folder.learn(scene, by: model, scale: 0.2) }
        #expect(try folder.learn(scene, by: base, scale: 0.2).fingerprint != model.fingerprint)
        for other in ["tiny-sd15", "tiny-sd21"] {
            let other = try ModelFolder.load(Fixtures.path("models/\(other)"))
            #expect(throws: EliteError.self) { try EliteFolder(Fixtures.path("elite"), for: other) }
        }
    }

    // MARK: files

    @Test func filesKeepLocalFeaturesOrRefuse() throws {
        let temporary = try TemporaryFolder()
        let (model, path) = (try model(), temporary.path + "/model")
        try ModelFolder.save(model, to: path, dtype: .f32)
        let loaded = try ModelFolder.load(path)
        #expect(loaded.fingerprint == model.fingerprint)
        #expect(try predicted(loaded).out.isIdentical(to: predicted(model).out))
        // Nothing is left where a model without local features takes the folder's place.
        let words = try model.with(localAttention: nil, from: "test")
        try ModelFolder.save(words, to: path, dtype: .f32)
        #expect(try ModelFolder.load(path).localAttention == nil)
        #expect(words.fingerprint != model.fingerprint)

        for rank in [nil, 2] {
            _ = try ResultFile.write(model, base: base, to: path + ".safetensors", rank: rank)
            #expect(try ResultFile.read(path + ".safetensors", base: base).model.fingerprint == model.fingerprint)
        }
        #expect(throws: HandleFileError.localFeatures(tokens: ["<a>", "<b>"])) { try HandleFile.write(model, to: path + "-handles") }
    }

    @Test func tensorsThatDoNotFitAreRefused() throws {
        let local = try #require(try model().localAttention)
        var tensors = Dictionary(local.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
        #expect(try LocalAttention(tensors: [:], path: "x") == nil)
        #expect(try LocalAttention(tensors: tensors, path: "x")?.tensors.map(\.name) == local.tensors.map(\.name))
        for (name, tensor) in [
            ("handle_local.features.<a>", Tensor.zeros([4, 9])), ("handle_local.scale", .zeros([2])),
            ("handle_local.to_k.mid_block.attentions.0.transformer_blocks.0.attn2", .zeros([3, 8])),
        ] {
            let kept = tensors[name]
            #expect(kept != nil)
            tensors[name] = tensor
            #expect(throws: ModelError.self, "\(name)") { try LocalAttention(tensors: tensors, path: "x") }
            tensors[name] = kept
        }
        let one = LocalAttention(features: ["<c>": .zeros([4, 8])], projections: local.projections, scale: 0.7)
        #expect(throws: ModelError.self) { try base.with(localAttention: one, from: "x") }
        #expect(local.joined(with: one, renaming: ["<c>": "<d>"])?.features.keys.sorted() == ["<a>", "<b>", "<d>"])
        #expect(local.joined(with: LocalAttention(features: [:], projections: local.projections, scale: 0.1)) == nil)
    }

    /// Two results as one: both keep their local features, also where a token is renamed.
    @Test func mergingKeepsLocalFeatures() throws {
        func learned(_ model: DiffusionModel) -> LearnedModel {
            var result = LearnedModel(model)
            result.base = base
            return result
        }
        let features = try tensor("features")
        let other = try base.addingHandles(["<a>"], embeddings: tensor("words").rows(1..<2)).with(
            localAttention: LocalAttention(features: ["<a>": features.row(1)], projections: folder.encoder.layers, scale: 0.7), from: "test"
        )
        let (merged, renamed) = try learned(model()).merged(with: learned(other))
        let token = try #require(renamed.first?.to)
        #expect(merged.model.handlesWithLocalFeatures == ["<a>", "<b>", token])
        #expect(merged.model.localAttention?.features[token]?.isIdentical(to: features.row(1)) == true)
        #expect(try learned(base).merged(with: learned(other)).result.model.handlesWithLocalFeatures == ["<a>"])
        #expect(throws: MergeError.differentLocalFeatures) { try learned(model(scale: 0.3)).merged(with: learned(other)) }
    }
}
