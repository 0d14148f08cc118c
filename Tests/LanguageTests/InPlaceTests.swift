import Testing

@testable import Language

/// What is done in place gives what plain evaluation gives: arguments from left to right, values that never change.
@Suite struct InPlaceTests {
    /// What is added to a list; some of it gives the list's own name another value on the way.
    private static let added = [
        "[2]", "xs", "if true { xs = [5]; [2] } else { [] }", "if true { xs = xs + [9]; xs } else { [] }",
        "try { xs = [7]; fail(\"no\") } recover { [3] }", "[x for x in xs]", "[if true { xs = [0]; 4 } else { 1 }]",
        "(if true { xs = [6]; xs } else { [] }) + [1]", "if true { keep = xs; [2] } else { [] }", "map(xs, fn(x) { x + 1 })",
    ]

    /// Where the name lives: in the file, in a function, in a variable that an inner function shares, in a loop.
    private static let places = [
        "keep = []; xs = [1]; BODY; [xs, keep]", "fn f() { keep = []; xs = [1]; BODY; [xs, keep] }; f()",
        "fn f() { keep = []; xs = [1]; g = fn() { xs }; BODY; [xs, keep, g()] }; f()",
        "keep = []; out = []; for xs in [[1], [2]] { BODY; out = out + [xs] }; [out, keep]",
        "fn f(xs) { keep = []; g = fn() { xs }; BODY; [xs, keep, g()] }; f([1])",
    ]

    @Test(arguments: places) func addingToAList(_ place: String) {
        for value in Self.added {
            let plain = "fn plus(a, b) { a + b }\n" + place.replacing("BODY", with: "xs = plus(xs, \(value))")
            for line in ["xs = xs + (\(value))", "xs += \(value)"] {
                let program = place.replacing("BODY", with: line)
                #expect(show(program) == show(plain), "\(program)")
            }
        }
    }

    @Test func theFaultThatWasShown() {
        #expect(show("xs = [1]; xs = xs + (if true { xs = [5]; [2] } else { [] }); xs") == "[1, 2]")
        #expect(show("xs = [1]; ys = xs; xs += [2]; [xs, ys]") == "[[1, 2], [1]]")
        #expect(show("s = \"a\"; s = s + (if true { s = \"x\"; \"b\" } else { \"\" }); s") == "\"ab\"")
        #expect(show("n = 1; n = n + (if true { n = 5; 2 } else { 0 }); n") == "3")
        #expect(show("xs = [1, 2]; xs = xs[(if true { xs = [3]; 1 } else { 0 })]; xs") == "2")
        #expect(show("r = {a: 1}; r = {..r, b: (if true { r = {a: 9}; r.a } else { 0 })}; r") == "{a: 1, b: 9}")
        #expect(show("x = 1; x = x |> max(if true { x = 7; 0 } else { 0 }); x") == "1")
        #expect(show("a, b = [1, 2]; a, b = [b, a]; [a, b]") == "[2, 1]")
    }
}
