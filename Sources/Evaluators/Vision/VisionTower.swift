import Autograd
import Diffusion
import NeuralNetwork
import Tensors

/// One layer of a vision tower.
protocol VisionTowerLayer: Module {
    /// The output [N, L, D] for x [N, L, D].
    func callAsFunction(_ x: Variable) -> Variable
}

extension CLIPEncoderLayer: VisionTowerLayer {}

/// What the parts of a vision tower are called on disk, in the order of its parameters.
struct VisionTowerNames: Sendable {
    enum Part: Sendable {
        case classToken, positions, patches, preNorm, layers, postNorm
    }

    /// The parts that the tower has, with their names.
    let parts: [(part: Part, name: String)]

    /// Those of transformers' `CLIPVisionModel`.
    static let clip = VisionTowerNames(parts: [
        (.classToken, "embeddings.class_embedding"), (.patches, "embeddings.patch_embedding."),
        (.positions, "embeddings.position_embedding.weight"),
        // The published spelling.
        (.preNorm, "pre_layrnorm."), (.layers, "encoder.layers."), (.postNorm, "post_layernorm."),
    ])
    /// Those of transformers' `ViTModel` and `Dinov2Model`.
    static let vit = VisionTowerNames(parts: [
        (.classToken, "embeddings.cls_token"), (.positions, "embeddings.position_embeddings"),
        (.patches, "embeddings.patch_embeddings.projection."), (.layers, "encoder.layer."), (.postNorm, "layernorm."),
    ])
}

/// A vision transformer (Dosovitskiy et al. 2021): the tower of CLIP, DINO and DINOv2. These differ in their layers, in the names of
/// parameters, and in what CLIP has alone: a layer norm before the layers, patches without a bias.
///
/// Legend: N pictures, D width, L tokens: the class token, then the patches row after row.
struct VisionTower<Layer: VisionTowerLayer>: Module {
    let configuration: VisionConfiguration
    let names: VisionTowerNames
    var classToken: Variable
    var positions: Variable
    var patches: PatchEmbedding
    var preNorm: LayerNorm?
    var layers: [Layer]
    var postNorm: LayerNorm

    /// A tower whose parameters are placeholders until they are loaded. `layer` makes one of its layers.
    init(_ c: VisionConfiguration, layer: (VisionConfiguration) -> Layer) {
        let (isCLIP, width, count) = (c.layout == .clip, c.hiddenSize, c.side * c.side + 1)
        (configuration, names) = (c, isCLIP ? .clip : .vit)
        // CLIP's file has no axis of pictures.
        classToken = isCLIP ? .parameter(width) : .parameter(1, 1, width)
        positions = isCLIP ? .parameter(count, width) : .parameter(1, count, width)
        patches = PatchEmbedding(width: width, side: c.patchSize, bias: !isCLIP)
        preNorm = isCLIP ? LayerNorm(width, eps: c.layerNormEpsilon) : nil
        layers = (0..<c.layers).map { _ in layer(c) }
        postNorm = LayerNorm(width, eps: c.layerNormEpsilon)
    }

    /// The class token [N, D] after the last layer norm, of pictures [N, H, W, 3] that are preprocessed.
    func callAsFunction(_ pictures: Variable) -> Variable {
        let h = lastInput(pictures)
        return postNorm((layers.last.map { $0(h) } ?? h).firstTokens)
    }

    /// The tokens [N, L, D] that the last layer reads: the last that a training of the class token forms.
    func lastInput(_ pictures: Variable) -> Variable { layers.dropLast().reduce(embedded(pictures)) { $1($0) } }

    /// The tokens [N, L, D] that the first layer is given.
    func embedded(_ pictures: Variable) -> Variable {
        let (rows, columns) = (pictures.shape[1] / configuration.patchSize, pictures.shape[2] / configuration.patchSize)
        let width = configuration.hiddenSize
        let learned = positions.value.reshaped([1, positions.value.count / width, width])
        let places = PositionInterpolation.resized(learned, side: configuration.side, rows: rows, columns: columns)
        let tokens = patches(pictures, first: classToken) + Variable(places)
        return preNorm.map { $0(tokens) } ?? tokens
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        for (part, name) in names.parts {
            switch part {
            case .classToken: try body(path + name, &classToken)
            case .positions: try body(path + name, &positions)
            case .patches: try patches.forEachParameter(path + name, body)
            case .preNorm: try preNorm.forEachParameter(path + name, body)
            case .layers: try layers.forEachParameter(path + name, body)
            case .postNorm: try postNorm.forEachParameter(path + name, body)
            }
        }
    }
}
