import Language
import Testing

@testable import Commands

/// Comparisons of tensors answer yes or no place by place, and choose places as an index.
@Suite struct ConditionTests {
    @Test(arguments: [
        ("x = tensor([1, 2, 3]); x[x > 2]", "tensor[1] [3.0]"), ("x = tensor([1, 2, 3]); x[x > 0]", "tensor[3] [1.0, 2.0, 3.0]"),
        ("x = tensor([1, 2, 3]); x[x > 5].shape", "[0]"), ("x = arange(4); x[(x > 0) & (x < 3)]", "tensor[2] [1.0, 2.0]"),
        ("x = arange(4); x[(x < 1) | (x > 2)]", "tensor[2] [0.0, 3.0]"), ("x = arange(4); x[!(x == 2)]", "tensor[3] [0.0, 1.0, 3.0]"),
        ("y = reshape(arange(6), [2, 3]); y[y > 2]", "tensor[3] [3.0, 4.0, 5.0]"),
        ("y = reshape(arange(6), [2, 3]); y[y[.., 0] > 0]", "tensor[1, 3] [[3.0, 4.0, 5.0]]"),
        ("y = reshape(arange(6), [2, 3]); y[.., y[0] > 0]", "tensor[2, 2] [[1.0, 2.0], [4.0, 5.0]]"),
        ("y = reshape(arange(8), [2, 2, 2]); c = y[0:2, 0:2, 0] > 1; y[c]", "tensor[3, 2] [[2.0, 3.0], [4.0, 5.0], [6.0, 7.0]]"),
        // Numbers still name places, and count.
        ("x = tensor([4, 5, 6]); x[tensor([1, 0, 1])]", "tensor[3] [5.0, 4.0, 5.0]"), ("x = arange(5); sum(x > 2)", "2.0"),
        ("x = arange(3); x[arange(4) > 1]", "E0306: a condition of 4 answers does not fit axis 0, which has size 3"),
        ("x = arange(3); x[zeros([2, 2]) > 1]", "E0306: a condition [2, 2] does not fit a tensor [3]"),
        ("(arange(3) > 1) & (arange(2) > 1)", "E0301: these shapes do not broadcast"),
        ("x = arange(5); c = x > 1; x[0:3][c[1:4]]", "tensor[2] [1.0, 2.0]"),
        ("arange(3) & arange(3)", "E0302: \"&\" does not take a tensor and a tensor"),
        ("sum([1, 2, 3], keepdims=true)", "tensor[1] [6.0]"), ("max([1, 2], keepdims=true)", "tensor[1] [2.0]"),
        ("max(0, tensor([1, -1]))", "E0301: max of several values takes values of one shape"),
    ])
    func chooses(_ code: String, _ expected: String) { #expect(Programs.text(code) == expected, "\(code)") }

    @Test func gradientsFlowBack() {
        let slope = Programs.run("x = leaf(tensor([1, 2, 3])); tolist(grad(sum(x[x > 1] ** 2), x))", table: CommandTable.all)
        #expect(slope.outcome.value?.literalText == "[0.0, 4.0, 6.0]")
    }

    @Test func checksKnowNoBetter() {
        let session = Session(builtins: CommandTable.tensorFamilies)
        let source = "x = arange(4)\nprint(x[(x > 0) & !(x > 2)] + zeros([2]))\n"
        #expect(session.analyze(source: source).diagnostics.isEmpty)
    }
}
