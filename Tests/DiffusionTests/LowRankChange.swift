import Tensors
import Testing

@testable import Diffusion

extension DiffusionModel {
    /// This model with two projections and a convolution of its first block changed, each by a matrix of rank 2.
    func changedByRankTwo() throws -> DiffusionModel {
        let wanted = [
            "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_out.0.weight",
            "down_blocks.0.resnets.0.conv1.weight",
        ]
        var (copy, step, met) = (self, UInt32(10), 0)
        func random(_ shape: [Int]) -> Tensor {
            step += 1
            return RandomDraw(seed: 3, stream: "test", step: step).normal(shape)
        }
        copy.unet.forEachParameter("") { name, parameter in
            guard wanted.contains(name) else { return }
            let shape = ParameterFile.diskShape(parameter.shape)
            let change = random([shape[0], 2]).matmul(random([2, shape.dropFirst().reduce(1, *)])).reshaped(shape)
            parameter = .init(parameter.value.combined(1, with: ParameterFile.fromDisk(change), 0.01))
            met += 1
        }
        try #require(met == wanted.count)
        return copy
    }
}
