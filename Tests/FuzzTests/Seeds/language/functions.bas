## Doubles.
fn f(a, b = 3, *, c = 1) {
    a * b + c
}
f(2, c=4) |> f
(x, ..rest) = [1, 2, 3]
