import Autograd
import Glibc
import NeuralNetwork
import Tensors

/// The embedding of timesteps: sinusoids, then two linear layers with SiLU between them.
struct TimestepEmbedding: Module {
    var linear1: Linear
    var linear2: Linear
    let width: Int
    let flipSinToCos: Bool
    let freqShift: Float

    init(width: Int, embedding: Int, flipSinToCos: Bool, freqShift: Float) {
        (linear1, linear2) = (Linear(width, embedding), Linear(embedding, embedding))
        (self.width, self.flipSinToCos, self.freqShift) = (width, flipSinToCos, freqShift)
    }

    /// The embeddings [N, E] of N timesteps.
    func callAsFunction(_ timesteps: [Float]) -> Variable {
        linear2(linear1(Variable(sinusoids(timesteps))).silu())
    }

    /// The sinusoids [N, width]: cosines then sines where `flipSinToCos`, else sines then cosines.
    func sinusoids(_ timesteps: [Float]) -> Tensor {
        let half = width / 2
        return Tensor.make([timesteps.count, width]) { out in
            for (n, t) in timesteps.enumerated() {
                for i in 0..<half {
                    let angle = t * expf(-logf(10_000) * Float(i) / (Float(half) - freqShift))
                    out[n * width + i] = flipSinToCos ? cosf(angle) : sinf(angle)
                    out[n * width + half + i] = flipSinToCos ? sinf(angle) : cosf(angle)
                }
                if width % 2 == 1 { out[n * width + width - 1] = 0 }
            }
        }
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try linear1.forEachParameter(path + "linear_1.", body)
        try linear2.forEachParameter(path + "linear_2.", body)
    }
}
