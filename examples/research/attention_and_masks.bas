#!/usr/bin/env bas
# %% Does attention in the mask make a handle draw its thing?
#| The paper's attention loss pulls a handle's map into its mask (equation 2), and its ablation says that without it
#| things are entangled. Here the loss is taken away and replaced by four others, and two questions are kept apart: do
#| the maps lie in the masks, and do the pictures show what was asked for? Three photos, two seeds, 50 steps a phase.
steps   = 50
seeds   = 1..2
base    = load_model("collage")
photos  = [load_scene("mug_rose"), load_scene("penguin_hat"), load_scene("toys")]
words   = { mug_rose: ["dish", "flower"], penguin_hat: ["bird", "hat"], toys: ["fish", "duck", "ball"] }
losses  = ["none", "mse", "iou", "bce", "jsd", "emd"]
prompts = ["a photo of * in the desert", "a photo of * on a tiled floor"]      # of no training

fn learn(photo, loss, seed) {
    with_loss = if loss == "none" { { attention_weight: 0 } } else { { attention_loss: loss } }
    break_a_scene(base, photo, init=words[photo.title], steps=steps, prior=4, seed=seed, ..with_loss)
}

## The share of pictures that show every thing that was asked for once, and no other one.
fn clean(found) {
    rows = found.pictures.rows
    mean([
        if all([r.copies == (if r.asked { 1 } else { 0 }) for r in rows if r.picture == i]) { 1 } else { 0 }
        for i in 0..<len(found.images)
    ])
}

fn measure(p) {
    model    = learn(p.photo, p.loss, p.seed)
    maps     = attention_scores(model, p.photo, by="conditions")
    found    = inspect_pictures(model, p.photo, prompts=prompts, steps=20, seed=7)
    pictures = score_pictures(found, model, p.photo)
    fn score(name) { [r.mean for r in pictures.rows if r.metric == name and r.handle == "all"][0] }
    {
        trained: maps.soft_iou[0], held_out: maps.soft_iou[1], overlap: maps.overlap[1],
        omission: score("omission"), leakage: score("concept_leakage"), clean: clean(found),
    }
}
#>@ 2bf105bef4ba Haswell 0.0 s

# %% What the maps say, and what the pictures say
#| `trained` and `held_out`: soft IoU of map and mask with the prompt of training and with others. `overlap`: of two
#| handles' maps. `omission`: a thing is asked for and missing; `leakage`: one is there and not asked for; `clean`:
#| the pictures in which just the things asked for stand, once each.
make_folder(".bas");
runs  = sweep({ loss: losses, photo: photos, seed: seeds }, measure, folder=".bas/attention_and_masks", workers=2)
means = summary(runs, by="loss", columns=["trained", "held_out", "overlap", "omission", "leakage", "clean"])
table(means, columns=["loss", "n", "trained", "held_out", "overlap", "omission", "leakage", "clean"])
#> loss  n  trained  held_out  overlap  omission   leakage   clean
#> none  6   0.2145    0.1888  0.38756    0.5556  0.041667  0.3254
#> mse   6   0.5268    0.4361  0.16228    0.2222  0.009259  0.6548
#> iou   6   0.8366    0.7486  0.01729    0.1528  0.050926  0.6706
#> bce   6   0.6187    0.5314  0.13052    0.2292  0.041667  0.5992
#> jsd   6   0.7262    0.6473  0.01829    0.1319  0.041667  0.7024
#> emd   6   0.5654    0.4804  0.02664    0.1389  0.041667  0.7460
#>@ - Haswell 0.0 s

# %% Differences from training without the loss, and from the paper's
#| In pairs of the same photo and seed, with 95 % intervals by Student's t.
show summary(runs, paired="loss", against="none", columns=["held_out", "omission"])
show summary(runs, paired="loss", against="none", columns=["leakage", "clean"])
show summary(runs, paired="loss", against="mse", columns=["omission", "clean"])
#> loss  against  n  held_out  held_out_low  held_out_high  omission  omission_low  omission_high
#> mse   none     6    0.2473        0.1401         0.3545   -0.3333       -0.5776       -0.08905
#> iou   none     6    0.5598        0.4628         0.6567   -0.4028       -0.6573       -0.14827
#> bce   none     6    0.3426        0.1996         0.4856   -0.3264       -0.5484       -0.10439
#> jsd   none     6    0.4585        0.3944         0.5226   -0.4236       -0.6670       -0.18024
#> emd   none     6    0.2916        0.2540         0.3291   -0.4167       -0.6625       -0.17082
#> loss  against  n    leakage  leakage_low  leakage_high   clean  clean_low  clean_high
#> mse   none     6  -0.032407     -0.14670       0.08188  0.3294    0.07825      0.5805
#> iou   none     6   0.009259     -0.01455       0.03306  0.3452    0.16800      0.5225
#> bce   none     6   0.000000     -0.16596       0.16596  0.2738    0.09587      0.4518
#> jsd   none     6   0.000000      0.00000       0.00000  0.3770    0.08451      0.6695
#> emd   none     6   0.000000     -0.16596       0.16596  0.4206    0.18373      0.6575
#> loss  against  n   omission  omission_low  omission_high     clean  clean_low  clean_high
#> none  mse      6   0.333333       0.08905        0.57762  -0.32937    -0.5805    -0.07825
#> iou   mse      6  -0.069444      -0.27766        0.13877   0.01587    -0.2728     0.30458
#> bce   mse      6   0.006944      -0.08651        0.10040  -0.05556    -0.2061     0.09494
#> jsd   mse      6  -0.090278      -0.23772        0.05717   0.04762    -0.1798     0.27502
#> emd   mse      6  -0.083333      -0.20390        0.03723   0.09127    -0.0469     0.22944
#>@ - Haswell 0.0 s

# %% Do tighter maps go with cleaner pictures?
#| Each point is a training; the correlation is within photos, so that an easy photo does not make it: over all
#| trainings, and over those with some attention loss.
fn centred(rows, name) {
    [r[name] - mean([s[name] for s in rows if s.photo == r.photo]) for r in rows]
}
fn correlation(rows, a, b) {
    x, y = [centred(rows, a), centred(rows, b)]
    sum([u * v for u, v in zip(x, y)]) / sqrt(sum([u * u for u in x]) * sum([v * v for v in y]))
}
show scatter(
    runs, x="held_out", y="clean", by="loss", x_label="soft IoU, held-out prompts", y_label="share of clean pictures",
)
with_loss = [r for r in runs.rows if r.loss != "none"]
for name in ["clean", "omission", "leakage"] {
    all_runs = correlation(runs.rows, "held_out", name)
    some     = correlation(with_loss, "held_out", name)
    print("soft IoU and {name}: {all_runs:.2f} ({len(runs.rows)} trainings), with a loss {some:.2f} ({len(with_loss)})")
}
#> ![figure: share of clean pictures over soft IoU, held-out prompts (none, mse, iou, bce, jsd, emd)](attention_and_masks.out/87663ee0452c.png)
#> soft IoU and clean: 0.62 (36 trainings), with a loss 0.08 (30)
#> soft IoU and omission: -0.74 (36 trainings), with a loss -0.37 (30)
#> soft IoU and leakage: 0.05 (36 trainings), with a loss 0.09 (30)
#>@ - Haswell 0.0 s

# %% Who judges?
#| inspect_pictures looks for a thing with colours, edges and the attention of the model that is judged. So a model
#| with loose maps may find less in its pictures than there is, and the numbers above may flatter the loss. Here the
#| pictures of seed 1 are judged once more, all by one other model (`mse`, seed 9).
fn judged(p) {
    judge = learn(p.photo, "mse", 9)
    rows  = []
    sheet = []
    for loss in losses {
        model = learn(p.photo, loss, 1)
        found = inspect_pictures(model, p.photo, prompts=prompts, steps=20, seed=7)
        other = inspect_pictures(judge, p.photo, images=found.images)
        for name, table in [["own", found.pictures.rows], ["judge", other.pictures.rows]] {
            rows = [
                ..rows, ["{loss}_{name}_omission", mean([if r.copies == 0 { 1 } else { 0 } for r in table if r.asked])],
                ["{loss}_{name}_leakage", mean([if r.copies > 0 { 1 } else { 0 } for r in table if not r.asked])],
            ]
        }
        asked = [[r.asked for r in found.pictures.rows if r.picture == i] for i in 0..<len(found.images)]
        fn shown(want) { [found.images[i] for i in 0..<len(asked) if asked[i] == want][1] }
        sets  = [[true, false, false], [false, true, false], [true, true, true]]
        if p.photo.title == "toys" { sheet = [..sheet, [resize(shown(want), [80, 80]) for want in sets]] }
    }
    if sheet != [] {
        figure = grid(sheet, rows=losses, columns=["blue", "red", "all three"], scale=false)
        save_image(figure, ".bas/attention_and_masks/toys.png")
    }
    record(rows)
}
verdicts = sweep({ photo: photos }, judged, folder=".bas/attention_and_masks", workers=2)
show table([
    {
        loss: loss, omission: mean(verdicts["{loss}_own_omission"]), by_judge: mean(verdicts["{loss}_judge_omission"]),
        leakage: mean(verdicts["{loss}_own_leakage"]), leakage_by_judge: mean(verdicts["{loss}_judge_leakage"]),
    } for loss in losses
])
#> loss  omission  by_judge  leakage  leakage_by_judge
#> none    0.4583    0.4583  0.08333           0.08333
#> mse     0.2917    0.3472  0.00000           0.00000
#> iou     0.1111    0.1806  0.08333           0.00000
#> bce     0.2361    0.2361  0.00000           0.00000
#> jsd     0.1111    0.1944  0.08333           0.00000
#> emd     0.1389    0.2222  0.00000           0.00000
#>@ - Haswell 0.0 s

# %% The pictures
#| The blue and the red toy alone and all three together, on a tiled floor, seed 1; those that were judged. Nothing is
#| chosen.
fn sheet(name) { resize(load_image(".bas/attention_and_masks/{name}.png"), [580, 310]) }
show sheet("toys")
#> image 310×580
#>   bytes 0…255 · model collage
#> ![image 310×580](attention_and_masks.out/3851c2c9feaa.png)
#>@ - Haswell 0.1 s

# %% By layer and timestep, with the loss and without
#| `mug_rose`, seed 1. The loss is about the mean over layers and heads. `points`: whether the map's maximum lies in
#| the mask.
models = [learn(photos[0], loss, 1) for loss in ["none", "mse", "iou"]]
fn scores(by) {
    [attention_scores(m, photos[0], by=by, timesteps=[50, 200, 400, 600, 800, 950]).rows for m in models]
}
show table([
    { layer: replace(a.layer, ".transformer_blocks.0.attn2", ""), none: a.soft_iou, mse: b.soft_iou, iou: c.soft_iou }
    for a, b, c in zip(..scores("layer"))
])
show table([
    {
        conditions: a.conditions, timestep: a.timestep, none: a.soft_iou, mse: b.soft_iou, iou: c.soft_iou,
        none_points: a.pointing, mse_points: b.pointing, iou_points: c.pointing,
    } for a, b, c in zip(..scores(["conditions", "timestep"]))
])
#> layer                         none     mse     iou
#> down_blocks.0.attentions.0  0.1974  0.2532  0.2972
#> up_blocks.2.attentions.0    0.3035  0.6075  0.8296
#> up_blocks.2.attentions.1    0.1774  0.2397  0.1825
#> conditions  timestep    none     mse     iou  none_points  mse_points  iou_points
#> training          50  0.3530  0.6897  0.9039       1.0000      1.0000      1.0000
#> training         200  0.3512  0.6861  0.9040       1.0000      1.0000      1.0000
#> training         400  0.3625  0.6645  0.8766       1.0000      1.0000      1.0000
#> training         600  0.3382  0.6457  0.8626       1.0000      1.0000      1.0000
#> training         800  0.3166  0.6038  0.8574       1.0000      1.0000      1.0000
#> training         950  0.2866  0.5589  0.8159       1.0000      1.0000      1.0000
#> held out          50  0.3624  0.6552  0.8819       1.0000      1.0000      1.0000
#> held out         200  0.3579  0.6385  0.8824       1.0000      1.0000      1.0000
#> held out         400  0.3414  0.6153  0.8638       1.0000      1.0000      1.0000
#> held out         600  0.2829  0.5511  0.8101       0.9333      1.0000      1.0000
#> held out         800  0.2239  0.4653  0.7133       0.7333      1.0000      1.0000
#> held out         950  0.2006  0.4254  0.6515       0.7333      0.9333      0.9667
#>@ e39a2b8bb021 Haswell 24 s

# %% What follows
#| **Maps.** Every loss pulls maps into the masks (soft IoU with held-out prompts .19 without, .44 by the paper's
#| `mse`, .75 by `iou`; all five differences from none are told), and held-out prompts have somewhat less than
#| training's. One layer of three carries it (`up_blocks.2.attentions.0`: .30, .61, .83; the others stay below .30),
#| and the noisiest timesteps have least.
#|
#| **Pictures.** In six pairs every loss is better than none: omission falls from .56 to between .13 and .23, and
#| clean pictures rise from .33 to between .60 and .75; all ten intervals leave 0 out. That is the paper's ablation,
#| and stronger than our `ablations.bas` (one photo, twice the steps) let expect. Another model as judge changes
#| little: .46 without a loss, .18 to .35 with one, so that it is not the measure that favours the loss.
#|
#| **Tighter is not better.** Among the 30 trainings with a loss soft IoU says nothing of clean pictures (correlation
#| .08), and no other loss differs from `mse` in omission or clean pictures by more than its interval. `emd` has the
#| loosest maps after `mse` and most clean pictures (.75), `iou` the tightest and .67. So a map in the mask of the
#| photo is needed for little more than that the handle has learned something; it is not success. Leakage by count is
#| small everywhere (.01 to .05) and told for no loss.
#|
#| **What to look at.** Red toy: without a loss and by `mse` its handle draws a dark blue bird; by `iou`, `jsd` and
#| `emd` a brown lump in the photo's place. Neighbours: by `iou` and `jsd` the red toy's handle brings a grey ghost
#| like the ball, and the blue toy's something yellow; by `emd` both bring a lump. The count of leakage mostly passes
#| over them. Place: by `iou` and `jsd` two of three pictures each have lost the tiled floor, which no number here
#| sees. The ball is missing in all six pictures of all three.
#|
#| So we agree with the paper that the loss is needed, and not with the picture of it as the part that disentangles:
#| with it, handles still bring a piece of their neighbours. Not decided: 50 steps a phase, three photos, one small
#| model; the weight 0.1 was not tuned for each loss.
