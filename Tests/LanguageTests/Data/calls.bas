phase1(tensor([1]), stps=3)                    ### E0203 | phase1 has no parameter "stps" | did you mean "steps"?
---
phase1(tensor([1]), zzzzzz=3)                  ### E0203 | it takes model, steps, lr
---
phase1()                                       ### E0204 | phase1 needs model, a tensor | model is missing
---
phase1(3)                                      ### E0207 | phase1 wants a tensor for model | this is an int
---
phase1(tensor([1]), 2.0)                       ### E0207 | wants an int for steps | a // b
---
phase1(tensor([1]), steps=0)                   ### E0208 | steps from 1 to 100000 steps | this is 0
---
phase1(tensor([1]), 5, lr=-1)                  ### E0208 | lr from 0 to 1 | this is -1
---
phase1(tensor([1]), sampling="unoin")          ### E0209 | did you mean "union"? | "union", "single"
---
phase1(tensor([1]), 5, steps=6)                ### E0206 | phase1 gets steps twice
---
phase1(tensor([1]), ..{steps: 5}, steps=6)     ### E0206 | phase1 gets steps twice
---
phase1(tensor([1]), ..3)                       ### E0207 | spreads a record
---
phase1(steps=5, tensor([1]))                   ### E0213 | a positional argument follows a named one
---
phase1(tensor([1]), init=["a", 2])             ### E0207 | a string or a list of strings | item 1 is an int
---
tensor([1, 2], 3, 4)                           ### E0205 | tensor takes 2 positional arguments, not 3
---
tensor([1, 0])                                 ### E0208 | shape from 1 to 1000
---
time(1)                                        ### E0205 | time takes no arguments
---
time(a=1)                                      ### E0203 | it takes no arguments
---
phase1(tensor([1]), loss=fn(x) { x })          ### E0203 | this function has no parameter "scale"
---
phase1(tensor([1]), loss=phase1)               ### E0207 | phase1 wants a tensor for model
---
leng([1])                                      ### E0201 | nothing is called "leng" | did you mean len?
---
qwertyuiop                                     ### E0201 | nothing is called "qwertyuiop"
---
x = None                                       ### E0201 | the absent value is none
---
x = 3
x(4)                                           ### E0211 | "x" is an int, not a function | written with *
---
tensor([2]).mean()                             ### E0210 | mean is a function: mean(tensor([2]))
---
tensor([2]).shap                               ### E0210 | a tensor has no field "shap" | did you mean shape?
---
{lr: 1}.rl                                     ### E0210 | a record has no field "rl"
---
{alpha: 1, beta: 2}.zzz                        ### E0210 | it has alpha, beta
---
none.x                                         ### E0210 | none has no field "x" | ?? y
---
with len([1]) { 1 }                            ### E0212 | seed can
---
with seed("a") { 1 }                           ### E0207 | seed wants an int for value
---
sqrt(-1)                                       ### E0208 | of at least 0
---
log(0)                                         ### E0208 | numbers above 0
---
sum(["a"])                                     ### E0207 | a list of numbers | item 0 is a string
---
sum(3)                                         ### E0207 | this is an int
---
mean([])                                       ### E0213 | mean of no numbers
---
max()                                          ### E0213 | max of nothing
---
sorted([1, "a"])                               ### E0311 | one is a string
---
int("twelve")                                  ### E0213 | "twelve" is not an int
---
int(1e300)                                     ### E0208 | does not fit into an int
---
fail("my own", help="so")                      ### E0702 | my own | so
---
len(3)                                         ### E0207 | an int has no length
---
record([["a"]])                                ### E0213 | pairs of a name and a value
---
zip([1], 2)                                    ### E0308 | zip wants lists | this is an int
---
x = phase1(tensor([1]), init="toy", lr=1)
assert x.init == ["toy"] and x.lr == 1.0 and x.steps == 400 and not x.given
assert phase1(tensor([1]), 7).given
assert phase1(tensor([1]), init=["a", "b"]).init == ["a", "b"]
assert phase1(tensor([1]), ..{steps: 9, sampling: "single"}).steps == 9
assert phase1(tensor([1]), loss=fn(x, scale) { x * scale }).loss == 20
assert mean([1, 2, 3]) == 2 and mean(tensor([2], fill=5)) == 5
assert tensor(..[[2, 3], 1]).shape == [2, 3]
assert tensor(1..3).shape == [1, 2, 3]
