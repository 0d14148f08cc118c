import Autograd
import NeuralNetwork
import Tensors

extension DiffusionModel {
    /// Adds a low-rank adapter to every projection of the U-Net's attentions (`to_q`, `to_k`, `to_v`, `to_out.0`, those
    /// that diffusers' scripts adapt). `down` is normal with standard deviation 1/rank and `up` is zero, so that nothing
    /// changes yet.
    public mutating func attachAdapters(rank: Int, _ random: RandomState) {
        var index = 0
        unet.forEachProjection { _, layer in
            let (outputs, inputs) = (layer.weight.shape[0], layer.weight.shape[1])
            let draw = RandomDraw(seed: random.seed, stream: "lora", step: UInt32(index))
            layer.adapter = LowRankAdapter(
                down: Variable(draw.normal([rank, inputs]).scaled(by: 1 / Float(rank))), up: Variable(.zeros([outputs, rank])))
            index += 1
        }
    }

    /// The number of parameters that `attachAdapters` adds.
    public func adapterParameterCount(rank: Int) -> Int {
        var (count, unet) = (0, unet)
        unet.forEachProjection { _, layer in count += rank * (layer.weight.shape[0] + layer.weight.shape[1]) }
        return count
    }

    /// Adds the change of every adapter to its weight, and removes the adapter. `save_lora` finds the factors again in the
    /// change.
    public mutating func mergeAdapters() {
        unet.forEachProjection { _, layer in
            guard let adapter = layer.adapter else { return }
            layer.weight = Variable(layer.weight.value + adapter.change)
            layer.adapter = nil
        }
    }
}

extension UNet2DConditionModel {
    /// Calls `body` for the projections of all attentions, by their names on disk.
    mutating func forEachProjection(_ body: (String, inout Linear) -> Void) {
        for block in downBlocks.indices {
            for index in downBlocks[block].attentions.indices {
                downBlocks[block].attentions[index].forEachProjection("down_blocks.\(block).attentions.\(index).", body)
            }
        }
        for index in midBlock?.attentions.indices ?? 0..<0 {
            midBlock?.attentions[index].forEachProjection("mid_block.attentions.\(index).", body)
        }
        for block in upBlocks.indices {
            for index in upBlocks[block].attentions.indices {
                upBlocks[block].attentions[index].forEachProjection("up_blocks.\(block).attentions.\(index).", body)
            }
        }
    }
}
