import Testing

@testable import Commands

/// `x` is [[0, 1, 2], [3, 4, 5]], `y` is 0…23 as [2, 3, 4]; expected values by NumPy.
@Suite struct TensorIndexingTests {
    private static let setting = "x = reshape(arange(6), [2, 3])\ny = reshape(arange(24), [2, 3, 4])\n"

    @Test(arguments: [
        ("x[0]", "[0.0, 1.0, 2.0]"), ("x[-1]", "[3.0, 4.0, 5.0]"), ("x[1, 2]", "5.0"),
        ("x[.., 1]", "[1.0, 4.0]"),
        ("x[1, ..]", "[3.0, 4.0, 5.0]"), ("x[.., 0:2]", "[[0.0, 1.0], [3.0, 4.0]]"),
        ("x[:, ::-1]", "[[2.0, 1.0, 0.0], [5.0, 4.0, 3.0]]"), ("x[0, 1:]", "[1.0, 2.0]"),
        ("x[0, :-1]", "[0.0, 1.0]"),
        ("x[0, 5:9]", "[]"), ("x[0, -100:100:2]", "[0.0, 2.0]"), ("x[0, 2:0:-1]", "[2.0, 1.0]"),
        ("x[0, 0:3:9223372036854775807]", "[0.0]"), ("x[0, 2::-9223372036854775807]", "[2.0]"),
        ("x[[1, 0, 1]]", "[[3.0, 4.0, 5.0], [0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]"),
        ("x[.., [2, 0]]", "[[2.0, 0.0], [5.0, 3.0]]"),
        ("x[0, [-1]]", "[2.0]"), ("x[0, 1..2]", "[1.0, 2.0]"), ("x[0, 0..<2]", "[0.0, 1.0]"),
        ("shape(x[none])", "[1, 2, 3]"), ("shape(x[.., none])", "[2, 3, 1]"),
        ("shape(x[:, none, 1])", "[2, 1]"),
        ("shape(x[[]])", "[0, 3]"), ("shape(y[1:1])", "[0, 3, 4]"),
        ("y[1, 2, 3]", "23.0"), ("y[.., -1][1]", "[15.0, 19.0, 23.0]"), ("shape(y[.., 0:2, -1])", "[2, 2]"),
        ("y[1, ::2, 1:3]", "[[13.0, 14.0], [21.0, 22.0]]"), ("x[argmax(tensor([0, 3]))]", "[3.0, 4.0, 5.0]"),
        ("x[tensor(1), 0]", "3.0"), ("a, b = x\nb", "[3.0, 4.0, 5.0]"), ("len(y)", "2"),
        ("[item(sum(r)) for r in x]", "[3.0, 12.0]"),
        ("4 in x", "true"), ("7 in x", "false"), ("x.T", "[[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]"),
        ("x.shape", "[2, 3]"),
        ("[y.ndim, y.rank, y.size]", "[3, 3, 24]"),
    ])
    func picks(_ code: String, _ expected: String) {
        let text = Programs.text(Self.setting + code)
        #expect(text == expected || text.hasSuffix("] \(expected)"), "\(code): \(text)")
    }

    @Test(arguments: [
        ("x[2]", "E0307: index 2 is outside of axis 0, which has size 2"),
        ("x[0, -4]", "E0307: index -4 is outside of axis 1, which has size 3"),
        ("x[0, 0, 0]", "E0306: 3 indices for 2 axes"),
        ("x[.., 0, ..]", "E0306: \"..\" stands for all axes not named, so it can be there once"),
        ("x[0.5]", "E0306: an axis is indexed by an int, a range, a slice or a list of ints"),
        ("x[\"a\"]", "E0306: an axis is indexed by an int, a range, a slice or a list of ints"),
        ("x[::0]", "E0306: the step of a slice cannot be 0"),
        ("x[[0.5]]", "E0306: indices are whole numbers, not 0.5"),
        ("x[[0], [1]]", "E0306: one list of indices at a time"),
        ("tensor(1)[0]", "E0306: 1 indices for 0 axes"),
        ("x[[7]]", "E0307: index 7 is outside of axis 0, which has size 2"),
    ])
    func refuses(_ code: String, _ expected: String) {
        #expect(Programs.text(Self.setting + code) == expected)
    }
}
