import Autograd
import Tensors

// A batch's samples do not know of each other, and every kernel gives a sample the same bits whoever is beside it. So a
// batch may go through a small network in parts: side by side, one a thread; or, in training, those whose text needs
// no gradient without a tape. (Phase one trains handles: nothing of the prior pictures' half depends on them.)
extension UNet2DConditionModel {
    /// Networks whose packed weights stay in the third cache: larger ones are read from memory once for all samples.
    private static let smallSize = 16 << 20

    /// Runs of samples that are to be passes of their own.
    func lanes(_ latents: Variable, _ pass: UNetPass) -> [Range<Int>] {
        let whole = [0..<latents.shape[0]]
        guard latents.shape[0] > 1, size <= Self.smallSize, !latents.needsGrad, !pass.isCheckpointing else { return whole }
        let runs = whole[0].runs(of: { pass.encoderHiddenStates.rows($0..<$0 + 1).needsGrad })
        if runs.count == 1 && (pass.encoderHiddenStates.needsGrad || !Parallel.fillsThreads(lanes: latents.shape[0])) { return whole }
        if parameters().contains(where: \.value.needsGrad) { return whole }
        return runs.count > 1 ? runs : whole[0].map { $0..<$0 + 1 }
    }

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
    /// Cut where `property` changes.
    func runs(of property: (Int) -> Bool) -> [Range<Int>] {
        var (result, last) = ([Range<Int>](), false)
        for index in self {
            let value = property(index)
            if let run = result.last, value == last { result[result.count - 1] = run.lowerBound..<index + 1 } else { result.append(index..<index + 1) }
            last = value
        }
        return result
    }
}
