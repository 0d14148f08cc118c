#!/usr/bin/env bas
# %% Lesson 7: Practise alone *and* together
#| Two handles are to be learned from one photo. Which of them should a training step name: one, both, or now
#| this and now that? The paper's answer is *union sampling*: a random subset each time. Here three ways race.
#| About a minute and a half of computing.
import "lessons.bas" as lesson

base  = load_model("collage")
photo = lesson.mug_and_rose()
show photo
#> Scene "mug and rose"  128×128  2 masks
#>   mask      area  cells of 16×16  overlap
#>   0 mug   16.5 %              38  –
#>   1 rose  12.5 %              30  –
#> ![mug and rose and each of its masks](7_alone_and_together.out/a2bef283f313.png)
#>@ ebc4946e7a0c Haswell 0.0 s

# %% Three laws of sampling
#| "single": every step names one handle, "a photo of <mug>" or "a photo of <rose>", and the loss counts inside
#| of that thing's mask. "union": one or both, by chance. And a function of ours, `both`: every step names both,
#| the mug first in one step and the rose first in the next, so that the place in the prompt does not give away
#| which is which.
#|
#| The race is made hard on purpose: both handles start from the *same* word, "ball", and the attention loss of
#| lesson 6, which would tell them apart, is off. With good words ("dish" and "flower") all three laws end well
#| here.
fn both(step, count) { if step % 2 == 0 { [0, 1] } else { [1, 0] } }
fn learn(law, seed) {
    options = { prior_weight: 0, attention_weight: 0, sampling: law, seed }
    first   = phase1(base, photo, init=["ball", "ball"], steps=150, ..options)
    phase2(first, photo, steps=80, ..options)
}
started = add_handles(base, photo, init=["ball", "ball"])
for step in 1..6 { print(lesson.named(union_sample(started, photo, flip=0, seed=step).prompt, started.handles)) }
#> a photo of <rose>
#> a photo of <rose>
#> a photo of <rose>
#> a photo of <mug>
#> a photo of <rose> and <mug>
#> a photo of <mug>
#>@ eb4b8302d65e Haswell 0.0 s

# %% Predict
answer = lesson.predict("Trained singly, what does \"a photo of <mug> and <rose>\" draw?", none)
#> Question: Trained singly, what does "a photo of <mug> and <rose>" draw?
#> You have not answered yet: write your guess in predict(…, answer).
#>@ 5d43fc8b898d Haswell 0.0 s

# %% The experiment
#| Seed 3 of the training. It is chosen, because there what is missing can be counted by the colour red; what
#| seeds 1 and 2 gave stands below.
chosen  = 3
trained = { single: learn("single", chosen), union: learn("union", chosen), both: learn(both, chosen) }
#>@ 3245a01873d5 Haswell 22 s

# %%
fn pictures(model) {
    mug, rose = model.handles
    {
        together: generate(model, "a photo of {mug} and {rose}", n=6, seed=1, steps=20),
        mug:      generate(model, "a photo of {mug}", n=2, seed=1, steps=20),
        rose:     generate(model, "a photo of {rose}", n=2, seed=1, steps=20),
    }
}
drawn = [pictures(m) for m in values(trained)]
show [[..d.together, ..d.mug, ..d.rose] for d in drawn], rows=["single", "union", "both always"],
    columns=[..["together" for _ in 1..6], "mug", "mug", "rose", "rose"]
#> ![30 pictures: together, together, together, together, together, together, mug, mug, …](7_alone_and_together.out/98081fb89c4c.png)
#>@ 6aad21a68b74 Haswell 8.7 s

# %% What came out
#| The rose is there where more than 3 % of the pixels have its red.
lesson.reveal(answer, "two mugs and no rose; with another seed, lumps of both")
fn roses(pictures) { lesson.shown(photo, 1, pictures) }
show table([{ law, rose_together_of_6: roses(d.together), rose_alone_of_2: roses(d.rose) }
            for law, d in zip(keys(trained), drawn)])
#| *single*: each handle alone draws its thing, the mug often twice. Together one of them wins twice: two mugs
#| here and with seed 2; with seed 1 the two are mixed in one lump. By eye no picture of 18 shows a mug and a
#| rose side by side. In training the model never saw the two words in one prompt.
#|
#| *both always*: together perfect, 18 of 18. But ask for the rose alone, and a *mug* comes, with every seed.
#| (With seed 2 even the mug alone is a red and white blur.) Nothing in the training forced a word to mean the
#| rose, as long as the pair gave the pair.
#|
#| *union*: together 18 of 18, and alone the rose is red. Not a clean win, though: "<mug>" alone is often two
#| mugs, and "<rose>" alone may bring a mug along: two things are what the photo always had.
#> Question:  Trained singly, what does "a photo of <mug> and <rose>" draw?
#> You said:  (no answer)
#> Here:      two mugs and no rose; with another seed, lumps of both
#> law     rose_together_of_6  rose_alone_of_2
#> single                   0                2
#> union                    6                2
#> both                     6                0
#>@ bdf4dd3d5a8a Haswell 0.0 s

# %% Misconception: "single is always worse"
#| With good words to start from, "single" draws both things together here as well: "dish" and "flower" already
#| are different words that the base model can put into one picture. Union sampling mends a fault that shows
#| when handles are hard to tell apart. Where yours are not, you will measure no difference.

# %% Exercise
#| A law of your own: a function of the step (1, 2, 3, …) that gives the list of handles to name, in order:
#| [0] the mug, [1] the rose, [0, 1] or [1, 0] both. It should pass both tests: the rose is there together (5 of
#| 6) *and* alone (at least once in 2). No chance is needed.
fn my_law(step, count) { [step % 2] }
#>@ 4fb11d504353 Haswell 0.0 s

# %% Check
mine = pictures(learn(my_law, chosen))
show [..mine.together[0:4], ..mine.mug, ..mine.rose], columns=8
solution = r"""
fn my_law(step, count) {
    turns = [[0], [1], [0, 1], [1, 0]]
    turns[step % 4]
}
"""
lesson.exercise(
    fn() { lesson.shown(photo, 1, mine.together) >= 5 and lesson.shown(photo, 1, mine.rose) >= 1 },
    "take turns: step % 4 gives 0, 1, 2, 3", solution,
);
#> ![8 × 128×128 px, 20 steps of ddim, guidance 3.0, seeds 1, 2, 3, 4, 1, 2, 1, 2](7_alone_and_together.out/f75ce84b56e8.png)
#> Not solved yet.
#> Hint: take turns: step % 4 gives 0, 1, 2, 3
#> (show_solution=true shows a solution.)
#>@ ac8d29545618 Haswell 6.9 s

# %% Paper and model
#| The paper says that training on single handles always harms pictures of several, and shows it for its model.
#| In this one it is true from equal words and not seen from good ones. That *always both* makes handles useless
#| alone, the paper does not discuss; it is the other half of the reason for union sampling.
