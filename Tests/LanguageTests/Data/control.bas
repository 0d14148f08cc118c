assert 1 > 2                                   ### E0701 | assertion failed
---
x = 0.31
assert x > 0.4, "not over {0.4}"               ### E0701 | assertion failed: not over 0.4 | 0.31
---
assert false, "no"                             ### E0701 | assertion failed: no
---
x = if true { 1 } else { 2 }
assert x == 1 and (if false { 1 }) == none and (if false { 1 } else if true { 2 } else { 3 }) == 2
total = 0
for i in 1..10 {
    if i == 3 { continue }
    if i > 5 { break }
    total += i
}
assert total == 1 + 2 + 4 + 5
n = 0
while true { n = n + 1; if n == 7 { break } }
assert n == 7
seen = []
for i in 1..3 { for j in 1..3 { if j == 2 { break }; seen = seen + [[i, j]] } }
assert seen == [[1, 1], [2, 1], [3, 1]]
---
# Exits from the middle of an expression.
out = []
for i in 1..4 { out = out + [if i == 2 { continue } else { i }] }
assert out == [1, 3, 4]
fn f(x) { 1 + (if x > 0 { return "early" } else { x }) }
assert f(1) == "early" and f(-1) == 0
fn g() { for x in 1..9 { y = [if x == 4 { return x } else { x }] }; "none" }
assert g() == 4
fn h() { for x in 1..9 { if x == 4 { return x } }; "none" }
assert h() == 4
fn k() { while true { with seed(3) { return current_seed() } } }
assert k() == 3 and current_seed() == 0
---
e = try { 1 / 0 } recover problem { problem }
assert e.code == "E0303" and e.message == "division by zero" and e.line == 37 and e.help == none
assert (try { 1 } recover { 2 }) == 1 and (try { fail("x") } recover e { e.message }) == "x"
fn f() { try { return 1 } recover e { return 2 } }
assert f() == 1
for i in 1..3 { try { if i == 2 { break } } recover e { } }
assert (try { [1][5] } recover e { e.code }) == "E0307"
assert (try { nothing_such } recover e { e.code }) == "E0201"
assert (try { try { 1 / 0 } recover e { fail("again") } } recover e { e.message }) == "again"
---
with seed(7) { assert current_seed() == 7; with seed(8) { assert current_seed() == 8 }; assert current_seed() == 7 }
assert current_seed() == 0
try { with seed(9) { fail("x") } } recover e { }
assert current_seed() == 0
for i in 1..3 { with seed(i), seed(i + 10) { if i == 2 { break }; assert current_seed() == i + 10 } }
assert current_seed() == 0
v = with seed(5) { current_seed() * 2 }
assert v == 10
---
# Commands: the space decides.
assert (plot([1, 2])) == "plot [1, 2] []"
plot [1, 2], labels=["a"]
assert _ == "plot [1, 2] [\"a\"]"
plot -1
assert _ == "plot -1 []"
plot (1 + 2) * 3
assert _ == "plot 9 []"
plot {a: 1}
assert _ == "plot \{a: 1\} []"
plot [1]
  + [2]
assert _ == "plot [1, 2] []"
plot [1], labels=[
    "b",
]
assert _ == "plot [1] [\"b\"]"
plot ..{curves: 5}
assert _ == "plot 5 []"
plot if true { 1 } else { 2 }
assert _ == "plot 1 []"
---
plot = [4, 5]
assert plot[0] == 4
y = plot [1]
assert y == 5
---
x = 1 # a comment
#| prose
# %% a cell
#> recorded
y = 2; z = 3
assert x + y + z == 6
---
if false { 1 }
else { x = 5 }
assert x == 5
y = try { fail("a") }
recover e { 6 }
assert y == 6
