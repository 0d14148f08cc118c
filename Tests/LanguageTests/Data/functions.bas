fn f(a, b) { a }
f(1)                                           ### E0204 | f needs b | b is missing | f(a, b)
---
fn f(a) { a }
f(1, 2)                                        ### E0205 | f takes 1 positional argument, not 2 | one too many
---
fn f(scale) { scale }
f(sclae=1)                                     ### E0203 | f has no parameter "sclae" | did you mean "scale"?
---
fn f(a) { a }
f(1, a=2)                                      ### E0206 | f gets a twice
---
fn f(*, a) { a }
f(1)                                           ### E0205 | takes 0 positional arguments
---
fn f() { x = y; y = 1 }                        ### E0202 | "y" has no value yet
y = 2
f()
---
fn f() { total = total + 1; total }            ### E0202 | "total" has no value yet | local to that function
total = 1
f()
---
fn f() { g() }
fn g() { 1 / 0 }                               ### E0303
f()
---
fn f(a, b = a + 1, *, c = 10) { [a, b, c] }
assert f(1) == [1, 2, 10] and f(1, 5) == [1, 5, 10] and f(1, c=3) == [1, 2, 3] and f(b=0, a=9) == [9, 0, 10]
fn g(first, ..rest, last = 0) { [first, rest, last] }
assert g(1) == [1, [], 0] and g(1, 2, 3, last=4) == [1, [2, 3], 4] and g(..[1, 2]) == [1, [2], 0]
assert f(..{a: 1, c: 2}) == [1, 2, 2] and f(..[1], ..{c: 4}) == [1, 2, 4]
---
fn counter(start) {
    step = 2
    fn next(n) { start + n * step }
    next
}
c = counter(10)
assert c(1) == 12 and counter(0)(5) == 10
fn make() { fs = []; for i in 1..3 { fs = fs + [fn() { i }] }; fs }
assert [f() for f in make()] == [1, 2, 3]
fn late() { helper() }
fn helper() { 5 }
assert late() == 5
k = 1
fn reads() { k }
k = 2
assert reads() == 2
fn shadow(k) { k = k + 1; k }
assert shadow(10) == 11 and k == 2
fn rec(n) { if n == 0 { return 0 }; 1 + rec(n - 1) }
assert rec(500) == 500
fn inner_recursion(n) { fn go(m) { if m == 0 { 0 } else { 1 + go(m - 1) } }; go(n) }
assert inner_recursion(50) == 50
fn param_captured(x) { x = x * 2; fn() { x } }
assert param_captured(4)() == 8
fn none_value() { x = 1 }
assert none_value() == none
fn early(x) { if x { return }; 3 }
assert early(true) == none and early(false) == 3
fn pair() { return 1, 2 }
a, b = pair()
assert a == 1 and b == 2
i = "outer"
for i in 1..3 { }
assert i == "outer"
xs = [i for i in 1..2]
assert i == "outer"
compose = fn(f, g) { fn(x) { g(f(x)) } }
assert compose(fn(x) { x + 1 }, fn(x) { x * 10 })(2) == 30
---
fn broken() { undefined_thing }                ### E0201 | undefined_thing
broken()
