/// The level of a U-Net whose cross-attention the method uses: for its loss, its measures and the maps that are shown.
///
/// The paper takes the maps of 16×16 cells (appendix B.1). A model may have none of that size (Stable Diffusion 2.1 at 768
/// pixels has 96×96, 48×48 and 24×24). Then it is the level whose size is nearest to 16×16, by the ratio of √(h·w) to 16,
/// and the finer one of two that are equally near. Only the down and up blocks count, as in the paper's code; the middle
/// block's maps are never used. Masks are brought to the size of these maps.
public struct AttentionLevel: Sendable, Equatable {
    /// The side of the paper's maps, in cells.
    public static let paperSide = 16

    /// The height of the maps, in cells.
    public let height: Int
    /// The width of the maps, in cells.
    public let width: Int
    /// The level: 0 is the finest, that of the latents; each further one has half the sides.
    public let level: Int

    /// Whether the maps have the paper's size.
    public var isPaperSize: Bool { height == Self.paperSide && width == Self.paperSide }
    /// The size as text: "24×24".
    public var text: String { "\(height)×\(width)" }

    /// How far its size is from the paper's: the ratio of the numbers of cells, at least 1.
    fileprivate var distance: Double {
        let ratio = Double(height * width) / Double(Self.paperSide * Self.paperSide)
        return max(ratio, 1 / ratio)
    }
}

extension UNet2DConditionModelConfiguration {
    /// The level for latents of `height` × `width`; nil where no down or up block has cross-attention.
    public func attentionLevel(height: Int, width: Int) -> AttentionLevel? {
        let found = blockOutChannels.indices.filter { level in
            downBlockTypes[level].hasCrossAttention || upBlockTypes[levels - 1 - level].hasCrossAttention
        }.map { AttentionLevel(height: height >> $0, width: width >> $0, level: $0) }.filter { $0.height > 0 && $0.width > 0 }
        // The first of several minima is the finest.
        return found.min { $0.distance < $1.distance }
    }
}

extension DiffusionModel {
    /// The level at the model's own size; nil where no down or up block has cross-attention.
    public var attentionLevel: AttentionLevel? {
        let size = latentSize
        return unet.configuration.attentionLevel(height: size.height, width: size.width)
    }

    /// The recording of that level's maps in a pass of latents [N, h, w, C]; none where there is no such level.
    public func attentionRecording(latents shape: [Int]) -> AttentionRecording {
        guard let level = unet.configuration.attentionLevel(height: shape[1], width: shape[2]) else { return .none }
        return .size(height: level.height, width: level.width)
    }
}
