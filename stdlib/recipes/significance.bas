#!/usr/bin/env bas
# %% Is the difference real?
#| Seeds and photos differ more than settings do. Run both settings on the same ones, and look at the differences
#| within each pair: where their 95 % interval does not hold 0, chance would do that in one of twenty experiments.
#| Found by: significance, significant, difference, differences, paired, compare, test, interval, confidence, chance
steps = 100
base  = load_model("collage")
fn measure(p) {
    photo = load_scene(p.scene)
    model = phase1(base, photo, steps=steps, attention_weight=p.attention_weight, seed=p.seed)
    found = leakage(model, photo)
    { iou: mean(found.iou), own: found.own }
}

# %% Every run is kept in the file: kill it, and the same call goes on.
settings = { scene: ["mug_rose", "toys"], attention_weight: [0, 1e-2], seed: 1..3 }
runs     = sweep(settings, measure, file="significance.jsonl")
summary(runs, by="attention_weight")

# %% Differences between runs that are alike in scene and seed
differences = summary(runs, paired="attention_weight", against=0)
differences
first = differences[0]
if first.iou_low > 0 or first.iou_high < 0 {
    print("chance alone seldom gives the difference of {first.iou:.3f} in {first.n} pairs")
} else {
    print("{first.n} pairs do not tell the difference of {first.iou:.3f} from chance")
}
