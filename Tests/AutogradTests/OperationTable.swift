import Autograd
import Tensors
import TestSupport

/// One row an operation and variant. A new operation needs a row here: a test counts them.
enum OperationTable {
    static let rows: [OperationRow] =
        arithmetic + functions + layout + reductions + products + convolutions + normalizations + attention
        + losses

    private static let broadcasts: [([Int], [Int])] = [
        ([3, 5], [3, 5]), ([3, 5], [5]), ([5], [3, 5]), ([2, 3, 5], [3, 1]), ([2, 1, 5], [3, 1]),
        ([4, 3], []), ([], [7]),
        ([2, 3, 1, 5], [1, 4, 1]), ([1], [1]), ([640, 700], [640, 700]), ([640, 700], []),
    ]

    /// Two operands under every way to broadcast; the sizes at the end are split over threads (without kinks
    /// only: of so many values some are so near to each other that finite differences step across).
    private static func broadcastRows(
        _ name: String, in range: ClosedRange<Double> = -1...1, hasKinks: Bool = false,
        _ forward: @escaping @Sendable (Variable, Variable) -> Variable,
        _ reference: @escaping @Sendable (Double, Double) -> Double
    ) -> [OperationRow] {
        broadcasts.filter { !hasKinks || Shape.count($0.0) < 1000 }.map { a, b in
            OperationRow(
                "\(name) \(a) \(b)", [a, b], in: range, samples: a.count == 2 && a[0] > 100 ? 2 : 40,
                { forward($0[0], $0[1]) }, { Reference.combine($0[0], $0[1], reference) })
        }
    }

    private static let arithmetic: [OperationRow] =
        broadcastRows("+", { $0 + $1 }, { $0 + $1 }) + broadcastRows("-", { $0 - $1 }, { $0 - $1 })
        + broadcastRows("*", { $0 * $1 }, { $0 * $1 })
        + broadcastRows("/", in: 0.5...2, { $0 / $1 }, { $0 / $1 })
        + broadcastRows("minimum", hasKinks: true, { .minimum($0, $1) }, { min($0, $1) })
        + broadcastRows("maximum", hasKinks: true, { .maximum($0, $1) }, { max($0, $1) })
        + [
            OperationRow(
                "scaled", [3, 7], of: { $0.scaled(by: -2.5, plus: 0.75) }, { $0.scaled(by: -2.5, plus: 0.75) }
            ),
            OperationRow("combined", [[3, 7], [3, 7]]) {
                $0[0].combined(0.75, with: $0[1], -1.5)
            } _: {
                $0[0].scaled(by: 0.75) + $0[1].scaled(by: -1.5)
            },
            OperationRow("select", [[3, 7], [3, 7]]) {
                .select(Tensor((0..<21).map { Float($0 % 3) }, shape: [3, 7]), $0[0], $0[1])
            } _: { sides in
                Reference((0..<21).map { $0 % 3 != 0 ? sides[0].values[$0] : sides[1].values[$0] }, shape: [3, 7])
            },
            OperationRow("power 3", [17], of: { $0.power(3) }, { $0.map { $0 * $0 * $0 } }),
            OperationRow("power 2", [17], of: { $0.power(2) }, { $0.map { $0 * $0 } }),
            OperationRow(
                "power -0.5", [17], in: 0.5...3, of: { $0.power(-0.5) }, { $0.map { 1 / $0.squareRoot() } }),
            OperationRow("power 0", [3], in: 0...0, of: { $0.power(0) }, { $0.map { _ in 1 } }),
        ]
}
