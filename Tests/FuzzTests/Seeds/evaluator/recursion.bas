fn f(n) { if n < 2 { n } else { f(n - 1) + f(n - 2) } }
f(9)
sorted([3, 1], by=fn(x) { -x })
