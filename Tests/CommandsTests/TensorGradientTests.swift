import Autograd
import Language
import Tensors
import Testing

@testable import Commands

/// Programs of the language keep the way back to a leaf: their gradients against finite differences in
/// double.
@Suite struct TensorGradientTests {
    private static func run(_ code: String, _ values: [Float], isLeaf: Bool) throws -> (
        value: Variable, leaf: Variable
    ) {
        let tensor = Tensor(values, shape: [values.count])
        let leaf = isLeaf ? Variable.leaf(tensor) : Variable(tensor)
        let session = Session(builtins: CommandTable.tensorFamilies)
        session[global: "x"] = .tensor(leaf)
        let outcome = session.run(source: code)
        #expect(outcome.diagnostics.isEmpty, "\(code): \(outcome.diagnostics.first?.message ?? "")")
        let result = try #require(outcome.value?.host(as: TensorValue.self), "\(code) gives no tensor")
        return (result.variable, leaf)
    }

    @Test(arguments: [
        "sum(x * x)", "mean((x - 1) ** 2)", "sum(1 / x)", "sum(2 ** x)", "sum(x ** x)",
        "sum(x ** tensor([1.5, 2, 3, 1]))",
        "sum(x % 0.4)", "sum(exp(x) * sin(x))", "x[1] * x[-1]", "sum(x[[0, 0, 2]] ** 2)",
        "sum(x[::-1] * arange(4))",
        "sum(reshape(x, [2, 2]) |> matmul([[1, 2], [3, 4]]))", "max(x * 2)", "min(x)",
        "sum(max(reshape(x, [2, 2]), axis=1))",
        "sum(min(reshape(x, [2, 2]), axis=0) ** 2)", "norm(x)", "std(x)", "cosine(x, [1, 2, 0, 1])",
        "sum(cosine(reshape(x, [2, 2])))",
        "sum(softmax(x) * arange(4))", "sum(softmax(reshape(x, [2, 2]), axis=0) * [[1, 2], [3, 5]])",
        "sum(minimum(x, 1) / sum(maximum(x, 1)))",
        "mse(x, [1, 0, 1, 0])", "dot(x, x)", "sum(where(x > 1, x ** 3, x))", "sum(clamp(x, 0.6, 1.2) ** 2)",
        "sum(concat([x, x * 2]) ** 2)",
        "sum(stack([x, x * x], axis=1) * [1, 2])",
        "sum(resize(reshape(x, [2, 2]), [3, 5], filter=\"bilinear\") ** 2)",
        "sum(resize(reshape(x, [2, 2]), [4, 4]) ** 2)", "sum(tensor([x[0], 2 * x[1]]) ** 2)",
        "a = x / max(x)\n1 - sum(minimum(a, [1, 1, 0, 0])) / sum(maximum(a, [1, 1, 0, 0]))",
        "sum(flip(x, 0) * arange(4))", "sum(transpose(reshape(x, [2, 2])) * [[1, 2], [3, 4]])",
        "sum(permute(reshape(x, [1, 2, 2]), [2, 0, 1])[0] ** 2)",
        "sum(silu(x) + gelu(x) + tanh(x) + sigmoid(x) + sqrt(x) + log(x) + abs(x) + cos(x))",
        "m = box([0, 0], [1, 2], [2, 2])\nsum((reshape(x, [2, 2]) * m) ** 2)",
        "sum(x[none, .., none] ** 2)", "total = 0\nfor v in x { total = total + v ** 2 }\ntotal",
    ])
    func matchFiniteDifferences(_ code: String) throws {
        let values: [Float] = [0.75, 1.25, 0.5, 1.5]
        let (value, leaf) = try Self.run(code, values, isLeaf: true)
        let gradient = try #require(Gradients(of: value)[leaf], "\(code): no gradient").values
        let step: Float = 1.0 / 256
        for i in values.indices {
            func at(_ change: Float) throws -> Double {
                var moved = values
                moved[i] += change
                return Double(try Self.run(code, moved, isLeaf: false).value.value.scalar)
            }
            let slope = (try at(step) - (try at(-step))) / Double(2 * step)
            #expect(
                abs(Double(gradient[i]) - slope) < 3e-3 * max(1, abs(slope)),
                "\(code), [\(i)]: \(gradient[i]), \(slope)")
        }
    }

    @Test(arguments: [
        "sum(detach(x) * 2)", "sum(floor(x))", "with no_grad { sum(x * x) }", "sum(x > 1)",
        "with no_grad { y = x * x }\nsum(y * 2)",
    ])
    func stopWhereTheyShould(_ code: String) throws {
        #expect(!(try Self.run(code, [0.75, 1.25, 0.5, 1.5], isLeaf: true).value.needsGrad))
    }

    @Test func recordingGoesOnAfterNoGrad() throws {
        let result = try Self.run(
            "try { with no_grad { sum(x[9]) } } recover { 0 }\nsum(x * x)", [1, 2], isLeaf: true)
        #expect(Gradients(of: result.value)[result.leaf]?.values == [2, 4])
    }

    @Test func aNormAtZeroHasNoSlope() throws {
        let result = try Self.run("norm(x)", [0, 0], isLeaf: true)
        #expect(result.value.value.scalar == 0 && Gradients(of: result.value)[result.leaf]?.values == [0, 0])
    }

    @Test func nanOnTheSideNotTakenStaysThere() throws {
        let result = try Self.run("sum(where(x > 0, log(x), 0))", [-1, 1], isLeaf: true)
        #expect(result.value.value.scalar == 0)
    }
}
