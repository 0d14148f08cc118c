#!/usr/bin/env bas
# %% The paper's protocol, small
#| Five ways to learn handles, on four photos with two seeds each: the paper's method, three of its ablations, and the handles alone.
#| Each draws every set of its handles in four places; the things in the pictures are looked for, and their surroundings compared with
#| those that the base model draws of the same places. The results stand in the folder, so that the program goes on where it was stopped.
base = load_model("collage")
scenes = [load_scene(name) for name in ["toys", "mug_rose", "penguin_hat", "mug_cow_sombrero"]]
settings = {steps: 120}
methods = [
    {name: "ours", ..settings},
    {name: "no attention loss", attention_weight: 0, ..settings},
    {name: "no masked loss", masked: false, ..settings},
    {name: "single concept", sampling: "single", ..settings},
    {name: "phase 1 only", phase1: {steps: 240}},
    {name: "no phase 1", phase2: {steps: 240}},
]
prompts = ["a photo of * at the beach", "a photo of * in the snow", "a photo of * on a wooden table", "a photo of * in the city"]
runs = benchmark(base, methods, scenes, seeds=1..2, prompts=prompts, steps=20, sets=7, init=false, folder=".bas/benchmark_small", workers=2)

# %% The table
measures = ["place", "identity", "present", "others", "doubled", "iou"]
means = summary(runs, by="method", columns=measures)
show means

# %% Differences from the paper's method, in pairs of the same photo and seed
show summary(runs, paired="method", against="ours", columns=measures)

# %% The Pareto figure
front = pareto(means, "place", "identity", title="Methods by prompt and identity, with 95 % intervals",
    x_label="place: surroundings as the prompt says", y_label="identity: likeness of what was asked for")
show front
