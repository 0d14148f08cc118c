import Autograd
import Tensors
import TestSupport

extension OperationTable {
    private static func matmul(_ a: [Int], _ b: [Int], samples: Int = 40) -> OperationRow {
        OperationRow(
            "matmul \(a) \(b)", [a, b], samples: samples, { $0[0].matmul($0[1]) }, { $0[0].matmul($0[1]) })
    }

    /// Linear layers without bias, with bias, with residual, and with both.
    private static func linear(_ x: [Int], outputs n: Int, samples: Int = 40) -> [OperationRow] {
        let (weight, y): ([Int], [Int]) = ([n, x[x.count - 1]], x.dropLast() + [n])
        return [
            OperationRow("linear \(x) \(n)", [x, weight], samples: samples) {
                $0[0].linear($0[1])
            } _: {
                $0[0].linear($0[1])
            },
            OperationRow("linear bias \(x) \(n)", [x, weight, [n]], samples: samples) {
                $0[0].linear($0[1], bias: $0[2])
            } _: {
                $0[0].linear($0[1], bias: $0[2])
            },
            OperationRow("linear residual \(x) \(n)", [x, weight, y], samples: samples) {
                $0[0].linear($0[1], residual: $0[2])
            } _: {
                $0[0].linear($0[1], residual: $0[2])
            },
            OperationRow("linear bias residual \(x) \(n)", [x, weight, [n], y], samples: samples) {
                $0[0].linear($0[1], bias: $0[2], residual: $0[3])
            } _: {
                $0[0].linear($0[1], bias: $0[2], residual: $0[3])
            },
        ]
    }

    static let products: [OperationRow] =
        [
            matmul([3, 5], [5, 7]), matmul([1, 1], [1, 1]), matmul([2, 3, 5], [2, 5, 4]),
            matmul([2, 3, 5], [5, 4]),
            matmul([3, 5], [2, 5, 4]), matmul([2, 1, 3, 5], [4, 5, 2]), matmul([17, 65], [65, 33]),
            matmul([150, 130], [130, 170], samples: 3), matmul([3, 90, 80], [3, 80, 150], samples: 3),
        ]
        + linear([4, 7], outputs: 5) + linear([2, 3, 17], outputs: 33) + linear([1, 1], outputs: 1)
        + linear([2, 9, 96], outputs: 40, samples: 20) + linear([210, 130], outputs: 131, samples: 2)

    private struct Convolution {
        var x: [Int]
        var kernel: [Int]
        var geometry = ConvolutionGeometry(stride: 1, padding: 1)
        var samples = 40
    }

    private static let shapes: [Convolution] = [
        Convolution(x: [1, 5, 7, 3], kernel: [4, 3, 3, 3]),
        Convolution(x: [2, 6, 5, 4], kernel: [5, 3, 3, 4], geometry: .init(stride: 2, padding: 1)),
        Convolution(
            x: [2, 6, 8, 3], kernel: [4, 3, 3, 3],
            geometry: .init(stride: 2, top: 0, left: 0, bottom: 1, right: 1)),
        Convolution(x: [2, 4, 3, 6], kernel: [5, 1, 1, 6], geometry: .init()),
        Convolution(x: [1, 5, 4, 3], kernel: [2, 1, 1, 3], geometry: .init(stride: 2)),
        Convolution(
            x: [1, 5, 6, 2], kernel: [3, 2, 3, 2],
            geometry: .init(stride: 1, top: 2, left: 0, bottom: 1, right: 3)),
        Convolution(x: [1, 3, 3, 1], kernel: [1, 3, 3, 1], geometry: .init()),
        // Split into tiles over threads; the second also by samples.
        Convolution(x: [1, 27, 25, 24], kernel: [30, 3, 3, 24], samples: 2),
        Convolution(
            x: [3, 18, 17, 16], kernel: [33, 3, 3, 16], geometry: .init(stride: 1, padding: 1), samples: 2),
        // Pointwise, split.
        Convolution(x: [2, 33, 20, 64], kernel: [65, 1, 1, 64], geometry: .init(), samples: 2),
    ]

    static let convolutions: [OperationRow] = shapes.flatMap { shape in
        let (g, n) = (shape.geometry, shape.kernel[0])
        let height = (shape.x[1] + g.top + g.bottom - shape.kernel[1]) / g.stride + 1
        let width = (shape.x[2] + g.left + g.right - shape.kernel[2]) / g.stride + 1
        let text =
            "\(shape.x) \(shape.kernel) stride \(g.stride) padding \([g.top, g.left, g.bottom, g.right])"
        @Sendable func reference(_ x: [Reference], bias: Reference? = nil, residual: Reference? = nil)
            -> Reference
        {
            x[0].conv2d(
                x[1], bias: bias, residual: residual, stride: g.stride, top: g.top, left: g.left,
                bottom: g.bottom,
                right: g.right)
        }
        let (x, w, y) = (shape.x, shape.kernel, [shape.x[0], height, width, n])
        return [
            OperationRow("conv2d \(text)", [x, w], samples: shape.samples) {
                $0[0].conv2d($0[1], g)
            } _: {
                reference($0)
            },
            OperationRow("conv2d bias \(text)", [x, w, [n]], samples: shape.samples) {
                $0[0].conv2d($0[1], bias: $0[2], g)
            } _: {
                reference($0, bias: $0[2])
            },
            OperationRow("conv2d residual \(text)", [x, w, y], samples: shape.samples) {
                $0[0].conv2d($0[1], residual: $0[2], g)
            } _: {
                reference($0, residual: $0[2])
            },
            OperationRow("conv2d bias residual \(text)", [x, w, [n], y], samples: shape.samples) {
                $0[0].conv2d($0[1], bias: $0[2], residual: $0[3], g)
            } _: {
                reference($0, bias: $0[2], residual: $0[3])
            },
        ]
    }
}
