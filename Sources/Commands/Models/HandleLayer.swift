import Diffusion
import Language

/// The choice of one cross-attention layer, for handles that have an embedding for each: its place or its name in `model.layers`.
enum HandleLayer {
    /// The name of the parameter.
    static let name = "layer"
    /// A place or a name.
    static let rule: TypeRule = .oneOf([.int, .string])

    /// Returns the place in `model.layers` that an argument names; nil where it is not given. Throws `.outOfRange` and `.badArgument` for a
    /// layer that the model does not have.
    static func place(_ key: Key<Value?>, _ call: Call, _ model: DiffusionModel) throws -> Int? {
        let layers = model.crossAttentionLayers
        switch call.given(key) {
        case .int(let place)?:
            let index = place < 0 ? place &+ layers.count : place
            guard layers.indices.contains(index) else {
                throw Problem(
                    .outOfRange, "\(call.builtin.name): there is no layer \(place); this model has \(layers.count)", argument: key.name,
                    help: "model.layers lists them")
            }
            return index
        case .string(let name)?:
            guard let index = layers.firstIndex(of: name) else {
                throw Problem(
                    .badArgument, "\(call.builtin.name): there is no cross-attention layer \"\(name)\"", argument: key.name,
                    help: nearestName(name, among: layers).map { "did you mean \"\($0)\"?" } ?? "model.layers lists them")
            }
            return index
        default: return nil
        }
    }

    /// Throws `.badArgument` where the model has no cross-attention, so that handles cannot have an embedding for each.
    static func checkAny(_ model: DiffusionModel, _ call: Call, _ argument: String) throws {
        guard model.crossAttentionLayers.isEmpty else { return }
        throw Problem(
            .badArgument, "\(call.builtin.name): \(model.name) has no cross-attention layers that handles could have embeddings for",
            argument: argument)
    }
}
