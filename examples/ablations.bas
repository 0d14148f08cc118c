#!/usr/bin/env bas
# %% What each part of the method is for
#| The paper takes four parts away, one at a time. So do we, on the same photo, seeds and steps. (A thorough
#| answer wants 400 steps and several seeds; this is a first look.)
steps = 100
base  = load_model("collage")
photo = load_scene("mug_rose")
words = ["dish", "flower"]

fn run(name, shared = {}, first_steps = steps) {
    first  = phase1(base, photo, init=words, steps=first_steps, prior=4, seed=1, ..shared)
    second = phase2(first, photo, steps=steps, prior=4, seed=1, ..shared)
    mug, rose = second.handles
    maps   = [attention(second, "a photo of {h}", token=h, image=photo) for h in second.handles]
    {
        name: name, iou: mean([iou(m, k) for m, k in zip(maps, photo.masks)]), leak: leakage(second, photo).worst_other,
        picture: generate(second, "a photo of {mug} and {rose} at the beach", seed=7),
    }
}

# %% Five runs
rows = [
    run("all parts"),
    run("no phase one",        first_steps=0),
    run("no masked loss",      { masked: false }),
    run("no attention loss",   { attention_weight: 0 }),
    run("one thing at a time", { sampling: "single" }),
]
show table(rows, columns=["name", "iou", "leak"])
show bars(rows, x="name", y=["iou", "leak"])
show grid([r.picture for r in rows], titles=[r.name for r in rows], columns=5)

# %% The attention loss is what makes handles look at their own things
assert rows[0].iou > rows[3].iou or steps < 50
