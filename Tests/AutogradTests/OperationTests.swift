import Foundation
import TestSupport
import Testing

@testable import Autograd
@testable import Tensors

/// Every row of the table: its value, its gradients, and who gets one.
@Suite struct OperationTests {
    @Test(arguments: OperationTable.rows)
    func valueEqualsReference(row: OperationRow) {
        let values = row.values()
        let output = row.forward(values.map { Variable($0) })
        expectClose(output.value, row.reference(values.map { Reference($0) }), within: 1e-5, row.name)
    }

    /// d(sum(w · output))/d(input) against central differences of the reference in double precision.
    @Test(arguments: OperationTable.rows)
    func gradientsEqualFiniteDifferences(row: OperationRow) throws {
        let values = row.values()
        let (weights, gradients) = try differentiate(row, values, marked: values.map { _ in true })
        var numbers = SeededNumbers(seed: row.name + "entries")
        for (input, gradient) in gradients.enumerated() {
            let gradient = try #require(gradient, "\(row.name): input \(input) got no gradient")
            #expect(gradient.shape == values[input].shape)
            let entries = Array((0..<gradient.count).shuffled(using: &numbers).prefix(row.samples))
            let expected = entries.map {
                slope(row, values.map { Reference($0) }, weights, input: input, entry: $0)
            }
            let ours = entries.map { gradient.values[$0] }
            let error = relativeError(ours, expected)
            #expect(error <= 2e-4, "\(row.name): gradient of input \(input) is off by \(error) of its range")
        }
    }

    /// Those that need a gradient get the bits they get when all do; the others get none; without any
    /// nothing is recorded.
    @Test(arguments: OperationTable.rows)
    func everyCombinationOfNeedsGrad(row: OperationRow) throws {
        let values = row.values()
        let (_, all) = try differentiate(row, values, marked: values.map { _ in true })
        for combination in 1..<(1 << values.count) {
            let marked = values.indices.map { combination >> $0 & 1 == 1 }
            let (_, some) = try differentiate(row, values, marked: marked)
            for input in values.indices {
                let expected = marked[input] ? all[input]?.values : nil
                #expect(some[input]?.values == expected, "\(row.name): input \(input) of \(marked)")
            }
        }
        let unmarked = row.forward(values.map { Variable($0) })
        #expect(!unmarked.needsGrad && unmarked.node == nil, "\(row.name): recorded for constants")
    }

    /// The table has a row for each public function of Sources/Autograd/Operations.
    @Test func tableIsComplete() throws {
        let folder = "\(Fixtures.root)/Sources/Autograd/Operations"
        let covered = Set(OperationTable.rows.map(\.operation))
        var functions = 0
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            for match in text.matches(of: /public (?:static )?func ([^\s(]+)/) {
                functions += 1
                #expect(covered.contains(String(match.1)), "\(file): \(match.1) has no row in OperationTable")
            }
        }
        #expect(functions > 30)
    }

    /// The weights w and the gradients of sum(w · output) for the inputs.
    private func differentiate(
        _ row: OperationRow, _ values: [Tensor], marked: [Bool]
    ) throws -> (weights: Reference, gradients: [Tensor?]) {
        let inputs = zip(values, marked).map { $1 ? Variable.leaf($0) : Variable($0) }
        let output = row.forward(inputs)
        #expect(output.needsGrad, "\(row.name) did not record \(marked)")
        var numbers = SeededNumbers(seed: row.name + "weights")
        let weights = numbers.tensor(output.shape)
        let gradients = Gradients(of: output, seed: weights)
        return (Reference(weights), inputs.map { gradients[$0] })
    }

    private func slope(
        _ row: OperationRow, _ values: [Reference], _ weights: Reference, input: Int, entry: Int
    ) -> Double {
        let h = 1e-5
        func loss(_ shift: Double) -> Double {
            var moved = values
            moved[input].values[entry] += shift
            return zip(row.reference(moved).values, weights.values).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return (loss(h) - loss(-h)) / (2 * h)
    }
}
