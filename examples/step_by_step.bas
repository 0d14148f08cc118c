#!/usr/bin/env bas
# %% Break-A-Scene by hand
#| One photo shows two things, a mug and a rose. We want a model that can draw each of them alone, and both
#| of them in other places. Here are all the steps of the method (arXiv 2305.16311), one at a time, with
#| what they compute. If you know PyTorch you know most of it; what is different here: values never change,
#| so an update gives a *new* model. Tensors are channels-last, `[N, H, W, C]`.
steps = 60
photo = load_scene("mug_rose")
photo = scene(photo.image, photo.masks, names=["mug", "rose"], title="mug and rose")
show photo

# %% The model
#| A latent diffusion model in three parts. The autoencoder (VAE) turns a picture of 128×128 pixels into
#| latents of 16×16×8 numbers and back. The text encoder turns a prompt into one vector a token. The U-Net
#| sees noisy latents, how noisy they are (the timestep t, 0…999), and the prompt's vectors, and says which
#| noise was added.
base = load_model("collage")
show base
things = ["a dog at the beach", "a flower on the grass", "a tiger in the snow", "a mug"]
show generate(base, ["a photo of {thing}" for thing in things], steps=20, seed=1), titles=things
#| It is a small model, and draws what it has learned words for. *This* mug and *this* rose have no word; so
#| we add two.

# %% Masks
#| One mask a thing, loosely drawn. They are used at two coarser sizes: the latents', where the loss of
#| equation 1 is masked, and the attention maps', where equation 2 compares. A thing that covers few cells
#| gives its handle little to learn from; `check(photo)` would warn of it.
for name, mask in zip(photo.names, photo.masks) {
    print("{name}: {100 * mask.area:.1f} % of the photo, {mask.cells} of 256 cells at 16×16")
}
targets = [resize(m, [16, 16]) for m in photo.masks]
show [image(resize(t, [128, 128])) for t in targets], titles=["target of {n}" for n in photo.names]

# %% Handles
#| A handle is a new token: one new row of the text encoder's table of embeddings. It starts as a copy of a
#| word that is roughly right. The base model is what it was: `model` is another value, which shares its
#| weights.
model = add_handles(base, 2, init=["dish", "flower"], seed=1)
mug, rose = model.handles
print("handles {mug} and {rose}, {mug.embedding.shape[0]} numbers each; the base model has {len(base.handles)}")
print("nearest words to {mug}: {nearest(base, mug, n=3).word}")

# %% Union sampling (section 3.1)
#| Every step picks a random subset of the handles, and a prompt that names just these. Were it always one
#| handle, the model would never learn to draw two together; were it always all, it would not learn to tell
#| them apart.
for s in 1..6 { print(union_sample(model, photo, flip=0, seed=s)) }
pick = union_sample(model, photo, flip=0, seed=5)
print("we go on with \"{pick.prompt}\"")

# %% Encode
#| The VAE's encoder gives a Gaussian for every latent number; `encode` draws from it. Latents are scaled so
#| that they have about unit variance, as the noise has.
z = encode(model, pick.image, seed=1)
print("latents {z.shape}, mean {mean(z):.2f}, deviation {std(z):.2f}")
show [photo.image |> resize([128, 128]), decode(model, z)], titles=["photo", "encoded, decoded"]

# %% Add noise
#| At timestep t the noisy latents are  √ᾱ(t) · z + √(1 − ᾱ(t)) · noise.  ᾱ falls from nearly 1 at t = 0 to
#| nearly 0 at t = 999: the picture drowns.
noise = randn(z.shape, seed=1)
times = [100, 300, 500, 700, 900]
show [decode(model, add_noise(model, z, noise, t)) for t in times], titles=["t = {t}" for t in times], columns=5

# %% Predict the noise
#| One pass of the U-Net. It is trained to say the noise: the mean squared error of an untrained guess, 0,
#| would be 1. Where there is more noise it is easier to see.
t   = 500
out = predict_noise(model, add_noise(model, z, noise, t), t, pick.prompt)
fn guess(t) { predict_noise(model, add_noise(model, z, noise, t), t, pick.prompt).noise }
show table([{ t: u, error: float(mse(noise, guess(u))) } for u in times])

# %% The masked diffusion loss (equation 1)
#| The same squared error, but both sides are multiplied by the union of the chosen masks: outside of the
#| things nothing is asked, so a handle need not remember the background. The mean is over all cells, so
#| small things weigh less.
fn masked_loss(target, predicted, mask) { mean(((target - predicted) * mask) ** 2) }

mask = resize(union(pick.masks), z)
rec  = masked_loss(noise, out.noise, mask)
print("error {mse(noise, out.noise):.4f} over all, {rec:.4f} inside the mask")

# %% Where the model looks
#| In every cross-attention layer each of the 16×16 places of the latents spreads its attention over the
#| prompt's tokens (a softmax). Read the other way round, a token has a map: how much each place looks at
#| it. The pass above has recorded the maps of all 16×16 layers, and averaged them over layers and heads.
maps = [attention_map(out.attention, h) for h in pick.handles]
show [overlay(photo, m) for m in maps], titles=["{h} at t = {t}" for h in pick.handles]

# %% The cross-attention loss (equation 2)
#| Each chosen handle's map, divided by its maximum, should be 1 inside of its own thing's mask and 0
#| elsewhere. This is what keeps two handles apart that always come together.
attn = 0
for map, own in zip(maps, pick.masks) { attn = attn + mse(map / max(map), tensor(resize(own, [16, 16]))) }
print("by hand {attn:.4f}, by the builtin {attention_loss(out.attention, pick):.4f}")

# %% A gradient
#| Phase one moves nothing but the two new rows: `grad` goes back through U-Net and text encoder to them
#| only. The gradient is clipped to norm 1, should it ever be larger.
total    = rec + 0.1 * attn
gradient = grad(total, model.handles)
print("loss {total:.4f}, norm of its gradient {gradient.norm:.4f}, clipped {clip(gradient, norm=1).norm:.4f}")
print("of the diffusion loss alone {grad(rec, model.handles).norm:.4f}")
print("of the attention loss alone {grad(attn, model.handles).norm:.4f}")

# %% An update
#| AdamW keeps its moments in a value of its own. One step gives a new model and a new optimizer; with the
#| same noise the loss should have become smaller.
optimizer = adamw(model.handles, lr=5e-3)
after, optimizer = update(model, optimizer, clip(gradient, norm=1))
again = predict_noise(after, add_noise(after, z, noise, t), t, pick.prompt)
less  = masked_loss(noise, again.noise, mask) + 0.1 * attention_loss(again.attention, pick)
print("loss before {total:.4f}, after {less:.4f}")
print("{mug} moved by {norm(after.handles[0].embedding - mug.embedding):.4f}")
print("the old model's not at all: {norm(model.handles[0].embedding - mug.embedding):.4f}")

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
        if i % 10 == 0 { print("step {i:3d}   reconstruction {rec:.4f}   attention {attn:.4f}   {pick.prompt}") }
    }
}
for h in learned.handles {
    print("{h} moved by {norm(h.embedding - h.start):.2f}; nearest words {nearest(base, h, n=3).word}")
}

# %% Did it help?
#| The loss jumps up and down with t, so look at the maps: where does each handle's attention go, in shares
#| of its mass, averaged over five timesteps? It should go to the handle's own thing.
show leakage(model, photo)
show leakage(learned, photo)
fn seen(m, h) { overlay(photo, attention(m, "a photo of {mug} and {rose}", token=h, image=photo)) }
show [seen(m, h) for m in [model, learned] for h in m.handles],
    titles=["{h} {when}" for when in ["before", "after"] for h in model.handles]

# %% Draw
#| A handle in a prompt is a word like any other. After so few steps, and before phase two, which trains the
#| whole model a little (`phase2`, or `phase_two` in stdlib/break_a_scene.bas), it is only roughly the
#| thing.
prompts = ["a photo of {mug}", "a photo of {rose}", "a photo of {mug} and {rose}", "a photo of {mug} at the beach"]
show generate(learned, prompts, steps=20, seed=1), titles=["mug", "rose", "both", "mug, beach"]

# %%
before, now = mean(leakage(model, photo).iou), mean(leakage(learned, photo).iou)
assert now > before - 0.05, "the handles look away from their things"
