import Autograd
import Diffusion
import NeuralNetwork
import Tensors

/// CLIP (Radford et al. 2021), with the names of transformers' `CLIPModel`: two towers and their projections into one space.
struct CLIPModel: Module {
    let configuration: CLIPConfiguration
    var text: CLIPTextModel
    var vision: VisionTower<CLIPEncoderLayer>
    var textProjection: Linear
    var visualProjection: Linear
    /// The logarithm of the factor by which training multiplied cosines; no metric needs it.
    var logitScale: Variable

    init(_ configuration: CLIPConfiguration) {
        self.configuration = configuration
        text = CLIPTextModel(configuration.text)
        vision = VisionTower(configuration.vision) { c in
            CLIPEncoderLayer(
                width: c.hiddenSize, inner: c.intermediateSize, heads: c.attentionHeads, activation: c.activation,
                eps: c.layerNormEpsilon, isCausal: false)
        }
        textProjection = Linear(configuration.text.hiddenSize, configuration.projectionSize, bias: false)
        visualProjection = Linear(configuration.vision.hiddenSize, configuration.projectionSize, bias: false)
        logitScale = .parameter()
    }

    /// Features [N, P] of preprocessed pictures [N, H, W, 3].
    func imageFeatures(_ pictures: Variable) -> Variable { visualProjection(vision(pictures)) }

    /// Features [N, P] of N texts of L token ids each, from the state of the token that ends the text.
    func textFeatures(_ ids: [[Int]]) -> Variable {
        let (states, width) = (text(ids)[layer: 0], configuration.text.hiddenSize)
        let ends = ids.indices.map { row in
            let place = endPlace(ids[row])
            return states.sliced([.init(start: row, count: 1), .init(start: place, count: 1), .init(start: 0, count: width)])
                .reshaped([1, width])
        }
        return textProjection(.concatenated(ends, axis: 0))
    }

    /// The place of the token that ends a text. Old configurations say 2, which no text has: there it is the largest id.
    private func endPlace(_ ids: [Int]) -> Int {
        let known = configuration.text.eosTokenIDs
        if known != [2], let place = ids.firstIndex(where: known.contains) { return place }
        return ids.firstIndex(of: ids.max() ?? 0) ?? 0
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "logit_scale", &logitScale)
        try text.forEachParameter(path + "text_model.", body)
        try vision.forEachParameter(path + "vision_model.", body)
        try visualProjection.forEachParameter(path + "visual_projection.", body)
        try textProjection.forEachParameter(path + "text_projection.", body)
    }
}
