import Autograd
import NeuralNetwork
import TestSupport
import Testing

@testable import Diffusion
@testable import Tensors

/// A batch in parts is the batch as one.
@Suite struct LaneTests {
    private let model: DiffusionModel
    private let (latents, timesteps): (Tensor, [Float])

    init() throws {
        var numbers = SeededNumbers(seed: "lanes")
        let base = try ModelFolder.load(ModelFixture("embedded").folder)
        let embeddings = numbers.tensor([2, base.textEncoder.configuration.hiddenSize]).scaled(by: 0.02)
        model = try base.addingHandles(["<one>", "<two>"], embeddings: embeddings)
        latents = numbers.tensor([4, 16, 16, model.latentChannels])
        timesteps = [20, 700, 999, 0]
    }

    private func text(_ model: DiffusionModel, _ prompts: [String]) throws -> TextStates { model.textEncoder(try model.tokenize(prompts)) }

    /// Whole, one behind the other and side by side: the same bits, maps and text projections included.
    @Test func partsHaveTheBitsOfTheWhole() throws {
        let text = try text(model, ["a dog", "", "a photo of a cat at the beach", "a mug"])
        var pass = UNetPass(text, recording: .all)
        let whole = model.unet.predict(Variable(latents), timesteps: timesteps, &pass)
        var unrecorded = UNetPass(text)
        let plain = model.unet.predict(Variable(latents), timesteps: timesteps, &unrecorded)
        for threads in [1, 2, 4] {
            try Parallel.$schedule.withValue(.threads(threads)) {
                var parts = UNetPass(text, recording: .all)
                #expect(model.unet.lanes(Variable(latents), parts) == [0..<4], "without gradients a batch stays whole")
                let lanes = (0..<4).map { $0..<$0 + 1 }
                let out = model.unet.predict(Variable(latents), timesteps: timesteps, in: lanes, &parts)
                #expect(out.value.isIdentical(to: whole.value))
                #expect(parts.maps.map(\.layer) == pass.maps.map(\.layer))
                #expect(zip(parts.maps, pass.maps).allSatisfy { $0.probabilities.value.isIdentical(to: $1.probabilities.value) })
                // A later step takes the text's keys and values from the first.
                var again = UNetPass(text, reusing: parts.textProjections)
                #expect(model.unet.predict(Variable(latents), timesteps: timesteps, in: lanes, &again).value.isIdentical(to: plain.value))
                let unlike = try #require(parts.textProjections.layers.first)
                #expect(unlike.keys.shape[0] == 4)
            }
        }
    }

    /// Self-attention is recorded only where it is asked for and small enough; its rows are probabilities, in parts as in the whole, and
    /// the prediction is the one without a record up to rounding.
    @Test func selfAttentionIsRecordedOnRequest() throws {
        let text = try text(model, ["a dog", "", "a mug", "a cat"])
        var plain = UNetPass(text)
        let expected = model.unet.predict(Variable(latents), timesteps: timesteps, &plain)
        #expect(plain.selfMaps.isEmpty)
        var pass = UNetPass(text, selfAttention: 256)
        let out = model.unet.predict(Variable(latents), timesteps: timesteps, &pass)
        #expect((out.value - expected.value).sumOfSquares <= 1e-9 * expected.value.sumOfSquares)
        #expect(pass.maps.isEmpty && pass.selfMaps.count == 7 && pass.selfMaps.allSatisfy { $0.layer.hasSuffix(".attn1") })
        for map in pass.selfMaps {
            let cells = map.height * map.width
            #expect(map.probabilities.shape == [4, cells, cells])
            #expect(map.probabilities.values.allSatisfy { (0...1).contains($0) })
            #expect(map.probabilities.mean([2]).values.allSatisfy { abs($0 * Float(cells) - 1) < 1e-4 })
        }
        var parts = UNetPass(text, selfAttention: 256)
        _ = model.unet.predict(Variable(latents), timesteps: timesteps, in: [0..<1, 1..<4], &parts)
        #expect(zip(parts.selfMaps, pass.selfMaps).allSatisfy { $0.probabilities.isIdentical(to: $1.probabilities) })
        var small = UNetPass(text, selfAttention: 64)
        _ = model.unet.predict(Variable(latents), timesteps: timesteps, &small)
        #expect(small.selfMaps.count == 4)
    }

    /// Prompts without a handle are constants while handles are trained; losses and the gradient are, up to rounding, those
    /// of a batch that is differentiated whole.
    @Test func whatNeedsNoGradientHasNoTape() throws {
        var trained = model
        trained.textEncoder.requireGrad { $0 == CLIPTextModel.handleEmbeddingName }
        let prompts = [
            "a photo of a dog", "a photo at the beach", "a photo of \(model.handles[0])", "\(model.handles[0]) and \(model.handles[1])",
        ]
        let target = Variable(Tensor.zeros(latents.shape))
        func gradient(_ text: TextStates, whole: Bool) throws -> (loss: Float, Tensor) {
            var pass = UNetPass(text, recording: .size(height: 16, width: 16))
            let x = Variable(latents)
            let out = whole ? trained.unet.predict(x, timesteps: timesteps, &pass) : trained.unet(x, timesteps: timesteps, &pass)
            #expect(out.rows(0..<2).needsGrad == whole)
            #expect(out.rows(2..<4).needsGrad)
            let maps = pass.maps.reduce(Variable(Tensor(0))) {
                $0 + .meanSquaredError($1.probabilities, Variable(.zeros($1.probabilities.shape)))
            }
            let loss = Variable.meanSquaredError(out, target) + maps
            let handles = try #require(trained.textEncoder.handleEmbedding)
            return (loss.value.scalar, try #require(Gradients(of: loss)[handles]))
        }
        for _ in 0..<2 {
            let text = try text(trained, prompts)
            #expect(text.needsGrad && !text.rows(0..<2).needsGrad && !text.rows(1..<2).needsGrad && text.rows(3..<4).needsGrad)
            let apart = try gradient(text, whole: false)
            // Without what `rows` remembers of the concatenation the batch is one.
            let one = try gradient(TextStates(self.text(trained, prompts)[layer: 0].scaled(by: 1)), whole: true)
            // Without a tape self-attention divides by its sums at the end: other roundings.
            #expect(abs(apart.loss - one.loss) <= 1e-6 * one.loss)
            let (difference, size) = (apart.1 - one.1, one.1.sumOfSquares.squareRoot())
            #expect(size > 0 && difference.sumOfSquares.squareRoot() <= 1e-5 * size)
        }
    }

    /// States that are remembered follow the encoder's weights.
    @Test func rememberedTextFollowsTheEncoder() throws {
        var trained = model
        trained.textEncoder.requireGrad { $0 == CLIPTextModel.handleEmbeddingName }
        let prompts = ["a dog", "\(model.handles[1])"]
        let before = try text(trained, prompts)[layer: 0]
        trained.textEncoder.forEachParameter("") { name, parameter in
            if name.hasSuffix("final_layer_norm.bias") { parameter = parameter.replacing(parameter.value.scaled(by: 1, plus: 1)) }
        }
        let after = try text(trained, prompts)[layer: 0]
        let change = after.value - before.value
        #expect(abs(change.rows(0..<1).sum / Double(change.rows(0..<1).count) - 1) < 1e-3)
        #expect(abs(change.rows(1..<2).sum / Double(change.rows(1..<2).count) - 1) < 1e-3)
    }
}
