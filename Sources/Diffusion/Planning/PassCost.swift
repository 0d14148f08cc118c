import Autograd

/// What a part of a network costs for one sample: arithmetic, and what is kept for backward. It is counted from the
/// configuration alone, so that a plan can be made before weights are read.
///
/// Legend: H W height and width, C channels, L tokens, A heads.
public struct PassCost: Sendable, Equatable {
    /// Floating-point operations of a forward pass, multiplications and additions counted apart.
    public var operations = 0.0
    /// Floats that backward needs where weights are trained.
    public var kept = 0
    /// Floats that backward needs where weights are frozen and gradients only flow through.
    public var keptFrozen = 0
    /// The largest `kept` of one layer: what is in memory at a time with gradient checkpointing.
    public var largestLayer = 0
    /// Floats of the layers' inputs, which checkpointing keeps.
    public var layerInputs = 0
    /// The most floats that are in memory at a time where nothing is kept for backward.
    public var alive = 0

    /// The cost of nothing.
    public init() {}

    /// Adds one layer, the unit of checkpointing; `input`: the floats of its input.
    mutating func add(layer: PassCost, input: Int) {
        operations += layer.operations
        kept += layer.kept
        keptFrozen += layer.keptFrozen
        largestLayer = max(largestLayer, layer.kept)
        layerInputs += input
    }

    /// Counts floats that are in memory at the same time.
    mutating func live(_ floats: Int) { alive = max(alive, floats) }

    /// Adds a linear layer for `rows` rows: its input is kept for the weight's gradient only.
    mutating func linear(_ inputs: Int, _ outputs: Int, rows: Int) {
        operations += 2 * Double(rows) * Double(inputs) * Double(outputs)
        kept += rows * inputs
    }

    /// Adds a convolution with `places` outputs per channel: its input is kept for the weight's gradient only.
    mutating func convolution(_ inputs: Int, _ outputs: Int, places: Int, kernel: Int = 3) {
        operations += 2 * Double(places * kernel * kernel) * Double(inputs) * Double(outputs)
        kept += places * inputs
    }

    /// Adds an operation whose input backward needs in any case, such as norms and activations.
    mutating func pointwise(_ floats: Int) {
        kept += floats
        keptFrozen += floats
    }

    /// Adds attention of `rows` queries to `context` keys of width `width`: q, k, v and the probabilities are kept, unless
    /// these are computed again.
    mutating func attention(rows: Int, context: Int, width: Int, heads: Int, keepsProbabilities: Bool) {
        operations += 4 * Double(rows) * Double(context) * Double(width)
        let floats = rows * width + 2 * context * width + (keepsProbabilities ? heads * rows * context : 0)
        kept += floats
        keptFrozen += floats
    }
}

extension PassCost {
    /// The cost of a `ResnetBlock2D`.
    static func resnet(_ inputs: Int, _ outputs: Int, places: Int, timeEmbedding: Int) -> PassCost {
        var cost = PassCost()
        cost.pointwise(places * inputs)
        cost.convolution(inputs, outputs, places: places)
        cost.linear(timeEmbedding, outputs, rows: 1)
        cost.pointwise(places * outputs)
        cost.convolution(outputs, outputs, places: places)
        if inputs != outputs { cost.convolution(inputs, outputs, places: places, kernel: 1) }
        return cost
    }

    /// The cost of a `Transformer2DModel` over `places` places, with `text` tokens of width `context`.
    static func transformer(_ width: Int, places: Int, heads: Int, layers: Int, context: Int, text: Int) -> PassCost {
        var cost = PassCost()
        cost.pointwise(places * width)
        cost.linear(width, width, rows: places)
        for _ in 0..<layers {
            for isCross in [false, true] {
                cost.pointwise(places * width)
                cost.linear(width, width, rows: places)
                cost.linear(isCross ? context : width, 2 * width, rows: isCross ? text : places)
                cost.attention(
                    rows: places, context: isCross ? text : places, width: width, heads: heads,
                    keepsProbabilities: isCross || places * places <= Variable.mostProbabilities)
                cost.linear(width, width, rows: places)
            }
            cost.pointwise(places * width)
            cost.linear(width, 8 * width, rows: places)
            cost.pointwise(places * 8 * width)
            cost.linear(4 * width, width, rows: places)
        }
        cost.linear(width, width, rows: places)
        return cost
    }
}

extension UNet2DConditionModelConfiguration {
    /// The cost of one sample of `height` × `width` latents with a prompt of `text` tokens.
    public func passCost(height: Int, width: Int, text: Int) -> PassCost {
        let (widths, e) = (blockOutChannels, timeEmbeddingDimension)
        func places(_ level: Int) -> Int { (height >> level) * (width >> level) }
        var total = PassCost()
        func layer(_ cost: PassCost, _ input: Int) { total.add(layer: cost, input: input) }
        // Floats that wait for the way up.
        var skipped = places(0) * widths[0]
        func transformer(_ level: Int) {
            layer(
                .transformer(
                    widths[level], places: places(level), heads: attentionHeads[level], layers: transformerLayersPerBlock[level],
                    context: crossAttentionDimension[level], text: text), places(level) * widths[level])
            // The feed-forward layers: their input and residual, and both halves of the gate.
            total.live(skipped + places(level) * widths[level] * 14)
        }
        func convolution(_ inputs: Int, _ outputs: Int, _ places: Int) {
            var cost = PassCost()
            cost.convolution(inputs, outputs, places: places)
            layer(cost, places * inputs)
        }
        func resnet(_ inputs: Int, _ outputs: Int, _ level: Int) {
            layer(.resnet(inputs, outputs, places: places(level), timeEmbedding: e), places(level) * inputs)
        }
        convolution(inChannels, widths[0], places(0))
        var (current, skips) = (widths[0], [widths[0]])
        for level in widths.indices {
            for _ in 0..<layersPerBlock[level] {
                resnet(current, widths[level], level)
                current = widths[level]
                if downBlockTypes[level].hasCrossAttention { transformer(level) }
                skips.append(current)
                skipped += places(level) * current
            }
            if level < widths.count - 1 {
                convolution(current, current, places(level + 1))
                skips.append(current)
                skipped += places(level + 1) * current
            }
        }
        if hasMidBlock {
            resnet(current, current, widths.count - 1)
            transformer(widths.count - 1)
            resnet(current, current, widths.count - 1)
        }
        for index in widths.indices {
            let level = widths.count - 1 - index
            for _ in 0...layersPerBlock[level] {
                let taken = skips.popLast() ?? 0
                total.live(skipped + places(level) * (2 * (current + taken) + widths[level]))
                skipped -= places(level) * taken
                resnet(current + taken, widths[level], level)
                current = widths[level]
                if upBlockTypes[index].hasCrossAttention { transformer(level) }
            }
            if level > 0 { convolution(current, current, places(level - 1)) }
        }
        convolution(widths[0], outChannels, places(0))
        return total
    }
}

extension CLIPTextModelConfiguration {
    /// The cost of one prompt of the full length.
    public var passCost: PassCost {
        let (d, l) = (hiddenSize, maxPositionEmbeddings)
        var total = PassCost()
        for _ in 0..<layers {
            var cost = PassCost()
            cost.pointwise(l * d)
            for _ in 0..<3 { cost.linear(d, d, rows: l) }
            cost.attention(rows: l, context: l, width: d, heads: attentionHeads, keepsProbabilities: true)
            cost.linear(d, d, rows: l)
            cost.pointwise(l * d)
            cost.linear(d, intermediateSize, rows: l)
            cost.pointwise(l * intermediateSize)
            cost.linear(intermediateSize, d, rows: l)
            total.add(layer: cost, input: l * d)
        }
        return total
    }
}
