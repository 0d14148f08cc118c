#!/usr/bin/env bas
# %% The background as a handle
#| What no mask covers can be learned as well (section 4.3): a handle for the place, to put other things there.
base  = load_model("collage")
photo = add_background(load_scene("toys"), name="place")
model = break_a_scene(base, photo, init=["fish", "duck", "ball", "wall"], steps=300, prior=4, seed=1)
blue, red, ball, place = model.handles
show [resize(photo.image, [128, 128]), resize(overlay(photo.image, photo.masks[3]), [128, 128])]
#> The background as a handle:3:29: warning[E0515]: mask 2 is small: 8 of 256 cells carry the attention loss (3.0 % of the photo; the paper's things cover at least 15 %)
#>   |
#> 3 | model = break_a_scene(base, photo, init=["fish", "duck", "ball", "wall"], steps=300, prior=4, seed=1)
#>   |                             ^^^^^
#> ![2 pictures](background.out/a275b80e8433.png)
#>@ 9c15e212d236 Cooperlake 36 s

# %% Things at this place
prompts = [
    "a photo of {place}", "a photo of {blue} at {place}",
    "a photo of a dog at {place}", "a photo of {blue} at the beach",
]
show generate(model, prompts, n=2, seed=1)
#> ![8 × 128×128 px, 30 steps of ddim, guidance 3.0, seeds 1, 2, 1, 2, 1, 2, 1, 2](background.out/4de59e1997d8.png)
#>@ c76e3ba52084 Cooperlake 3.1 s

# %% What to look for
#| **Is it the place?** With one seed `{place}` is the pale floor and the dark corner of the photo, with the toys on it:
#| their masks are loose, and what they leave uncovered belongs to the place. With the other seed it is boards, which
#| the base model knows better. The dog stands on the photo's floor, and no toy is with it.
#|
#| **Does `{blue}` come alone?** Here and at the beach, with one seed of two it brings the other toys along.
