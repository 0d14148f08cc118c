import Autograd
import Diffusion
import NeuralNetwork
import Tensors

/// A vision transformer (transformers' `ViTModel`) of which the tokens of every layer are wanted, not the class token of the last alone.
package struct PatchEncoder: Module {
    private var tower: VisionTower<VisionLayer>

    /// An encoder whose parameters are placeholders until they are loaded.
    package init(_ configuration: VisionConfiguration) { tower = VisionTower(configuration, layer: VisionLayer.init) }

    /// The tokens [N, 1 + P, D] of preprocessed pictures [N, H, W, 3], the class token first: those that the first layer is given, then those
    /// after each layer; the last ones after the final layer norm.
    package func callAsFunction(_ pictures: Variable) -> [Variable] {
        var states = [tower.embedded(pictures)]
        for layer in tower.layers { states.append(layer(states[states.count - 1])) }
        states[states.count - 1] = tower.postNorm(states[states.count - 1])
        return states
    }

    package mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try tower.forEachParameter(path, body)
    }
}

extension VisionConfiguration {
    /// The settings of a `ViTModel`. Throws `ConfigurationError`, which names `file`.
    package init(vit json: JSON, file: String) throws { try self.init(ConfigurationReader(json, file: file), .vit) }
}
