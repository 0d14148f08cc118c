#!/usr/bin/env bas
# %% Pose and light that cling to the photo
#| The paper names two limits: things keep the photo's light, and they keep its pose (section 5, figure 8); it shows a
#| picture of each. Drawn things can be seen once more from another side and in another light, so both can be counted,
#| and so can whether more than one view in the training helps. Three scenes of two things, which look to the left.
base    = load_model("collage")
things  = [["dog", "armchair"], ["truck", "woman"], ["cat", "tricycle"]]
words   = [["dog", "toy"], ["truck", "toy"], ["cat", "tricycle"]]          # those that the model was taught
prompts = ["a photo of * in the snow", "a photo of * on the grass"]
folder  = ".bas/pose_and_light"
make_folder(folder);

fn world(names, azimuth = 45, light = "left", background = "plain") {
    render(names, azimuth=azimuth, light=light, background=background, area=0.11, overlap=0, side=128, seed=1)
}
views = [[45, "left"], [0, "left"], [315, "left"], [45, "right"], [45, "above"]]
show grid(
    [resize(world(n, a, l).image, [96, 96]) for n in things[0:2] for a, l in views],
    columns=["the photo", "front", "turned", "light from the right", "from above"],
)
#> ![10 pictures: the photo, front, turned, light from the right, from above](pose_and_light.out/92bb87713f55.png)
#>@ - Haswell 0.4 s

# %% Learned from one view, or from three
#| Ten steps on a view, ten on the next, twice around: 60 steps in each phase in every arm. `flips` mirrors the one
#| view in half of the steps. The handles are the same ones from view to view, since the scenes have one name.
arms = {
    one_view: [[45, "left"], [45, "left"], [45, "left"]], flips: [[45, "left"], [45, "left"], [45, "left"]],
    three_poses: [[45, "left"], [0, "left"], [315, "left"]], three_lights: [[45, "left"], [45, "right"], [45, "above"]],
}

fn learn(base, shown, words, flip, seed) {
    model = add_handles(base, shown[0], init=words)
    step  = 100 * seed
    for phase in [phase1, phase2] {
        for view in [..shown, ..shown] {
            step += 1
            model = phase(model, view, steps=10, prior=4, prior_seed=seed, flip=flip, seed=step)
        }
    }
    model
}

fn measure(p) {
    names = things[p.scene]
    photo = world(names).scene
    shown = [world(names, a, l).scene for a, l in arms[p.arm]]
    model = learn(base, shown, words[p.scene], if p.arm == "flips" { 0.5 } else { 0 }, p.seed)
    fn scored(found) {
        rows = score_pictures(found, model, photo).rows
        fn of(name) { [r.mean for r in rows if r.metric == name and r.handle == "all"][0] }
        { pose: of("pose_fixation"), light: of("light_fixation"), omission: of("omission") }
    }

    # What the measures say of true pictures: the things as they are, seen in a known way, in the places of the prompts.
    # inspect_pictures knows by a picture's prompt which things to look for; paste takes it over from a drawn one.
    drawn = generate(model, "a photo of {model.handles[0]} and {model.handles[1]}", steps=1, seed=1)
    whole = box([0, 0], [128, 128], [128, 128])
    fn truth(azimuth, light) {
        seen = [world(names, azimuth, light, b).image for b in ["snow", "grass"]]
        scored(inspect_pictures(model, photo, images=[paste(s, over=drawn, mask=whole) for s in seen]))
    }
    same   = truth(45, "left")
    turned = truth(315, "left")
    relit  = truth(45, "right")
    found  = inspect_pictures(model, photo, prompts=prompts, n=2, steps=20, seed=7)
    if p.seed == 1 {
        together = [i for i in 0..<len(found.images) if all([r.asked for r in found.pictures.rows if r.picture == i])]
        save_image(grid([found.images[i] for i in together], columns=4), "{folder}/{p.arm} {p.scene}.png")
    }
    {
        ..scored(found), true_same: same.pose, true_turned: turned.pose, true_light: same.light,
        true_relit: relit.light, true_omission: same.omission,
    }
}
runs     = sweep({ arm: keys(arms), scene: 0..2, seed: 1..2 }, measure, folder=folder, workers=2)
measures = ["pose", "light", "omission"]
checks   = ["true_same", "true_turned", "true_light", "true_relit", "true_omission"]
#>@ - Haswell 0.0 s

# %% Can the measures tell?
#| What they say of true pictures: `true_same` should be 1 (all things in the photo's pose), `true_turned` −1 (none),
#| `true_light` 1, `true_relit` far below it, `true_omission` 0.
show table(summary(runs, by="scene", columns=checks), columns=["scene", "n", ..checks])
#> scene  n  true_same  true_turned  true_light  true_relit  true_omission
#>     0  8      1.000       0.4479      0.9493     -0.6282        0.09375
#>     1  8      0.375      -0.7917      0.5800      0.2333        0.25000
#>     2  8      1.000      -0.9688      0.9973      0.9721        0.00000
#>@ - Haswell 0.0 s

# %% Fixation by arm
#| `pose`: 1 where every thing has the photo's pose, 0 where it has the mirrored one as often. `light`: the mean
#| cosine of a thing's light with the photo's. `pose_n`: trainings in whose pictures a pose could be told.
fn shown(t, head, name) { table(t, columns=[..head, name, "{name}_low", "{name}_high"]) }
means       = summary(runs, by="arm", columns=measures)
differences = summary(runs, paired="arm", against="one_view", columns=measures)
for name in measures {
    show shown(means, ["arm", "n"], name)
    show shown(differences, ["arm", "against"], name)
}
#> arm           n      pose  pose_low  pose_high
#> one_view      6   0.59840    0.2622     0.9346
#> flips         6   0.35833   -0.5994     1.3161
#> three_poses   6  -0.05128   -0.9516     0.8491
#> three_lights  6   0.56746    0.1940     0.9410
#> arm           against       pose  pose_low  pose_high
#> flips         one_view  -0.15975   -0.9512     0.6317
#> three_poses   one_view  -0.56936   -1.5641     0.4254
#> three_lights  one_view  -0.03094   -0.5862     0.5244
#> arm           n   light  light_low  light_high
#> one_view      6  0.6160    0.31297      0.9191
#> flips         6  0.4721   -0.29231      1.2364
#> three_poses   6  0.3874   -0.11852      0.8932
#> three_lights  6  0.3352   -0.05021      0.7205
#> arm           against      light  light_low  light_high
#> flips         one_view  -0.07195    -0.9134     0.76951
#> three_poses   one_view  -0.15664    -0.7993     0.48601
#> three_lights  one_view  -0.28088    -0.4913    -0.07041
#> arm           n  omission  omission_low  omission_high
#> one_view      6    0.4792        0.1957         0.7626
#> flips         6    0.7187        0.4412         0.9963
#> three_poses   6    0.6042        0.3118         0.8966
#> three_lights  6    0.6354        0.3156         0.9552
#> arm           against   omission  omission_low  omission_high
#> flips         one_view    0.2396      -0.06365         0.5428
#> three_poses   one_view    0.1250      -0.06513         0.3151
#> three_lights  one_view    0.1562      -0.15074         0.4632
#>@ - Haswell 0.0 s

# %% Pose, scene by scene
#| Two trainings each. The measure of pose is sound on scene 2 only (above), and half sound on scene 0.
by_scene = summary(runs, by=["scene", "arm"], columns=["pose", "light"])
show table(by_scene, columns=["scene", "arm", "n", "pose", "light"])
#> scene  arm           n     pose     light
#>     0  one_view      2   0.6783   0.58992
#>     1  one_view      2   0.2597   0.49214
#>     2  one_view      2   0.8571   0.76605
#>     0  flips         2   0.8333  -0.07099
#>     1  flips         2  -0.4375   0.96904
#>     2  flips         2   1.0000   0.56416
#>     0  three_poses   2  -0.4615   0.04264
#>     1  three_poses   2  -0.1667   0.70237
#>     2  three_poses   2   1.0000   0.44679
#>     0  three_lights  2   0.3810   0.11118
#>     1  three_lights  2   0.7500   0.38175
#>     2  three_lights  2   0.5714   0.51254
#>@ - Haswell 0.0 s

# %% The pictures
#| Dog and armchair together, in the snow and on the grass, two seeds each, by arm; those of the trainings with seed 1
#| above. Nothing is chosen.
show [resize(load_image("{folder}/{arm} 0.png"), [104, 386]) for arm in keys(arms)], titles=keys(arms), columns=1
#> ![4 pictures: one_view, flips, three_poses, three_lights](pose_and_light.out/bd482546340e.png)
#>@ - Haswell 0.2 s

# %% What follows
#| **What the measures can tell.** On true pictures, `light` is told in scene 0 (.95 in the photo's light, −.63 in the
#| other) and less in scene 1 (.58, .23). In scene 2 it is not (1.00, .97): the things' own dark and bright parts
#| outweigh the light. `pose` is told in scene 2 (1, −.97), half in scene 0 (1, .45: an armchair is nearly its own
#| mirror image), and scene 1 calls the photo's own pose .38. Means over scenes are therefore diluted.
#|
#| **One view.** Things keep the photo's pose (.60, interval .26 to .93) and its light (.62, .31 to .92). That is the
#| paper's limit, in numbers: the dog sits and looks to the left in all four pictures.
#|
#| **Three poses.** The difference of pose is −.57, but its interval (−1.56 to .43, five pairs) holds 0: six trainings
#| do not show it. In the pictures the dog sits as in the photo in none of four: in three it stands, with two ends and
#| no clear head. So several poses give a mixture of them, not a choice. Scene 2 keeps its pose by the numbers (1.00).
#|
#| **Three lights.** The light clings less: −.28 (−.49 to −.07, six pairs). This is the only difference here whose
#| interval does not hold 0, of nine that were looked at. The pose stays in four of four, and the armchair is a second
#| dog.
#|
#| **Flips** are no remedy: no difference of pose that shows (the dog looks to the right in one of four), and the
#| armchair is missing in all four pictures.
#|
#| Views beyond the one photo are not in the paper; they cost nothing but other photos of the same things. Not decided
#| here: longer trainings (these have 60 steps a phase and miss about half of the things asked for), and prompts that
#| ask for a pose or a light in words, which the small model was not taught.
