import Autograd
import Tensors

// The samples of a batch are independent, and every kernel gives a sample the same bits whatever is beside it. So in
// training, samples whose text needs no gradient go through the network apart, without a tape: phase one trains handles, on
// which nothing of the prior pictures' half depends. (For sampling this does not pay, since each part reads all weights.)
extension UNet2DConditionModel {
    /// The number of parameters up to which weights stay in the third cache; those of larger networks are read from memory
    /// once for all samples.
    private static let smallSize = 16 << 20

    /// The runs of samples that are passes of their own; the whole batch where there is nothing to gain.
    func lanes(_ latents: Variable, _ pass: UNetPass) -> [Range<Int>] {
        let whole = [0..<latents.shape[0]]
        guard pass.text.needsGrad, !latents.needsGrad, !pass.isCheckpointing, size <= Self.smallSize else { return whole }
        let runs = whole[0].runs(of: { pass.text.rows($0..<$0 + 1).needsGrad })
        return runs.count == 1 || parameters().contains(where: \.value.needsGrad) ? whole : runs
    }

    /// The predictions of all samples, each of `lanes` in a pass of its own.
    func predict(_ latents: Variable, timesteps: [Float], in lanes: [Range<Int>], _ pass: inout UNetPass) -> Variable {
        var parts = lanes.map { pass.part($0) }
        var outputs = [Variable?](repeating: nil, count: lanes.count)
        parts.withUnsafeMutableBufferPointer { parts in
            outputs.withUnsafeMutableBufferPointer { outputs in
                Parallel.lanes(lanes.count) { lane in
                    let samples = lanes[lane]
                    outputs[lane] = predict(latents.rows(samples), timesteps: Array(timesteps[samples]), &parts[lane])
                }
            }
        }
        pass.join(parts)
        return .concatenated(outputs.compactMap { $0 }, axis: 0)
    }
}

extension Range<Int> {
    /// The range cut into runs in which `property` is the same.
    func runs(of property: (Int) -> Bool) -> [Range<Int>] {
        var (result, last) = ([Range<Int>](), false)
        for index in self {
            let value = property(index)
            if let run = result.last, value == last {
                result[result.count - 1] = run.lowerBound..<index + 1
            } else {
                result.append(index..<index + 1)
            }
            last = value
        }
        return result
    }
}
