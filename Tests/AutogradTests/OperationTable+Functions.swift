import Autograd
import Glibc
import TestSupport

extension OperationTable {
    /// Functions of one element: a size that no vector divides, and one that is split over threads.
    private static func elementwise(
        _ name: String, in range: ClosedRange<Double> = -3...3,
        _ forward: @escaping @Sendable (Variable) -> Variable,
        _ reference: @escaping @Sendable (Double) -> Double
    ) -> [OperationRow] {
        [
            OperationRow(name, [3, 67], in: range, of: forward, { $0.map(reference) }),
            OperationRow(
                "\(name) split", [2, 400, 257], in: range, samples: 4, of: forward, { $0.map(reference) }),
        ]
    }

    static let functions: [OperationRow] =
        elementwise("square", { $0.square() }, { $0 * $0 })
        + elementwise("exp", { $0.exp() }, { exp($0) })
        + elementwise("log", in: 0.25...4, { $0.log() }, { log($0) })
        + elementwise("sqrt", in: 0.25...4, { $0.sqrt() }, { $0.squareRoot() })
        + elementwise("abs", { $0.abs() }, { abs($0) })
        + elementwise("sin", { $0.sin() }, { sin($0) })
        + elementwise("cos", { $0.cos() }, { cos($0) })
        + elementwise("tanh", { $0.tanh() }, { tanh($0) })
        + elementwise("sigmoid", in: -9...9, { $0.sigmoid() }, Reference.sigmoid)
        + elementwise("silu", in: -9...9, { $0.silu() }, Reference.silu)
        + elementwise("gelu", in: -6...6, { $0.gelu() }, Reference.gelu)
        + elementwise("quickGELU", in: -6...6, { $0.quickGELU() }, Reference.quickGELU)
}
