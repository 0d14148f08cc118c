#!/usr/bin/env bas
# %% Where does the model look, and when?
#| Two short phases first, so that there is something to look at. (The draft loaded "out/toys.bas-result";
#| files of results do not exist yet.)
steps  = 60
photo  = load_scene("toys")
second = break_a_scene(load_model("collage"), photo, init=["fish", "duck", "ball"], steps=steps, prior=4, seed=1)
handle = second.handles[0]

# %% One number for every layer and timestep
#| Soft IoU of the handle's map with its mask. Rows are layers, columns are timesteps.
times = [50, 150, 300, 500, 700, 900]
prompt = "a photo of {handle}"
maps  = attention(second, prompt, token=handle, image=photo, timesteps=times, keep=["layer", "timestep"])
print(maps.axes)                                               # ["layer", "timestep", "height", "width"]
score = [[iou(maps[l, i], photo.masks[0]) for i in 0..<len(times)] for l in 0..<maps.shape[0]]
short = [replace(name, ".transformer_blocks.0.attn2", "") for name in maps.layers]
show heatmap(tensor(score), x=times, y=short, x_label="timestep", title="soft IoU with its mask", low=0)
best = argmax(tensor([mean(row) for row in score]))
show grid([overlay(photo, maps[best, i]) for i in 0..<len(times)], titles=["t = {t}" for t in times], columns=6,
          title=short[best])

# %% Heads are not alike
heads = attention(second, prompt, token=handle, image=photo, timesteps=[300], layers=[maps.layers[best]], keep=["head"])
show grid([overlay(photo, heads[h]) for h in 0..<heads.shape[0]], titles=["head {h}" for h in 0..<heads.shape[0]])

# %% All handles side by side
#| Without token=, a map for each handle that the prompt names.
show attention(second, "a photo of {second.handles[0]} and {second.handles[1]} and {second.handles[2]}", image=photo)
