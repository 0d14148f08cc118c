#!/usr/bin/env bas
# %% Lesson 6: The loss assigns maps, and maps are not pictures
#| Two new words must not look at each other's thing. The paper adds a second loss for this, on the attention
#| maps of lesson 2. It does what it says to the maps. Whether the pictures get better is another question, and
#| this lesson asks both. About a minute of computing.
import "lessons.bas" as lesson

base  = load_model("collage")
photo = lesson.mug_and_rose()
show photo
#> Scene "mug and rose"  128×128  2 masks
#>   mask      area  cells of 16×16  overlap
#>   0 mug   16.5 %              38  –
#>   1 rose  12.5 %              30  –
#> ![mug and rose and each of its masks](6_maps_and_pictures.out/a2bef283f313.png)
#>@ ebc4946e7a0c Haswell 0.0 s

# %% The attention loss
#| For each handle that a step names, its map at 16×16 cells is divided by its maximum, and should be 1 inside
#| of its own thing's mask and 0 elsewhere (equation 2):
#|
#|     L_attention = Σ over handles  mean( (map / max(map) − mask)² )        weight here 0.1 (the paper: 0.01)
#|
#| The weight is larger since this small model is trained with larger steps; `phase1(…, attention_weight=0)`
#| leaves the loss out. To see what it is good for, we make the task hard: *both handles start from the same
#| word*, "ball".
fn learn(words, weight, seed) {
    phase1(base, photo, init=words, steps=200, prior_weight=0, attention_weight=weight, seed=seed)
}
#>@ fdf40dff0d6f Haswell 0.0 s

# %% A measure: leakage
#| `leakage(model, photo)` tells which share of a handle's map lies in each mask. The *worst leak* is the
#| largest share that lies in another handle's mask; a map that looks evenly everywhere has the mask's area
#| there, .16 for the mug's. *Own* is the mean share in the handle's own mask.
answer = lesson.predict(
    "Same start and no attention loss: do the handles find their own things? Always, sometimes, never?", none,
)
#> Question: Same start and no attention loss: do the handles find their own things? Always, sometimes, never?
#> You have not answered yet: write your guess in predict(…, answer).
#>@ 09251c269a3a Haswell 0.0 s

# %% The experiment
#| Three seeds, without and with.
runs = [{ seed, weight, model: learn(["ball", "ball"], weight, seed) } for seed in 1..3 for weight in [0, 0.1]]
show table([{ seed: r.seed, weight: r.weight, worst_leak: l.worst_other, own: l.own }
            for r in runs for l in [leakage(r.model, photo)]])
fn map_of(model, i) {
    mug, rose = model.handles
    overlay(photo, attention(model, "a photo of {mug} and {rose}", token=model.handles[i], image=photo))
}
show [[map_of(r.model, i) for r in runs if r.weight == w for i in 0..1] for w in [0, 0.1]],
    rows=["without the loss", "with it"], columns=["{thing}, seed {s}" for s in 1..3 for thing in photo.names]
#> seed  weight  worst_leak     own
#>    1       0      0.1016  0.5516
#>    1     0.1      0.1612  0.5038
#>    2       0      0.4764  0.2715
#>    2     0.1      0.1661  0.4998
#>    3       0      0.1127  0.5151
#>    3     0.1      0.1785  0.4795
#> ![12 pictures: mug, seed 1, rose, seed 1, mug, seed 2, rose, seed 2, mug, seed 3, rose, seed 3](6_maps_and_pictures.out/761505caff3a.png)
#>@ 9051264eb944 Haswell 19 s

# %% What came out
lesson.reveal(answer, "sometimes: with seeds 1 and 3 yes, with seed 2 both words look at the mug")
#| The masked loss alone (lesson 5) separated the handles with two seeds of three. With seed 2 the rose's word
#| has .48 of its map on the mug: two words for one thing, and nothing in the loss to object. With the attention
#| loss that leak is .17. But where there was nothing to mend it costs: the leaks of seeds 1 and 3 *rise* from
#| .10 and .11 to .16 and .18. It is an insurance, and it has a price.
#> Question:  Same start and no attention loss: do the handles find their own things? Always, sometimes, never?
#> You said:  (no answer)
#> Here:      sometimes: with seeds 1 and 3 yes, with seed 2 both words look at the mug
#>@ 3c12eabd5f73 Haswell 0.0 s

# %% And the pictures?
#| Now from good words, "dish" and "flower", as one would. First the maps: *soft IoU* compares a map, divided by
#| its maximum, with the mask: overlap divided by union, 1 is perfect.
good = [{ seed, weight, model: learn(["dish", "flower"], weight, seed) } for seed in 1..3 for weight in [0, 0.1]]
show table([{ seed: r.seed, weight: r.weight, mug: l.iou[0], rose: l.iou[1] }
            for r in good for l in [leakage(r.model, photo)]])
#| With the loss all six maps are better.
#> seed  weight     mug    rose
#>    1       0  0.3249  0.3755
#>    1     0.1  0.3909  0.4712
#>    2       0  0.3078  0.3783
#>    2     0.1  0.4127  0.5137
#>    3       0  0.3032  0.3786
#>    3     0.1  0.4083  0.5103
#>@ 6f30af9c9641 Haswell 25 s

# %% Predict again
second = lesson.predict("Are the pictures of the things alone, on grass, better too?", none)
#> Question: Are the pictures of the things alone, on grass, better too?
#> You have not answered yet: write your guess in predict(…, answer).
#>@ 7f9d6191b109 Haswell 0.0 s

# %%
#| Two pictures of each thing, the first two seeds of the drawing.
fn alone(model, i) { generate(model, "a photo of {model.handles[i]} on the grass", n=2, seed=1, steps=20) }
show [[..alone(r.model, 0), ..alone(r.model, 1)] for r in good], columns=["mug", "mug", "rose", "rose"],
    rows=["seed {r.seed}, weight {r.weight}" for r in good]
lesson.reveal(
    second, "no: seed 1 loses mug and rose, seed 2 gains a mug and loses in roses, with seed 3 nearly all is gone",
)
#| The maps are better six times of six, .31 to .40 for the mug and .38 to .50 for the rose. In the pictures
#| there is no such order. A handle may look at exactly the right place *in the photo* and yet be too weak to
#| put anything into a new one. After 400 steps instead of 200 more things appear in both arms: of 12 roses 7
#| without the loss and 12 with it, of 12 mugs 12 without and 11 with it (by colour, three seeds, four pictures
#| each). So do not conclude the opposite either.
#> ![24 pictures: mug, mug, rose, rose](6_maps_and_pictures.out/e6b3f0ecc334.png)
#> Question:  Are the pictures of the things alone, on grass, better too?
#> You said:  (no answer)
#> Here:      no: seed 1 loses mug and rose, seed 2 gains a mug and loses in roses, with seed 3 nearly all is gone
#>@ c426888d9107 Haswell 7.0 s

# %% Misconception: "low leakage means good pictures"
#| Leakage is measured while the model looks at *the training photo*. It tells whether handles can be told apart
#| there. It does not tell what they draw. Look at both, always; `inspect_pictures` is there for the second.

# %% Exercise
#| A loss of your own, on the hard case: words "ball" and "ball", seed 2. `my_loss(out, pick)` gets the pass
#| (`out`) and what was drawn for the step (`pick.handles`, `pick.masks`); it returns one number, and the
#| gradient follows. So far it is 0. Bring the worst leak below .6 of what it is without, with more than .4 of
#| the maps at home.
fn my_loss(out, pick) {
    total = 0
    for handle, mask in zip(pick.handles, pick.masks) {
        map   = attention_map(out.attention, handle)
        goal  = tensor(resize(mask, map.shape))
        total = total + 0 * sum(map * goal)
    }
    total
}
#>@ fefc8800e84f Haswell 0.1 s

# %% Check
mine    = phase1(
    base, photo, init=["ball", "ball"], steps=200, prior_weight=0, attention_loss=my_loss, attention_weight=0.1, seed=2,
)
without = leakage([r.model for r in runs if r.seed == 2 and r.weight == 0][0], photo)
got     = leakage(mine, photo)
print("worst leak {got.worst_other:.2f}, without {without.worst_other:.2f}; own {got.own:.2f}")
solution = r"""
        total = total + 1 - sum(map * goal) / sum(map)
"""
lesson.exercise(
    fn() { got.worst_other < 0.6 * without.worst_other and got.own > 0.4 },
    "the share of the map inside of the mask is sum(map * goal) / sum(map); a loss should fall as it rises", solution,
);
#| The solution's loss, with these three seeds, gives leaks of .04, .12 and .09 and .79 to .88 at home: better
#| than equation 2 at what is measured here. Its soft IoU is *lower*, since it does not ask the map to fill the
#| mask. Which of the two is better is not settled by either number.
#> worst leak 0.48, without 0.48; own 0.27
#> Not solved yet.
#> Hint: the share of the map inside of the mask is sum(map * goal) / sum(map); a loss should fall as it rises
#> (show_solution=true shows a solution.)
#>@ e47286f869aa Haswell 4.5 s

# %% Paper and model
#| The paper leaves out the attention loss in an ablation and finds things mixed up or doubled. In this model it
#| helps when the handles would otherwise be confused, and does not matter, or does harm, when they would not.
#| The paper reports no numbers on the maps themselves, so we cannot compare these with it.
