#!/usr/bin/env bas
# %% A mug and a rose
#| The method on two photos, with pictures of 256 pixels: `collage256` is `collage` taught to draw larger ones. It has
#| the same words and settings; a step costs four times as much.
steps  = 400
base   = load_model("collage256")
places = ["at the beach", "in the snow", "on a wooden table", "at night"]
photo  = load_scene("mug_rose")
show photo
model = break_a_scene(base, photo, init=["dish", "flower"], steps=steps, seed=1)
show leakage(model, photo)
mug, rose = model.handles
show generate(model, ["a photo of {mug}", "a photo of {rose}", "a photo of {mug} and {rose}"], seed=1)
show generate(model, ["a photo of {mug} and {rose} {place}" for place in places], seed=1), titles=places

# %% Three toys
photo = load_scene("toys")
show photo
model = break_a_scene(base, photo, init=["fish", "duck", "ball"], steps=steps, seed=1)
show leakage(model, photo)
blue, red, ball = model.handles
show generate(model, ["a photo of {h}" for h in model.handles] + ["a photo of {blue} and {red} and {ball}"], seed=1)
show generate(model, ["a photo of {blue} {place}" for place in places], seed=1), titles=places
show generate(model, ["a photo of {blue} and {red} {place}" for place in places], seed=1), titles=places
