t = tensor([[1, 2], [3, 4]])
t * t
t[0, 1..2] + mean(t, axis=0)
