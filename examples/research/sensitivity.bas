#!/usr/bin/env bas
# %% How flat is the optimum?
#| The paper gives its rates, its steps and the weight of the attention loss without a search; none of them is in its
#| ablations. Here each is changed alone: the rates and the steps by a factor of two or three to either side, the
#| weight by ten. Two photos, two seeds; the preset is `collage` with 60 steps a phase instead of 400.
base    = load_model("collage")
photos  = [load_scene("mug_rose"), load_scene("penguin_hat")]
words   = { mug_rose: ["dish", "flower"], penguin_hat: ["bird", "hat"] }
prompts = ["a photo of * in the desert", "a photo of * on a tiled floor"]      # of no training
changes = {
    preset: {}, handles_third: { lr1: 1 / 3 }, handles_threefold: { lr1: 3 }, model_third: { lr2: 1 / 3 },
    model_threefold: { lr2: 3 }, weight_tenth: { weight: 0.01 }, weight_tenfold: { weight: 1 },
    steps_half: { steps: 30 }, steps_double: { steps: 120 },
}

fn learn(base, photo, words, change, seed) {
    shared = { steps: change.steps ?? 60, attention_weight: change.weight ?? 0.1, prior: 4, seed: seed }
    first  = phase1(base, photo, init=words, lr=5e-3 * (change.lr1 ?? 1), ..shared)
    phase2(first, photo, lr=3e-4 * (change.lr2 ?? 1), ..shared)
}

fn measure(p) {
    model  = learn(base, p.photo, words[p.photo.title], changes[p.change], p.seed)
    found  = inspect_pictures(model, p.photo, prompts=prompts, n=2, steps=20, seed=7)
    scores = score_pictures(found, model, p.photo, identity_by=load_evaluator("appearance")).rows
    fn of(name) { [r.mean for r in scores if r.metric == name and r.handle == "all"][0] }
    drift  = base_drift(model, base, prompts=["a photo of a bird", "a photo in the forest"], steps=10)
    {
        identity: of("identity_or_zero"), omission: of("omission"), leakage: of("concept_leakage"),
        iou: attention_scores(model, p.photo, by="conditions", timesteps=[100, 500, 900]).soft_iou[1],
        drift: mean(drift.relative),
    }
}
#>@ 61af253b2ddb Haswell 0.0 s

# %% Means
#| `identity`: likeness of what was asked for by colours and edges, 0 where it is missing. `iou`: soft IoU of map and
#| mask with held-out prompts. `drift`: how far pictures without handles moved, in differences between two seeds.
make_folder(".bas");
measures = ["identity", "omission", "leakage", "iou", "drift"]
runs     = sweep({ change: keys(changes), photo: photos, seed: 1..2 }, measure, folder=".bas/sensitivity", workers=2)
means    = summary(runs, by="change", columns=measures)
show table(means, columns=["change", "n", ..measures])
#> change             n  identity  omission  leakage     iou   drift
#> preset             4    0.7261   0.12500  0.09375  0.5380  1.2995
#> handles_third      4    0.7230   0.12500  0.06250  0.5233  1.3891
#> handles_threefold  4    0.8301   0.01562  0.00000  0.5290  0.9754
#> model_third        4    0.7061   0.10938  0.06250  0.4354  0.6879
#> model_threefold    4    0.4246   0.48438  0.18750  0.5565  1.2890
#> weight_tenth       4    0.6470   0.23438  0.03125  0.3612  0.9518
#> weight_tenfold     4    0.8062   0.03125  0.15625  0.7239  1.1944
#> steps_half         4    0.5611   0.29688  0.09375  0.4480  0.9391
#> steps_double       4    0.8498   0.00000  0.03125  0.6006  1.1536
#>@ - Haswell 0.0 s

# %% Differences from the preset
#| Each run against the preset's with the same photo and seed; 95 % intervals by Student's t of four pairs. What holds
#| 0 is no difference that these runs can show.
differences = summary(runs, paired="change", against="preset", columns=measures)
for name in measures {
    show table(differences, columns=["change", "n", name, "{name}_low", "{name}_high"])
    told = [d.change for d in differences.rows if d["{name}_low"] > 0 or d["{name}_high"] < 0]
    print("told from the preset: {if len(told) == 0 { "none" } else { join(told, ", ") }}")
}
show bars(means, x="change", y="identity", y_label="identity, 0 where missing", size=[300, 1000])
#> change             n   identity  identity_low  identity_high
#> handles_third      4  -0.003104     -0.276103         0.2699
#> handles_threefold  4   0.104005     -0.002177         0.2102
#> model_third        4  -0.019975     -0.187038         0.1471
#> model_threefold    4  -0.301452     -0.496422        -0.1065
#> weight_tenth       4  -0.079055     -0.461980         0.3039
#> weight_tenfold     4   0.080156     -0.075873         0.2362
#> steps_half         4  -0.164946     -0.494868         0.1650
#> steps_double       4   0.123712      0.003937         0.2435
#> told from the preset: model_threefold, steps_double
#> change             n  omission  omission_low  omission_high
#> handles_third      4   0.00000       -0.3348        0.33476
#> handles_threefold  4  -0.10938       -0.2585        0.03978
#> model_third        4  -0.01562       -0.2361        0.20486
#> model_threefold    4   0.35938        0.1711        0.54761
#> weight_tenth       4   0.10938       -0.3870        0.60573
#> weight_tenfold     4  -0.09375       -0.3007        0.11325
#> steps_half         4   0.17188       -0.2606        0.60436
#> steps_double       4  -0.12500       -0.2656        0.01563
#> told from the preset: model_threefold
#> change             n   leakage  leakage_low  leakage_high
#> handles_third      4  -0.03125      -0.3296       0.26706
#> handles_threefold  4  -0.09375      -0.2842       0.09666
#> model_third        4  -0.03125      -0.1307       0.06819
#> model_threefold    4   0.09375      -0.3472       0.53473
#> weight_tenth       4  -0.06250      -0.1773       0.05232
#> weight_tenfold     4   0.06250      -0.2820       0.40696
#> steps_half         4   0.00000      -0.1624       0.16238
#> steps_double       4  -0.06250      -0.2614       0.13637
#> told from the preset: none
#> change             n        iou   iou_low  iou_high
#> handles_third      4  -0.014626  -0.06791   0.03865
#> handles_threefold  4  -0.008914  -0.04811   0.03028
#> model_third        4  -0.102563  -0.13551  -0.06961
#> model_threefold    4   0.018486  -0.03087   0.06784
#> weight_tenth       4  -0.176758  -0.23734  -0.11618
#> weight_tenfold     4   0.185981   0.11939   0.25257
#> steps_half         4  -0.089994  -0.16632  -0.01367
#> steps_double       4   0.062682  -0.01381   0.13917
#> told from the preset: model_third, weight_tenth, weight_tenfold, steps_half
#> change             n     drift  drift_low  drift_high
#> handles_third      4   0.08960   -0.03078     0.20998
#> handles_threefold  4  -0.32406   -1.14974     0.50162
#> model_third        4  -0.61153   -1.18454    -0.03852
#> model_threefold    4  -0.01048   -0.72637     0.70541
#> weight_tenth       4  -0.34767   -1.08417     0.38883
#> weight_tenfold     4  -0.10506   -0.72522     0.51511
#> steps_half         4  -0.36032   -0.90287     0.18223
#> steps_double       4  -0.14587   -0.89208     0.60033
#> told from the preset: model_third
#> ![figure: identity, 0 where missing](sensitivity.out/143c8effadca.png)
#>@ - Haswell 0.0 s

# %% The pictures
#| Mug, rose and both in the desert, `mug_rose`, seed 1: one of the four trainings of each kind. Nothing is chosen.
fn drawn(change) {
    model = learn(base, photos[0], words.mug_rose, changes[change], 1)
    mug, rose = model.handles
    asked = ["a photo of {x} in the desert" for x in [str(mug), str(rose), "{mug} and {rose}"]]
    [resize(p, [88, 88]) for p in generate(model, asked, seed=7, steps=20)]
}
kinds = ["preset", "model_third", "model_threefold", "steps_double"]
show grid([drawn(k) for k in kinds], rows=kinds, columns=["mug", "rose", "both"], scale=false)
#> ![12 pictures: mug, rose, both](sensitivity.out/c2896baf58ec.png)
#>@ 3d04edcb508e Haswell 64 s

# %% What follows
#| **The optimum is flat, but for one side.** Three times the model's rate in phase two is worse in identity (−.30,
#| interval −.50 to −.11) and loses things (omission +.36, .17 to .55); the other changes of rates and weight make no
#| difference of identity or omission that four pairs show. The handles' rate may vary ninefold.
#|
#| The pictures show why: at the threefold rate the mug is a pale ghost when alone and a second rose when both are
#| asked for, and the desert turns olive. The other three rows differ in details that need a second look.
#|
#| **Steps.** Twice as many are better in identity (+.12, .004 to .24): 60 steps a phase are not enough, and what is
#| said here holds for short trainings.
#|
#| **The weight of the attention loss moves the maps, not what is seen.** From 0.01 over 0.1 to 1 soft IoU goes from
#| .36 over .54 to .72, each told from the preset; identity and omission go the same way (.65, .73, .81 and .23, .13,
#| .03), but not so that four pairs tell. `attention_and_masks.bas` has more pairs and tells no loss from some.
#|
#| **A lower rate forgets less.** With a third of the model's rate identity stays (−.02, −.19 to .15) and drift is
#| half (.69 instead of 1.30, told). A lower rate with more steps is what we would try next; it was not run.
#|
#| Forty differences were looked at, so that two would be told by chance alone; eight are. The paper has no such
#| search to agree or disagree with; its weight of 0.01, on another model, is within what is flat here.
