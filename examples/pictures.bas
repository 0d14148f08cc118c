#!/usr/bin/env bas
# %% A mug and a rose
#| The method on two photos, with pictures of 256 pixels: `collage256` is `collage` taught to draw larger ones. Its
#| preset pastes the things on empty places that the base model draws, so each step knows the whole picture.
base   = load_model("collage256")
places = ["at the beach", "in the snow", "on a wooden table", "at night"]
photo  = load_scene("mug_rose")
show photo
model = break_a_scene(base, photo, init=["dish", "flower"], seed=1)
mug, rose = model.handles
show generate(model, ["a photo of {mug}", "a photo of {rose}", "a photo of {mug} and {rose}"], seed=1)
show generate(model, ["a photo of {mug} and {rose} {place}" for place in places], seed=1), titles=places
beach = "a photo of {mug} and {rose} at the beach"
show attention(model, beach, image=generate(model, beach, seed=1))

# %% A bowl, a shell and a panda
photo = load_scene("bear")
show photo
model = break_a_scene(base, photo, init=["bowl", "shell", "bear"], seed=1)
bowl, shell, panda = model.handles
show generate(model, ["a photo of {h}" for h in model.handles] + ["a photo of {bowl} and {shell} and {panda}"], seed=1)
show generate(model, ["a photo of {panda} {place}" for place in places], seed=1), titles=places
show generate(model, ["a photo of {bowl} and {shell} and {panda} {place}" for place in places], seed=1), titles=places
