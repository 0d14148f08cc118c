x = 1 2                                 ### E0105
z = 3
w = 0x                                  ### E0103
---
y = "a                                  ### E0102
z = 3 )                                 ### E0105 nothing is open
u = [1, 2
v = 4                                   ### E0105 expected "]"
w = 5
---
fn f(x) {
    y = x +* 2                          ### E0105
    if y > 3 {
        return y y                      ### E0105
    }
    z = [1, 2
}                                       ### E0105 expected "]"
g = 1 +* 2                              ### E0105
---
if x > 3
    y = 1                               ### E0105 expected "{"
}
z = 3 3                                 ### E0105
---
for x of xs {                           ### E0105 expected "in"
    y = = 2
}
if x y { 1 }                            ### E0105
else { 2 }
try { 1 } rescue { 2 }                  ### E0105
---
break                                   ### E0109
f(a=1, if=2)                            ### E0105
xs[0] = 1                               ### E0108
fn g(a, a) { 1 }                        ### E0111
"{1:zz}"                                ### E0310
"a {1 + } b"                            ### E0106
return 5                                ### E0109
