#!/usr/bin/env bas
# %% How much does the attention loss matter?
#| One run says little: seeds differ more than settings do. `sweep` runs a function for every combination of
#| settings, `summary` gives means with 95 % intervals over what is alike but for the seed. Ctrl-C keeps the runs that
#| are done; `sweep(…, done=result)` goes on.
steps = 100
photos = [load_scene(name) for name in ["mug_rose", "toys"]]
base   = load_model("collage")

fn measure(p) {
    model = phase1(base, p.scene, steps=steps, attention_weight=p.attention_weight, seed=p.seed)
    maps  = [attention(model, "a photo of {h}", token=h, image=p.scene) for h in model.handles]
    { iou: mean([iou(m, k) for m, k in zip(maps, p.scene.masks)]), leak: leakage(model, p.scene).worst_other }
}

result = sweep({ attention_weight: [0, 1e-3, 1e-2, 1e-1], scene: photos, seed: 1..2 }, measure)
result

# %% Means over scenes and seeds
#| 95 % intervals by Student's t; of so few runs they are wide.
means = summary(result, by="attention_weight")
means
plot means, x="attention_weight", y=["iou", "leak"], log_x=true
make_folder("out");
save_table(result, "out/attention_weight.csv")
