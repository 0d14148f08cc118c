#!/usr/bin/env bas
# %% Lesson 4: Moving everything forgets
#| Phase two moves all 9.4 million weights of network and text encoder towards one photo. What becomes of what
#| the model knew, for example of "a dog"? And what does *prior preservation* do about it? About a minute and a
#| half of computing.
import "lessons.bas" as lesson

base    = load_model("collage")
photo   = lesson.mug_and_rose()
prompts = ["a photo of a dog", "a photo of a flower on the grass", "a photo of a duck in the snow"]
#>@ 7132c79093d2 Haswell 0.0 s

# %% Phase one cannot forget
#| In phase one only the two new rows of the token table move. Prompts without the handles do not use them, so
#| their pictures must be what they were, bit for bit. *Drift* measures it: the mean PSNR (lesson 1) of a
#| model's pictures against the base's, same prompts and seeds. Infinite is "equal"; two unrelated pictures have
#| about 10 dB.
one = phase1(base, photo, init=["dish", "flower"], steps=200, prior_weight=0, seed=1)
print("drift after phase one: {lesson.drift(base, one, prompts, seeds=[1])} dB")
#> drift after phase one: inf dB
#>@ 6e4ebe4767b7 Haswell 4.7 s

# %% Prior preservation
#| Before phase two the base model draws 16 pictures of ordinary prompts ("a photo at the beach", "a photo of a
#| bird", …). Each training step then has two halves, and their losses are added:
#|
#|     L = masked loss on the photo  +  prior_weight · plain loss on one of these pictures
#|
#| The second half says: what you drew for these words, you shall still draw. The paper does not mention it; its
#| code has it switched on.
answer = lesson.predict("200 steps of phase two without it. What does \"a photo of a duck in the snow\" draw?", none)
#> Question: 200 steps of phase two without it. What does "a photo of a duck in the snow" draw?
#> You have not answered yet: write your guess in predict(…, answer).
#>@ 99e3ce89dbcb Haswell 0.0 s

# %% The experiment
#| Both from the same phase one: with prior preservation and without. All else is equal.
two  = phase2(one, photo, steps=200, seed=1)
bare = phase2(one, photo, steps=200, seed=1, prior_weight=0)
fn row(model) {
    mug, rose = model.handles
    [generate(model, p, seed=1, steps=20) for p in [..prompts, "a photo of {mug} and {rose}"]]
}
show [[..[generate(base, p, seed=1, steps=20) for p in prompts], photo.image], row(one), row(two), row(bare)],
    rows=["base (and photo)", "phase one", "both", "both, no prior"],
    columns=["dog", "flower, grass", "duck, snow", "mug and rose"]
#> ![16 pictures: dog, flower, grass, duck, snow, mug and rose](4_forgetting.out/437f40dc38f2.png)
#>@ cf7f86f840c0 Haswell 34 s

# %% What came out
lesson.reveal(answer, "grey ducks, two of them, in front of the photo's boards")
fn errors(model) {
    mug, rose = model.handles
    [lesson.masked_error(model, photo, "a photo of {mug} and {rose}", i) for i in 0..1]
}
show table([{ model: k, drift: lesson.drift(base, m, prompts, seeds=1..2), mug: e[0], rose: e[1] }
            for k, m in items({ one, two, bare }) for e in [errors(m)]])
#| Look at the bottom row. The photo showed two things in front of brown boards; now *everything* is two things
#| in front of brown boards, the dog and the duck too. The masked loss never asked for the boards (lesson 5),
#| but nothing protected the snow either, and a shift that all prompts share is the cheapest way for a network
#| to get one photo right.
#|
#| With prior preservation the snow is snow and the grass grass. But it has forgotten too: two flowers for one,
#| a small dog at sunset with something beside it. The 16 pictures protect what they show, and not much more.
#> Question:  200 steps of phase two without it. What does "a photo of a duck in the snow" draw?
#> You said:  (no answer)
#> Here:      grey ducks, two of them, in front of the photo's boards
#> model  drift      mug     rose
#> one      inf  0.07277  0.16867
#> two    13.40  0.02334  0.06406
#> bare   10.21  0.03629  0.08018
#>@ 49f9acc513d4 Haswell 13 s

# %% Do not trust one number
#| Three traps. *PSNR* counts pixels: in our trials a dark wrong picture sometimes had a better figure than a
#| light right one (the dog: 11.6 dB with prior preservation, 13.1 without, seed 1). *The masked error* does not
#| see the forgetting: with seed 2 of the training the arm without prior preservation has the lower error at the
#| mug (.018 against .023), with seed 1 the higher one (.036 against .023); it would be a bad judge. And *the
#| mean over all cells*, which training logs show, is small for small things: divide by the mask.
#|
#| Over four prompts (a fourth was a ball at the beach) and three drawing seeds: both 15.1, 16.2 dB, without
#| prior 10.1, 9.3 dB, for seeds 1, 2 of the training.

# %% Is phase one needed?
#| If phase two starts at the plain words "dish" and "flower", does it reach the same? In our trials, 200 steps:
#| error at mug and rose .024 and .062 against .023 and .064 (seed 1), .028 and .051 against .023 and .046 (seed
#| 2); drift 14.5 against 15.1 and 13.2 against 16.2 dB. So phase one buys little likeness here, and a little
#| less forgetting. (The paper leaves it out in an ablation, too, and sees overfitting; that goes with the
#| second half.)

# %% Misconception: "the lowest loss is the best model"
#| The loss knows one photo. Everything else that you want from the model, it does not know.

# %% Exercise
#| Find settings for phase two that forget less: drift above 16 dB (the mean over `prompts`, two seeds each),
#| and still a masked error below .05 at the mug (phase one alone: .073). Things to turn: `lr` (0.0003),
#| `prior_weight` (1), `steps` (200), and `train`, which says what moves: "all", "unet", "attention", "kv".
my_settings = { lr: 2e-4 }
#>@ 368c3ca54db0 Haswell 0.0 s

# %% Check
mine  = phase2(one, photo, seed=1, ..{ steps: 200, ..my_settings })
moved = lesson.drift(base, mine, prompts, seeds=1..2)
print("drift {moved:.1f} dB, error at the mug {errors(mine)[0]:.3f}")
solution = r"""
my_settings = { train: "attention" }
"""
lesson.exercise(
    fn() { moved > 16 and errors(mine)[0] < 0.05 },
    "what moves less forgets less: fewer weights, or smaller steps with more weight on the prior", solution,
);
#| Two that we found: `train="attention"` (22.2 dB, .047; with seed 2 of the training 17.5 dB, .045) and
#| `lr=1e-4, prior_weight=3` (16.5 dB, .038). Only keys and values of the attention, `train="kv"`, forgets least
#| (26.6 dB) and learns least (.057). There is no free choice, only a trade.
#> drift 14.9 dB, error at the mug 0.023
#> Not solved yet.
#> Hint: what moves less forgets less: fewer weights, or smaller steps with more weight on the prior
#> (show_solution=true shows a solution.)
#>@ 23c2da369981 Haswell 18 s

# %% Paper and model
#| The paper trains everything and says that lighter variants "did not work" for them. Here moving the attention
#| alone is a fair trade. And our model forgets far more than Stable Diffusion does: it is 70 times smaller, and
#| its steps of 3e-4 are 150 times larger than the paper's 2e-6.
