#!/usr/bin/env bas
# %% Title
#| prose
x = 1..<5
#> 1..<5
assert x[0] == 1, "no"
