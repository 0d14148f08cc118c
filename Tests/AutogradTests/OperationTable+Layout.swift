import Autograd
import Tensors
import TestSupport

extension OperationTable {
    private static func sliced(
        _ name: String, _ shape: [Int], _ slices: [(start: Int, count: Int, step: Int)]
    ) -> OperationRow {
        OperationRow("sliced \(name)", shape) {
            $0.sliced(slices.map { Tensor.Slice(start: $0.start, count: $0.count, step: $0.step) })
        } _: {
            $0.sliced(slices)
        }
    }

    private static func permuted(_ shape: [Int], _ order: [Int]) -> OperationRow {
        OperationRow("permuted \(shape) \(order)", shape, of: { $0.permuted(order) }, { $0.permuted(order) })
    }

    private static func concatenated(_ shapes: [[Int]], axis: Int) -> OperationRow {
        OperationRow("concatenated \(shapes) axis \(axis)", shapes) {
            Variable.concatenated($0, axis: axis)
        } _: {
            Reference.concatenated($0, axis: axis < 0 ? axis + shapes[0].count : axis)
        }
    }

    private static func broadcast(_ shape: [Int], to target: [Int]) -> OperationRow {
        OperationRow(
            "broadcast \(shape) to \(target)", shape, of: { $0.broadcast(to: target) },
            { $0.broadcast(to: target) })
    }

    static let layout: [OperationRow] = [
        OperationRow("reshaped", [3, 8], of: { $0.reshaped([2, 3, 4]) }, { $0.reshaped([2, 3, 4]) }),
        permuted([3, 5], [1, 0]), permuted([2, 3, 5], [2, 0, 1]), permuted([2, 3, 5], [0, 1, 2]),
        permuted([2, 3, 4, 5], [0, 2, 1, 3]), permuted([2, 1, 4, 5], [3, 1, 0, 2]),
        sliced("middle", [7, 9], [(2, 3, 1), (1, 7, 1)]), sliced("steps", [7, 9], [(0, 3, 3), (1, 4, 2)]),
        sliced("backwards", [7, 9], [(6, 7, -1), (8, 3, -3)]),
        sliced("one of each", [3, 4, 5], [(1, 1, 1), (3, 1, 1), (0, 5, 1)]),
        sliced("of rank 3", [3, 4, 5], [(2, 2, -2), (0, 4, 1), (4, 5, -1)]),
        OperationRow("rows", [5, 2, 3], of: { $0.rows(1..<4) }, { $0.rows(1..<4) }),
        OperationRow("row", [5, 2, 3], of: { $0.row(4) }, { $0.rows(4..<5).reshaped([2, 3]) }),
        concatenated([[2, 3], [4, 3], [1, 3]], axis: 0), concatenated([[2, 3], [2, 5]], axis: 1),
        concatenated([[2, 3, 4, 5], [2, 3, 4, 7]], axis: -1),
        concatenated([[2, 3, 4], [2, 1, 4], [2, 2, 4]], axis: 1),
        concatenated([[2, 3]], axis: 0),
        broadcast([3, 1], to: [2, 3, 4]), broadcast([], to: [5]), broadcast([2, 3], to: [2, 3]),
        OperationRow("upsampledByTwo", [2, 3, 5, 7], of: { $0.upsampledByTwo() }, { $0.upsampledByTwo() }),
        OperationRow("embedding one table", [[7, 5]]) {
            .embedding([3, 0, 3, 6], of: $0)
        } _: {
            $0[0].gatherRows([3, 0, 3, 6])
        },
        OperationRow("embedding vocabulary and handles", [[7, 5], [2, 5], [1, 5]]) {
            .embedding([3, 8, 0, 9, 7, 7, 3, 6], of: $0)
        } _: {
            Reference.concatenated($0, axis: 0).gatherRows([3, 8, 0, 9, 7, 7, 3, 6])
        },
    ]

    private static func reduced(_ name: String, _ shape: [Int], _ axes: [Int]?, keeps: Bool = false)
        -> [OperationRow]
    {
        let text = "\(shape) \(axes.map(String.init(describing:)) ?? "all") \(keeps ? "kept" : "")"
        return [
            OperationRow(
                "sum \(text)", shape, of: { $0.sum(axes, keepsAxes: keeps) },
                { $0.sum(axes, keepsAxes: keeps) }),
            OperationRow(
                "mean \(text)", shape, of: { $0.mean(axes, keepsAxes: keeps) },
                { $0.mean(axes, keepsAxes: keeps) }),
        ]
    }

    static let reductions: [OperationRow] =
        reduced("all", [3, 5, 7], nil) + reduced("last", [3, 5, 7], [-1]) + reduced("first", [3, 5, 7], [0])
        + reduced("middle", [3, 5, 7], [1], keeps: true) + reduced("two", [3, 5, 7], [0, 2])
        + reduced("scalar", [], nil)
        + [
            OperationRow(
                "maximum of all", [5, 13], of: { $0.maximum() }, { x in Reference(x.values.max() ?? 0) })
        ]
}
