#!/usr/bin/env bas
# %% Variations of a scene's things
#| The same prompt with other seeds gives variations of the things (section 4.3): what belongs to a thing should
#| stay, what does not should change.
base  = load_model("collage")
photo = load_scene("mug_rose")
model = break_a_scene(base, photo, init=["dish", "flower"], steps=300, prior=4, seed=1)
mug, rose = model.handles
show photo.image
show generate(model, ["a photo of {mug}", "a photo of {mug} and {rose}"], n=4, seed=1)
#> image 128×128  bytes 0…255
#> ![image 128×128](variations.out/a219a5d0f25b.png)
#> ![8 × 128×128 px, 30 steps of ddim, guidance 3.0, seeds 1, 2, 3, 4, 1, 2, 3, 4](variations.out/6d700d567607.png)
#>@ 463eb0643d9d Cooperlake 37 s

# %% What to look for
#| **Does the thing stay?** The mug is white and has its outline in every picture, but it has lost its handle, and the
#| rose is a red lump: the model that ships draws no details. One picture of the mug alone has a second cup.
#|
#| **Does the rest change?** The boards get other colours and other places. That is all: mug and rose stand where they
#| stood in the photo, as large and in the same pose. The paper names this as a limit of the method ("pose
#| fixation"), and with a single photo the small model has nothing else to go by. Other places in the prompt change
#| more than other seeds do:
show generate(model, ["a photo of {mug} {where}" for where in ["at the beach", "in the snow", "in the forest"]], seed=1)
#> ![3 × 128×128 px, 30 steps of ddim, guidance 3.0, seed 1](variations.out/c5e294bb6884.png)
#>@ b05cf124401e Cooperlake 1.2 s
