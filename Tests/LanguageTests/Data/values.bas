xs = [1, 2, 3]
xs[3]                                          ### E0307 | index 3 is outside of 3 items | the last 2 or -1 | 3 items
---
[][0]                                          ### E0307 | there are none
---
"abc"[-4]                                      ### E0307 | 3 characters
---
[1][0, 0]                                      ### E0306 | one index, not 2 | xs[0][1]
---
[1]["a"]                                       ### E0306 | this is a string
---
[1][1.0]                                       ### E0306 | int(x)
---
[1, 2][0:"a"]                                  ### E0306 | a slice goes from an int
---
[1, 2][::0]                                    ### E0306 | cannot be 0
---
5[0]                                           ### E0306 | an int cannot be indexed
---
handle("<a>")[0]                               ### E0306 | a handle cannot be indexed
---
{a: 1}[0]                                      ### E0306 | indexed by a string
---
{alpha: 1}["alhpa"]                            ### E0210 | did you mean alpha?
---
[1, 2, 3][1..5]                                ### E0307
---
"{3.5:d}"                                      ### E0310 | for ints
---
"{"a":.2f}"                                    ### E0310 | is for numbers
---
[..3]                                          ### E0308 | cannot be spread in a list
---
{..3}                                          ### E0207 | only a record can be spread
---
a, b = [1, 2, 3]                               ### E0309 | 3 values for 2 names
---
a, ..b, c = [1]                                ### E0309 | at least 2 names
---
a, b = 5                                       ### E0309 | an int cannot be unpacked
---
a, b = {x: 1, y: 2}                            ### E0309 | items(record)
---
for x in 5 { }                                 ### E0308 | a range counts: 1..5
---
[x for x in true]                              ### E0308 | a bool has no items
---
xs = [10, 20, 30, 40, 50]
assert xs[0] == 10 and xs[-1] == 50 and xs[1:3] == [20, 30] and xs[:2] == [10, 20] and xs[3:] == [40, 50]
assert xs[::2] == [10, 30, 50] and xs[::-1] == reversed(xs) and xs[0:-1:6] == [10] and xs[-2:] == [40, 50]
assert xs[1..2] == [20, 30] and xs[[0, -1]] == [10, 50] and xs[..] == xs and xs[9:] == [] and xs[3:1] == []
assert xs[4:0:-2] == [50, 30] and xs[-99:2] == [10, 20]
assert "hello"[1:3] == "el" and "hello"[-1] == "o" and "héllo"[1] == "é" and "abc"[0..1] == "ab"
assert (1..8)[2] == 3 and (0..<4)[-1] == 3 and (1..4)[::2] == [1, 3]
---
t = tensor([2, 3])
assert t[0] == "0" and t[.., 0:16, -1] == ".., 0:16:, -1" and t[1..2, none] == "1..2, none" and t[::-1] == "::-1"
assert t[[0, 1], :] == "[0, 1], ::"
---
r = {lr: 5e-4, "two words": 2, if: 3}
assert r.lr == 0.0005 and r["two words"] == 2 and r.if == 3 and keys(r) == ["lr", "two words", "if"]
s = {..r, lr: 1, new: 4}
assert s.lr == 1 and r.lr == 5e-4 and keys(s)[0] == "lr" and len(s) == 4
a = 1
b = 2
assert {a, b} == {a: 1, b: 2} and {"k{a}": b} == {k1: 2} and {} == {} and without(s, "new") == {..r, lr: 1}
assert [..1..3, 4] == [1, 2, 3, 4]
---
a, b = 1, 2
a, b = b, a
assert a == 2 and b == 1
first, ..rest = [1, 2, 3]
assert first == 1 and rest == [2, 3]
..init, last = "x y z" |> split
assert init == ["x", "y"] and last == "z"
_, (p, q) = [0, [1, 2]]
assert p == 1 and q == 2
x, y = tensor([2, 5])
assert x.shape == [5]
---
name = "toy"
h = handle("<asset0>")
assert "a photo of {h} and {name}" == "a photo of <asset0> and toy"
assert "{1.5:.3f}|{7:>4}|{7:<4}|{7:^5}|{7:04d}|{-7:05}|{7:+d}|{255:x}|{0.5:.1%}|{12345.678:.2e}" == "1.500|   7|7   |  7  |0007|-0007|+7|ff|50.0%|1.23e+04"
assert "{name:>6}|{name:*^7}|{name:.2}" == "   toy|**toy**|to"
assert "{"nested {"deep {1 + 1}"}"}" == "nested deep 2"
assert "{{x}} }" == "\{x\} \}" and "a\tb\u{e9}" == "a	bé"
assert r"raw \n {x}" == "raw \\n \{x\}"
assert "{[1, "a"]} {({a: 1})} {none} {1..3} {true}" == "[1, \"a\"] \{a: 1\} none 1..3 true"
assert "{[0.5, 0.25]:.1f}" == "[0.5, 0.2]"
assert "{tensor([2], 1.5):.2f}" == "1.50"
text = """
    one {name}
      two "quoted"
    """
assert text == "one toy\n  two \"quoted\""
assert """a""" == "a" and r"""\n""" == "\\n" and """
""" == ""
---
assert [x * x for x in 1..4 if x % 2 == 0] == [4, 16]
assert [[x, y] for x in 1..2 for y in x..2] == [[1, 1], [1, 2], [2, 2]]
assert [a + b for a, b in zip([1, 2], [10, 20])] == [11, 22]
assert [k for k in {a: 1, b: 2}] == ["a", "b"] and [c for c in "añ"] == ["a", "ñ"]
assert [i * 10 + x for i, x in enumerate([5, 6])] == [5, 16]
assert [fn() { x } for x in 1..3] |> fn(fs) { [f() for f in fs] } == [1, 2, 3]
assert [x.shape for x in tensor([2, 3])] == [[3], [3]]
---
assert len("añ") == 2 and len(1..8) == 8 and len(8..1) == 0 and len(tensor([4])) == 4
assert type(none) == "none" and type(print) == "function" and type(tensor([1])) == "tensor"
assert str([1, "a"]) == "[1, \"a\"]" and int(-3.9) == -3 and int(true) == 1 and float(2) == 2.0
assert range(2, 8, 3) == [2, 5] and range(3, 0, -1) == [3, 2, 1] and range(3) == [0, 1, 2]
assert sum([0.5, 1]) == 1.5 and sum([]) == 0 and mean([1, 2]) == 1.5 and std([5]) == 0
assert min([3, 1]) == 1 and max(1, 2.5) == 2.5 and min("b", "a") == "a"
assert round(2.5) == 3 and round(-2.5) == -3 and round(3.14159, 2) == 3.14 and floor(-1.5) == -2 and ceil(1.2) == 2
assert abs(-2.5) == 2.5 and sqrt(16) == 4 and exp(0) == 1 and log(1) == 0
assert sorted(["b", "a"]) == ["a", "b"] and sorted([[2, "x"], [1, "y"]], by=fn(p) { p[0] })[0][1] == "y"
assert join(["a", 1], "-") == "a-1" and split("a,,b", ",") == ["a", "", "b"] and replace("aXbX", "X", "") == "ab"
assert upper("ab") == "AB" and trim("  x ") == "x" and any([false, true]) and not all([false, true])
assert items({a: 1}) == [["a", 1]] and values({a: 1}) == [1] and has({a: 1}, "a") and has(tensor([1]), "shape")
assert record([["a", 1], ["a", 2]]) == {a: 2} and (1..3).end == 3 and (0..<3).start == 0
assert 0xff == 255 and 1_000 == 1000 and 1e3 == 1000.0
---
{lr, steps: n, ..more} = {lr: 0.1, steps: 5, seed: 1, flip: 0}
assert lr == 0.1 and n == 5 and more == {seed: 1, flip: 0}
{shape} = tensor([2, 5])
assert shape == [2, 5]
a, ({b}, ..c) = [1, [{b: 2}, 3, 4]]
assert a == 1 and b == 2 and c == [3, 4]
assert [name for {name, iou} in [{name: "x", iou: 0.5}, {name: "y", iou: 0.9}] if iou > 0.6] == ["y"]
---
fn area({w}) { w }                             ### E0105 | a parameter's name
---
{lr, stps} = {lr: 1, steps: 2}                 ### E0210 | a record has no field "stps" | did you mean steps?
---
{shap} = tensor([1])                           ### E0210 | a tensor has no field "shap" | did you mean shape?
---
{a} = [1]                                      ### E0309 | a list has no fields to unpack
---
{shape, ..rest} = tensor([1])                  ### E0309 | have no record
---
{..rest, a} = {a: 1}                           ### E0108 | the rest stands last
---
{} = {a: 1}                                    ### E0108 | binds nothing
---
assert map([1, 2], fn(x) { x + 1 }) == [2, 3] and filter(["a", ""], fn(t) { t != "" }) == ["a"]
assert reduce([1, 2, 3], fn(a, b) { a + b }) == 6 and reduce([], fn(a, b) { a }, 7) == 7
assert position("abc", "c") == 2 and position([1, 2], fn(x) { x > 5 }) == none and unique("abca") == ["a", "b", "c"]
assert flatten([[1], 2, [[3]], 4..5]) == [1, 2, [3], 4, 5]
assert starts_with("unet.x", "unet") and not ends_with("a.png", ".jpg") and lines("a\n\nb\n") == ["a", "", "b"]
assert repeat("-", 3) == "---" and repeat("x", 0) == "" and ("a,b" |> split(",") |> map(upper)) == ["A", "B"]
---
filter([1], fn(x) { x })                       ### E0305 | filter wants a function that says true or false | this gave an int
---
reduce([], fn(a, b) { a })                     ### E0213 | needs a value to begin with
---
repeat("ab", 9000000000)                       ### E0604 | this string would take
---
map([1], fn() { 1 })                           ### E0205 | takes 0 positional
