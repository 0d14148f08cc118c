import Autograd
import Diffusion
import Images
import Tensors

/// What a model's self-attention says about a picture: which cells belong together, and which belong to the background.
///
/// Cells of one thing look at the same other cells, so that rows of the map are near to each other within a thing (Tian et al.,
/// DiffSeg, arXiv 2308.12469). Background reaches the picture's border, so that its cells look at the border's cells more than those of
/// a thing do: one step of the random walk of which a map is the transition matrix (Jiang et al., saliency by an absorbing Markov chain,
/// 2013).
struct AttentionLook: Sendable {
    /// One map per layer: the mean over timesteps and heads.
    struct Layer: Sendable {
        let grid: CellGrid
        /// The square roots of the probabilities less their mean, [cells, cells]; the mean square of a row is 1. Distances between rows
        /// are Hellinger's.
        let rows: Tensor
        /// 0 for the cell that looks at the border most, 1 for the one that does least: [cells, 1].
        let saliency: Tensor
    }

    /// The noise levels that the picture is looked at: low ones, at which its layout can be seen in full.
    static let timesteps = [1, 50, 100, 200, 300]
    /// The largest map that is recorded, in cells: larger ones need gigabytes.
    static let mostCells = 1024

    let layers: [Layer]

    /// Looks at a picture [1, H, W, 3] in [−1, 1] without a prompt. The middle block is left out, as for all attention here. There are
    /// no layers where the model has no self-attention of at most `mostCells` cells. Throws what tokenizing throws, and
    /// `CancellationError`.
    init(_ model: DiffusionModel, _ picture: Tensor, seed: Int) throws {
        let times = Self.timesteps.filter { $0 < model.scheduler.trainTimesteps }
        var pass = UNetPass(model.textEncoder(try model.tokenize([""])).repeated(times.count), selfAttention: Self.mostCells)
        _ = model.unet(Variable(model.noised(picture, times, seed: seed)), timesteps: times.map(Float.init), &pass)
        try Cancellation.check()
        layers = pass.selfMaps.filter { !$0.layer.hasPrefix("mid_block") }.map(Layer.init)
    }
}

extension AttentionLook.Layer {
    fileprivate init(_ map: SelfAttentionMap) {
        grid = CellGrid(height: map.height, width: map.width)
        let probabilities = map.probabilities.mean([0])
        let roots = Tensor(probabilities.values.map { $0.squareRoot() }, shape: probabilities.shape)
        let centred = roots - roots.mean([0], keepsAxes: true)
        rows = centred.scaled(by: 1 / max(1e-6, Float((centred.sumOfSquares / Double(grid.count)).squareRoot())))
        let border = Tensor(grid.isAtBorder.map { $0 ? 1 : 0 }, shape: [grid.count, 1])
        let absorbed = probabilities.matmul(border).values
        let (least, most) = (absorbed.min() ?? 0, absorbed.max() ?? 0)
        saliency = Tensor(absorbed.map { (most - $0) / max(most - least, 1e-6) }, shape: [grid.count, 1])
    }
}
