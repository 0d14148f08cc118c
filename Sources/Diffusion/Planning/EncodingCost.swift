extension AutoencoderKLConfiguration {
    /// The cost of encoding one picture into `height` × `width` latents: what a training step costs more where it sees a
    /// part of the photo that no step has seen.
    public func encodingCost(height: Int, width: Int) -> PassCost {
        let (widths, last) = (blockOutChannels, blockOutChannels.count - 1)
        var total = PassCost()
        func places(_ level: Int) -> Int { (height << (last - level)) * (width << (last - level)) }
        func convolution(_ inputs: Int, _ outputs: Int, _ level: Int) {
            var cost = PassCost()
            cost.convolution(inputs, outputs, places: places(level))
            total.add(layer: cost, input: places(level) * inputs)
        }
        func resnet(_ inputs: Int, _ outputs: Int, _ level: Int) {
            total.add(layer: .resnet(inputs, outputs, places: places(level), timeEmbedding: 0), input: places(level) * inputs)
            total.live(places(level) * (2 * inputs + outputs))
        }
        convolution(inChannels, widths[0], 0)
        var current = widths[0]
        for level in widths.indices {
            for _ in 0..<layersPerBlock {
                resnet(current, widths[level], level)
                current = widths[level]
            }
            if level < last { convolution(current, current, level + 1) }
        }
        for _ in 0..<2 { resnet(current, current, last) }
        if midBlockAddAttention {
            var cost = PassCost()
            for _ in 0..<4 { cost.linear(current, current, rows: places(last)) }
            cost.attention(rows: places(last), context: places(last), width: current, heads: 1, keepsProbabilities: false)
            total.add(layer: cost, input: places(last) * current)
        }
        convolution(current, 2 * latentChannels, last)
        return total
    }
}
