#!/usr/bin/env bas
# %% Where does the model look, and when?
#| Two short phases first, so that there is something to look at.
steps  = 60
photo  = load_scene("toys")
second = break_a_scene(load_model("collage"), photo, init=["fish", "duck", "ball"], steps=steps, prior=4, seed=1)
handle = second.handles[0]
#> Where does the model look, and when?:3:47: warning[E0515]: mask 2 is small: 8 of 256 cells carry the attention loss (3.0 % of the photo; the paper's things cover at least 15 %)
#>   |
#> 3 | second = break_a_scene(load_model("collage"), photo, init=["fish", "duck", "ball"], steps=steps, prior=4, seed=1)
#>   |                                               ^^^^^
#>@ f146865a9c83 Cooperlake 10 s

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
fn small(map) { resize(overlay(photo, map), [192, 192]) }
show grid([small(maps[best, i]) for i in 0..<len(times)], titles=["t = {t}" for t in times], columns=6,
          title=short[best])
#| Up to t = 500 the map stays where the thing is. At 900 the noise has left nothing of it to be seen, and the map lies
#| between the things: what a handle looks at there is where the model expects it, not where it is.
#> ["layer", "timestep", "height", "width"]
#> ![heat map 3×6: soft IoU with its mask](attention_atlas.out/629e977c509f.png)
#> ![6 pictures: up_blocks.2.attentions.0](attention_atlas.out/26cf1afef54a.png)
#>@ 7eb4a8409461 Cooperlake 0.4 s

# %% Heads are not alike
heads = attention(second, prompt, token=handle, image=photo, timesteps=[300], layers=[maps.layers[best]], keep=["head"])
show grid([small(heads[h]) for h in 0..<heads.shape[0]], titles=["head {h}" for h in 0..<heads.shape[0]])
#> ![2 pictures: head 0, head 1](attention_atlas.out/7ebdb4e4d152.png)
#>@ 1f1b7ab4cf3a Cooperlake 0.1 s

# %% All handles side by side
#| Without token=, a map for each handle that the prompt names.
show attention(second, "a photo of {second.handles[0]} and {second.handles[1]} and {second.handles[2]}", image=photo)
#> attention [3, 16, 16] (token, height, width)
#>   <asset0>, <asset1>, <asset2> in "a photo of <asset0> and <asset1> and <asset2>"
#>   peak at row 11, column 4, mean of 3 layers, timesteps 100 300 500 700 900
#> ![attention of <asset0>, <asset1>, <asset2>](attention_atlas.out/c906aa6f3b60.png)
#>@ db602f6a6e50 Cooperlake 0.1 s
