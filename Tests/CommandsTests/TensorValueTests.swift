import Language
import Tensors
import Testing

@testable import Commands

@Suite struct TensorValueTests {
    @Test(arguments: [
        ("tensor(0.5)", "0.5"), ("tensor([1, 0.33333334])", "tensor[2] [1.0, 0.3333]"),
        ("zeros([4, 4, 3])", "tensor[4, 4, 3] n=48 (192 bytes) all 0.0"),
        ("zeros([0, 3])", "tensor[0, 3] []"), ("tensor([1e10, 1e-7])", "tensor[2] [1e+10, 1e-07]"),
        ("arange(20)", "tensor[20] n=20 (80 bytes) x∈[0.0 |██████████| 19.0] μ=9.5 σ=5.916"),
        (
            "concat([arange(20), log([0, -1])])",
            "tensor[22] n=22 (88 bytes) x∈[0.0 |██████████| 19.0] μ=9.5 σ=5.916 NaN! -Inf!"
        ),
        ("zeros([12]) / 0", "tensor[12] n=12 (48 bytes) NaN!"), ("ones([12]) / 0", "tensor[12] n=12 (48 bytes) +Inf!"),
        ("[tensor([1, 2])]", "[[1.0, 2.0]]"),
        ("[arange(20)]", "[tensor[20] x∈[0.0, 19.0] μ=9.5 σ=5.916]"),
        ("\"{tensor([1, 2])}\"", "\"[1.0, 2.0]\""),
        (
            "tensor(true) ?? 0",
            "E0207: tensor wants a tensor, a number, a list of values, a mask, an image, an attention, gradients or moments for value"
        ),
    ])
    func displays(_ code: String, _ expected: String) {
        #expect(Programs.text(code) == expected)
    }

    @Test func displaysWithoutUnicodeAndMarksGradients() {
        let value = TensorValue(Tensor((0..<20).map { Float($0) }, shape: [20]))
        #expect(Value.host(value).display(DisplayContext(unicode: false)).plain.utf8.allSatisfy { $0 < 128 })
        #expect(
            TensorValue(.leaf(Tensor([1, 2], shape: [2]))).display(DisplayContext()).plain
                == "tensor[2] [1.0, 2.0] grad")
    }

    @Test(arguments: [
        ("allclose(randn([3]), randn([3], seed=0))", true),
        ("a = randn([3])\nb = randn([3])\nallclose(a, b)", false),
        ("a = with seed(7) { randn([3]) }\nb = with seed(7) { randn([3]) }\nallclose(a, b)", true),
        ("a = with seed(7) { randn([3]) }\nallclose(a, randn([3], seed=7))", true),
        (
            "a = randn([3])\nwith seed(7) { randn([3]) }\nb = randn([3])\nseed(0)\nallclose(a, randn([3])) and allclose(b, randn([3]))",
            true
        ),
        (
            "try { with seed(7) { fail(\"x\") } } recover { 0 }\nallclose(randn([3]), randn([3], seed=0))",
            true
        ),
        ("allclose(rand([3], seed=1), randn([3], seed=1))", false),
        (
            "x = rand([1000], seed=3)\nitem(min(x)) >= 0 and item(max(x)) < 1 and abs(item(mean(x)) - 0.5) < 0.05",
            true
        ),
        ("allclose(randn([2, 8], seed=-5), reshape(randn([16], seed=-5), [2, 8]))", true),
    ])
    func drawsAreCounted(_ code: String, _ expected: Bool) {
        #expect(Programs.run(code).outcome.value?.literalText == "\(expected)", "\(Programs.text(code))")
    }

    @Test(arguments: [
        ("sum(ones([2, 3]), axis=[0, 1], keepdims=true)", "tensor[1, 1] [[6.0]]"),
        ("mean([[1, 2], [3, 4]], axis=-1)", "tensor[2] [1.5, 3.5]"),
        ("max([[1, 9], [7, 3]], axis=[0, 1])", "9.0"),
        ("argmax([[1, 9], [7, 3]], axis=0)", "tensor[2] [1.0, 0.0]"),
        ("matmul(ones([5, 2, 3]), ones([3, 4])).shape", "[5, 2, 4]"), ("matmul([1, 2], [3, 4])", "11.0"),
        ("matmul([1, 2], [[1, 0], [0, 1]])", "tensor[2] [1.0, 2.0]"),
        ("stack([[1, 2], [3, 4]], axis=-1)", "tensor[2, 2] [[1.0, 3.0], [2.0, 4.0]]"),
        ("[zeros([1, 2]), ones([1, 2])] |> concat(axis=0)", "tensor[2, 2] [[0.0, 0.0], [1.0, 1.0]]"),
        ("std(tensor([[1, 3], [1, 1]]), axis=1)", "tensor[2] [1.414, 0.0]"),
        ("norm([[3, 4], [6, 8]], axis=1)", "tensor[2] [5.0, 10.0]"),
        ("resize([[1, 2], [3, 4]], [1, 4])", "tensor[1, 4] [[1.0, 1.0, 2.0, 2.0]]"),
        ("shape(resize(zeros([2, 4, 4, 3]), [8, 2]))", "[2, 8, 2, 3]"),
        ("linspace(1, 2, 1)", "tensor[1] [1.0]"), ("tolist(zeros([2, 0]))", "[[], []]"),
        ("shape(box([0, 0], [1, 1], [2, 5]))", "[2, 5]"),
        ("where(tensor([1, 0]), [5, 5], [[1, 2], [3, 4]])", "tensor[2, 2] [[5.0, 2.0], [5.0, 4.0]]"),
        ("sum([])", "0"), ("sum(zeros([0]))", "0.0"),
    ])
    func commandsCompute(_ code: String, _ expected: String) {
        #expect(Programs.text(code) == expected)
    }
}
