def f(x): x                                    ### E0105 | fn name(x) { … }
---
f = lambda x: x                                ### E0105 | fn(x) { … }
---
let x = 3                                      ### E0105 | bound without a keyword
---
if 1 == 1: 2                                   ### E0105 | a block stands between braces
---
x = 1
x++                                            ### E0105 | x += 1
---
[1] @ [2]                                      ### E0101 | matmul(a, b)
---
x = `1`                                        ### E0101 | double quotes
---
print("a" + $x)                                ### E0101 | by braces: "{x}"
---
f = (x) => x                                   ### E0105 | fn(x) { … }
---
x = 1
x -> 2                                         ### E0105 | fn(x) { … }
---
// x = 1                                       ### E0105 | a comment begins with #
---
/* x */                                        ### E0105 | a comment begins with #
---
x = [[1]]
x[..., 0]                                      ### E0105 | two dots
---
"%d" % 3                                       ### E0302 | by braces
---
%time 1                                        ### E0105 | :time f(x)
---
x = true && false                              ### E0105 | a and b
---
x = true || false                              ### E0105 | a or b
---
x = 1
x is none                                      ### E0105 | x == none
---
y = 1 if true else 2                           ### E0105 | the condition comes first
---
x = 1
print(f"{x}")                                  ### E0105 | every string takes values in braces
---
import numpy                                   ### E0105 | import "numpy.bas" as numpy
---
x: int = 3                                     ### E0105 | no declared types
---
fn f(x) => x                                   ### E0105 | between braces
---
a = b = 3                                      ### E0105 | one "=" in a statement
---
for (i in 1..3) { i }                          ### E0105 | no brackets
---
xs = [1]
xs.append(2)                                   ### E0210 | xs = xs + [item]
---
"a b".split()                                  ### E0210 | split is a function: split("a b")
---
" a ".strip()                                  ### E0210 | trim(" a ")
---
x = None                                       ### E0201 | the absent value is none
---
raise                                          ### E0201 | fail("why")
---
x = "ab" * 3                                   ### E0302 | repeat(text, n)
---
x = 3
assert x in [1, 2]                             ### E0701 | 3 | [1, 2]
---
x = 2
assert x > 1 and x > 5                         ### E0701 | 2
