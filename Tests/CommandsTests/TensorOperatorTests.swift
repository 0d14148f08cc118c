import Language
import Testing

@testable import Commands

@Suite struct TensorOperatorTests {
    private static let setting = "x = tensor([1, 2, 4])\ny = tensor([[1], [2]])\n"

    @Test(arguments: [
        ("x + 1", "[2.0, 3.0, 5.0]"), ("1 + x", "[2.0, 3.0, 5.0]"), ("x - 1", "[0.0, 1.0, 3.0]"),
        ("1 - x", "[0.0, -1.0, -3.0]"),
        ("x * 0.5", "[0.5, 1.0, 2.0]"), ("x / 2", "[0.5, 1.0, 2.0]"), ("4 / x", "[4.0, 2.0, 1.0]"),
        ("x ** 2", "[1.0, 4.0, 16.0]"),
        ("2 ** x", "[2.0, 4.0, 16.0]"), ("x ** x", "[1.0, 4.0, 256.0]"), ("x // 3", "[0.0, 0.0, 1.0]"),
        ("-x // 3", "[-1.0, -1.0, -2.0]"),
        ("x % 3", "[1.0, 2.0, 1.0]"), ("-x % 3", "[2.0, 1.0, 2.0]"), ("-x", "[-1.0, -2.0, -4.0]"),
        ("x > 1", "[0.0, 1.0, 1.0]"),
        ("x >= 2", "[0.0, 1.0, 1.0]"), ("x < 2", "[1.0, 0.0, 0.0]"), ("x <= 2", "[1.0, 1.0, 0.0]"),
        ("x == 2", "[0.0, 1.0, 0.0]"),
        ("x != 2", "[1.0, 0.0, 1.0]"), ("3 > x", "[1.0, 1.0, 0.0]"),
        ("x * y", "[[1.0, 2.0, 4.0], [2.0, 4.0, 8.0]]"),
        ("x + [1, 1, 1]", "[2.0, 3.0, 5.0]"), ("x[0] == 1", "true"), ("x[0] < x[1]", "true"),
        ("x[0] > 0.5", "true"),
        ("2 <= x[0]", "false"), ("x == none", "false"), ("[x] == [tensor([1, 2, 4])]", "true"),
        ("x[2] ** -1", "0.25"),
        ("tensor(0.1) == 0.1", "true"), ("item(tensor(0.1))", "0.1"), ("\"{mean(x):.3f}\"", "\"2.333\""),
        ("\"{x:.1f}\"", "\"[1.0, 2.0, 4.0]\""),
        ("\"{x[0]:>5}|\"", "\"  1.0|\""), ("float(x[1])", "2.0"), ("int(x[2])", "4"),
        ("tensor([[x[0], 1], [2, x[1]]])", "[[1.0, 1.0], [2.0, 2.0]]"),
        ("[1, 2] |> tensor |> sum", "3.0"), ("total = 0\nfor v in x { total = total + v }\ntotal", "7.0"),
        ("float(\"2\") + int(\"3\")", "5.0"), ("max(sum([1, 2]), 2)", "3"), ("max(x[0], 3)", "3.0"),
        ("sum([x[0], x[1]])", "3.0"),
        ("exp(0)", "1.0"), ("abs(-2)", "2"), ("round(2.6)", "3"), ("any([false, true])", "true"),
        ("mean([1, 2])", "1.5"),
    ])
    func computes(_ code: String, _ expected: String) {
        let text = Programs.text(Self.setting + code)
        #expect(text == expected || text.hasSuffix("] \(expected)"), "\(code): \(text)")
    }

    @Test func shapeErrorsSayTheRule() throws {
        let error = try #require(Programs.run("zeros([1, 16, 16, 8]) * zeros([8, 16, 16])").first)
        #expect(error.code == .shapeMismatch && error.message == "these shapes do not broadcast")
        #expect(error.notes == ["aligned from the right: 8 against 16"])
        #expect(error.help == "latents and images are channels-last here, [N, H, W, C]: [16, 16, 8]?")
        #expect(Set(error.labels.map(\.text)) == ["[1, 16, 16, 8]", "[8, 16, 16]"])
        let plain = try #require(Programs.run("zeros([2, 3]) + zeros([2])").first)
        #expect(plain.notes == ["aligned from the right: 3 against 2"] && plain.help == nil)
    }

    @Test(arguments: [
        ("minimum([1, 2], [1, 2, 3])", "E0301: minimum: these shapes do not broadcast, [2] and [3]"),
        ("mse(zeros([4, 3]), zeros([4]))", "E0301: mse: these shapes do not broadcast, [4, 3] and [4]"),
        ("matmul(zeros([2, 3]), zeros([2, 3]))", "E0301: matmul: [2, 3] and [2, 3] do not fit"),
        ("concat([zeros([2, 3]), zeros([2, 4])])", "E0301: the tensors have different shapes"),
        ("reshape(zeros([6]), [4, -1])", "E0301: reshape: 6 numbers do not fill [4, -1]"),
        (
            "reshape(zeros([6]), [9223372036854775807, 2])",
            "E0301: reshape: 6 numbers do not fill [9223372036854775807, 2]"
        ),
        ("tensor([[1, 2], [3]])", "E0301: tensor: the rows of a tensor have one shape"),
        ("tensor([1, \"a\"])", "E0207: tensor: a string is no tensor"),
        (
            "tensor(\"a\")",
            "E0207: tensor wants a tensor, a number, a list of values, a mask, an image, an attention, gradients or moments for value"
        ),
        ("sum(zeros([2]), axis=1)", "E0307: sum: axis 1 of a tensor with 1 axis"),
        ("zeros([-1])", "E0213: zeros: a shape is up to 16 sizes of at least 0"),
        ("zeros([100000, 100000])", "E0604: a tensor [100000, 100000] would take 37.3 GiB"),
        (
            "zeros([9223372036854775807, 3])",
            "E0604: a tensor [9223372036854775807, 3] would take too much memory"
        ),
        (
            "zeros([200000, 1]) * zeros([1, 200000])",
            "E0604: a tensor [200000, 200000] would take 149.0 GiB"
        ),
        ("zeros([2]) + \"a\"", "E0302: \"+\" does not take a tensor and a string"),
        ("zeros([2]) & zeros([2])", "E0302: \"&\" does not take a tensor and a tensor"),
        ("item(zeros([2]))", "E0213: item takes a tensor of one number"),
        ("max(zeros([0, 2]))", "E0213: max of an empty tensor"),
        ("stack([])", "E0213: stack of no tensors"),
        ("permute(zeros([2, 3]), [0, 0])", "E0213: permute: an axis is named twice"),
        ("if zeros([2]) { 1 }", "E0305"), ("arange(0, 1, 0)", "E0213: arange: the step cannot be 0"),
        ("softmax(tensor(1))", "E0307: softmax: axis -1 of a tensor with 0 axes"),
        ("where([1], zeros([2]), zeros([3]))", "E0301: where: these shapes do not broadcast, [2] and [3]"),
        ("flip(zeros([2]))", "E0204: flip needs the axis of a tensor"),
        ("no_grad()", "E0213: no_grad begins a block"),
        ("zeros([2]).shap", "E0210"), ("dot([1, 2], [1])", "E0301: dot takes two tensors of one shape"),
        ("cosine([1, 2])", "E0301: cosine of one tensor takes a matrix [N, D]"),
        ("argmax(zeros([0]))", "E0213: argmax of an empty tensor"),
        ("mean(zeros([0, 3]), axis=0)", "E0213: mean of an empty tensor"), ("std(zeros([0]))", "E0213: std of an empty tensor"),
    ])
    func mistakes(_ code: String, _ expected: String) {
        #expect(Programs.text(code).hasPrefix(expected), "\(code): \(Programs.text(code))")
    }
}
