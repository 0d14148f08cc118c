#!/usr/bin/env bas
# %% Break-A-Scene by hand
#| One photo shows two things, a mug and a rose. We want a model that can draw each of them alone, and both
#| of them in other places. Here are all the steps of the method (arXiv 2305.16311), one at a time, with
#| what they compute. If you know PyTorch you know most of it; what is different here: values never change,
#| so an update gives a *new* model. Tensors are channels-last, `[N, H, W, C]`. (The lessons in
#| examples/lessons take the same ideas one by one, with experiments; this file is the whole at once.)
steps = 60
photo = load_scene("mug_rose")
photo = scene(photo.image, photo.masks, names=["mug", "rose"], title="mug and rose")
show photo
#> Scene "mug and rose"  128×128  2 masks
#>   mask      area  cells of 16×16  overlap
#>   0 mug   16.5 %              38  –
#>   1 rose  12.5 %              30  –
#> ![mug and rose and each of its masks](step_by_step.out/a2bef283f313.png)
#>@ a5bac4a04168 Cooperlake 0.0 s

# %% The model
#| A latent diffusion model in three parts. The autoencoder (VAE) turns a picture of 128×128 pixels into
#| latents of 16×16×8 numbers and back. The text encoder turns a prompt into one vector a token. The U-Net
#| sees noisy latents, how noisy they are (the timestep t, 0…999), and the prompt's vectors, and says which
#| noise was added.
base = load_model("collage")
show base
things = ["a dog at the beach", "a flower on the grass", "a duck in the snow", "a mug"]
show generate(base, ["a photo of {thing}" for thing in things], steps=20, seed=1), titles=things
#| `generate` begins with pure noise and removes the predicted noise in 20 steps. At each it predicts twice, with
#| the prompt and without, and goes further in the direction of the difference than the prompt alone would
#| ("classifier-free guidance", here by a factor of 3).
#|
#| It is a small model. Dog, flower and duck it knows well; "a mug" gives a city without a mug. And *this* mug
#| and *this* rose have no word in any model; so we add two.
#> Model collage   128×128 px, epsilon prediction
#>   latents 16×16×8, U-Net 48·96·192, text 32 tokens of 192
#>   12.7 M parameters: U-Net 7.2 M, text encoder 2.1 M, VAE 3.3 M, hash 1149bcc7cdba24a7
#> ![4 × 128×128 px, 20 steps of ddim, guidance 3.0, seed 1](step_by_step.out/de9259ca93fc.png)
#>@ be8088fc0184 Cooperlake 1.4 s

# %% Masks
#| One mask a thing, loosely drawn. They are used at two coarser sizes: the latents', for the first of the two
#| losses below, and the attention maps', for the second. In this model both have 16×16 cells. A thing that covers
#| few cells gives its handle little to learn from; `check(photo)` would warn of it.
for name, mask in zip(photo.names, photo.masks) {
    print("{name}: {100 * mask.area:.1f} % of the photo, {mask.cells} of 256 cells at 16×16")
}
targets = [resize(m, [16, 16]) for m in photo.masks]
show [image(resize(t, [128, 128])) for t in targets], titles=["target of {n}" for n in photo.names]
#> mug: 16.5 % of the photo, 38 of 256 cells at 16×16
#> rose: 12.5 % of the photo, 30 of 256 cells at 16×16
#> ![2 pictures: target of mug, target of rose](step_by_step.out/078a36a0cbf8.png)
#>@ a4bcc6fdb57a Cooperlake 0.0 s

# %% Handles
#| A handle is a new token: one new row of the text encoder's table of embeddings. It starts as a copy of a
#| word that is roughly right. The base model is what it was: `model` is another value, which shares its
#| weights.
model = add_handles(base, photo, init=["dish", "flower"], seed=1)
mug, rose = model.handles
print("handles {mug} and {rose}, {mug.embedding.shape[0]} numbers each; the base model has {len(base.handles)}")
fn named(text) {
    ## A text with the things' names in the place of handles.
    replace(replace("{text}", mug.token, "<mug>"), rose.token, "<rose>")
}
show nearest(base, mug, n=3)
#| The cosine of two embeddings is 1 for the same direction and near 0 for unrelated ones. Behind "dish" itself,
#| which the handle is a copy of, come words at .6 that mean nothing to us: neighbours in this table are seldom
#| synonyms. `named` writes "<mug>" where the prompt has the token.
#> handles <asset0> and <asset1>, 192 numbers each; the base model has 0
#> word      cosine
#> dish      1.0000
#> pressure  0.6460
#> pasta     0.5726
#>@ 1d9fd7681005 Cooperlake 0.0 s

# %% Union sampling (section 3.1)
#| Every step picks a random subset of the handles, and a prompt that names just these. Were it always one
#| handle, the model would never learn to draw two together; were it always all, it would not learn to tell
#| them apart.
for s in 1..6 { print(named(union_sample(model, photo, flip=0, seed=s).prompt)) }
pick = union_sample(model, photo, flip=0, seed=5)
print("we go on with \"{named(pick.prompt)}\"")
#> a photo of <rose>
#> a photo of <rose>
#> a photo of <rose>
#> a photo of <mug>
#> a photo of <rose> and <mug>
#> a photo of <mug>
#> we go on with "a photo of <rose> and <mug>"
#>@ cf42e9100cfd Cooperlake 0.0 s

# %% Encode
#| The VAE's encoder gives a Gaussian for every latent number; `encode` draws from it. Latents are scaled so
#| that over many pictures they have about unit variance, as the noise has. Single pictures differ: this one,
#| with its even surfaces, has a deviation of .70, the flower above one of 1.15.
z = encode(model, pick.image, seed=1)
print("latents {z.shape}, mean {mean(z):.2f}, deviation {std(z):.2f}")
show [photo.image |> resize([128, 128]), decode(model, z)], titles=["photo", "encoded, decoded"]
#> latents [1, 16, 16, 8], mean 0.06, deviation 0.70
#> ![2 pictures: photo, encoded, decoded](step_by_step.out/2022ce84c661.png)
#>@ da2048fe1917 Cooperlake 0.0 s

# %% Add noise
#| At timestep t the noisy latents are  √ᾱ(t) · z + √(1 − ᾱ(t)) · noise.  ᾱ ("alpha bar") is a fixed table
#| that falls from nearly 1 at t = 0 to nearly 0 at t = 999; the square roots are the shares of picture and
#| noise, and `add_noise` is this formula.
noise = randn(z.shape, seed=1)
times = [100, 300, 500, 700, 900]
still = ones(z.shape)
show table([{ t, picture: mean(add_noise(model, still, 0 * still, t)),
              noise: mean(add_noise(model, 0 * still, still, t)) }
            for t in times])
show [decode(model, add_noise(model, z, noise, t)) for t in times], titles=["t = {t}" for t in times], columns=5
#| From t = 300 on the pictures look alike, although the picture's share still falls from .77 to .12: the decoder has
#| never seen noisy latents. The next cell shows how much the model still finds in them.
#>   t  picture   noise
#> 100   0.9456  0.3252
#> 300   0.7684  0.6399
#> 500   0.5257  0.8507
#> 700   0.2873  0.9579
#> 900   0.1190  0.9929
#> ![5 pictures: t = 100, t = 300, t = 500, t = 700, t = 900](step_by_step.out/2c3a011301e1.png)
#>@ 4629f695d482 Cooperlake 0.2 s

# %% Predict the noise
#| One pass of the U-Net. It is trained to say the noise: the mean squared error of an untrained guess, 0,
#| would be 1. Where there is more noise it is easier to see. With the noise known, the formula above can be
#| solved for z: so every prediction is also a guess of the whole picture, the second row of pictures.
t   = 500
out = predict_noise(model, add_noise(model, z, noise, t), t, pick.prompt)
fn guess(t) { predict_noise(model, add_noise(model, z, noise, t), t, pick.prompt).noise }
show table([{ t: u, error: float(mse(noise, guess(u))) } for u in times])
fn jump(t) {
    picture, share = [mean(add_noise(model, still, 0 * still, t)), mean(add_noise(model, 0 * still, still, t))]
    decode(model, (add_noise(model, z, noise, t) - share * guess(t)) / picture)
}
show [jump(u) for u in times], titles=["guess from {u}" for u in times], columns=5
#>   t     error
#> 100  0.200104
#> 300  0.098178
#> 500  0.057972
#> 700  0.025805
#> 900  0.005781
#> ![5 pictures: guess from 100, guess from 300, guess from 500, guess from 700, guess from 900](step_by_step.out/f90f9d49e965.png)
#>@ a49888d0992d Cooperlake 0.4 s

# %% The masked diffusion loss (equation 1)
#| The same squared error, but both sides are multiplied by the union of the chosen masks: outside of the
#| things nothing is asked, so a handle need not remember the background. The mean is over all cells, also those
#| that count nothing, so small things weigh less, and the number looks smaller than the error is: divided by the
#| masked cells instead, it is larger than the mean over all. The things are the hardest part of the photo.
fn masked_loss(target, predicted, mask) { mean(((target - predicted) * mask) ** 2) }

mask = resize(union(pick.masks), z)
rec  = masked_loss(noise, out.noise, mask)
print("error {mse(noise, out.noise):.4f} over all; masked {rec:.4f}, per masked cell {rec / mean(mask ** 2):.4f}")
#> error 0.0580 over all; masked 0.0287, per masked cell 0.1080
#>@ 01bd01353b49 Cooperlake 0.0 s

# %% Where the model looks
#| In every cross-attention layer each of the 16×16 places of the latents spreads its attention over the prompt's
#| tokens: a softmax, positive numbers that add up to 1. Read the other way round, a token has a map: how much each
#| place looks at it. The pass above has recorded the maps of all 16×16 layers, and averaged them over layers and
#| heads.
maps = [attention_map(out.attention, h) for h in pick.handles]
show [overlay(photo, m) for m in maps], titles=["{h.thing} at t = {t}" for h in pick.handles]
#| The maps are the wrong way round: the rose's handle, still a copy of "flower", looks at the mug, and the mug's at
#| the rose. The prompt names the rose first, and before training the place in the prompt counts for more than the
#| word.
#> ![2 pictures: rose at t = 500, mug at t = 500](step_by_step.out/394006bc54b8.png)
#>@ 2c74e674b3f3 Cooperlake 0.0 s

# %% The cross-attention loss (equation 2)
#| Each chosen handle's map, divided by its maximum, should be 1 inside of its own thing's mask and 0
#| elsewhere. It is there to keep two handles apart that always come together (lesson 6 tries what it does).
attn = 0
for map, own in zip(maps, pick.masks) { attn = attn + mse(map / max(map), tensor(resize(own, [16, 16]))) }
print("by hand {attn:.4f}, by the builtin {attention_loss(out.attention, pick):.4f}")
#> by hand 0.2658, by the builtin 0.2658
#>@ d66148ac7239 Cooperlake 0.0 s

# %% A gradient
#| Phase one moves nothing but the two new rows: `grad` goes back through U-Net and text encoder to them
#| only. The gradient is clipped to norm 1, should it ever be larger.
total    = rec + 0.1 * attn
gradient = grad(total, model.handles)
print("loss {total:.4f}, norm of its gradient {gradient.norm:.4f}, clipped {clip(gradient, norm=1).norm:.4f}")
print("of the diffusion loss alone {grad(rec, model.handles).norm:.4f}")
print("of the attention loss alone {grad(attn, model.handles).norm:.4f}")
#> loss 0.0553, norm of its gradient 0.0166, clipped 0.0166
#> of the diffusion loss alone 0.0160
#> of the attention loss alone 0.1183
#>@ abb0012254e3 Cooperlake 0.0 s

# %% An update
#| AdamW divides a running mean of the gradients by the root of a running mean of their squares (its two
#| moments), so that every number moves by about the learning rate, and shrinks the weights a little. The moments
#| live in a value of their own. One step gives a new model and a new optimizer; with the same noise the loss
#| should have become smaller.
optimizer = adamw(model.handles, lr=5e-3)
after, optimizer = update(model, optimizer, clip(gradient, norm=1))
again = predict_noise(after, add_noise(after, z, noise, t), t, pick.prompt)
less  = masked_loss(noise, again.noise, mask) + 0.1 * attention_loss(again.attention, pick)
print("loss before {total:.4f}, after {less:.4f}")
print("the mug's handle moved by {norm(after.handles[0].embedding - mug.embedding):.4f}")
print("the old model's not at all: {norm(model.handles[0].embedding - mug.embedding):.4f}")
#> loss before 0.0553, after 0.0540
#> the mug's handle moved by 0.0693
#> the old model's not at all: 0.0000
#>@ 76972d362cce Cooperlake 0.0 s

# %% Phase one
#| The loop: draw a subset, latents, noise and a timestep; the two losses; a step. (The real phase runs 400
#| steps. It also keeps pictures of the base model in the batch, "prior preservation", which matters more in
#| phase two.)
optimizer = adamw(model.handles, lr=5e-3)
learned   = model
with seed(1) {
    for i in 1..steps {
        pick  = union_sample(learned, photo, flip=0)
        z     = encode(learned, pick.image)
        t     = random_timesteps(learned, 1)
        noise = randn(z.shape)
        out   = predict_noise(learned, add_noise(learned, z, noise, t), t, pick.prompt)
        rec   = masked_loss(noise, out.noise, resize(union(pick.masks), z))
        attn  = attention_loss(out.attention, pick)
        learned, optimizer = update(learned, optimizer, clip(grad(rec + 0.1 * attn, learned.handles), norm=1))
        if i % 10 == 0 { print("step {i:3d}   reconstruction {rec:.4f}   attention {attn:.4f}   {named(pick.prompt)}") }
    }
}
for h in learned.handles {
    print("the {h.thing}'s handle moved by {norm(h.embedding - h.start):.2f}, its own length is {norm(h.start):.2f}")
}
#> step  10   reconstruction 0.0239   attention 0.0559   a photo of <rose>
#> step  20   reconstruction 0.0231   attention 0.1150   a photo of <mug> and <rose>
#> step  30   reconstruction 0.0229   attention 0.1267   a photo of <mug> and <rose>
#> step  40   reconstruction 0.0313   attention 0.0454   a photo of <rose>
#> step  50   reconstruction 0.0497   attention 0.0856   a photo of <rose> and <mug>
#> step  60   reconstruction 0.0273   attention 0.0497   a photo of <mug>
#> the mug's handle moved by 1.15, its own length is 1.70
#> the rose's handle moved by 1.19, its own length is 1.70
#>@ db30d5714e49 Cooperlake 1.5 s

# %% Did it help?
#| The loss jumps up and down with t, so look at the maps: where does each handle's attention go, in shares
#| of its mass, averaged over five timesteps? It should go to the handle's own thing.
show leakage(model, photo)
show leakage(learned, photo)
fn seen(m, h) { overlay(photo, attention(m, "a photo of {mug} and {rose}", token=h, image=photo)) }
show [seen(m, h) for m in [model, learned] for h in m.handles],
    titles=["{h.thing} {when}" for when in ["before", "after"] for h in model.handles]
#> leakage of <asset0> <asset1> of mug and rose
#>                     mug      rose  background  mean IoU  IoU of mean  attention
#> mug <asset0>   .23 1.6×  .31 2.7×    .45 0.6×       .13          .15       0.8×
#> rose <asset1>  .15 1.0×  .43 3.7×    .41 0.6×       .27          .30       2.2×
#> chance         .15 1.0×  .12 1.0×    .73 1.0×
#> A row is where a handle's attention goes, in shares of its mass, ×: as a multiple of chance, which
#> is the mask's area. attention: the token's probability inside its own mask, × what every token has
#> where it is spread evenly.
#> mug is hardly looked at: 0.80 × even attention in its own mask, so its shares say little.
#> rose: 43 % in its own mask, 36 % of the way from chance (less than 50 %): it looks past its thing,
#> 41 % at the background; more steps, or crop(scene) for a small thing, may help.
#> Looked at: the training photo, "a photo of *", 1 noise at 5 timesteps. Not measured: the pictures
#> that the handles draw (inspect_pictures), other prompts, orders and noises (prompts=, orders=,
#> flips=, noises=).
#> ![where mug, rose look](step_by_step.out/fea22a5bfb17.png)
#> leakage of <asset0> <asset1> of mug and rose
#>                     mug      rose  background  mean IoU  IoU of mean  attention
#> mug <asset0>   .51 3.5×  .08 0.7×    .40 0.6×       .32          .36       1.9×
#> rose <asset1>  .05 0.4×  .64 5.5×    .30 0.4×       .39          .42       3.7×
#> chance         .15 1.0×  .12 1.0×    .73 1.0×
#> A row is where a handle's attention goes, in shares of its mass, ×: as a multiple of chance, which
#> is the mask's area. attention: the token's probability inside its own mask, × what every token has
#> where it is spread evenly.
#> mug: 51 % in its own mask, 43 % of the way from chance (less than 50 %): it looks past its thing,
#> 40 % at the background; more steps, or crop(scene) for a small thing, may help.
#> rose: 64 % in its own mask, 59 % of the way from chance (less than 80 %): it leaks, 30 % to the
#> background.
#> Looked at: the training photo, "a photo of *", 1 noise at 5 timesteps. Not measured: the pictures
#> that the handles draw (inspect_pictures), other prompts, orders and noises (prompts=, orders=,
#> flips=, noises=).
#> ![where mug, rose look](step_by_step.out/5e31dabef45a.png)
#> ![4 pictures: mug before, rose before, mug after, rose after](step_by_step.out/8a10788b74bc.png)
#>@ 5eccb9f2bd49 Cooperlake 0.3 s

# %% Draw
#| A handle in a prompt is a word like any other. But look at the maps above and at the pictures here: the maps are
#| right, and the pictures mostly are not. Alone, the handles draw a white and a red lump; together the rose is
#| lost, and at the beach there is no mug at all. Handles that can be told apart on the photo need not be strong
#| enough to draw. That takes more steps, and phase two, which trains the whole model a little (`phase2`, or
#| `phase_two` in stdlib/break_a_scene.bas).
prompts = ["a photo of {mug}", "a photo of {rose}", "a photo of {mug} and {rose}", "a photo of {mug} at the beach"]
show generate(learned, prompts, steps=20, seed=1), titles=["mug", "rose", "both", "mug, beach"]
#> ![4 × 128×128 px, 20 steps of ddim, guidance 3.0, seed 1](step_by_step.out/a47d0de85ec1.png)
#>@ 66dd76c56dfc Cooperlake 1.2 s

# %%
before, now = mean(leakage(model, photo).iou), mean(leakage(learned, photo).iou)
assert steps < 30 or now > before + 0.1, "the handles have not learned to look at their things"
#>@ 80500dce7323 Cooperlake 0.0 s
