#!/usr/bin/env bas
# %% Lesson 2: A word has a map
#| How does a prompt get into a picture? By *cross-attention*. This lesson looks at it: where in the picture the
#| model looks for which word, and why that is weaker evidence than it seems. About 20 seconds.
import "lessons.bas" as lesson

base    = load_model("collage")
prompt  = "a photo of a dog and a flower on the grass"
words   = split(prompt)
picture = generate(base, prompt, seed=1)
show picture
#> a photo of a dog and a flower on the grass   128×128 px, 30 steps of ddim, guidance 3.0, seed 1
#>   bytes 12…255 · model collage · model_hash 1149bcc7cdba24a7
#> ![a photo of a dog and a flower on the grass   128×128 px, 30 steps of ddim, guidance 3.0, seed 1](2_a_word_has_a_map.out/a781a979e238.png)
#>@ ae7e5e44a0eb Haswell 0.6 s

# %% Cross-attention
#| The *text encoder* turns the prompt into one vector for each *token*; in this model nearly every word is one
#| token. A cross-attention layer of the network compares every cell of the picture (a vector q, the query) with
#| every token (a vector k, the key), and mixes the tokens' contents in the proportions that come out:
#|
#|     A[cell, token] = softmax over tokens of  q[cell] · k[token] / √d
#|
#| *Softmax* makes positive numbers that add up to 1: each cell distributes one unit of attention over the
#| prompt. Read the other way round, at one token, A[·, token] is a picture: the word's *map*. Here maps are
#| averaged over the layers with 16×16 cells, over heads (copies of the mechanism in a layer), and over five
#| timesteps. To look at a given picture, noise is added to it and one pass is made, as in lesson 1.
map_of_dog = attention(base, prompt, token="dog", image=picture)
show overlay(picture, map_of_dog)
#> image 128×128
#>   bytes 30…240 · prompt a photo of a dog and a flower on the grass · scheduler ddim · model collage ·
#>   model_hash 1149bcc7cdba24a7
#> ![image 128×128](2_a_word_has_a_map.out/19f55c220d5c.png)
#>@ 071eaaa2d1c7 Haswell 0.0 s

# %% Predict
answer = lesson.predict("Where does \"the\" look, in \"on the grass\"? And the \"a\" before \"flower\"?", none)
#> Question: Where does "the" look, in "on the grass"? And the "a" before "flower"?
#> You have not answered yet: write your guess in predict(…, answer).
#>@ b6c7794e8679 Haswell 0.0 s

# %% The experiment
#| All words of the prompt. Token 0 marks the beginning, so word i is token i. Each map is shown from its own
#| minimum to its own maximum.
maps = [attention(base, prompt, token=i, image=picture) for i in 1..len(words)]
show [picture, ..[overlay(picture, m) for m in maps]], titles=["picture", ..words], columns=6
#> ![12 pictures: picture, a, photo, of, a, dog, and, a, …](2_a_word_has_a_map.out/89eafc351fc8.png)
#>@ cc1dbf7b8aac Haswell 0.5 s

# %% What came out
lesson.reveal(answer, "\"the\" looks at the flower, not at the grass; the \"a\" before \"flower\" looks at the dog")
#| "dog", "flower" and "grass" look where we would. But so do words without any content: the text encoder passes
#| information along the sentence, from each word to the later ones, so a small word can carry what was said
#| before it; and "a photo of" may just take the attention that a cell has to put somewhere. With seed 2 "the"
#| looks at the *dog*. Do not read meaning into the map of one word in one picture.
#> Question:  Where does "the" look, in "on the grass"? And the "a" before "flower"?
#> You said:  (no answer)
#> Here:      "the" looks at the flower, not at the grass; the "a" before "flower" looks at the dog
#>@ 306eb0b12ef7 Haswell 0.0 s

# %% Look around
#| Each of these maps is a mean. On a page (`bas preview`, `bas export`) you can take it apart: point at a word,
#| and move the sliders. At a terminal you see "dog" by layer and head.
attention(base, prompt, token="dog", image=picture, keep=["layer", "head"])
#| "dog" looks at the dog in the mean, because one layer says so loudly: in `up 2.0` the map is a bar along the
#| dog's back. In `up 2.1` the same word looks at the *flower*, most of all in head 1. And with more noise, at
#| t = 900, "grass" leaves the grass and looks into the flower and the sky: slide the timestep.
#> attention [3, 2, 16, 16] (layer, head, height, width)
#>   dog in "a photo of a dog and a flower on the grass"
#>   peak at row 10, column 3, mean of 3 layers, timesteps 100 300 500 700 900
#> ![attention of dog](2_a_word_has_a_map.out/7e716b68a5d0.png)
#>@ ad26f9ef2c05 Haswell 0.5 s

# %% In a number
#| A map and a *mask* (1 inside of a thing, 0 outside) compare by the share of the map's mass inside of the
#| mask, its *energy*. A map that looks evenly everywhere has as its energy the mask's area; that is the number
#| to beat. Take the photo "mug and rose", which the model has not drawn.
photo = lesson.mug_and_rose()
print("areas: mug {photo.masks[0].area:.2f}, rose {photo.masks[1].area:.2f}")
fn seen(prompt, word, seed) { attention(base, prompt, token=word, image=photo, seed=seed) }
sentences = ["a photo of a mug and a rose", "a photo of a rose and a mug"]
show table([{
    prompt: s,
    word:   w,
    seed,
    mug:    energy(seen(s, w, seed), photo.masks[0]),
    rose:   energy(seen(s, w, seed), photo.masks[1]),
} for s in sentences for w in ["mug", "rose"] for seed in 0..1])
show [[overlay(photo, seen(s, w, 0)) for w in ["mug", "rose"]] for s in sentences],
    rows=["mug and rose", "rose and mug"], columns=["the word mug", "the word rose"]
#| A failing case. In "a mug and a rose" the rose has .62 of "rose", five times its area: fine. But exchange the
#| two words, and it is *"mug"* that has .62 on the rose, while "rose" falls to about .27. The word that comes
#| last gets the red thing. Its words for these two things are weak, and the place in the sentence is stronger.
#> areas: mug 0.16, rose 0.12
#> prompt                       word  seed      mug    rose
#> a photo of a mug and a rose  mug      0  0.22968  0.2638
#> a photo of a mug and a rose  mug      1  0.22300  0.2688
#> a photo of a mug and a rose  rose     0  0.06340  0.6234
#> a photo of a mug and a rose  rose     1  0.05924  0.6016
#> a photo of a rose and a mug  mug      0  0.06501  0.6217
#> a photo of a rose and a mug  mug      1  0.05781  0.5943
#> a photo of a rose and a mug  rose     0  0.15774  0.2605
#> a photo of a rose and a mug  rose     1  0.13467  0.2927
#> ![4 pictures: the word mug, the word rose](2_a_word_has_a_map.out/63fcb32f16a5.png)
#>@ 62297f039391 Haswell 0.8 s

# %% Misconception: "attention explains; attention segments"
#| A map says which cells mixed in which token. It does not say that the thing is there, nor that it will be
#| drawn there, and its edge is not the thing's edge: 16×16 cells, and most words do not fill their thing. The
#| method of the next lessons nevertheless *trains* maps towards masks. Lesson 6 shows what that buys.

# %% Exercise
#| The scene `bear` shows a panda toy between a bowl and a shell. Find a word whose map has more than twice as
#| much energy in the toy's mask (area .29) as an even map would. The words that the model has: `base.words`.
bear = load_scene("bear")
show bear
word = "rabbit"
#> Scene "bear"  512×512  3 masks
#>   mask    area  cells of 16×16  overlap
#>   0      5.2 %              13  –
#>   1      3.0 %               8  –
#>   2     29.0 %              74  –
#>   ⚠ mask 1 is small: 8 of 256 cells carry the attention loss (3.0 % of the photo; the paper's things
#>     cover at least 15 %)
#> ![bear and each of its masks](2_a_word_has_a_map.out/2caa4650a88f.png)
#>@ 7e914cb09567 Haswell 0.2 s

# %% Check
toy = bear.masks[2]
fn energy_of(word) { energy(attention(base, "a photo of a {word}", token=word, image=bear), toy) }
print("\"{word}\": energy {energy_of(word):.2f}, area {toy.area:.2f}")
solution = r"""
word = "bear"
"""
lesson.exercise(
    fn() { energy_of(word) > 2 * toy.area },
    "the toy is a panda: try the names of animals and things that look like it, and compare", solution,
);
#> "rabbit": energy 0.37, area 0.29
#> Not solved yet.
#> Hint: the toy is a panda: try the names of animals and things that look like it, and compare
#> (show_solution=true shows a solution.)
#>@ a63bd41f1b80 Haswell 0.1 s

# %% Paper and model
#| The paper takes its maps at 16×16 cells because an earlier work (Prompt-to-Prompt) found them the most
#| meaningful in Stable Diffusion. In this small model 16×16 is the *finest* level there is, and we have not
#| compared. The paper shows clean maps of its learned handles; how often words of the base model look at the
#| wrong thing, as here, it does not say.
