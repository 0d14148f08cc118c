import Autograd
import Images
import Tensors

/// Resizing of tensors by one matrix for each axis, through which gradients flow. The weights are those of torch's `F.interpolate`
/// (`align_corners=False`, no antialiasing).
struct Interpolation {
    /// Returns the source places and weights of one target place.
    private let taps: @Sendable (_ place: Int, _ from: Int, _ to: Int) -> [(place: Int, weight: Float)]

    /// Makes the interpolation of a filter; nil for filters that only pictures have.
    init?(_ filter: Resample) {
        switch filter {
        case .nearest: taps = Self.nearest
        case .bilinear: taps = Self.linear
        default: return nil
        }
    }

    /// Returns `x`, which is [H, W], [H, W, C] or [N, H, W, C], at another height and width.
    func resize(_ x: Variable, height: Int, width: Int) -> Variable {
        let rank = x.shape.count
        let (n, c) = (rank == 4 ? x.shape[0] : 1, rank == 2 ? 1 : x.shape[rank - 1])
        let place = rank == 4 ? 1 : 0
        let (h, w) = (x.shape[place], x.shape[place + 1])
        let down = Variable(matrix(from: h, to: height)).matmul(x.reshaped([n, h, w * c]))
        let across = Variable(matrix(from: w, to: width)).matmul(down.reshaped([n * height, w, c]))
        var shape = x.shape
        (shape[place], shape[place + 1]) = (height, width)
        return across.reshaped(shape)
    }

    /// Returns the matrix [to, from] that resizes one axis.
    private func matrix(from: Int, to: Int) -> Tensor {
        var values = [Float](repeating: 0, count: from * to)
        for row in 0..<to {
            for tap in taps(row, from, to) { values[row * from + tap.place] += tap.weight }
        }
        return Tensor(values, shape: [to, from])
    }

    /// The taps of nearest-neighbour resizing: one source place of weight 1.
    private static let nearest: @Sendable (Int, Int, Int) -> [(place: Int, weight: Float)] = {
        place, from, to in
        let scale = Float(from) / Float(to)
        return [(min(Int((Float(place) * scale).rounded(.down)), from - 1), 1)]
    }

    /// The taps of linear interpolation: the two source places around the target's centre.
    private static let linear: @Sendable (Int, Int, Int) -> [(place: Int, weight: Float)] = {
        place, from, to in
        let scale = Float(from) / Float(to)
        let at = max(0, (Float(place) + 0.5) * scale - 0.5)
        let low = min(Int(at), from - 1)
        let part = at - Float(low)
        return [(low, 1 - part), (min(low + 1, from - 1), part)]
    }
}
