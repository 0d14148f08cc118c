#!/usr/bin/env bas
# %% The background as a handle of its own
#| What no mask covers is a mask too. As one more thing it gets a handle, which may be left out or put behind others.
#| Found by: background, backdrop, place, setting, surroundings, complement, rest
steps = 400
photo  = load_scene("mug_rose")
rest   = complement(union(photo.masks))
things = scene(photo.image, [..photo.masks, rest], names=["mug", "rose", "background"])
show things

model = phase1(load_model("collage"), things, steps=steps, seed=1)
leakage(model, things)
mug, rose, place = model.handles
prompts = ["a photo of {mug} in the snow", "a photo of a dog, {place}", "a photo of {rose}, {place}"]
show [generate(model, p, n=3, seed=1) for p in prompts], rows=["without it", "behind a dog", "behind the rose"]
