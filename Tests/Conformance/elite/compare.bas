#!/usr/bin/env bas
#| ELITE beside the paper's method and its baselines, on photos and drawn scenes of things that neither the model nor the encoders have seen.
#| `elite, words` is the global mapping network alone. FOLDER keeps the jobs: the program goes on where it was stopped.
base = load_model("collage")
fn named(name, words) { s = load_scene(name); scene(s.image, s.masks, names=words, title=name) }
photos = [named("toys", ["fish", "duck", "ball"]), named("mug_rose", ["mug", "rose"]), named("penguin_hat", ["penguin", "hat"])]
drawn = [load_world(name).scene for name in ["cat_gift", "breakfast", "woman_suitcase"]]
trained = [{ name: name, method: name, steps: 100 } for name in ["break_a_scene", "ti_m"]]
methods = [{ name: "elite", method: "elite" }, ..trained, { name: "elite, words", method: "elite", local: 0 }]
prompts = ["a photo of * at the beach", "a photo of * on a wooden table"]
make_folder(".bas");
runs = benchmark(
    base, methods, photos + drawn, seeds=1..2, prompts=prompts, steps=20, sets=7, init=false,
    prompts_by=load_evaluator("image_text"), identity_by=load_evaluator("identity"), folder=".bas/elite",
)
columns = ["prompt_similarity", "place", "identity", "identity_or_zero", "omission"]
show table(summary(runs, by="method", columns=columns))
for name in columns {
    pairs = bootstrap(runs, paired="method", against="elite", columns=[name], seed=1)
    show table(pairs, columns=["method", "n", name, "{name}_low", "{name}_high"])
}
