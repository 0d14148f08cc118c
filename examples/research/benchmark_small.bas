#!/usr/bin/env bas
# %% The paper's protocol, small
#| The paper's method, its four ablations and its three adapted baselines learn four pictures with two seeds each: two photos, and two drawn
#| scenes of things that the base model has never seen. Each draws every set of its handles in four places; the things in the pictures are
#| looked for, and judged by two encoders that do not know the model: one of prompts, one of identity. The results stand in the folder: the
#| program goes on where it was stopped.
base = load_model("collage")
fn named(name, words) { s = load_scene(name); scene(s.image, s.masks, names=words, title=name) }
photos = [named("toys", ["fish", "duck", "ball"]), named("mug_rose", ["mug", "rose"])]
drawn = [load_world(name).scene for name in ["cat_gift", "breakfast"]]
names = ["break_a_scene", "no_phase1", "no_masked_loss", "no_attention_loss", "single_concept", "ti_m", "db_m", "cd_m"]
methods = [{ name: name, method: name, steps: 100 } for name in names]
prompts = ["a photo of * at the beach", "a photo of * in the snow", "a photo of * on a wooden table", "a photo of * in the city"]
make_folder(".bas");
runs = benchmark(base, methods, photos + drawn, seeds=1..2, prompts=prompts, steps=20, sets=7, init=false,
                 prompts_by=load_evaluator("image_text"), identity_by=load_evaluator("identity"),
                 folder=".bas/benchmark_small", workers=2)

# %% The table
#| `prompt_similarity`: of a picture with its prompt, things' words in the handles' place. `place`: how often the surroundings are nearer to
#| those of the picture's own prompt than to another's; chance is .5. `identity_or_zero`: likeness of the things that were asked for, 0 for
#| one that is missing. `omission` and `concept_leakage` count what should not be; `attention_soft_iou` is of held-out prompts.
measures = ["prompt_similarity", "place", "identity_or_zero", "omission", "concept_leakage", "attention_soft_iou"]
means = summary(runs, by="method", columns=measures)
table(means, columns=["method", "n"] + measures)

# %% Differences from the paper's method, in pairs of the same picture and seed
#| Means and 95 % intervals by resampling the eight pairs (BCa).
for name in measures {
    pairs = bootstrap(runs, paired="method", against="break_a_scene", columns=[name], seed=1)
    show table(pairs, columns=["method", "n", name, "{name}_low", "{name}_high"])
}

# %% The Pareto figure
front = pareto(means, "prompt_similarity", "identity_or_zero", title="Methods by prompt and identity, with 95 % intervals",
               x_label="prompt similarity", y_label="identity of what was asked for, 0 where it is missing")
show front
