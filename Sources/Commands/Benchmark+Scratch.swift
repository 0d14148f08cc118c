import Autograd
import Diffusion
import NeuralNetwork
import Tensors

extension Benchmark {
    /// Training from scratch as `pretrain/train.py` does it: batches of 48, every parameter of U-Net and text encoder, AdamW; the same
    /// batch at every step.
    struct ScratchTraining {
        static let name = "training from scratch, batch 48"

        private let batch: Int
        private var model: DiffusionModel
        private var optimizer = AdamW(.init(lr: 1e-4))
        private let ids: [[Int]]
        private let timesteps: [Int]
        private let noisy: Variable, noise: Variable

        /// Prepares a batch. Throws what the tokenizer throws.
        init(_ model: DiffusionModel, batch: Int = 48) throws {
            self.batch = batch
            self.model = model
            self.model.requireGrad { _ in true }
            let size = model.latentSize
            let shape = [batch, size.height, size.width, model.latentChannels]
            let latents = RandomDraw(seed: 0, stream: "latents", step: 0).normal(shape)
            let drawn = RandomDraw(seed: 0, stream: "noise", step: 0).normal(shape)
            ids = try model.tokenize((0..<batch).map { _ in "a photo of a dog" })
            timesteps = (0..<batch).map { $0 * 960 / batch }
            noisy = Variable(model.addNoise(latents, drawn, timesteps))
            noise = Variable(drawn)
        }

        /// Takes one step and returns the loss before it.
        @discardableResult
        mutating func step() -> Float {
            var pass = UNetPass(model.textEncoder(ids))
            let loss = Variable.meanSquaredError(model.unet(noisy, timesteps: timesteps.map(Float.init), &pass), noise)
            optimizer.step(&model, Gradients(of: loss))
            return loss.value.scalar
        }

        mutating func breakdown(_ name: String, peak: Double? = nil) -> Breakdown {
            var result = fastest(name, of: 2) { step() }
            result.peak = peak
            return result
        }

        /// Returns the rate of the median of three steps, after one to warm up.
        mutating func samplesPerSecond() -> Double {
            step()
            return Double(batch) / median((0..<3).map { _ in seconds { step() }.seconds })
        }
    }
}
