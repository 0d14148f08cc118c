import BreakAScene
import Diffusion
import NeuralNetwork
import Tensors

// What values hold in memory and may share: a prompt keeps results by a byte budget, and a model differs from the one it
// came from in few tensors.

extension Tensor {
    /// Visits the tensor's storage, which several tensors may share.
    fileprivate func visit(_ visit: (ObjectIdentifier, Int) -> Void) {
        visit(ObjectIdentifier(storage), storage.capacity * MemoryLayout<Float>.stride)
    }
}

extension TensorValue {
    /// Visits the tensor's storage.
    public func forEachBlock(_ visit: (_ block: ObjectIdentifier, _ bytes: Int) -> Void) { tensor.visit(visit) }
}

extension AttentionValue {
    /// Visits the storage of the maps.
    public func forEachBlock(_ visit: (_ block: ObjectIdentifier, _ bytes: Int) -> Void) { maps.visit(visit) }
}

extension ModelValue {
    /// Visits the parameters of the model and of a training that was interrupted, with its prior pictures and the optimizer's moments.
    public func forEachBlock(_ visit: (_ block: ObjectIdentifier, _ bytes: Int) -> Void) {
        for model in [learned.model] + (learned.unfinished.map { [$0.model] } ?? []) {
            for (_, parameter) in model.unet.parameters() { parameter.value.visit(visit) }
            for (_, parameter) in model.textEncoder.parameters() { parameter.value.visit(visit) }
            for (_, parameter) in model.vae.parameters() { parameter.value.visit(visit) }
        }
        for prior in [learned.prior, learned.unfinished?.prior] { prior?.pictures.visit(visit) }
        learned.unfinished?.optimizer.forEachMoment { $0.visit(visit) }
    }
}
