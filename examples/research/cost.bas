#!/usr/bin/env bas
# %% What a training costs, before it is started
#| The paper gives one number: 4.5 minutes a scene (section 5), on a GPU that it does not name. `plan` counts what a
#| step computes and keeps, from the model's configuration alone; the counts are the same on every machine.
base  = load_model("collage")
sides = [64, 96, 128, 192, 256, 384, 512]

fn counted(side, phase, options = {}) {
    rows = plan(base, phase=phase, size=side, ..options).rows
    fn of(part) { [r for r in rows if r.part == part][0] }
    { gflop: float(split(of("each step").note, " ")[0]), activations: of("activations").MB, peak: of("peak").MB }
}
show table([
    {
        side: side, phase1: a.gflop, phase2: b.gflop, phase1_MB: a.peak, phase2_MB: b.peak, lora_MB: c.peak,
        activations_MB: b.activations,
    } for side, a, b, c in zip(
        sides, [counted(s, 1) for s in sides], [counted(s, 2) for s in sides],
        [counted(s, 2, { train: "lora" }) for s in sides],
    )
])
#> side  phase1  phase2  phase1_MB  phase2_MB  lora_MB  activations_MB
#>   64     1.1     1.7      143.4      185.2    148.4           9.665
#>   96     1.9     2.8      148.1      192.5    155.7          16.995
#>  128     3.0     4.5      156.1      204.2    167.4          28.652
#>  192     6.6     9.9      187.8      246.5    209.7          70.933
#>  256    12.5    18.8      254.6      328.0    291.2         152.462
#>  384    35.2    52.9      277.5      393.1    356.3         217.560
#>  512    81.3   122.0      437.2      611.8    575.0         436.233
#>@ 05f31c8bed62 Haswell 1.8 s

# %% The model that predicts it
#| Convolutions and products cost the same at every place, attention costs every pair of places: with P = (side / 8)²
#| places of the latents a step costs c + a P + b P². Three sizes give c, a and b, the others check them.
fn places(side) { (side / 8) ** 2 }
fn law(sides, values) {
    x, y, z = [places(s) for s in sides]
    u, v, w = values
    first = (v - u) / (y - x)
    b = ((w - v) / (z - y) - first) / (z - x)
    a = first - b * (x + y)
    { a, b, c: u - a * x - b * x ** 2 }
}
fn predicted(l, p) { l.c + l.a * p + l.b * p ** 2 }
by_phase = [law([64, 128, 512], [counted(s, phase).gflop for s in [64, 128, 512]]) for phase in 1..2]
for phase in 1..2 {
    l = by_phase[phase - 1]
    print("phase {phase}: {l.c:.2f} + {1000 * l.a:.2f} P / 1000 + {1e6 * l.b:.2f} P² / 1000000 GFLOP")
    for side in [96, 192, 256, 384] {
        print("  {side} px: counted {counted(side, phase).gflop:.1f}, by the law {predicted(l, places(side)):.1f}")
    }
}
#> phase 1: 0.51 + 9.06 P / 1000 + 2.60 P² / 1000000 GFLOP
#>   96 px: counted 1.9, by the law 1.9
#>   192 px: counted 6.6, by the law 6.6
#>   256 px: counted 12.5, by the law 12.5
#>   384 px: counted 35.2, by the law 35.2
#> phase 2: 0.83 + 13.31 P / 1000 + 3.97 P² / 1000000 GFLOP
#>   96 px: counted 2.8, by the law 2.8
#>   192 px: counted 9.9, by the law 9.8
#>   256 px: counted 18.8, by the law 18.6
#>   384 px: counted 52.9, by the law 52.6
#>@ 2c9de362946c Haswell 1.2 s

# %% Does a step take as long as it computes?
#| Steps at 256 px against those at 128: times by times, over arithmetic by arithmetic; 1 is a machine that is equally
#| fast at both. Times differ between machines and hours: only what is to hold on all of them is recorded.
fn seconds(train, scene, options, count = 8) {
    model = add_handles(base, scene)
    fn once(_) {
        start = time()
        train(model, scene, steps=count, prior_weight=0, seed=1, ..options);
        (time() - start) / count
    }
    min([once(i) for i in 1..3])
}
photo = load_scene("mug_rose")
for phase in 1..2 {
    train  = [phase1, phase2][phase - 1]
    times  = seconds(train, photo, { size: 256 }) / seconds(train, photo, {})
    counts = counted(256, phase).gflop / counted(128, phase).gflop
    near   = times / counts > 1 / 3 and times / counts < 3
    print("phase {phase}: {counts:.1f} times the arithmetic; the time grows so within a factor of 3: {near}")
}
#> phase 1: 4.2 times the arithmetic; the time grows so within a factor of 3: true
#> phase 2: 4.2 times the arithmetic; the time grows so within a factor of 3: true
#>@ - Haswell 8.3 s

# %% The number of things
#| `plan` has no place for it: a step shows one photo and reads at most N maps more. Steps of phase one with one
#| thing, and with four, a quarter of the picture each.
corners = [box([x, y], [x + 64, y + 64], [128, 128]) for y in [0, 64] for x in [0, 64]]
one, four = [seconds(phase1, scene(photo.image, masks), {}) for masks in [corners[0:1], corners]]
print("four things take less than twice the time of one: {four < 2 * one}")
#| What grows with the number of things is what they need: under the code's law one of N things is in (N + 1) / 2N of
#| the steps (three quarters of them for two things, 7/12 for six), and each pair in (N + 1) / 3N (a half, and 7/18).
#> four things take less than twice the time of one: true
#>@ - Haswell 1.3 s

# %% Video, on paper
#| Nothing here was run: bas draws pictures. F frames of a video as F pictures cost F times the steps' arithmetic. A
#| model whose attention sees all frames at once pays for every pair of places in them, b (F P)²; one that looks at
#| each frame and at each place over time (factorised) pays F b P² and b P F². In GFLOP a step of phase two, by the
#| law above.
fn video(side, frames) {
    l = by_phase[1]
    p = places(side)
    still = l.c + frames * (l.a * p + l.b * p ** 2)
    joint = l.c + l.a * frames * p + l.b * (frames * p) ** 2
    factorised = still + l.b * p * frames ** 2
    { side, frames, pictures: still, factorised, joint, joint_by_pictures: joint / still }
}
show table([video(side, f) for side in [128, 512] for f in [1, 8, 16, 64]])
#> side  frames  pictures  factorised      joint  joint_by_pictures
#>  128       1      4.50       4.501        4.5              1.000
#>  128       8     30.18      30.243      44.76              1.483
#>  128      16     59.52      59.784        122              2.050
#>  128      64    235.60     239.765       1285              5.455
#>  512       1    122.00     122.016        122              1.000
#>  512       8    970.18     971.219       4702              4.847
#>  512      16   1939.52    1943.689  1.793e+04              9.246
#>  512      64   7755.60    7822.241  2.765e+05             35.646
#>@ 576fd69be2df Haswell 0.0 s

# %% What follows
#| **Resolution is what costs.** The law of three sizes foretells the others within 2 %. From 128 to 512 px a step's
#| arithmetic grows 27 times while the places grow 16 times: the rest is attention, which at 512 px is half of it.
#| What must be kept for the backward pass grows 15 times.
#|
#| **Time follows, not exactly.** Measured once on two cores of an AMD EPYC that other work shared, the best of three:
#| a step of phase one without prior pictures takes 16 ms at 128 px, 54 ms at 256 (3.4 times, counted 4.2) and .90 s
#| at 512 (56 times, counted 27). There the tensors no longer stay in the caches, so that a plan for large pictures by
#| the rate of small ones is too hopeful by two. `plan` says "about" for that reason.
#|
#| **The number of things costs nothing in a step** and much in steps: `more_things.bas` measures what six things
#| lack.
#|
#| **Video** of a few frames is dear only where attention sees all frames at once: at 512 px and 16 frames nine times
#| the frames as pictures, while attention over time at each place adds next to nothing. This is arithmetic on paper
#| of this model's law; memory, training data and whether the method works there are not in it.
#|
#| **The paper's 4.5 minutes** cannot be compared: it names no GPU, and this model has 12.7 million parameters. What
#| can be: phase two costs 1.5 times phase one, since gradients of the weights are computed as well, and
#| `train="lora"` saves memory (gradients and the moments of AdamW), not time. For Stable Diffusion, `plan` takes its
#| folder.
