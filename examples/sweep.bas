#!/usr/bin/env bas
# %% How much does the attention loss matter?
#| One run says little: seeds differ more than settings do. `sweep` runs a function for every combination of
#| settings, `summary` gives means with 95 % intervals over what is alike but for the seed. Ctrl-C keeps the runs that
#| are done; `sweep(…, done=result)` goes on.
steps = 100
photos = [load_scene(name) for name in ["mug_rose", "penguin_hat"]]
base   = load_model("collage")

fn measure(p) {
    model = phase1(base, p.scene, steps=steps, attention_weight=p.attention_weight, seed=p.seed)
    maps  = [attention(model, "a photo of {h}", token=h, image=p.scene) for h in model.handles]
    { iou: mean([iou(m, k) for m, k in zip(maps, p.scene.masks)]), leak: leakage(model, p.scene).worst_other }
}

result = sweep({ attention_weight: [0, 1e-3, 1e-2, 1e-1], scene: photos, seed: 1..2 }, measure)
result
#> attention_weight  scene        seed     iou     leak
#>                0  mug_rose        1  0.2690  0.11872
#>                0  mug_rose        2  0.2063  0.35329
#>                0  penguin_hat     1  0.1830  0.13678
#>                0  penguin_hat     2  0.1582  0.21068
#>            0.001  mug_rose        1  0.2775  0.11272
#>            0.001  mug_rose        2  0.2760  0.19469
#>            0.001  penguin_hat     1  0.1279  0.11633
#>            0.001  penguin_hat     2  0.1548  0.16380
#>            0.010  mug_rose        1  0.2871  0.09294
#>            0.010  mug_rose        2  0.3111  0.10150
#>            0.010  penguin_hat     1  0.1430  0.12032
#>            0.010  penguin_hat     2  0.2605  0.06607
#>            0.100  mug_rose        1  0.3305  0.08821
#>            0.100  mug_rose        2  0.3686  0.12080
#>            0.100  penguin_hat     1  0.2000  0.13123
#>            0.100  penguin_hat     2  0.3135  0.05364
#>@ - Cooperlake 50 s

# %% Means over scenes and seeds
#| 95 % intervals by Student's t; of so few runs they are wide.
means = summary(result, by="attention_weight")
means
plot means, x="attention_weight", y=["iou", "leak"], log_x=true
make_folder("out");
save_table(result, "out/attention_weight.csv")
#| The maps get tighter and leak less as the weight grows. With four runs each the intervals still overlap.
#> attention_weight  n     iou  iou_low  iou_high     leak  leak_low  leak_high
#>                0  4  0.2041  0.12856    0.2797  0.20487   0.03519     0.3745
#>            0.001  4  0.2091  0.08342    0.3347  0.14688   0.08410     0.2097
#>            0.010  4  0.2504  0.13184    0.3690  0.09521   0.05935     0.1311
#>            0.100  4  0.3032  0.18779    0.4185  0.09847   0.04269     0.1542
#> ![figure: attention_weight (iou, leak)](sweep.out/e47b0c58e8b6.png)
#> "out/attention_weight.csv"
#>@ - Cooperlake 0.0 s
