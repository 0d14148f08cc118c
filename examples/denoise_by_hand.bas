#!/usr/bin/env bas
# %% Noise, word by word
#| Thirty small steps from noise to a picture. At each the model guesses the noise twice, with the prompt
#| and without it, and we walk away from the second guess.
steps    = 30
model    = load_model("collage")
guidance = 3.0
prompt   = "a photo of a tiger at the beach"
#>@ 317b9f49d8c7 Cooperlake 0.0 s

# %% The loop
#| The scheduler (DDIM) knows at which timesteps to stop, and how to get from one to the next once the noise
#| is guessed.
scheduler = ddim(model, steps=steps)
start = randn([1, ..model.latent_shape], seed=4)
x     = start
film  = []
for i, t in enumerate(scheduler.timesteps) {
    if i % 6 == 0 { film = film + [decode(model, x)] }
    out   = predict_noise(model, concat([x, x], axis=0), t, ["", prompt]).noise
    noise = out[0] + guidance * (out[1] - out[0])
    x     = step(scheduler, noise, t, x)
}
picture = decode(model, x)
show film + [picture], titles=[..["after {6 * i} steps" for i in 0..<len(film)], "done"]
#> ![6 pictures: after 0 steps, after 6 steps, after 12 steps, after 18 steps, after 24 steps, done](denoise_by_hand.out/1316288197b7.png)
#>@ 62ec103893b2 Cooperlake 1.0 s

# %% The same by the built-in command
built_in = generate(model, prompt, steps=steps, guidance=guidance, latents=start)
print("psnr {psnr(picture, built_in):.1f} dB")
assert psnr(picture, built_in) > 60
#> psnr 95.0 dB
#>@ 988273721bdb Cooperlake 0.5 s
