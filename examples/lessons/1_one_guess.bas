#!/usr/bin/env bas
# %% Lesson 1: The model guesses the noise, hence the picture
#| A *diffusion model* is trained to answer one question: "here is a picture with noise on it; which noise is
#| it?" This lesson shows that an answer to that question is at the same time a guess of the whole picture, from
#| any amount of noise, in a single pass, and that the prompt has the more to say the more noise there is.
#|
#| Run the cells from top to bottom. Before an experiment you are asked what you expect: write it into
#| `predict`, then run on. The whole lesson takes about half a minute.
import "lessons.bas" as lesson

base   = load_model("collage")
prompt = "a photo of a dog at the beach"
dog    = generate(base, prompt, seed=11, steps=20)
show dog
#> a photo of a dog at the beach   128×128 px, 20 steps of ddim, guidance 3.0, seed 11
#>   bytes 16…255 · model collage · model_hash 1149bcc7cdba24a7
#> ![a photo of a dog at the beach   128×128 px, 20 steps of ddim, guidance 3.0, seed 11](1_one_guess.out/d5342ffe7056.png)
#>@ 9f14b0d01063 Haswell 0.7 s

# %% Latents, and noise on them
#| The model does not work on pixels. An *autoencoder* turns the 128×128 picture into *latents*, here 16×16
#| cells of 8 numbers each, and back; everything else happens in between. Noise is added there as well. At
#| *timestep* t, from 0 (no noise) to 999 (nothing else), the noisy latents are
#|
#|     x = √ᾱ(t) · z + √(1 − ᾱ(t)) · noise        noise: independent, normal, variance 1
#|
#| ᾱ(t) ("alpha bar") is a fixed table that falls from nearly 1 to nearly 0. The two square roots are the
#| shares of picture and noise; their squares add up to 1.
times = [100, 300, 500, 700, 900]
show table([{ t, picture: lesson.signal(base, t), noise: lesson.noise_share(base, t) } for t in times])
#| Decoded, the noisy latents look alike from t = 300 on. That is the decoder's fault: it has never seen noisy
#| latents. At t = 500 the picture still has a share of .53, and the model can use it.
show [lesson.noised(base, dog, t) for t in times], titles=["t = {t}" for t in times], columns=5
#>   t  picture   noise
#> 100   0.9456  0.3252
#> 300   0.7684  0.6399
#> 500   0.5257  0.8507
#> 700   0.2873  0.9579
#> 900   0.1190  0.9929
#> ![5 pictures: t = 100, t = 300, t = 500, t = 700, t = 900](1_one_guess.out/ebcb1df19672.png)
#>@ ef5d32870e3e Haswell 0.4 s

# %% From guessed noise to a guessed picture
#| The network gives its estimate of the noise. Put it into the formula and solve for z:
#|
#|     z ≈ (x − √(1 − ᾱ) · predicted) / √ᾱ
#|
#| Decode that z, and you have the picture that the model guesses *at once*. Here it is in five lines;
#| `lesson.guess(model, picture, prompt, t)` is the same.
t         = 500
z         = encode(base, dog, seed=1)
x         = add_noise(base, z, randn(z.shape, seed=1), t)
predicted = predict_noise(base, x, t, prompt).noise
jumped    = decode(base, (x - lesson.noise_share(base, t) * predicted) / lesson.signal(base, t))
show [dog, lesson.noised(base, dog, t), jumped], titles=["picture", "with noise, t = 500", "one guess"]
#> ![3 pictures: picture, with noise, t = 500, one guess](1_one_guess.out/9acfbde44dd3.png)
#>@ 5c488da2b5b1 Haswell 0.1 s

# %% Predict
#| Now the same from five timesteps, with three prompts: the right one, the empty one, and a wrong one, "a photo
#| of a bus in the snow". All three start from *the same noisy dog*.
wrong  = "a photo of a bus in the snow"
answer = lesson.predict("At t = 900, with the wrong prompt: what appears, a dog, a bus, or nothing?", none)
#> Question: At t = 900, with the wrong prompt: what appears, a dog, a bus, or nothing?
#> You have not answered yet: write your guess in predict(…, answer).
#>@ 1f5216979eef Haswell 0.0 s

# %% The experiment
prompts = [prompt, "", wrong]
guesses = [[lesson.guess(base, dog, p, t) for t in times] for p in prompts]
show [[lesson.noised(base, dog, t) for t in times], ..guesses],
    rows=["noisy", "right prompt", "no prompt", "wrong prompt"], columns=["t = {t}" for t in times]
#> ![20 pictures: t = 100, t = 300, t = 500, t = 700, t = 900](1_one_guess.out/c408198466f5.png)
#>@ ade3f9204216 Haswell 1.1 s

# %% What came out
#| *PSNR* measures how alike two pictures are, in decibels: 30 is close, 10 is as unlike as two pictures chosen
#| at random.
lesson.reveal(answer, "a green bus in the snow, of which there is nothing in the picture")
show table([{
    t,
    noisy:        psnr(dog, lesson.noised(base, dog, t)),
    right_prompt: psnr(dog, guesses[0][i]),
    no_prompt:    psnr(dog, guesses[1][i]),
    wrong_prompt: psnr(dog, guesses[2][i]),
} for i, t in enumerate(times)])
#| Read the grid by columns. At t = 100 all three prompts give the dog: the picture says enough, the words are
#| hardly asked. At t = 900 the wrong prompt gives snow and a green lump: there the words decide and the picture
#| hardly counts. With no prompt the model still sees a beach, but only a smear for the dog. (Two more dogs,
#| seeds 1 and 2, gave the same grid, and numbers within 2.5 dB of these.)
#|
#| So when a picture is drawn, starting from pure noise at t = 999, the first steps decide *what* is there and
#| where, nearly from the prompt alone, and the last ones work on details, nearly without it.
#> Question:  At t = 900, with the wrong prompt: what appears, a dog, a bus, or nothing?
#> You said:  (no answer)
#> Here:      a green bus in the snow, of which there is nothing in the picture
#>   t   noisy  right_prompt  no_prompt  wrong_prompt
#> 100  23.321         29.73      28.45         27.04
#> 300  13.665         25.87      24.49         21.61
#> 500  10.457         23.43      21.58         16.90
#> 700   9.090         20.40      19.02         13.35
#> 900   8.406         17.94      17.21         12.34
#>@ 320dc09772f6 Haswell 0.2 s

# %% Misconception: "each step takes away a layer of noise"
#| Nothing is peeled off. At every step the model guesses the whole picture, as above, and the sampler goes a
#| little way towards that guess; at the next, less noisy step the guess is better. The blurred guesses at t =
#| 900 are averages over all the pictures that would fit. (On a page, `bas preview` or `bas export`, a slider
#| goes through the steps.)
show denoising(base, prompt, steps=20, seed=1)
#| At the first step the guess has the horizon and the place of the dog already, though the noisy picture shows
#| nothing of them until late. Below, the same noise without guidance: grey and soft, but the same dog.
#> denoising of "a photo of a dog at the beach": 20 steps of ddim, guidance 3 and none, seed 1
#> ![denoising of a photo of a dog at the beach: 13 moments](1_one_guess.out/9cbe6e870e23.png)
#>@ a3d11a641462 Haswell 5.2 s

# %% Misconception: "guidance is a knob for quality"
#| At each step the sampler makes two predictions, one with the prompt and one without, and goes on with
#| without + g · (with − without). g = 0 ignores the prompt, g = 1 is the model as it is, more exaggerates what
#| the prompt changes.
strengths = [0, 1, 3, 7, 15]
show [[generate(base, prompt, seed=s, steps=20, guidance=g) for g in strengths] for s in [1, 2]],
    rows=["seed 1", "seed 2"], columns=["guidance {g}" for g in strengths]
#| 0 is any picture at all; 1 is soft, with legs missing; 3 is what this model's pictures are usually drawn
#| with; at 15 colours are harsh and black lines grow on the dog. Sharper is not more faithful.
#> ![10 pictures: guidance 0, guidance 1, guidance 3, guidance 7, guidance 15](1_one_guess.out/75714684eb3f.png)
#>@ 3c8ce274cc69 Haswell 2.7 s

# %% Exercise
#| Write the guess yourself. `my_guess(t)` should give the picture that `base` guesses from the noisy dog at
#| timestep t; so far it only decodes the noisy latents. What you need: `encode`, `add_noise`, `randn`,
#| `predict_noise`, `decode`, and the two shares `lesson.signal(base, t)` and `lesson.noise_share(base, t)`.
fn my_guess(t) {
    z = encode(base, dog, seed=2)
    x = add_noise(base, z, randn(z.shape, seed=2), t)
    decode(base, x)
}
#>@ 6e660fc3bcb9 Haswell 0.0 s

# %% Check
#| Checked by value: from t = 500 the dog must come back to 20 dB, and 100 must beat 900 by 5 dB.
solution = r"""
fn my_guess(t) {
    z         = encode(base, dog, seed=2)
    x         = add_noise(base, z, randn(z.shape, seed=2), t)
    predicted = predict_noise(base, x, t, prompt).noise
    decode(base, (x - lesson.noise_share(base, t) * predicted) / lesson.signal(base, t))
}
"""
lesson.exercise(
    fn() { psnr(dog, my_guess(500)) > 20 and psnr(dog, my_guess(100)) > psnr(dog, my_guess(900)) + 5 },
    "take the predicted noise, times its share, off x; then divide by the share of the picture", solution,
);
#> Not solved yet.
#> Hint: take the predicted noise, times its share, off x; then divide by the share of the picture
#> (show_solution=true shows a solution.)
#>@ 7c107c6955a5 Haswell 0.0 s

# %% Paper and model
#| The paper's model is Stable Diffusion 2.1, with 900 million parameters; this one has 12.7 million and knows
#| 360 things. The formulas are the same. What differs is how good a guess is: here the dog's face is rough in
#| every column, and the guess from t = 900 is a smear. And the dog was drawn by this very model, so it is
#| easier to guess than a photograph would be.
