import Autograd
import NeuralNetwork
import TestSupport
import Testing

@testable import Diffusion
@testable import Tensors

/// Handles with an embedding for each cross-attention layer (P+). What a trained layer draws is compared with PyTorch by the method
/// fixture `sd15_per_layer`.
@Suite struct HandleLayerTests {
    private let folder: TemporaryFolder
    private let base: DiffusionModel

    init() throws {
        folder = try TemporaryFolder()
        base = try ModelFolder.load(try ModelFixture("tiny-sd15").folder)
    }

    private func random(_ shape: [Int], _ step: UInt32) -> Tensor { RandomDraw(seed: 3, stream: "test", step: step).normal(shape) }

    private var count: Int { base.crossAttentionLayers.count }
    private var width: Int { base.textEncoder.configuration.hiddenSize }

    /// Two handles with an embedding for each layer, all different.
    private func layered() throws -> DiffusionModel {
        try base.addingHandles(["<b>", "<a>"], embeddings: random([2, count, width], 50).scaled(by: 0.1))
    }

    private let prompts = ["a cat", "a <b> and <a>", "", "one <a>"]

    private func predict(
        _ model: DiffusionModel, _ text: TextStates, recording: AttentionRecording = .all, checkpointing: Bool = false
    ) -> (out: Variable, pass: UNetPass) {
        var pass = UNetPass(text, recording: recording, checkpointing: checkpointing)
        let latents = random([prompts.count, 16, 16, model.latentChannels], 7)
        return (model.unet(Variable(latents), timesteps: [20, 700, 999, 0], &pass), pass)
    }

    /// Layers are named in the order in which a pass meets them.
    @Test(arguments: ModelFixture.names) func layersAreInTheOrderOfAPass(_ name: String) throws {
        let model = try ModelFolder.load(try ModelFixture(name).folder)
        var pass = UNetPass(model.textEncoder(try model.tokenize(["a cat"])), recording: .all)
        _ = model.unet(Variable(.zeros([1, 16, 16, model.latentChannels])), timesteps: [3], &pass)
        #expect(pass.maps.map(\.layer) == model.crossAttentionLayers)
    }

    /// Equal embeddings in all layers are one embedding, bit for bit.
    @Test func equalLayersDrawWhatOneEmbeddingDraws() throws {
        let shared = try base.addingHandles(["<b>", "<a>"], embeddings: random([2, width], 50))
        let layered = shared.withHandlesPerLayer
        #expect(layered.textEncoder.handleEmbedding?.shape == [2, count, width] && layered.handleStarts?.shape == [2, count, width])
        let (a, b) = (predict(shared, try shared.encodePrompts(prompts)), predict(layered, try layered.encodePrompts(prompts)))
        #expect(a.out.value.isIdentical(to: b.out.value))
        #expect(zip(a.pass.maps, b.pass.maps).allSatisfy { $0.probabilities.value.isIdentical(to: $1.probabilities.value) })
        let noise = try shared.initialLatents(1, RandomDraw(seed: 1, stream: "test", step: 0))
        let options = GenerationOptions(steps: 3)
        #expect(
            try shared.sampleLatents(["a <b>"], initial: noise, options).isIdentical(
                to: layered.sampleLatents(["a <b>"], initial: noise, options)))
        #expect(layered.withHandlesPerLayer.fingerprint == layered.fingerprint)
        #expect(base.withHandlesPerLayer.fingerprint == base.fingerprint, "without handles nothing changes")
    }

    /// A layer's states are those of a model whose handles have that layer's embeddings; prompts without handles have one for all.
    @Test func eachLayerHasTheTextOfItsOwnEmbeddings() throws {
        let model = try layered()
        let table = try #require(model.textEncoder.handleEmbedding?.value)
        let states = try model.encodePrompts(prompts)
        #expect(!states.isShared)
        for layer in 0..<count {
            let rows = Tensor.concatenated((0..<2).map { table.row($0).rows(layer..<layer + 1) }, axis: 0)
            let single = try base.addingHandles(["<b>", "<a>"], embeddings: rows).encodePrompts(prompts)
            #expect(states[layer: layer].value.isIdentical(to: single[layer: 0].value), "layer \(layer)")
        }
        #expect(try model.encodePrompts(["a cat", ""]).isShared)
        // A layer's keys come from its own text: another embedding of one layer changes the maps from there on, and none before it.
        var moved = table.values
        for place in 2 * width..<3 * width { moved[place] += 1 }
        var other = model
        other.textEncoder.handleEmbedding = Variable(Tensor(moved, shape: table.shape))
        let (a, b) = (predict(model, states), predict(other, try other.encodePrompts(prompts)))
        let same = zip(a.pass.maps, b.pass.maps).map { $0.probabilities.value.isIdentical(to: $1.probabilities.value) }
        #expect(same == (0..<count).map { $0 < 2 })
        #expect(a.out.value.rows(0..<1).isIdentical(to: b.out.value.rows(0..<1)), "a prompt without the handle")
    }

    /// Parts of a batch, keys and values of an earlier pass, and gradient checkpointing: the same numbers as one plain pass.
    @Test func partsReuseAndCheckpointsAreThePlainPass() throws {
        let model = try layered()
        let states = try model.encodePrompts(prompts)
        let (out, pass) = predict(model, states)
        let latents = Variable(random([prompts.count, 16, 16, model.latentChannels], 7))
        for lanes in [[0..<1, 1..<4], [0..<2, 2..<3, 3..<4]] {
            var parts = UNetPass(states, recording: .all)
            #expect(model.unet.predict(latents, timesteps: [20, 700, 999, 0], in: lanes, &parts).value.isIdentical(to: out.value))
            var again = UNetPass(states, recording: .all, reusing: parts.textProjections)
            #expect(model.unet.predict(latents, timesteps: [20, 700, 999, 0], &again).value.isIdentical(to: out.value))
        }
        var trained = model
        trained.unet.requireGrad { _ in true }
        trained.textEncoder.requireGrad { _ in true }
        func gradients(checkpointing: Bool) throws -> (Variable, [CrossAttentionMap], Tensor) {
            let (out, pass) = predict(trained, try trained.encodePrompts(prompts), checkpointing: checkpointing)
            let loss = (out * out).mean() + pass.maps.reduce(Variable(Tensor(0))) { $0 + ($1.probabilities * $1.probabilities).mean() }
            let table = try #require(trained.textEncoder.handleEmbedding)
            return (out, pass.maps, try #require(Gradients(of: loss)[table]))
        }
        let (plain, plainMaps, expected) = try gradients(checkpointing: false)
        let (checked, maps, found) = try gradients(checkpointing: true)
        #expect((checked.value - plain.value).sumOfSquares <= 1e-10 * plain.value.sumOfSquares)
        #expect(maps.map(\.layer) == plainMaps.map(\.layer))
        #expect((found - expected).sumOfSquares.squareRoot() <= 1e-4 * expected.sumOfSquares.squareRoot())
        #expect(pass.maps.map(\.layer) == maps.map(\.layer))
    }

    /// The gradient of every layer's embeddings, beside differences along random directions of that layer alone.
    @Test func theGradientOfALayerIsItsSlope() throws {
        var model = try layered()
        model.textEncoder.requireGrad { $0 == CLIPTextModel.handleEmbeddingName }
        let weights = random([prompts.count, 16, 16, model.latentChannels], 9)
        func loss(_ model: DiffusionModel) throws -> Variable {
            let (out, pass) = predict(model, try model.encodePrompts(prompts))
            let maps = pass.maps.reduce(Variable(Tensor(0))) { $0 + ($1.probabilities * $1.probabilities).sum() }
            return (out * Variable(weights)).sum() + maps
        }
        let table = try #require(model.textEncoder.handleEmbedding)
        let gradient = try #require(Gradients(of: loss(model))[table])
        #expect(gradient.shape == table.shape)
        let states = try model.encodePrompts(prompts)
        #expect(states.needsGrad && !states[layer: 3].rows(0..<1).needsGrad && states[layer: 3].rows(1..<2).needsGrad)
        func total(_ values: Tensor) throws -> Double {
            var moved = model
            moved.textEncoder.handleEmbedding = Variable(values)
            let (out, pass) = predict(moved, try moved.encodePrompts(prompts))
            // Summed in double precision: differences of large sums would be lost in single.
            let dot = zip(out.value.values, weights.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            return dot + pass.maps.reduce(0.0) { $0 + $1.probabilities.value.sumOfSquares }
        }
        for layer in 0..<count {
            // Along the gradient of the layer itself, both handles.
            let direction = Tensor(
                gradient.values.enumerated().map { ($0 / width) % count == layer ? $1 : 0 }, shape: gradient.shape)
            let length = direction.sumOfSquares.squareRoot()
            #expect(length > 1e-3, "layer \(layer)")
            let step = direction.scaled(by: Float(1e-2 / length))
            let slope = (try total(table.value + step) - total(table.value - step)) / 2e-2
            #expect(abs(slope / length - 1) < 2e-2, "layer \(layer): \(slope), expected \(length)")
        }
    }

    // MARK: files

    @Test func aFolderKeepsEveryLayer() throws {
        let (model, path) = (try layered(), "\(folder.path)/model")
        try ModelFolder.save(model, to: path, dtype: .f32)
        let again = try ModelFolder.load(path)
        #expect(again.handles == model.handles && again.fingerprint == model.fingerprint && again.hasHandlesPerLayer)
        #expect(try ModelFolder.outline(path).textEncoder.handleLayers == count)
        // Half the bits are for the rest of the model; other programs find the means in the token table.
        try ModelFolder.save(model, to: path, dtype: .f16)
        let table = try #require(model.textEncoder.handleEmbedding?.value)
        #expect(try ModelFolder.load(path).textEncoder.handleEmbedding?.value.isIdentical(to: table) == true)
        let tokens = try SafetensorsFile(path: path + "/text_encoder/model.safetensors")
        let rows = try tokens.readFloats("text_model.embeddings.token_embedding.weight").suffix(2 * width)
        #expect(zip(rows, table.mean([1]).values).allSatisfy { abs($0 - $1) < 1e-3 })
        // Without its file the model is refused; with shared handles in its place it goes.
        let file = "\(path)/\(ModelFolder.layeredHandles)"
        let kept = try ReadableFile.contents(file)
        try FileSystem.remove(file)
        #expect(throws: ModelError.self) { try ModelFolder.load(path) }
        try SafetensorsWriter.write(file, [SafetensorsTensor("<b>", shape: [width], [Float](repeating: 0, count: width))])
        #expect(throws: ModelError.self) { try ModelFolder.load(path) }
        try AtomicFile.write(file) { try $0.write(kept) }
        #expect(try ModelFolder.load(path).hasHandlesPerLayer)
        let notes = String(decoding: try ReadableFile.contents(path + "/bas.json"), as: UTF8.self)
        try AtomicFile.write(path + "/bas.json", text: notes.replacing("mid_block", with: "other"))
        #expect(throws: ModelError.self) { try ModelFolder.load(path) }
        let shared = try base.addingHandles(["<b>"], embeddings: random([1, width], 5))
        try ModelFolder.save(shared, to: path, dtype: .f32)
        #expect(!FileSystem.exists(file))
        #expect(try !ModelFolder.load(path).hasHandlesPerLayer)
    }

    @Test func handleFilesKeepEveryLayer() throws {
        let (model, path) = (try layered(), "\(folder.path)/handles")
        try HandleFile.write(model, to: path)
        let again = try HandleFile.read(path, into: base)
        #expect(again.handles == model.handles && again.fingerprint == model.fingerprint)
        // diffusers reads a file with one tensor as tokens of one concept, and refuses one with several.
        #expect(try SafetensorsFile(path: path + "/b.safetensors").tensors.count == count)
        let shared = try base.addingHandles(["<c>"], embeddings: random([1, width], 5))
        let both = try HandleFile.read(path, into: shared)
        #expect(both.handles == ["<c>", "<b>", "<a>"] && both.hasHandlesPerLayer)
        #expect(
            predict(both, try both.encodePrompts(prompts)).out.value.isIdentical(
                to: predict(model, try model.encodePrompts(prompts)).out.value))
        let other = try ModelFolder.load(try ModelFixture("tiny-sd15").folder)
        try SafetensorsWriter.write(
            path + "/b.safetensors", [SafetensorsTensor("<b>/mid_block", shape: [width], [Float](repeating: 0, count: width))])
        #expect(throws: HandleFileError.layers(path: path + "/b.safetensors", token: "<b>", found: 1, wanted: count)) {
            try HandleFile.read(path, into: other)
        }
    }

    @Test func aResultKeepsEveryLayer() throws {
        let (model, path) = (try layered(), "\(folder.path)/result.safetensors")
        _ = try ResultFile.write(model, base: base, to: path, rank: nil)
        let again = try ResultFile.read(path, base: base).model
        #expect(again.fingerprint == model.fingerprint && again.handleStarts?.shape == [2, count, width])
        #expect(throws: ResultError.self) {
            try ResultFile.read(path, base: try ModelFolder.load(try ModelFixture("tiny-sd21").folder))
        }
    }

    /// One more handle, of either kind, beside those of a model.
    @Test func kindsDoNotMixInATable() throws {
        let model = try layered()
        let three = try model.addingHandles(["<c>"], embeddings: random([1, width], 5))
        let added = try #require(three.textEncoder.handleEmbedding?.value)
        #expect(added.shape == [3, count, width])
        #expect((0..<count).allSatisfy { added.row(2).row($0).isIdentical(to: random([1, width], 5).row(0)) })
        #expect(added.rows(0..<2).isIdentical(to: try #require(model.textEncoder.handleEmbedding?.value)))
        #expect(three.handleStarts?.shape == added.shape)
    }
}
