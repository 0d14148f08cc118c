#!/usr/bin/env bas
# %% Lesson 8: Use, and limits
#| You have two handles. What can you ask of them, and what not? This lesson draws with one model, without
#| choosing, and says where it fails. About a minute of computing.
import "lessons.bas" as lesson

base  = load_model("collage")
photo = lesson.mug_and_rose()
model = break_a_scene(base, photo, init=["dish", "flower"], steps=200, seed=1)
mug, rose = model.handles
show photo
#> Scene "mug and rose"  128×128  2 masks
#>   mask      area  cells of 16×16  overlap
#>   0 mug   16.5 %              38  –
#>   1 rose  12.5 %              30  –
#> ![mug and rose and each of its masks](8_use_and_limits.out/a2bef283f313.png)
#>@ 849ef68568fd Haswell 12 s

# %% Predict
#| Six prompts:
asked = [
    "a photo of {mug} at the beach", "a photo of {rose} in the snow", "a photo of {mug} and {rose} in the forest",
    "a photo of a dog and {mug}", "an oil painting of {mug} and {rose}", "a photo of {mug} on top of a dog",
]
for p in asked { print(lesson.named(p, model.handles)) }
answer = lesson.predict("Which of the six will fail?", none)
#> a photo of <mug> at the beach
#> a photo of <rose> in the snow
#> a photo of <mug> and <rose> in the forest
#> a photo of a dog and <mug>
#> an oil painting of <mug> and <rose>
#> a photo of <mug> on top of a dog
#> Question: Which of the six will fail?
#> You have not answered yet: write your guess in predict(…, answer).
#>@ b3b722c26b20 Haswell 0.0 s

# %% The experiment
#| Three seeds of the drawing, none chosen.
show [generate(model, asked, seed=s, steps=20) for s in 1..3], rows=["seed {s}" for s in 1..3],
    columns=["mug, beach", "rose, snow", "both, forest", "dog and mug", "oil painting", "mug on a dog"]
#> ![18 pictures: mug, beach, rose, snow, both, forest, dog and mug, oil painting, mug on a dog](8_use_and_limits.out/bb5dd1fd57d4.png)
#>@ fa9601ace8de Haswell 1.9 s

# %% What came out
lesson.reveal(answer, "the two with a dog: there never is a dog and a mug")
#| The places come as asked. The *dog* does not: with this training a mug with a dog's markings stands where the
#| mug always stands, beside a smear. (The base model draws "a dog and a dish" side by side three times of
#| three: this was lost. Trained with seeds 2 and 3 it is the other way round: a dog as white as a mug, and no
#| mug. In nine pictures never both.) In training the handles met each other and places, never another thing; so
#| the mug's word has taken the left place in a pair for itself. "On top of" is a relation; the base model makes
#| one lump of "a dish on top of a dog" as well.
#|
#| Now look down the columns: the mug at the beach stands at the same spot in the same pose three times, and the
#| rose is cut by the right edge of the picture, as in the photo. The handle carries *where* as well as *what*.
#| It was learned from one photo; nothing in that photo says which of the two is the thing.
#> Question:  Which of the six will fail?
#> You said:  (no answer)
#> Here:      the two with a dog: there never is a dog and a mug
#>@ 606b8b272503 Haswell 0.0 s

# %% Styles
styles = ["a photo", "an oil painting", "a pencil sketch", "a pixel art", "a black and white photo"]
show generate(model, ["{s} of {mug} and {rose}" for s in styles], seed=1, steps=20), titles=styles, columns=5
#| Sketch, pixels and grey come as asked: such words change every cell, whatever stands there. The oil painting
#| can hardly be told from the photo.
#> ![5 × 128×128 px, 20 steps of ddim, guidance 3.0, seed 1](8_use_and_limits.out/8c568530c8da.png)
#>@ 2ac64447bcc8 Haswell 0.5 s

# %% Edit: draw inside a mask
#| *Blended latent diffusion*: draw with the prompt as always, but after every step put the noisy latents of the
#| given picture back outside of the mask. At the end the pixels outside are copied, so they are equal, not
#| merely similar.
dog  = generate(base, "a photo of a dog on a wooden table", seed=11, steps=20)
spot = ellipse([96, 80], [26, 30], dog.size)
left = ellipse([40, 80], [26, 30], dog.size)
fn edited(place, h, s) { edit(model, dog, place, "a photo of {h}", steps=20, seed=s) }
show [[edited(place, h, s) for h in [mug, rose] for s in [1, 2]] for place in [left, spot]],
    rows=["at the left", "at the right"], columns=["mug, seed 1", "mug, seed 2", "rose, seed 1", "rose, seed 2"]
#| The mug comes at the left and not at the right; the rose comes at the right, and at the left it is small or
#| not red. That is how they stood in the photo: place and thing were learned as one. In an edit there is more
#| wrong than that: the mug hides the dog, whatever we meant.
#> ![8 pictures: mug, seed 1, mug, seed 2, rose, seed 1, rose, seed 2](8_use_and_limits.out/bd7fa6759572.png)
#>@ ad31327f6611 Haswell 1.3 s

# %% Misconception: "it composes anything"
#| The method teaches words, and in teaching them this small model loses some of what it could compose before.
#| Ask first what the base model does with plain words; then what is left of it.
#|
#| One more failure, tried with two seeds: the background as a third thing (its mask is the complement of the
#| others), to be named behind a dog. After phase one alone its handle changed nothing; after both phases it
#| brought mug and rose along.

# %% Exercise
#| The last step of an edit by hand. `my_edit(drawn)` gets a picture drawn anew from the dog; it should give
#| that picture inside of the mask `spot` and *exactly* the dog outside. So far it gives all of what was drawn.
redrawn = generate(model, "a photo of {rose}", image=dog, strength=0.9, steps=20, seed=1)
fn my_edit(drawn) { drawn }
#>@ 0211446a306f Haswell 0.1 s

# %% Check
outside = reshape(tensor(spot == 0), [1, ..dog.size, 1])
show [dog, redrawn, my_edit(redrawn)], titles=["dog", "drawn", "my edit"]
solution = r"""
fn my_edit(drawn) { paste(drawn, dog, spot) }
"""
lesson.exercise(
    fn() {
        change = abs(tensor(my_edit(redrawn)) - tensor(dog))
        max(change * outside) == 0 and mean(change) > 0.01
    },
    "paste(picture, over, mask) takes one picture where the mask is 1 and another where it is 0", solution,
);
#> ![3 × 128×128 px, 20 steps of ddim, guidance 3.0, seeds 11, 1, 1](8_use_and_limits.out/c9983cb95f1a.png)
#> Not solved yet.
#> Hint: paste(picture, over, mask) takes one picture where the mask is 1 and another where it is 0
#> (show_solution=true shows a solution.)
#>@ b3f9aaaeab6e Haswell 0.0 s

# %% Paper and model
#| The paper names limits of its own: the lighting and the pose stay those of the photo, and more than four
#| things go wrong. The fixed pose is here as well, and stronger: even the place in the picture stays. That a
#| learned thing does not stand beside an unlearned one may be a limit of this model; we have not tried a larger
#| one.
