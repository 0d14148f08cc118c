with seed(3) { x = randn([2, 3, 4]) }
x[.., 0]
reshape(x, [6, 4])
sum(x * x) / 2
