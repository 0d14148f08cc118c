import Autograd
import NeuralNetwork
import Tensors

/// Finds in a picture the thing that another picture shows. Three convolutions make cells of both; blocks compare the cells of the picture with
/// the reference; three more bring the result back to half the picture's side, with the features of the way down beside it.
///
/// Its training and its oracle are in PyTorch (Tests/Conformance/pretrain256/segmenting.py). Legend: N pairs of picture and reference, S side,
/// c = S / 8 cells a side, D width, T tokens of the reference encoder.
struct SegmenterNetwork: Module {
    let configuration: SegmenterConfiguration
    var conv1: Conv2d
    var conv2: Conv2d
    var conv3: Conv2d
    var norm1: GroupNorm
    var norm2: GroupNorm
    /// What a cell's row and column add to it, [c, D] each.
    var rows: Variable
    var columns: Variable
    /// What tells a reference's cells from a picture's, [D].
    var referenceEmbedding: Variable
    var referenceProjection: Linear
    var blocks: [SegmenterBlock]
    var normOut: LayerNorm
    var up1: Conv2d
    var up2: Conv2d
    var up3: Conv2d
    var mask: Conv2d
    var presence: Linear

    /// A network whose parameters are placeholders until they are loaded.
    init(_ c: SegmenterConfiguration) {
        let (width, half, third, quarter, cells) = (c.hiddenSize, c.hiddenSize / 2, c.hiddenSize / 3, c.hiddenSize / 4, c.imageSize / 8)
        configuration = c
        (conv1, conv2, conv3) = (Conv2d(3, quarter, stride: 2), Conv2d(quarter, half, stride: 2), Conv2d(half, width, stride: 2))
        (norm1, norm2) = (GroupNorm(4, quarter, eps: 1e-5), GroupNorm(4, half, eps: 1e-5))
        (rows, columns, referenceEmbedding) = (.parameter(cells, width), .parameter(cells, width), .parameter(width))
        referenceProjection = Linear(c.referenceHiddenSize, width)
        blocks = (0..<c.layers).map { _ in SegmenterBlock(width, heads: c.attentionHeads) }
        normOut = LayerNorm(width)
        (up1, up2) = (.pointwise(width, half), Conv2d(2 * half, third))
        (up3, mask) = (Conv2d(third + quarter, width / 6), Conv2d(width / 6, 1))
        presence = Linear(2 * width, 1)
    }

    /// The features of pictures [N, H, W, 3] at a half, a quarter and an eighth of their sides.
    private func stem(_ x: Variable) -> (half: Variable, quarter: Variable, cells: Variable) {
        let a = norm1(conv1(x), silu: true)
        let b = norm2(conv2(a), silu: true)
        return (a, b, conv3(b))
    }

    /// What references are to the cross-attentions, [N, (S/16)² + T, D]: things alone [N, S/2, S/2, 3] and their tokens [N, T, E].
    func context(_ references: Variable, tokens: Variable) -> Variable {
        let cells = stem(references).cells
        let (n, width) = (cells.shape[0], cells.shape[3])
        let seen = cells.reshaped([n, cells.shape[1] * cells.shape[2], width]) + referenceEmbedding.reshaped([1, 1, width])
        return .concatenated([seen, referenceProjection(tokens)], axis: 1)
    }

    /// The logits of the masks [N, S/2, S/2] and of the presence [N] for pictures [N, S, S, 3] and contexts of as many references.
    func callAsFunction(_ pictures: Variable, context: Variable) -> (mask: Variable, presence: Variable) {
        let (half, quarter, cells) = stem(pictures)
        let (n, side, width) = (cells.shape[0], cells.shape[1], cells.shape[3])
        let places = rows.reshaped([side, 1, width]) + columns.reshaped([1, side, width])
        var x = cells.reshaped([n, side * side, width]) + places.reshaped([1, side * side, width])
        for block in blocks { x = block(x, context: context) }
        x = normOut(x)
        let summary = Variable.concatenated([x.mean([1]), Variable(x.value.maximum(along: 1).0.reshaped([n, width]))], axis: 1)
        var y = up1(x.reshaped([n, side, side, width]))
        y = up2(.concatenated([y.upsampledByTwo(), quarter], axis: 3)).silu()
        y = up3(.concatenated([y.upsampledByTwo(), half], axis: 3)).silu()
        return (mask(y).reshaped([n, 4 * side, 4 * side]), presence(summary).reshaped([n]))
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try conv1.forEachParameter(path + "conv1.", body)
        try conv2.forEachParameter(path + "conv2.", body)
        try conv3.forEachParameter(path + "conv3.", body)
        try norm1.forEachParameter(path + "norm1.", body)
        try norm2.forEachParameter(path + "norm2.", body)
        try body(path + "rows", &rows)
        try body(path + "columns", &columns)
        try body(path + "reference_embedding", &referenceEmbedding)
        try referenceProjection.forEachParameter(path + "reference_projection.", body)
        try blocks.forEachParameter(path + "blocks.", body)
        try normOut.forEachParameter(path + "norm_out.", body)
        try up1.forEachParameter(path + "up1.", body)
        try up2.forEachParameter(path + "up2.", body)
        try up3.forEachParameter(path + "up3.", body)
        try mask.forEachParameter(path + "mask.", body)
        try presence.forEachParameter(path + "presence.", body)
    }
}
