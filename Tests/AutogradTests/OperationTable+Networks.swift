import Autograd
import Tensors
import TestSupport

extension OperationTable {
    private static func groupNorm(_ x: [Int], groups: Int, silu: Bool, samples: Int = 40) -> OperationRow {
        let c = x[x.count - 1]
        return OperationRow(
            "groupNorm \(x) \(groups) \(silu ? "silu" : "")", [x, [c], [c]], in: -2...2, samples: samples
        ) {
            $0[0].groupNorm(groups: groups, gamma: $0[1], beta: $0[2], eps: 1e-5, silu: silu)
        } _: {
            $0[0].groupNorm(groups: groups, gamma: $0[1], beta: $0[2], eps: 1e-5, silu: silu)
        }
    }

    private static func layerNorm(_ x: [Int], samples: Int = 40) -> OperationRow {
        let c = x[x.count - 1]
        return OperationRow("layerNorm \(x)", [x, [c], [c]], in: -2...2, samples: samples) {
            $0[0].layerNorm(gamma: $0[1], beta: $0[2], eps: 1e-5)
        } _: {
            $0[0].layerNorm(gamma: $0[1], beta: $0[2], eps: 1e-5)
        }
    }

    private static func softmax(_ x: [Int], scale: Float = 1, samples: Int = 40) -> OperationRow {
        OperationRow("softmax \(x) scale \(scale)", x, in: -4...4, samples: samples) {
            $0.softmax(scale: scale)
        } _: {
            $0.softmax(scale: Double(scale))
        }
    }

    static let normalizations: [OperationRow] =
        [false, true].flatMap {
            [
                groupNorm([2, 3, 5, 8], groups: 4, silu: $0), groupNorm([1, 4, 4, 6], groups: 1, silu: $0),
                groupNorm([2, 3, 3, 5], groups: 5, silu: $0), groupNorm([2, 7, 12], groups: 3, silu: $0),
                groupNorm([2, 24, 23, 96], groups: 32, silu: $0, samples: 2),
            ]
        } + [
            layerNorm([3, 8]), layerNorm([2, 5, 67]), layerNorm([1, 3]), layerNorm([610, 321], samples: 2),
            softmax([3, 7]), softmax([2, 3, 77], scale: 0.25), softmax([5, 1]), softmax([2, 5], scale: -1.5),
            softmax([600, 421], samples: 3),
            OperationRow("geglu", [3, 14], in: -3...3, of: { $0.geglu() }, { $0.geglu() }),
            OperationRow("geglu rank 3", [2, 3, 130], in: -3...3, of: { $0.geglu() }, { $0.geglu() }),
            OperationRow(
                "geglu split", [410, 640], in: -3...3, samples: 3, of: { $0.geglu() }, { $0.geglu() }),
        ]

    private struct Attention {
        var samples: Int, queries: Int, keys: Int, heads: Int, width: Int, entries = 40
    }

    private static let attentions = [
        Attention(samples: 2, queries: 5, keys: 7, heads: 2, width: 6),
        .init(samples: 1, queries: 1, keys: 1, heads: 1, width: 3),
        .init(samples: 1, queries: 17, keys: 77, heads: 3, width: 24),
        .init(samples: 2, queries: 150, keys: 77, heads: 2, width: 80, entries: 2),
        // More keys than a block of the tiled form.
        .init(samples: 1, queries: 35, keys: 1001, heads: 2, width: 10, entries: 3),
    ]

    static let attention: [OperationRow] = attentions.flatMap { a in
        let (q, k) = ([a.samples, a.queries, a.width], [a.samples, a.keys, a.width])
        let (p, text) = (
            [a.samples, a.heads, a.queries, a.keys],
            "\(a.samples)x\(a.queries)x\(a.keys) \(a.heads) of \(a.width)"
        )
        return [
            OperationRow("attentionProbabilities \(text)", [q, k], in: -2...2, samples: a.entries) {
                $0[0].attentionProbabilities(keys: $0[1], heads: a.heads)
            } _: {
                $0[0].attentionProbabilities(keys: $0[1], heads: a.heads)
            },
            OperationRow("attentionProbabilities causal \(text)", [q, q], in: -2...2, samples: a.entries) {
                $0[0].attentionProbabilities(keys: $0[1], heads: a.heads, causal: true)
            } _: {
                $0[0].attentionProbabilities(keys: $0[1], heads: a.heads, causal: true)
            },
            OperationRow("attentionValues \(text)", [p, k], samples: a.entries) {
                $0[0].attentionValues($0[1])
            } _: {
                $0[0].attentionValues($0[1])
            },
            OperationRow("attention \(text)", [q, k, k], in: -2...2, samples: a.entries) {
                $0[0].attention(keys: $0[1], values: $0[2], heads: a.heads)
            } _: {
                $0[0].attentionProbabilities(keys: $0[1], heads: a.heads).attentionValues($0[2])
            },
            OperationRow("tiledAttention \(text)", [q, k, k], in: -2...2, samples: a.entries) {
                $0[0].tiledAttention(keys: $0[1], values: $0[2], heads: a.heads)
            } _: {
                $0[0].attentionProbabilities(keys: $0[1], heads: a.heads).attentionValues($0[2])
            },
        ]
    }

    private static func masked(_ shape: [Int], mask: [Int]) -> OperationRow {
        var numbers = SeededNumbers(seed: "mask \(shape)")
        let mask = numbers.tensor(mask, in: 0...1)
        return OperationRow("meanSquaredError \(shape) mask \(mask.shape)", [shape, shape]) {
            .meanSquaredError($0[0], $0[1], mask: mask)
        } _: {
            .meanSquaredError($0[0], $0[1], mask: Reference(mask))
        }
    }

    static let losses: [OperationRow] = [
        OperationRow("meanSquaredError", [[2, 4, 5, 3], [2, 4, 5, 3]]) {
            .meanSquaredError($0[0], $0[1])
        } _: {
            .meanSquaredError($0[0], $0[1])
        },
        masked([2, 4, 5, 3], mask: [2, 4, 5, 3]), masked([2, 4, 5, 3], mask: [2, 4, 5, 1]),
        masked([2, 4, 5, 3], mask: [4, 5, 1]),
    ]
}
