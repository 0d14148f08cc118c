#!/usr/bin/env bas
# %% The paper's protocol, small
#| The paper's method, its four ablations and its three adapted baselines learn four pictures with two seeds each: two photos, and two drawn
#| scenes of things that the base model has never seen. Each draws every set of its handles in four places; the things in the pictures are
#| looked for, and their surroundings compared with those that the base model draws of the same places. The results stand in the folder:
#| the program goes on where it was stopped.
base = load_model("collage")
photos = [load_scene(name) for name in ["toys", "mug_rose"]]
drawn = [load_world(name).scene for name in ["cat_gift", "breakfast"]]
names = ["break_a_scene", "no_phase1", "no_masked_loss", "no_attention_loss", "single_concept", "ti_m", "db_m", "cd_m"]
methods = [{ name: name, method: name, steps: 100 } for name in names]
prompts = ["a photo of * at the beach", "a photo of * in the snow", "a photo of * on a wooden table", "a photo of * in the city"]
make_folder(".bas");
runs = benchmark(base, methods, photos + drawn, seeds=1..2, prompts=prompts, steps=20, sets=7, init=false,
                 folder=".bas/benchmark_small", workers=2)

# %% The table
#| `place`: how often the surroundings are nearer to those of the picture's own prompt; chance is .5. `identity_or_zero`: likeness of the
#| things that were asked for, 0 for one that is missing. `omission`, `concept_leakage` and `duplication` count what should not be.
measures = ["place", "identity_or_zero", "omission", "concept_leakage", "duplication", "attention_soft_iou"]
means = summary(runs, by="method", columns=measures)
show means

# %% Differences from the paper's method, in pairs of the same picture and seed
show summary(runs, paired="method", against="break_a_scene", columns=measures)

# %% The Pareto figure
front = pareto(means, "place", "identity_or_zero", title="Methods by prompt and identity, with 95 % intervals",
               x_label="place: surroundings as the prompt says", y_label="identity: likeness of what was asked for")
show front
