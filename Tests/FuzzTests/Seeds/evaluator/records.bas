r = { a: 1, b: { c: [1, 2] } }
r.b.c[-1] ?? 4
r.d ?? none
without(r, "a")
try { 1 // 0 } recover e { e.code }
