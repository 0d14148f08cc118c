#!/usr/bin/env bas
# %% The method beside the paper's baselines
#| Section 4.1 of the paper compares with three methods for many pictures of one thing. They are adapted to one photo:
#| each step shows a random set of the things where they stand, on a solid background. `train` runs a method by its
#| name, so scene, seed and number of steps are the same. (This is a first look: one seed, few steps.)
steps   = 100
base    = load_model("collage")
photo   = load_scene("mug_rose")
methods = ["break_a_scene", "ti_m", "db_m", "cd_m"]
models  = [train(base, photo, name, init=["dish", "flower"], steps=steps, seed=1) for name in methods]
#>@ 07cb3250a626 Cooperlake 150 s

# %% The mug alone, the rose alone, and both, in a place that no training named
#| Look at each row: is the thing there, is it the photo's, is it alone, and is this a desert? Textual inversion
#| (`ti_m`) and Custom Diffusion (`cd_m`) keep the desert and lose the things; DreamBooth (`db_m`) keeps the mug, and
#| its rose alone is a grey mass. The paper finds the same order: TI-m and CD-m best at the prompt, DB-m at the thing.
fn drawn(model) {
    mug, rose = model.handles
    generate(model, ["a photo of {x} in the desert" for x in [str(mug), str(rose), "{mug} and {rose}"]], seed=7)
}
pictures = [drawn(m) for m in models]
titles   = [[n, "", ""] for n in methods]
show grid([p for row in pictures for p in row], titles=[t for row in titles for t in row], columns=3)
#> ![12 pictures: break_a_scene, , , ti_m, , , db_m, , …](baselines.out/44a5b3929650.png)
#>@ e8568d30541d Cooperlake 13 s
