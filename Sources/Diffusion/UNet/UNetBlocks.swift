import Autograd
import NeuralNetwork
import Tensors

/// The settings that all blocks of a U-Net share.
struct UNetBlockStyle {
    /// A level's transformers: heads, blocks in each, and the width of the text states.
    struct CrossAttention {
        let heads: Int
        let layers: Int
        let context: Int
    }

    let timeEmbedding: Int
    let groups: Int
    let eps: Float
    let isLinear: Bool

    func resnet(_ inputs: Int, _ outputs: Int) -> ResnetBlock2D {
        ResnetBlock2D(inputs, outputs, timeEmbedding: timeEmbedding, groups: groups, eps: eps)
    }

    func transformer(_ width: Int, _ attention: CrossAttention, name: String) -> Transformer2DModel {
        Transformer2DModel(
            width, context: attention.context, heads: attention.heads, layers: attention.layers, groups: groups, isLinear: isLinear,
            name: name)
    }
}

/// diffusers' `CrossAttnDownBlock2D`, or `DownBlock2D` where it has no attentions.
struct DownBlock: Module {
    var resnets: [ResnetBlock2D]
    var attentions: [Transformer2DModel]
    var downsamplers: [Downsample2D]

    init(
        _ inputs: Int, _ outputs: Int, layers: Int, attention: UNetBlockStyle.CrossAttention?, isLast: Bool, name: String,
        _ style: UNetBlockStyle
    ) {
        resnets = (0..<layers).map { style.resnet($0 == 0 ? inputs : outputs, outputs) }
        attentions =
            attention.map { attention in
                (0..<layers).map { style.transformer(outputs, attention, name: "\(name)attentions.\($0).") }
            } ?? []
        downsamplers = isLast ? [] : [Downsample2D(outputs)]
    }

    /// The output; every intermediate result is appended to `skips` for the up blocks.
    func callAsFunction(_ x: Variable, time: Variable, skips: inout [Variable], _ pass: inout UNetPass) -> Variable {
        var h = x
        for index in resnets.indices {
            h = resnets[index](h, time: time, pass)
            if !attentions.isEmpty { h = attentions[index](h, &pass) }
            skips.append(h)
        }
        for downsample in downsamplers {
            h = downsample(h)
            skips.append(h)
        }
        return h
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try attentions.forEachParameter(path + "attentions.", body)
        try resnets.forEachParameter(path + "resnets.", body)
        try downsamplers.forEachParameter(path + "downsamplers.", body)
    }
}

/// diffusers' `UNetMidBlock2DCrossAttn`: a resnet, a transformer, a resnet.
struct MidBlock: Module {
    var resnets: [ResnetBlock2D]
    var attentions: [Transformer2DModel]

    init(_ width: Int, _ attention: UNetBlockStyle.CrossAttention, _ style: UNetBlockStyle) {
        resnets = (0..<2).map { _ in style.resnet(width, width) }
        attentions = [style.transformer(width, attention, name: "mid_block.attentions.0.")]
    }

    func callAsFunction(_ x: Variable, time: Variable, _ pass: inout UNetPass) -> Variable {
        let first = resnets[0](x, time: time, pass)
        return resnets[1](attentions[0](first, &pass), time: time, pass)
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try attentions.forEachParameter(path + "attentions.", body)
        try resnets.forEachParameter(path + "resnets.", body)
    }
}

/// diffusers' `CrossAttnUpBlock2D`, or `UpBlock2D` where it has no attentions.
struct UpBlock: Module {
    var resnets: [ResnetBlock2D]
    var attentions: [Transformer2DModel]
    var upsamplers: [Upsample2D]

    /// `inputs`: the channels from the level below; `skips`: the channels that each resnet gets from the way down.
    init(
        _ inputs: Int, _ outputs: Int, skips: [Int], attention: UNetBlockStyle.CrossAttention?, isLast: Bool, name: String,
        _ style: UNetBlockStyle
    ) {
        resnets = skips.enumerated().map { style.resnet(($0.offset == 0 ? inputs : outputs) + $0.element, outputs) }
        attentions =
            attention.map { attention in
                skips.indices.map { style.transformer(outputs, attention, name: "\(name)attentions.\($0).") }
            } ?? []
        upsamplers = isLast ? [] : [Upsample2D(outputs)]
    }

    func callAsFunction(_ x: Variable, time: Variable, skips: inout [Variable], _ pass: inout UNetPass) -> Variable {
        var h = x
        for index in resnets.indices {
            h = resnets[index](.concatenated([h, skips.removeLast()], axis: -1), time: time, pass)
            if !attentions.isEmpty { h = attentions[index](h, &pass) }
        }
        for upsample in upsamplers { h = upsample(h) }
        return h
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try attentions.forEachParameter(path + "attentions.", body)
        try resnets.forEachParameter(path + "resnets.", body)
        try upsamplers.forEachParameter(path + "upsamplers.", body)
    }
}
