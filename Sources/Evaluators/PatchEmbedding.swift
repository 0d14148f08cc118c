import Autograd
import NeuralNetwork
import Tensors

/// The patches of a picture as tokens: a convolution whose stride is its kernel's side.
struct PatchEmbedding: Module {
    /// The kernel, [D, P, P, 3] in memory.
    var weight: Variable
    /// The bias, [D]; nil in CLIP.
    var bias: Variable?
    /// The side P of a patch in pixels.
    let side: Int

    init(width: Int, side: Int, bias: Bool) {
        weight = .parameter(width, side, side, 3)
        self.bias = bias ? .parameter(width) : nil
        self.side = side
    }

    /// The tokens [N, (H/P)·(W/P), D] of pictures [N, H, W, 3]; what is left of a side beyond a multiple of P is not seen.
    func callAsFunction(_ pictures: Variable) -> Variable {
        let tokens = pictures.conv2d(weight, bias: bias, ConvolutionGeometry(stride: side))
        return tokens.reshaped([tokens.shape[0], tokens.shape[1] * tokens.shape[2], tokens.shape[3]])
    }

    /// The tokens of `callAsFunction` with the same one before those of each picture: [N, 1 + tokens, D].
    func callAsFunction(_ pictures: Variable, first: Variable) -> Variable {
        let tokens = self(pictures)
        let width = tokens.shape[2]
        return .concatenated([first.reshaped([1, 1, width]).broadcast(to: [tokens.shape[0], 1, width]), tokens], axis: 1)
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "weight", &weight)
        if var value = bias {
            try body(path + "bias", &value)
            bias = value
        }
    }
}

extension Variable {
    /// The first token of each of N sequences [N, L, D]: [N, D].
    var firstTokens: Variable {
        sliced([.init(start: 0, count: shape[0]), .init(start: 0, count: 1), .init(start: 0, count: shape[2])])
            .reshaped([shape[0], shape[2]])
    }
}
