#!/usr/bin/env bas
# %% Lesson 3: A new word reaches only what the model can draw
#| There is a white mug in our photo. The model has words, but none for *this* mug. The first half of the
#| method, called *textual inversion*, adds a word and nothing else; the second half moves the model. What does
#| each of them get? About a minute and a half of computing.
import "lessons.bas" as lesson

base  = load_model("collage")
both  = lesson.mug_and_rose()
photo = scene(both.image, [both.masks[0]], names=["mug"], title="a mug")
show photo
#> Scene "a mug"  128×128  1 mask
#>   mask     area  cells of 16×16  overlap
#>   0 mug  16.5 %              38  –
#> ![a mug and each of its masks](3_a_new_word.out/ebf6dd499762.png)
#>@ 29f8365d3673 Haswell 0.0 s

# %% A measure: the masked error
#| How well does a prompt describe the mug? Take the photo, add noise, let the model predict it *with that
#| prompt*, and see how wrong it is inside of the mask:
#|
#|     error = Σ mask · (noise − predicted)² / Σ mask          averaged over 8 numbers a cell
#|
#| Always with the same two draws of the noise and the timesteps 100, 300, 500, 700, 900, so that numbers
#| compare. A model that predicts 0 would get 1. Mind the divisor: it is the number of *masked* cells. The loss
#| that training uses divides by all cells, and a small thing then seems to have a small error.
fn error(model, prompt) { lesson.masked_error(model, photo, prompt) }
answer = lesson.predict("What describes the white mug worse: \"a photo of a dish\", or no prompt at all?", none)
#> Question: What describes the white mug worse: "a photo of a dish", or no prompt at all?
#> You have not answered yet: write your guess in predict(…, answer).
#>@ ea857a399d3b Haswell 0.0 s

# %%
described = { none: "", dish: "a photo of a dish", mug: "a photo of a mug", apple: "a photo of an apple" }
show table([{ words, error: error(base, p) } for words, p in items(described)])
lesson.reveal(answer, "\"dish\" is worse: a wrong word misleads, no word does not")
#| The model's "mug" is no better than none: asked for "a photo of a mug" with seed 1, it draws a city.
#> words    error
#> none   0.08573
#> dish   0.13136
#> mug    0.09586
#> apple  0.16220
#> Question:  What describes the white mug worse: "a photo of a dish", or no prompt at all?
#> You said:  (no answer)
#> Here:      "dish" is worse: a wrong word misleads, no word does not
#>@ d67ff56a1d78 Haswell 0.4 s

# %% Phase one: a new word
#| A *handle* is a new token: one more row, 192 numbers, in the table of the text encoder. We begin with a copy
#| of the row of "dish", and take 400 steps of gradient descent on the masked error (and a term about attention,
#| lesson 6). Only the 192 numbers move; the model stays as it is, bit for bit.
one  = phase1(base, photo, init=["dish"], steps=400, prior_weight=0, seed=1)
word = "a photo of {one.handles[0]}"
print("dish {error(base, described.dish):.3f}, none {error(base, ""):.3f}, the handle {error(one, word):.3f}")
show nearest(base, one.handles[0], n=3)
#| The cosine (1: same direction, 0: unrelated) with the most similar word is below .5: the handle is not a
#| synonym of any word, and "mussel" means no more than that it has to be pale.
#> dish 0.131, none 0.086, the handle 0.064
#> word      cosine
#> mussel    0.4669
#> ghost     0.3211
#> penguins  0.3093
#>@ feca21aa2856 Haswell 8.2 s

# %% Phase two: the model moves as well
#| Now all weights of the network and of the text encoder get small steps, 200 of them. `prior` are pictures
#| that the base model has drawn; they are trained on as well, against forgetting (lesson 4).
two = phase2(one, photo, steps=200, prior=8, prior_steps=20, seed=1)
print("dish {error(base, described.dish):.3f}, phase one {error(one, word):.3f}, both {error(two, word):.3f}")
#> dish 0.131, phase one 0.064, both 0.019
#>@ 72e98fb4419e Haswell 15 s

# %% The picture that clicks
#| Five seeds each, none chosen.
fn five(model, prompt) { generate(model, prompt, n=5, seed=1, steps=20) }
show [five(base, described.dish), five(one, word), five(two, word)], rows=["the word dish", "phase one", "both phases"],
    columns=["seed {s}" for s in 1..5]
#| "Dish" draws a dark bowl of the model's own. After phase one: a white thing of the mug's size and shade, with
#| no handle and no edge at the top. It stands on bricks, at sunset, in the sea: the word is free of its
#| surroundings. After both phases a mug with a rim and the beginning of a handle, but always in the same pose,
#| at the same place, and mostly on the photo's boards. What was gained in likeness was paid in freedom.
#> ![15 pictures: seed 1, seed 2, seed 3, seed 4, seed 5](3_a_new_word.out/02b1b7dc2518.png)
#>@ dae9641c1f9e Haswell 2.7 s

# %% Several seeds
#| The errors with three seeds of the training: "dish" .131 and no prompt .086 each time; phase one .064, .069,
#| .063; both .019, .018, .019. So the word alone halves the error, and the model's help takes it down to a
#| third of that again. With seed 2 the wall behind the mug changed too: plain in four pictures of five.

# %% Misconception: "a handle stores the picture"
#| The photo has 49,152 numbers, the handle 192. It is an *address*: it points at something that this model can
#| already draw. If nothing near the mug can be drawn, no address helps, and the model has to move.

# %% Exercise
#| How many steps does phase one need? Choose the smallest of 25, 50, 100, 200 that brings the error below .6 of
#| what "dish" has.
my_steps = 25
#>@ 4a788d0c53e7 Haswell 0.0 s

# %% Check
mine = phase1(base, photo, init=["dish"], steps=my_steps, prior_weight=0, seed=1)
e    = error(mine, "a photo of {mine.handles[0]}")
print("{my_steps} steps: error {e:.3f}; .6 of dish: {0.6 * error(base, described.dish):.3f}")
solution = r"""
my_steps = 100
"""
lesson.exercise(
    fn() { e < 0.6 * error(base, described.dish) and my_steps <= 100 }, "double the steps until it is enough", solution,
);
#> 25 steps: error 0.092; .6 of dish: 0.079
#> Not solved yet.
#> Hint: double the steps until it is enough
#> (show_solution=true shows a solution.)
#>@ 3f6b3a96917f Haswell 0.6 s

# %% Paper and model
#| The paper says that handles alone are not enough for a likeness, and shows it. Here too. But its phase two
#| moves a model of 900 million numbers by steps of 2e-6 and keeps it able to put the thing elsewhere; our small
#| one needs 3e-4 to move at all, and binds the mug to its place. The settings (`collage`) were made for two or
#| three things in a photo; with a single one the binding shows most.
