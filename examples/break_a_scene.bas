#!/usr/bin/env bas
# %% The scene
#| A photo, and one loose mask per thing in it. From this alone the model will learn a handle for each thing.
steps = 400
photo = load_scene("toys")
show photo
base = load_model("collage")

# %% Phase one: only the handles move
#| Each handle is one new row of the token table. Everything else stays; so nothing of what the model knows is lost.
first = phase1(base, photo, init=["fish", "duck", "ball"], steps=steps, seed=1)
show first.history

# %% Phase two: the whole model moves a little
second = phase2(first, photo, steps=steps, seed=1)
plot second.history
blue, red, ball = second.handles

# %% Where does it look?
#| Each handle's attention over the noised photo, and where its mass goes: in its own mask, in another's, in none.
show attention(second, "a photo of {blue} and {red} and {ball}", image=photo)
separation = leakage(second, photo)
show separation

# %% Each thing alone, then together
show generate(second, ["a photo of {h}" for h in second.handles], seed=1), titles=["{h}" for h in second.handles]
show generate(second, "a photo of {blue} and {red} and {ball}", n=4, seed=1)

# %% In new scenes
places = ["at the beach", "in the snow", "on a wooden table", "at night"]
show generate(second, ["a photo of {blue} {place}" for place in places], seed=1), titles=places
show generate(second, ["a photo of {blue} and {red} {place}" for place in places], seed=1), titles=places

# %% Did each handle stay with its own thing?
for handle, share, own in zip(second.handles, separation.shares, separation.iou) {
    print("{handle}: soft IoU {own:.2f}")
}
assert separation.worst_other < 0.5, "a handle looks at another handle's thing"

# %% A simpler scene, in one command
#| Two larger things, with the settings as they are: both phases at once.
picture = load_scene("mug_rose")
model = break_a_scene(base, picture, init=["dish", "flower"], steps=steps, seed=1)
mug, rose = model.handles
show leakage(model, picture)
prompts = ["a photo of {mug}", "a photo of {rose}", "a photo of {mug} and {rose}"]
        + ["a photo of {mug} and {rose} {place}" for place in places]
show [picture.image] + generate(model, prompts, seed=1), columns=4
