a = 3.14159
"pi {a:8.2f} {{x}} \u{41} {"in {a}"}"
r"raw \n"
"""
  many {a}
  lines
  """
