x = 0
while x < 3 { x += 1; if x == 2 { continue } }
for a, b in zip([1, 2], "ab") { print(a, b) }
[i ** 2 for i in 1..5 if i % 2 == 1]
