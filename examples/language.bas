#!/usr/bin/env bas
# %% Values and names
#| A line is a statement; `;` at its end hides what it gives. A name is bound by `=` and may be bound again, the
#| values themselves never change. Before you run a cell, say what it will print; every cell prints something.
photos = 3
rate = 5e-4
name = "toys"
ready = true
missing = none
print("{name}: {photos} photos at {rate:.1e}, ready: {ready}")  # in braces: code : format
print(r"raw {text} with \ as it is")
#> toys: 3 photos at 5.0e-04, ready: true
#> raw {text} with \ as it is
#>@ 1111841a7b72 Cooperlake 0.0 s

# %% Lists, ranges, records
sizes = [64, 128, 256]
assert sizes[0] == 64 and sizes[-1] == 256 and sizes[1:] == [128, 256]
assert [s // 8 for s in sizes if s > 64] == [16, 32]
assert list(1..4) == [1, 2, 3, 4] and list(0..<3) == [0, 1, 2]  # with and without the end
print([s // 8 for s in sizes if s > 64], sizes[-1], list(0..<3))
options = { steps: 400, lr: 5e-4 }
options = { ..options, steps: 100 }  # a new record with one field changed
assert options.steps == 100 and (options.seed ?? 7) == 7  # ?? : what to take where it is missing
print(options, options.seed ?? 7)
#> [16, 32] 256 [0, 1, 2]
#> {steps: 100, lr: 0.0005} 7
#>@ 6445abb4ab0c Cooperlake 0.0 s

# %% Taking apart
first, ..others = sizes
{ steps, lr } = options
assert first == 64 and others == [128, 256] and steps == 100
for place, size in enumerate(sizes) { print("{place}: {size:>4}") }
#> 0:   64
#> 1:  128
#> 2:  256
#>@ dd26056e8099 Cooperlake 0.0 s

# %% Functions
#| The last value is the result. After `*` parameters are given by name only; `##` is the function's help.
## The side of the latents of a picture.
fn latent_side(pixels, *, factor = 8) { pixels // factor }
assert latent_side(512) == 64 and latent_side(512, factor=16) == 32

fn counter(start) { fn(step) { start + step } }  # a value that sees the names around it
assert counter(10)(5) == 15
assert (sizes |> map(latent_side) |> sum) == 56  # x |> f(a) is f(x, a)
print(latent_side(512, factor=16), counter(10)(5), sizes |> map(latent_side))
#> 32 15 [8, 16, 32]
#>@ eea7f536ed76 Cooperlake 0.0 s

# %% Choices, loops
#| `if` and blocks are values as well.
kind = if photos > 1 { "several" } else { "one" }
total = 0
for i in 1..10 {
    if i % 2 == 0 { continue }
    total += i
}
while total > 20 { total -= 3 }
assert kind == "several" and total == 19
print(kind, total)
#> several 19
#>@ 78698de26a3f Cooperlake 0.0 s

# %% Mistakes
#| A message says what, where and what to do; `bas check` finds many without running. A program may expect one.
answer = try { int("four") } recover e { "{e.code}" }
print(answer)
assert len(sizes) == 3, "a reason, shown where it does not hold"
#> E0213
#>@ 89d1a8ccdf35 Cooperlake 0.0 s

# %% Tensors
#| Arrays of numbers, channels last: a picture is [1, H, W, 3], latents [1, h, w, C]. They broadcast as in NumPy;
#| `..` in brackets stands for all axes that are not named.
x = randn([2, 16, 16, 8], seed=1)
assert x[0].shape == [16, 16, 8] and x[.., 0].shape == [2, 16, 16] and x[:, ::2, ::2].shape == [2, 8, 8, 8]
normal = (x - mean(x, axis=[1, 2], keepdims=true)) / std(x)
assert abs(mean(normal)) < 1e-4
normal  # shows itself: shape, range, histogram, mean, spread
print(x[0].shape, x[.., 0].shape, x[:, ::2, ::2].shape)
#> tensor[2, 16, 16, 8] n=4096 (16.0 KiB) x∈[-3.532 |▁▁▂▅▇█▅▂▁▁| 3.438] μ=4.331e-09 σ=0.9977
#> [16, 16, 8] [2, 16, 16] [2, 8, 8, 8]
#>@ 26edf0a2f46a Cooperlake 0.0 s

# %% Chance
#| What draws takes `seed=`; a block can set it for all in it. The same seed draws the same numbers.
a = with seed(7) { randn([3]) }
b = with seed(7) { randn([3]) }
assert all(a == b)
print(a, with seed(8) { randn([3]) })
#> [-0.1299, 1.207, -0.6457] [0.5569, -1.998, 0.07704]
#>@ e8918f6b60ae Cooperlake 0.0 s

# %% Gradients
#| `grad` of what was computed from a leaf.
w = leaf(tensor([1, 2, 3]))
assert tolist(grad(sum(w ** 2), w)) == [2, 4, 6]
print(grad(sum(w ** 3), w))
#> [3.0, 12.0, 27.0]
#>@ b747d5d41130 Cooperlake 0.0 s

# %% Pictures, masks, models
#| A command such as `show` or `plot` needs no parentheses. Masks combine by | & ! and -.
photo = load_scene(name)
show photo
m = photo.masks
background = !(m[0] | m[1] | m[2])
print("background: {100 * background.area:.0f} % of the photo")
#| From here on: the lessons in `examples/lessons` take the method one idea at a time, with a question before each
#| experiment and an exercise; `bas run examples/step_by_step.bas` is the whole method at once, `examples/own_loss.bas`
#| changes it.
#> Scene "toys"  512×512  3 masks
#>   mask   area  cells of 16×16  overlap
#>   0     5.5 %              15  –
#>   1     7.7 %              20  –
#>   2     3.0 %               7  –
#>   ⚠ mask 2 is small: 7 of 256 cells carry the attention loss (3.0 % of the photo; the paper's things
#>     cover at least 15 %)
#> ![toys and each of its masks](language.out/7cf4ad73fe91.png)
#> background: 84 % of the photo
#>@ 0c3ec0a798c3 Cooperlake 0.0 s
