tensor([1, 16, 16, 8]) * tensor([8, 16, 16])   ### E0301 | do not broadcast | [1, 16, 16, 8] | [8, 16, 16] | 8 against 16
---
tensor([2]) - tensor([2])                      ### E0302 | "-" does not take a tensor and a tensor
---
tensor([2]) < 3                                ### E0311 | does not take a tensor and an int
---
!tensor([2])                                   ### E0302 | "!" does not take a tensor
---
1 / 0                                          ### E0303 | division by zero
---
1 // 0                                         ### E0303
---
1.5 % 0.0                                      ### E0303
---
0 ** -1                                        ### E0303 | zero has no negative power
---
9223372036854775807 + 1                        ### E0304 | 9223372036854775807 + 1 is too large | as a float
---
3037000500 * 3037000500                        ### E0304
---
-9223372036854775807 - 2                       ### E0304
---
2 ** 63                                        ### E0304 | 2 ** 63
---
(-8) ** 0.5                                    ### E0313 | is not a real number
---
"a" + 1                                        ### E0302 | by braces
---
[1] + 1                                        ### E0302 | xs + [x]
---
[0] * 3                                        ### E0302 | for _ in 1..n
---
none + 1                                       ### E0302 | does not take none and an int | ??
---
1 & 2                                          ### E0302 | does not take ints
---
1.0 | 2                                        ### E0302 | does not take numbers
---
"a" < 1                                        ### E0311
---
[1] < [2]                                      ### E0311
---
if 1 { 2 }                                     ### E0305 | "if" wants true or false | this is an int | 1 != 0
---
xs = []
while xs { 1 }                                 ### E0305 | len(xs) > 0
---
not 3                                          ### E0305 | "not" wants
---
true and 3                                     ### E0305 | "and" wants
---
assert 3                                       ### E0305 | "assert" wants
---
x = none
if x { 1 }                                     ### E0305 | x == none
---
1.5..3                                         ### E0207 | from an int to an int
---
3 in 5                                         ### E0302 | does not look into an int
---
1 in "abc"                                     ### E0302 | only a string can be in a string
---
-"a"                                           ### E0302 | "-" does not take a string
---
# Precedence, as grammar.txt has it.
assert 1 + 2 * 3 == 7 and (1 + 2) * 3 == 9
assert -2 ** 2 == -4 and 2 ** 3 ** 2 == 512 and 2 ** -1 == 0.5
assert 7 / 2 == 3.5 and 7 // 2 == 3 and -7 // 2 == -4 and -7 % 3 == 2 and 7 % -3 == -2
assert 7.5 // 2 == 3 and 5.5 % 2 == 1.5
assert not 1 == 2 and (true or false and false)
assert (true | false & false) and !(true & false)
assert none ?? 1 + 1 == 2 and (none ?? none ?? 3) == 3
assert {a: 1}.b ?? 5 == 5 and {a: 1}.b.c ?? 5 == 5 and {a: 1}["b"] ?? 6 == 6
assert 3 in 1..3 and 3 not in 1..<3 and not (3 in 1..<3)
assert "ell" in "hello" and "a" in {a: 1} and 2 in [1, 2] and 2.0 in [1, 2]
assert list(0..1 + 1) == [0, 1, 2]
assert 1 == 1.0 and "1" != 1 and none == none and none != 0
assert [1, [2, {a: 3}]] == [1, [2, {a: 3.0}]] and {a: 1, b: 2} == {b: 2, a: 1}
assert 1..3 == 1..3 and 1..3 != 1..<4
assert "a" + "b" == "ab" and "a" < "b" and [1] + [2] == [1, 2]
assert [1, 2] |> len == 2
assert (3 |> fn(x) { x * 2 }) == 6
assert [3, 1] |> sorted(descending=true) |> list == [3, 1]
assert tensor([2], 1) + 2 == tensor([2], 3) and 2 + tensor([2], 1) == tensor([2], 3)
assert -tensor([2], 1) == tensor([2], -1) and tensor([2]) != tensor([3])
x = 1
  + 2
assert x == 3
y = [1, 2]
    |> sum
assert y == 3
z = true
    and false
    or true
assert z
x += 4
x *= 2
assert x == 14
a = {b: {c: 5}}
    .b
    .c
assert a == 5
