#!/usr/bin/env bas
# %% Lesson 5: Masks say what not to learn
#| A photo shows a mug and a rose on a table. Which of it belongs to the word for the rose? Nobody has told the
#| model, unless the loss does. This lesson trains twice, with and without masks in the loss, and looks at what
#| else comes when only the rose is asked for. About a minute of computing.
import "lessons.bas" as lesson

base  = load_model("collage")
photo = lesson.mug_and_rose()
show photo
#> Scene "mug and rose"  128×128  2 masks
#>   mask      area  cells of 16×16  overlap
#>   0 mug   16.5 %              38  –
#>   1 rose  12.5 %              30  –
#> ![mug and rose and each of its masks](5_masks.out/a2bef283f313.png)
#>@ ebc4946e7a0c Haswell 0.0 s

# %% The masked loss
#| Training shows the model the photo with noise and a prompt that names the mug's handle, the rose's, or both
#| (handles are the new words of lesson 3). The loss compares the noise with the prediction. With masks
#| (equation 1 of the paper) both are multiplied by M, the union of the masks of the things that the prompt
#| names:
#|
#|     L = mean( ((noise − predicted) · M)² )
#|
#| Where M is 0, whatever the model predicts is as good as anything: nothing is learned from there, *nor
#| forbidden*. Without masks M is 1 everywhere.
M = resize(union([photo.masks[1]]), [16, 16])
show [photo.image, image(resize(M, [128, 128]))], titles=["photo", "M for a prompt with the rose"]
#> ![2 pictures: photo, M for a prompt with the rose](5_masks.out/7121f40ab357.png)
#>@ 36db82eea68a Haswell 0.0 s

# %% Two trainings
#| Alike but for `masked`: the same words to start from, the same seed. `contexts` makes all prompts "a photo of
#| *" without a place; `prior_weight=0` leaves out the base model's pictures (lesson 4).
fn learn(masked, seed) {
    plain = { masked, prior_weight: 0, contexts: ["a photo of *"], seed }
    one   = phase1(base, photo, init=["dish", "flower"], steps=200, ..plain)
    phase2(one, photo, steps=100, ..plain)
}
with_masks    = learn(true, 1)
without_masks = learn(false, 1)
#>@ bd48ea58d32f Haswell 19 s

# %% Predict
answer = lesson.predict("Trained without masks, what does \"a photo of <rose>\" draw, with no place named?", none)
#> Question: Trained without masks, what does "a photo of <rose>" draw, with no place named?
#> You have not answered yet: write your guess in predict(…, answer).
#>@ badad06332b4 Haswell 0.0 s

# %% The experiment
fn six(model) { generate(model, "a photo of {model.handles[1]}", n=6, seed=1, steps=20) }
alone = { with_masks: six(with_masks), without_masks: six(without_masks) }
show [alone.with_masks, alone.without_masks], rows=["with masks", "without"], columns=["seed {s}" for s in 1..6]
#> ![12 pictures: seed 1, seed 2, seed 3, seed 4, seed 5, seed 6](5_masks.out/e9acff1f322d.png)
#>@ 1a2630dbf00d Haswell 3.1 s

# %% What came out
#| Only the rose was asked for. How much of the *photo* came? We take the PSNR of each picture against it
#| (lesson 1: 10 dB is as unlike as chance), and look.
resized = resize(photo.image, [128, 128])
lesson.reveal(answer, "the whole photo: mug, rose and boards, six times of six")
show table([{ training: k, like_the_photo: mean(found), least: min(found) }
            for k, v in items(alone) for found in [[psnr(p, resized) for p in v]]])
#| Without masks the handle of the rose means "this photo"; that is also so with seeds 2 and 3 of the training,
#| six of six each.
#|
#| With masks the photo does *not* come back: other colours, the rose blotchy, and where the mug stood at most a
#| grey lump or a shade. But that trace is there in most pictures, with all three seeds, and with seed 2 the
#| boards came too, in five of six. Things that always come together leave traces of each other also through the
#| masked loss, since the network sees the whole noisy photo while it learns the rose.
#> Question:  Trained without masks, what does "a photo of <rose>" draw, with no place named?
#> You said:  (no answer)
#> Here:      the whole photo: mug, rose and boards, six times of six
#> training       like_the_photo  least
#> with_masks              14.59  12.13
#> without_masks           23.79  23.10
#>@ 89f7086554f6 Haswell 0.0 s

# %% The error outside
#| The measure of lesson 3, taken where *no* mask is: how well does the handles' prompt know the background?
show table([
    { training: k, background: lesson.masked_error(m, photo, p, outside=true), mug: lesson.masked_error(m, photo, p, 0),
      rose: lesson.masked_error(m, photo, p, 1) }
    for k, m in items({ with_masks, without_masks }) for p in ["a photo of {m.handles[0]} and {m.handles[1]}"]
])
#| Without masks the background's error is .017, with them .083 (seeds 2 and 3: .016 and .075, .028 and .107).
#| Note the other columns. Inside of the masks the training *without* them is the better one too. Knowing the
#| whole photo helps with its parts; only, it is not what we want. A lower loss is not a better result.
#> training       background      mug     rose
#> with_masks        0.08318  0.03313  0.05733
#> without_masks     0.01673  0.01908  0.05292
#>@ 6e66ca263809 Haswell 0.7 s

# %% When a place is named
#| So far no prompt said where. Now one does:
fn grass(model) { generate(model, "a photo of {model.handles[1]} on the grass", n=4, seed=1, steps=20) }
show [grass(with_masks), grass(without_masks)], rows=["with masks", "without"]

#| With masks the rose goes to the grass (and the lump with it); without them the boards come even so, with this
#| seed four times of four. A handle that has learned the background speaks louder than the words "on the
#| grass".
#> ![8 pictures](5_masks.out/11181fc3189e.png)
#>@ 6b7c3d9e2a8a Haswell 2.0 s

# %% Misconception: "the masks cut the things out"
#| No picture is cut. The model sees the whole photo, noise and all, at every step. A mask only says where being
#| wrong costs something. That is why masks may be loose, and why they do not keep a neighbour out for certain.

# %% Exercise
#| Write `outside(model)` yourself: the mean squared error of the predicted noise per cell and number *outside
#| of both masks*, for the prompt that names both handles, averaged over `times`. So far it measures the inside.
times = [100, 300, 500, 700, 900]
fn outside(model) {
    prompt = "a photo of {model.handles[0]} and {model.handles[1]}"
    z      = encode(model, photo.image, seed=5)
    where_ = resize(union(photo.masks), z)
    mean([error_at(model, prompt, z, where_, t) for t in times])
}
fn error_at(model, prompt, z, where_, t) {
    noise     = randn(z.shape, seed=t)
    predicted = predict_noise(model, add_noise(model, z, noise, t), t, prompt).noise
    float(mean(((noise - predicted) * where_) ** 2)) / float(mean(where_))
}
#>@ 4e7c3a5b2569 Haswell 0.0 s

# %% Check
inside_out = { with_masks: outside(with_masks), without_masks: outside(without_masks) }
print("outside: with masks {inside_out.with_masks:.3f}, without {inside_out.without_masks:.3f}")
solution = r"""
    where_ = resize(complement(union(photo.masks)), z)
"""
lesson.exercise(
    fn() { inside_out.without_masks < 0.5 * inside_out.with_masks and inside_out.with_masks > 0.06 },
    "a mask has an opposite: complement(m), or !m", solution,
);
#> outside: with masks 0.043, without 0.036
#> Not solved yet.
#> Hint: a mask has an opposite: complement(m), or !m
#> (show_solution=true shows a solution.)
#>@ 2f2985aedb75 Haswell 0.1 s

# %% Paper and model
#| The paper leaves the masked loss out in an ablation: the background is then learned and prompts are followed
#| less, as here. What it does not show is the trace of the neighbour that stays with masks. In this model it is
#| plain in prompts without a place; in larger ones we cannot say.
