#!/usr/bin/env bas
# %% The paper's protocol, small
#| The paper's method, its four ablations and its three adapted baselines learn four pictures with two seeds each: two
#| photos, and two drawn scenes of things that the base model has never seen. Each draws every set of its handles in four
#| places. The things in the pictures are looked for, and judged by two encoders that do not know the model: one of
#| prompts, one of identity. The results stand in the folder: the program goes on where it was stopped.
base  = load_model("collage")
steps = 100
fn named(name, words) { s = load_scene(name); scene(s.image, s.masks, names=words, title=name) }
photos  = [named("toys", ["fish", "duck", "ball"]), named("mug_rose", ["mug", "rose"])]
drawn   = [load_world(name).scene for name in ["cat_gift", "breakfast"]]
names   = [
    "break_a_scene", "no_phase1", "no_masked_loss", "no_attention_loss", "single_concept", "ti_m", "db_m", "cd_m",
]
methods = [{ name: name, method: name, steps: steps } for name in names]
prompts = [
    "a photo of * at the beach", "a photo of * in the snow", "a photo of * on a wooden table", "a photo of * in the city",
]
make_folder(".bas");
runs = benchmark(
    base, methods, photos + drawn, seeds=1..2, prompts=prompts, steps=20, sets=7, init=false,
    prompts_by=load_evaluator("image_text"), identity_by=load_evaluator("identity"),
    folder=".bas/benchmark_small", workers=2,
)
#>@ - Haswell 0.0 s

# %% The table
#| `prompt_similarity`: of a picture with its prompt, things' words in the handles' place. `identity`: likeness of the
#| things that were found; `identity_or_zero`: of those that were asked for, 0 for one that is missing. `omission` and
#| `concept_leakage` count what should not be; `attention_soft_iou` is of held-out prompts; `place`: how often the
#| surroundings are nearer to those of the picture's own prompt than to another's.
measures = [
    "prompt_similarity", "identity_or_zero", "omission", "identity", "concept_leakage", "attention_soft_iou", "place",
]
means = summary(runs, by="method", columns=measures)
show table(means, columns=["method", "n", "prompt_similarity", "place", "identity"])
show table(means, columns=["method", "n", "identity_or_zero", "omission", "concept_leakage"])
show table(means, columns=["method", "n", "attention_soft_iou"])
#> method             n  prompt_similarity   place  identity
#> break_a_scene      8             0.3188  0.9965    0.6555
#> no_phase1          8             0.3214  0.9965    0.5981
#> no_masked_loss     8             0.3494  1.0000    0.6877
#> no_attention_loss  8             0.3096  0.9950    0.5844
#> single_concept     8             0.3620  1.0000    0.6174
#> ti_m               8             0.3354  1.0000    0.3297
#> db_m               8             0.3123  0.9950    0.6335
#> cd_m               8             0.3404  1.0000    0.4642
#> method             n  identity_or_zero  omission  concept_leakage
#> break_a_scene      8           0.40525    0.3906         0.006944
#> no_phase1          8           0.18578    0.7031         0.015625
#> no_masked_loss     8           0.29987    0.5677         0.052083
#> no_attention_loss  8           0.16151    0.7344         0.034722
#> single_concept     8           0.29622    0.5469         0.013889
#> ti_m               8           0.01519    0.9505         0.031250
#> db_m               8           0.05458    0.9193         0.031250
#> cd_m               8           0.02521    0.9427         0.022569
#> method             n  attention_soft_iou
#> break_a_scene      8              0.4175
#> no_phase1          8              0.3645
#> no_masked_loss     8              0.4099
#> no_attention_loss  8              0.1641
#> single_concept     8              0.3251
#> ti_m               8              0.1160
#> db_m               8              0.1408
#> cd_m               8              0.1319
#>@ - Haswell 0.0 s

# %% Differences from the paper's method, in pairs of the same picture and seed
#| Means and 95 % intervals by resampling the eight pairs (BCa).
for name in measures[0:3] {
    pairs = bootstrap(runs, paired="method", against="break_a_scene", columns=[name], seed=1)
    show table(pairs, columns=["method", "n", name, "{name}_low", "{name}_high"])
}
#> method             n  prompt_similarity  prompt_similarity_low  prompt_similarity_high
#> no_phase1          8           0.002629              -0.022743                 0.01966
#> no_masked_loss     8           0.030543               0.003879                 0.05230
#> no_attention_loss  8          -0.009228              -0.028261                 0.03913
#> single_concept     8           0.043215               0.018154                 0.06202
#> ti_m               8           0.016554              -0.028339                 0.06978
#> db_m               8          -0.006544              -0.053962                 0.05795
#> cd_m               8           0.021633              -0.022177                 0.07169
#> method             n  identity_or_zero  identity_or_zero_low  identity_or_zero_high
#> no_phase1          8           -0.2195               -0.3277               -0.16659
#> no_masked_loss     8           -0.1054               -0.1679               -0.06448
#> no_attention_loss  8           -0.2437               -0.3373               -0.19527
#> single_concept     8           -0.1090               -0.1612               -0.03285
#> ti_m               8           -0.3901               -0.5685               -0.27008
#> db_m               8           -0.3507               -0.4799               -0.26301
#> cd_m               8           -0.3800               -0.5468               -0.26685
#> method             n  omission  omission_low  omission_high
#> no_phase1          8    0.3125       0.22917         0.4375
#> no_masked_loss     8    0.1771       0.12500         0.2578
#> no_attention_loss  8    0.3438       0.28906         0.4349
#> single_concept     8    0.1562       0.03906         0.2266
#> ti_m               8    0.5599       0.40104         0.7578
#> db_m               8    0.5286       0.39063         0.6823
#> cd_m               8    0.5521       0.40625         0.7214
#>@ - Haswell 0.0 s

# %% The Pareto figure
front = pareto(
    means, "prompt_similarity", "identity_or_zero", title="Methods by prompt and identity, with 95 % intervals",
    x_label="prompt similarity", y_label="identity, 0 where missing",
)
show front
#> ![figure: Methods by prompt and identity, with 95 % intervals (methods, front)](benchmark_small.out/7b952490bc78.png)
#>@ - Haswell 0.0 s

# %% Who judges?
#| Things are looked for with the attention of the model that is judged, and a method that does not train it may find
#| less than there is. So the pictures of two scenes without small things (seed 1, two places) are judged once more, all
#| by one other model: the paper's method, seed 9.
fn learned(photo, name, seed) { train(base, photo, name, steps=steps, seed=seed) }
fn missing(found) { mean([if r.copies == 0 { 1 } else { 0 } for r in found.pictures.rows if r.asked]) }
judged = [photos[1], drawn[0]]
judges = [learned(photo, "break_a_scene", 9) for photo in judged]
rows   = []
sheet  = []
for name in names {
    own   = []
    other = []
    for photo, judge in zip(judged, judges) {
        model = learned(photo, name, 1)
        found = inspect_pictures(model, photo, prompts=prompts[0:2], steps=20, seed=100000)
        own   = [..own, missing(found)]
        other = [..other, missing(inspect_pictures(judge, photo, images=found.images))]
        if photo.title == "mug_rose" { sheet = [..sheet, [resize(p, [80, 80]) for p in found.images]] }
    }
    rows = [..rows, { method: name, omission: mean(own), by_judge: mean(other) }]
}
show table(rows)
#> method             omission  by_judge
#> break_a_scene        0.2500    0.1250
#> no_phase1            0.3750    0.3750
#> no_masked_loss       0.4375    0.5000
#> no_attention_loss    0.5625    0.2500
#> single_concept       0.3750    0.1875
#> ti_m                 1.0000    1.0000
#> db_m                 0.8125    0.7500
#> cd_m                 0.9375    1.0000
#>@ - Haswell 160 s

# %% The pictures
#| `mug_rose`, seed 1: the handles of mug and rose alone and together, at the beach and in the snow. Nothing is chosen.
show grid(sheet, rows=names, scale=false)
#> ![48 pictures](benchmark_small.out/d0d8fb7a661f.png)
#>@ - Haswell 0.2 s

# %% What follows
#| **The order.** In eight pairs the paper's method keeps more of the things than each of its ablations and baselines:
#| `identity_or_zero` .41, against .30 for two ablations, .19 and .16 for the others, and .05 or less for the baselines;
#| all seven intervals leave 0 out. On the front stand the method, and the two ablations that follow the prompt better:
#| without the masked loss (+.03) and with single concepts (+.04).
#|
#| **With the paper.** Its figure 5 has TI-m and CD-m lowest in identity; so have we, also among the things that were
#| found (`identity` .33 and .46, all others .58 or more). Three of its four ablations stand below the method there; here
#| all four do.
#|
#| **Against the paper.** There DB-m and the method without its first phase are above the method in identity and pay with
#| the prompt. Here DB-m draws well what it draws (.63), but nearly nothing of what it is asked for (omission .92). And
#| without the masked loss, or with single concepts, the prompt is followed better, not worse. Two reasons that we see:
#| 100 steps a phase are too few to overfit, so that what the first phase and the masked loss prevent does not come; and
#| all methods draw all four places (`place` .995 or more), so that `prompt_similarity` is decided by the words of
#| things, of which the small evaluator knows little (`stdlib/evaluators`).
#|
#| **Who judges.** Another model as judge leaves the baselines where they are (.75 to 1), and the method without its first
#| phase or its masked loss (.38, .50). Of what the others miss it finds half: the method misses .13, single concepts .19,
#| and the method without its attention loss .25 instead of .56. That last ablation costs less than the tables say. These
#| are two scenes and one seed.
#|
#| **What to look at.** In the method's row all six pictures show what was asked for: a white cup without its handle, a
#| red lump like the rose, or both. Single concepts does, too, with a brown patch on one mug. The other ablations leave a
#| place empty where the rose was asked for, or bring the rose along with the mug; without the attention loss two of three
#| beaches are none. TI-m and CD-m draw empty places for a handle alone and other things for two; DB-m has the mug, and a
#| rose without its form beside it or none.
