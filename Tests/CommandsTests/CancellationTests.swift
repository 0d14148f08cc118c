import Autograd
import Language
import Tensors
import TestSupport
import Testing

@testable import Commands

/// How large tensors show themselves and are looked through asks again and again whether the answer is still wanted.
@Suite struct CancellationTests {
    private static let tensor = Tensor((0..<1 << 20).map { Float($0 % 1009) }, shape: [1024, 1024])

    private static let works: [(name: String, run: @Sendable () throws -> Void)] = [
        ("statistics", { _ = TensorStatistics(tensor) }), ("line", { _ = TensorText.line(TensorValue(tensor), width: 80) }),
        ("histogram", { _ = Sparkline.histogram(tensor, low: 0, high: 1008) }), ("contains", { _ = tensor.contains { $0 < 0 } }),
        ("equal", { _ = tensor.isEqual(to: Tensor(tensor.values, shape: tensor.shape)) }),
        ("print", { _ = TensorPrinting.text(tensor.rows(0..<16), full: true) }),
        ("from lists of lists", { _ = try TensorReading.variable(.list((0..<1000).map { .list([.int($0), .float(0.5)]) })) }),
        ("from lists", { _ = try TensorReading.variable(.list((0..<1000).map { .list([.int($0)]) })) }),
    ]

    @Test(arguments: works.indices) func asksAgainAndAgain(_ place: Int) throws {
        let work = Self.works[place]
        #expect(try questions { try work.run() } >= 16, "\(work.name)")
    }

    /// What goes through one long row, or through fresh memory, is no exception.
    @Test func longRowsAreNoException() throws {
        let (row, matrix) = (Tensor.zeros([1 << 25]), Variable(Tensor.zeros([4, 1 << 22])))
        #expect(questions { _ = row.maximum(along: 0) } >= 8)
        #expect(questions { _ = Tensor(row.values, shape: row.shape) } >= 16)
        #expect(questions { _ = matrix.gathered([3, 1, 2, 0, 3, 3, 3, 3], axis: 0) } >= 8)
        var copy = matrix.value
        #expect(questions { copy.mutate { $0[0] = 1 } } >= 16)
        #expect(matrix.value.values[0] == 0 && copy.values[0] == 1)
        var values = [Float](repeating: 0, count: 5 << 22)
        (values[9 << 20], values[4 << 22]) = (2, 2)
        #expect(Tensor(values, shape: [values.count]).maximum(along: 0).indices == [9 << 20])
    }

    /// Lists of lists become a tensor by a short way where they hold numbers only, and by the long way with the same problems.
    @Test func listsOfListsBecomeTensors() {
        #expect(Programs.text("tensor([[1, 2], [3, 4.5]])") == "tensor[2, 2] [[1.0, 2.0], [3.0, 4.5]]")
        #expect(Programs.text("tensor([[[1], [2]], [[3], [4]]]).shape") == "[2, 2, 1]")
        #expect(Programs.text("tensor([[1, true], [0, 2]])") == "tensor[2, 2] [[1.0, 1.0], [0.0, 2.0]]")
        #expect(Programs.text("tensor([[1, 2], ones([2])])") == "tensor[2, 2] [[1.0, 2.0], [1.0, 1.0]]")
        #expect(Programs.run("tensor([[1, 2], [3]])").code == .shapeMismatch)
        #expect(Programs.run("tensor([[1], [[2]]])").code == .shapeMismatch)
        #expect(Programs.run("tensor([[1], [\"a\"]])").code == .wrongType)
        #expect(Programs.text("tensor([[], []]).shape") == "[2, 0]")
    }

    @Test func statisticsAreThoseOfAllValues() {
        var values = (0..<200_000).map { Float($0 % 7) }
        (values[3], values[70_000], values[199_999]) = (.nan, .infinity, -.infinity)
        let found = TensorStatistics(Tensor(values, shape: [values.count]))
        #expect(found.finite == 199_997 && found.notANumber == 1 && found.infinite == (1, 1))
        #expect(found.low == 0 && found.high == 6 && abs(found.mean - 3) < 1e-4 && abs(found.deviation - 2) < 1e-4)
        #expect(found.warnings == ["NaN!", "+Inf!", "-Inf!"])
        #expect(TensorStatistics(Tensor(.nan)).finite == 0)
    }

    /// Every command that computes, reads or writes may be stopped.
    @Test func noFamilyIsLeftOut() {
        // A training ends at a step, a sweep at a run; the language's own rows ask for themselves.
        let never: Set<String> = ["training", "evaluation", "values"]
        for row in CommandTable.all where !never.contains(row.family.name) {
            if case .light = row.cost { #expect(Bool(false), "\(row.name) cannot be stopped") }
        }
    }
}
