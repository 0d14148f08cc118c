#!/usr/bin/env bas
# %% Variations of a picture
#| Three ways to more pictures of one prompt: other seeds (other pictures), other noise that is mostly the same (near
#| variations), and a picture that is noised in part and drawn again (the layout stays).
#| Found by: variations, variation, seeds, seed, alternatives, similar, versions, again, interpolate
steps  = 30
base   = load_model("collage")
prompt = "a photo of a dog on the grass"
show generate(base, prompt, n=4, seed=1, steps=steps)

# %% Near one of them
#| Noise stays as strong as it was where it is turned towards another by an angle.
first = randn([1, ..base.latent_shape], seed=1)
other = randn([1, ..base.latent_shape], seed=2)
fn turned(angle) { cos(angle) * first + sin(angle) * other }
near = [generate(base, prompt, latents=turned(a), steps=steps) for a in [0, 0.2, 0.4, 0.6]]
show near, titles=["0", "0.2", "0.4", "0.6"]

# %% With the layout of one
again = [generate(base, prompt, image=near[0], strength=s, seed=3, steps=steps) for s in [0.3, 0.5, 0.7, 0.9]]
show again, titles=["strength 0.3", "0.5", "0.7", "0.9"]
