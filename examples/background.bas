#!/usr/bin/env bas
# %% The background as a handle
#| What no mask covers can be learned as well (section 4.3): a handle for the place, to put other things there.
base  = load_model("collage")
photo = add_background(load_scene("toys"), name="place")
model = break_a_scene(base, photo, init=["fish", "duck", "ball", "wall"], steps=300, prior=4, seed=1)
blue, red, ball, place = model.handles
show [resize(photo.image, [128, 128]), resize(overlay(photo.image, photo.masks[3]), [128, 128])]

# %% Things at this place
prompts = [
    "a photo of {place}", "a photo of {blue} at {place}",
    "a photo of a dog at {place}", "a photo of {blue} at the beach",
]
show generate(model, prompts, n=2, seed=1)
