#!/usr/bin/env bas
# %% One to six things
#| The paper's method is for up to four things; a scene of six fails (section 5, figure 8). Drawn scenes have exact
#| masks and as many things as one wants, so that the limit can be measured. More things in a photo are also smaller
#| things, so there are two series: in `small` every thing covers 2.5 % of the picture, however many there are; in
#| `shared` the things of a scene cover 15 % together. Scenes of one seed grow: the two things are the first of the
#| four. Handles start from rare tokens, since the small model was taught few of the things' names.
base    = load_model("collage")
prompts = ["a photo of * in the desert", "a photo of * in the snow"]      # scenes are learned on a wooden table
folder  = ".bas/more_things"
make_folder(folder);

fn world(things, size, seed, background = "wood") {
    area = if size == "small" { 0.025 } else { 0.15 / things }
    render(things, area=area, overlap=0, background=background, side=128, seed=seed)
}
show [world(k, "shared", 1).image for k in [1, 2, 4, 6]], titles=["one thing", "two", "four", "six"]

fn measure(p) {
    fn share(found) { if len(found) == 0 { none } else { mean([if f { 1 } else { 0 } for f in found]) } }
    w     = world(p.things, p.size, p.seed)
    model = break_a_scene(base, w.scene, steps=p.steps, prior=4, seed=p.seed)
    maps  = attention_scores(model, w.scene, by="conditions", timesteps=[100, 500, 900])
    found = inspect_pictures(model, w.scene, prompts=prompts, sets=p.things + 1, steps=20, seed=7)
    rows  = found.pictures.rows
    asked = [len([r for r in rows if r.picture == i and r.asked]) for i in 0..<len(found.images)]
    fn missing(count) { share([r.copies == 0 for r in rows if r.asked and asked[r.picture] == count]) }

    # The same things as they are, drawn in the places of the prompts: does the count find them there?
    # inspect_pictures knows by a picture's prompt which things to look for; paste takes it over from a drawn one.
    drawn = generate(model, "a photo of {join([str(h) for h in model.handles], " and ")}", steps=1, seed=1)
    whole = box([0, 0], [128, 128], [128, 128])
    truth = [paste(world(p.things, p.size, p.seed, b).image, over=drawn, mask=whole) for b in ["desert", "snow"]]
    known = inspect_pictures(model, w.scene, images=truth).pictures.rows

    if p.seed == 1 and p.size == "shared" {
        kept = [w.image, found.images[0], ..if p.things > 1 { [found.images[1], found.images[p.things]] } else { [] }]
        save_image(grid(kept, columns=4), "{folder}/{p.things}.png")
    }
    {
        alone: missing(1), together: missing(p.things), leakage: share([r.copies > 0 for r in rows if not r.asked]),
        doubled: share([r.copies > 1 for r in rows if r.asked and r.copies > 0]),
        iou: maps.soft_iou[0], held_out: maps.soft_iou[1], overlap: maps.overlap[0],
        recall: share([r.copies > 0 for r in known]),
    }
}
#> ![4 pictures: one thing, two, four, six](more_things.out/4bd54c24e906.png)
#>@ - Haswell 0.6 s

# %% By the number of things
#| `alone` and `together`: the share of things that are missing when one is asked for, and when all are. `leakage`: a
#| thing that was not asked for is there. `doubled`: one is there more than once. `iou` and `held_out`: soft IoU of
#| map and mask with the prompt of training and with others. `overlap`: of a thing's map with the nearest other one's.
#| `recall`: the share of things that the count finds in true pictures of them; where it is low, `alone` and
#| `together` are too high. Three scenes of each kind, 50 steps a phase, means.
measures = ["alone", "together", "leakage", "doubled", "iou", "held_out", "overlap", "recall"]
settings = { size: ["small", "shared"], things: [1, 2, 4, 6], steps: [50], seed: [1, 2, 5] }
runs     = sweep(settings, measure, folder=folder, workers=2)
means    = summary(runs, by=["size", "things"], columns=measures)
show table(means, columns=["size", "things", "n", ..measures])
show plot(means, x="things", y="iou", by="size", y_label="soft IoU of map and mask")
#> size    things  n   alone  together  leakage  doubled      iou  held_out  overlap   recall
#> small        1  3  0.3333    0.3333        –   0.0000  0.41390   0.34078        –  0.66667
#> small        2  3  0.5833    0.4167  0.25000   0.3254  0.35703   0.26886   0.1847  0.33333
#> small        4  3  0.9167    0.6250  0.06944   0.0000  0.06487   0.07715   0.4746  0.08333
#> small        6  3  1.0000    0.7500  0.00000   0.0000  0.07152   0.06303   0.4183  0.11111
#> shared       1  3  0.0000    0.0000        –   0.0000  0.61599   0.48044        –  1.00000
#> shared       2  3  0.4167    0.3333  0.08333   0.0000  0.46326   0.39641   0.1764  1.00000
#> shared       4  3  0.9167    0.7083  0.00000   0.0000  0.08843   0.08769   0.4654  0.20833
#> shared       6  3  1.0000    0.7500  0.00000   0.0000  0.07152   0.06303   0.4183  0.11111
#> ![figure: soft IoU of map and mask over things (small, shared)](more_things.out/bab39dc53119.png)
#>@ - Haswell 0.1 s

# %% Six things instead of two, in pairs of the same seed
ends  = [r for r in runs.rows if r.things in [2, 6]]
pairs = summary(ends, paired="things", against=2, within=["size", "seed"], by="size", columns=measures)
for name in ["together", "iou", "overlap"] {
    show table(pairs, columns=["size", "things", "against", "n", name, "{name}_low", "{name}_high"])
}
#> size    things  against  n  together  together_low  together_high
#> small        6        2  3    0.3333      -0.08072         0.7474
#> shared       6        2  3    0.4167       0.20964         0.6237
#> size    things  against  n      iou  iou_low  iou_high
#> small        6        2  3  -0.2855  -0.7957    0.2246
#> shared       6        2  3  -0.3917  -0.6224   -0.1611
#> size    things  against  n  overlap  overlap_low  overlap_high
#> small        6        2  3   0.2336      0.09833        0.3689
#> shared       6        2  3   0.2419     -0.01692        0.5007
#>@ - Haswell 0.0 s

# %% More steps
#| The same six small things with three times the steps.
longer = sweep({ size: ["small"], things: [6], steps: [150], seed: [1, 2, 5] }, measure, folder=folder, workers=2)
show table(summary(longer, by=["things", "steps"], columns=measures), columns=["things", "steps", "n", ..measures])
#> things  steps  n   alone  together  leakage  doubled     iou  held_out  overlap  recall
#>      6    150  3  0.9167    0.9167  0.01111      0.0  0.1678    0.1644   0.2887  0.1667
#>@ - Haswell 0.0 s

# %% What helps?
#| The six things of the `shared` series once more: one thing in every step instead of up to six
#| (`sampling="single"`), ten times the weight of the attention loss, and three other measures in it.
variants = {
    as_above: {}, single: { sampling: "single" }, weight_tenfold: { attention_weight: 1 },
    iou: { attention_loss: "iou" }, jsd: { attention_loss: "jsd" }, emd: { attention_loss: "emd" },
}
fn six(p) {
    fn share(found) { if len(found) == 0 { none } else { mean([if f { 1 } else { 0 } for f in found]) } }
    w      = world(6, "shared", p.seed)
    model  = break_a_scene(base, w.scene, steps=50, prior=4, seed=p.seed, ..variants[p.variant])
    scores = attention_scores(model, w.scene, by="conditions", timesteps=[100, 500, 900])
    found  = inspect_pictures(model, w.scene, prompts=prompts, sets=7, steps=20, seed=7)
    rows   = found.pictures.rows
    asked  = [len([r for r in rows if r.picture == i and r.asked]) for i in 0..<len(found.images)]
    fn missing(count) { share([r.copies == 0 for r in rows if r.asked and asked[r.picture] == count]) }

    drawn = generate(model, "a photo of {join([str(h) for h in model.handles], " and ")}", steps=1, seed=1)
    whole = box([0, 0], [128, 128], [128, 128])
    truth = [paste(world(6, "shared", p.seed, b).image, over=drawn, mask=whole) for b in ["desert", "snow"]]
    known = inspect_pictures(model, w.scene, images=truth).pictures.rows
    if p.seed == 1 { save_image(grid(found.images[0:7], columns=7), "{folder}/six {p.variant}.png") }
    {
        alone: missing(1), together: missing(6), leakage: share([r.copies > 0 for r in rows if not r.asked]),
        iou: scores.soft_iou[0], held_out: scores.soft_iou[1], overlap: scores.overlap[0],
        recall: share([r.copies > 0 for r in known]),
    }
}
helped  = sweep({ variant: keys(variants), seed: [1, 2, 5] }, six, folder=folder, workers=2)
columns = ["alone", "together", "leakage", "iou", "held_out", "overlap", "recall"]
show table(summary(helped, by="variant", columns=columns), columns=["variant", "n", ..columns])
pairs   = summary(helped, paired="variant", against="as_above", columns=["iou", "together"]).rows
show table([
    { variant: r.variant, n: r.n, iou: r.iou, low: r.iou_low, high: r.iou_high, together: round(r.together, 3) }
    for r in pairs
])
#> variant         n   alone  together   leakage      iou  held_out  overlap   recall
#> as_above        3  1.0000    0.7500  0.000000  0.07152   0.06303  0.41832  0.11111
#> single          3  0.8889    0.7500  0.050000  0.04089   0.03875  0.43523  0.08333
#> weight_tenfold  3  0.9167    0.8889  0.033333  0.06233   0.06002  0.34760  0.19444
#> iou             3  1.0000    0.8333  0.011111  0.36857   0.33346  0.11209  0.36111
#> jsd             3  0.8611    0.8333  0.000000  0.41461   0.39667  0.08216  0.47222
#> emd             3  0.8889    0.9444  0.005556  0.30298   0.28344  0.11458  0.38889
#> variant         n        iou       low     high  together
#> single          3  -0.030629  -0.08962  0.02836     0.000
#> weight_tenfold  3  -0.009191  -0.07861  0.06023     0.139
#> iou             3   0.297055   0.17737  0.41674     0.083
#> jsd             3   0.343093   0.29115  0.39503     0.083
#> emd             3   0.231465   0.12820  0.33473     0.194
#>@ - Haswell 0.0 s

# %% The pictures
#| Scene 1 of two, four and six things that share 15 %: two handles alone in the desert, and all together. Nothing is
#| chosen: these are of the trainings above.
show [resize(load_image("{folder}/{k}.png"), [104, 386]) for k in [2, 4, 6]], titles=["two", "four", "six"], columns=1
#| The six once more, each alone and all together, by the paper's loss and by `jsd`:
sheets = [load_image("{folder}/six {v}.png") for v in ["as_above", "jsd"]]
show [resize(s, [82, 515]) for s in sheets], titles=["mse", "jsd"], columns=1
#> ![3 pictures: two, four, six](more_things.out/6560ce9ebf5d.png)
#> ![2 pictures: mse, jsd](more_things.out/44e7ccef0dab.png)
#>@ - Haswell 0.4 s

# %% What follows
#| **It breaks between two things and four.** Where the things share 15 % of the picture, soft IoU is .46 for two, .09
#| for four and .07 for six; where each has 2.5 %, .36, .06 and .07. One thing of 2.5 % has .41, so that it is the
#| number, not the size. Six against two, in pairs: soft IoU −.39 (−.62 to −.16) and missing things +.42 (.21 to .62)
#| in `shared`; in `small` neither is told of three pairs. The paper's limit is above four; here, with 50 steps and a
#| small model, it is below.
#|
#| **In the pictures** of two things there are lumps in the colours of elephant and truck. With four and six things a
#| handle alone draws an empty desert, and all together two or three lumps: what was learned is the company, not its
#| members.
#|
#| **The count has limits of its own.** In true pictures it finds all of one or two large things, but a fifth or less
#| of four and six (`recall`), since it looks with the same attention. `alone` and `together` are therefore too high
#| there; the empty deserts are not.
#|
#| **Steps, crowds and weight are not what is missing.** Three times the steps give soft IoU .17 instead of .07. One
#| thing a step gives .04, and ten times the weight .06: no difference that shows.
#|
#| **The paper's squared difference is.** With the same weight and steps `jsd` has .41, `iou` .37 and `emd` .30, all
#| told from `mse` (.07), nearly as much as two things by `mse`. Why it fails with many things and not with one small
#| one we have not found out.
#|
#| **And maps are still not pictures.** By count six things are missing as before (together .75 by `mse`, .83 by
#| `jsd`; no difference told but for `jsd`, whose three are equal and worse). By eye, in scene 1, `jsd` is better:
#| four of six handles draw something of their thing's colour in its place of the photo (the vase's white, the cat's
#| grey, the lamp's red, the car's blue), where `mse` draws a desert; none is recognisable. Whether longer trainings
#| by `jsd` make six things of it is open.
