x = 'a'                                        ### E0101 | double quotes
---
x = 2 ^ 3                                      ### E0101 | x ** 2
---
x = “a”                                        ### E0101 | straight quotes
---
x = 1 \                                        ### E0101 | no backslash
---
x = "abc                                       ### E0102 | this string has no end
---
x = 12abc                                      ### E0103 | cannot be followed by "abc"
---
x = 99999999999999999999                       ### E0103 | too large for an int | 9223372036854775807
---
x = 1e999                                      ### E0103 | too large for a float
---
x = 0xfg                                       ### E0103 | hexadecimal
---
x = "a\qb"                                     ### E0104 | unknown escape "\q" | raw string
---
x = "\u{110000}"                               ### E0104 | hexadecimal number of a character
---
x = "a {1 + } b"                               ### E0106 | expected an expression
---
x = "a {} b"                                   ### E0104 | {{ and }}
---
x = "a {1 b"                                   ### E0104 | this brace has no end
---
x = "{1 2}"                                    ### E0105 | one expression stands between braces
---
x = "{1:zz}"                                   ### E0310 | this is not a format
---
x = (1, 2)                                     ### E0105 | there are no tuples | [a, b]
---
x = [1, 2
y = 3                                          ### E0105 | expected "]" or "," in this list | this bracket is open
---
x = [1, 2                                      ### E0107 | this "[" is never closed | opened here
---
if true {                                      ### E0107 | this "{" is never closed
    x = 1
---
x = 1 +                                        ### E0106 | expected an expression
---
1 < 2 < 3                                      ### E0105 | comparisons do not chain | a < b and b < c
---
x = + 1                                        ### E0105 | needs something on its left
---
x = .5                                         ### E0105 | 0.5
---
xs = [1]
xs[0] = 2                                      ### E0108 | values do not change: xs[0]
---
r = {a: 1}
r.a = 2                                        ### E0108 | r = {..r, a: …}
---
f(x) = 2                                       ### E0108 | fn f(x) { … }
---
1 + 2 = 3                                      ### E0108 | only names can
---
a, ..b, ..c = [1, 2]                           ### E0108 | only one name can take the rest
---
break                                          ### E0109 | outside of a loop
---
fn f() { continue }                            ### E0109 | outside of a loop
---
return 1                                       ### E0109 | outside of a function
---
else { 1 }                                     ### E0109 | belongs to no "if"
---
fn f(a, a) { 1 }                               ### E0111 | two parameters are called "a"
---
fn f(a = 1, b) { 1 }                           ### E0111 | give b a default, or put it before a
---
fn f(*, ..a) { 1 }                             ### E0111 | cannot follow
---
fn f(*, *, a) { 1 }                            ### E0111 | stands twice
---
if = 3                                         ### E0105 | expected an expression | found "="
---
fn for() { 1 }                                 ### E0105 | is a word of the language
---
a b                                            ### E0105 | a is not a command | a(…)
---
1, 2                                           ### E0105 | a comma cannot stand here
---
)                                              ### E0105 | expected an expression
---
x = 1 )                                        ### E0105 | nothing is open that this ")" could close
---
try { 1 }                                      ### E0106 | expected "recover"
---
x = for y in 1..3 { y }                        ### E0105 | a loop is a statement
---
for x of 1..3 { }                              ### E0105 | expected "in"
---
import 3 as m                                  ### E0105 | a file's name in quotes
---
import "a b.bas"                               ### E0106 | "as" and a name
---
import "a{1}.bas" as m                         ### E0105 | plain text
---
x = {a 1}                                      ### E0105 | after a field's name
---
f(if=3)                                        ### E0105 | names no parameter
---
x = a[]                                        ### E0105 | expected an expression
