x = list(1..4000000000)                        ### E0604 | would take 89.4 GiB | one value may take 2.0 GiB
---
text = repeat("ab", 9000000000)                ### E0604 | this string would take 16.8 GiB
---
a, b = 1..4000000000                           ### E0604 | a list from 1..4000000000
---
fn f(n) { f(n + 1) }                           ### E0602 | calls are nested too deeply | does this recursion end?
f(0)
---
x = []
for i in 1..5000 { x = [x] }                   ### E0605 | nested too deeply here | at most 2000 levels
---
x = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[  ### E0110 | give a name to a part
