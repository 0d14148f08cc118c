#!/usr/bin/env bas
# %% The scene
#| A photo, and one loose mask per thing in it. From this alone the model will learn a handle for each thing.
steps = 400
photo = load_scene("toys")
show photo
base = load_model("collage")
#> Scene "toys"  512×512  3 masks
#>   mask   area  cells of 16×16  overlap
#>   0     5.5 %              15  –
#>   1     7.7 %              20  –
#>   2     3.0 %               7  –
#>   ⚠ mask 2 is small: 7 of 256 cells carry the attention loss (3.0 % of the photo; the paper's things
#>     cover at least 15 %)
#> ![toys and each of its masks](break_a_scene.out/7cf4ad73fe91.png)
#>@ 61fcacec95e0 Cooperlake 0.2 s

# %% Phase one: only the handles move
#| Each handle is one new row of the token table. Everything else stays; so nothing of what the model knows is lost.
first = phase1(base, photo, init=["fish", "duck", "ball"], steps=steps, seed=1)
show first.history
#> Phase one: only the handles move:1:22: warning[E0515]: mask 2 is small: 8 of 256 cells carry the attention loss (3.0 % of the photo; the paper's things cover at least 15 %)
#>   |
#> 1 | first = phase1(base, photo, init=["fish", "duck", "ball"], steps=steps, seed=1)
#>   |                      ^^^^^
#> phase 1  400 steps
#>   reconstruction  ▂▃▆▄▃▃▅▂▄▃▅▅▁▄█▂▁▁▃▃▃▇▄▃▅▄▁▄▆▅▃▂▄▅▄▇▂▃▄▃▂▆▃▆▃▃▄▄▃▂▃▂▃▁▃▂▂▄▄▁  0.0250 → 0.0194
#>   prior           ▃▂▂▃▃▃▄▂█▂▃▄▃▄▂▄▂▃▂▆▂▄▅▂▃▄▂▅▃▃▂▂▂▂▂▂▃▂▃▄▂▂▃▄▃▄▂▄▂▄▃▂▄▂█▅▁▂▃▁  0.0498 → 0.0634
#>   attention       █▅▄▄▄▄▄▂▃▂▄▃▄▂▃▃▂▂▃▂▃▂▂▃▃▂▂▃▃▃▃▂▃▂▂▃▂▂▂▂▂▃▂▂▃▂▁▂▂▁▂▂▂▃▂▁▂▂▂▁  0.1779 → 0.0767
#>   gradient norm   █▄▃▂▂▂▁▁▃▂▂▂▂▂▃▂▂▂▁▁▂▂▂▁▂▁▁▂▂▂▁▁▅▃▂▂▁▂▁▂▂▃▁▁▂▁▁▁▃▁▂▁▁▂▁▁▁▁▁▁  0.0389 → 0.0104
#> ![figure: loss over step (reconstruction, prior, attention)](break_a_scene.out/30ed63933dad.png)
#>@ 1572f9fde8de Cooperlake 31 s

# %% Phase two: the whole model moves a little
second = phase2(first, photo, steps=steps, seed=1)
plot second.history
blue, red, ball = second.handles
#> Phase two: the whole model moves a little:1:24: warning[E0515]: mask 2 is small: 8 of 256 cells carry the attention loss (3.0 % of the photo; the paper's things cover at least 15 %)
#>   |
#> 1 | second = phase2(first, photo, steps=steps, seed=1)
#>   |                        ^^^^^
#> ![figure: loss over step (reconstruction, prior, attention)](break_a_scene.out/4d396f7f692f.png)
#>@ 17c001592b8a Cooperlake 69 s

# %% Where does it look?
#| Each handle's attention over the noised photo, and where its mass goes: in its own mask, in another's, in none.
show attention(second, "a photo of {blue} and {red} and {ball}", image=photo)
separation = leakage(second, photo)
show separation
#> attention [3, 16, 16] (token, height, width)
#>   <asset0>, <asset1>, <asset2> in "a photo of <asset0> and <asset1> and <asset2>"
#>   peak at row 8, column 13, mean of 3 layers, timesteps 100 300 500 700 900
#> ![attention of <asset0>, <asset1>, <asset2>](break_a_scene.out/c6503a4b3c11.png)
#> leakage of <asset0> <asset1> <asset2> of toys
#>             mask 0    mask 1    mask 2  background  mean IoU  IoU of mean  attention
#> <asset0>   .86 13×  .02 0.2×  .02 0.6×    .11 0.1×       .80          .82       4.9×
#> <asset1>  .00 0.1×   .91 12×  .00 0.2×    .08 0.1×       .90          .91       5.2×
#> <asset2>  .04 0.6×  .02 0.3×   .81 27×    .13 0.2×       .71          .71       3.1×
#> chance    .06 1.0×  .08 1.0×  .03 1.0×    .83 1.0×
#> A row is where a handle's attention goes, in shares of its mass, ×: as a multiple of chance, which
#> is the mask's area. attention: the token's probability inside its own mask, × what every token has
#> where it is spread evenly.
#> <asset0>: 86 % in its own mask, 85 % of the way from chance (80 % or more): kept apart on this
#> photo.
#> <asset1>: 91 % in its own mask, 91 % of the way from chance (80 % or more): kept apart on this
#> photo.
#> <asset2>: 81 % in its own mask, 80 % of the way from chance (80 % or more): kept apart on this
#> photo.
#> Looked at: the training photo, "a photo of *", 1 noise at 5 timesteps. Not measured: the pictures
#> that the handles draw (inspect_pictures), other prompts, orders and noises (prompts=, orders=,
#> flips=, noises=).
#> ![where <asset0>, <asset1>, <asset2> look](break_a_scene.out/8fc64cd04c4d.png)
#>@ f4441922d05f Cooperlake 0.2 s

# %% Each thing alone, then together
show generate(second, ["a photo of {h}" for h in second.handles], seed=1), titles=["{h}" for h in second.handles]
show generate(second, "a photo of {blue} and {red} and {ball}", n=4, seed=1)
#> ![3 × 128×128 px, 30 steps of ddim, guidance 3.0, seed 1](break_a_scene.out/1ab652744ab9.png)
#> ![a photo of <asset0> and <asset1> and <asset2>   4 × 128×128 px, 30 steps of ddim, guidance 3.0, seeds 1–4](break_a_scene.out/93c33acb7720.png)
#>@ 55e41f69d48b Cooperlake 3.2 s

# %% In new scenes
places = ["at the beach", "in the snow", "on a wooden table", "at night"]
show generate(second, ["a photo of {blue} {place}" for place in places], seed=1), titles=places
show generate(second, ["a photo of {blue} and {red} {place}" for place in places], seed=1), titles=places
#> ![4 × 128×128 px, 30 steps of ddim, guidance 3.0, seed 1](break_a_scene.out/9e7c968de20b.png)
#> ![4 × 128×128 px, 30 steps of ddim, guidance 3.0, seed 1](break_a_scene.out/deb459042b52.png)
#>@ 2bb783d258c1 Cooperlake 3.8 s

# %% Did each handle stay with its own thing?
for handle, share, own in zip(second.handles, separation.shares, separation.iou) {
    print("{handle}: soft IoU {own:.2f}")
}
assert separation.worst_other < 0.5, "a handle looks at another handle's thing"
#> <asset0>: soft IoU 0.80
#> <asset1>: soft IoU 0.90
#> <asset2>: soft IoU 0.71
#>@ c6bd69af76ff Cooperlake 0.0 s

# %% A simpler scene, in one command
#| Two larger things, with the settings as they are: both phases at once.
picture = load_scene("mug_rose")
model = break_a_scene(base, picture, init=["dish", "flower"], steps=steps, seed=1)
mug, rose = model.handles
show leakage(model, picture)
prompts = ["a photo of {mug}", "a photo of {rose}", "a photo of {mug} and {rose}"]
        + ["a photo of {mug} and {rose} {place}" for place in places]
show [picture.image] + generate(model, prompts, seed=1), columns=4
#> leakage of <asset0> <asset1> of mug_rose
#>             mask 0    mask 1  background  mean IoU  IoU of mean  attention
#> <asset0>  .92 6.2×  .01 0.1×    .07 0.1×       .89          .89       5.3×
#> <asset1>  .01 0.1×  .93 7.9×    .07 0.1×       .87          .87        11×
#> chance    .15 1.0×  .12 1.0×    .73 1.0×
#> A row is where a handle's attention goes, in shares of its mass, ×: as a multiple of chance, which
#> is the mask's area. attention: the token's probability inside its own mask, × what every token has
#> where it is spread evenly.
#> <asset0>: 92 % in its own mask, 91 % of the way from chance (80 % or more): kept apart on this
#> photo.
#> <asset1>: 93 % in its own mask, 92 % of the way from chance (80 % or more): kept apart on this
#> photo.
#> Looked at: the training photo, "a photo of *", 1 noise at 5 timesteps. Not measured: the pictures
#> that the handles draw (inspect_pictures), other prompts, orders and noises (prompts=, orders=,
#> flips=, noises=).
#> ![where <asset0>, <asset1> look](break_a_scene.out/b2d49dfd34b1.png)
#> ![8 pictures](break_a_scene.out/6c9538b72d7a.png)
#>@ d062914eaef0 Cooperlake 69 s
