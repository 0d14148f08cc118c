#!/usr/bin/env bas
# %% What has a handle become?
#| Phase one moves a handle's embedding away from the word that it started from. How far, and to where?
steps = 200
base  = load_model("collage")
photo = load_scene("sheep")
photo = scene(photo.image, photo.masks, names=["sheep", "pot", "vase", "wheel"], title="sheep")
words = ["sheep", "pot", "kettle", "wheel"]
first = phase1(base, photo, init=words, steps=steps, prior_weight=0, seed=1)
for h, word in zip(first.handles, words) {
    print("the {h.thing}: moved {norm(h.embedding - h.start):.2f} from \"{word}\"")
    print("    nearest words {nearest(base, h, n=5).word}")
}
#> the sheep: moved 1.80 from "sheep"
#>     nearest words ["sheep", "sunset", "bovine", "bird", "at"]
#> the pot: moved 1.54 from "pot"
#>     nearest words ["pot", "oak", "lemon", "tennis", "roast"]
#> the vase: moved 1.86 from "kettle"
#>     nearest words ["kettle", "apple", "sea", "our", "bird"]
#> the wheel: moved 2.26 from "wheel"
#>     nearest words ["mercury", "crescent", "kettle", "wheel", "avocado"]
#>@ fe94eb5db76e Cooperlake 5.1 s

# %% How alike are they?
#| Cosines between all of them: 1 on the diagonal, and between two handles the less, the further apart they are.
alike = cosine(stack([h.embedding for h in first.handles]))
show heatmap(alike, x=photo.names, y=photo.names, colors="diverging", low=-1, high=1, title="cosine of embeddings")
#> ![heat map 4×4: cosine of embeddings](handles.out/aa2b8a21b230.png)
#>@ fed91a849113 Cooperlake 0.0 s

# %% Half a sheep, half a vase
#| Embeddings are tensors: average two, and call the result a handle.
between = (first.handles[0].embedding + first.handles[2].embedding) / 2
both    = add_handles(first, { "<between>": between })
shown = [generate(both, "a photo of {h} on the grass", n=4, seed=3)
         for h in [first.handles[0].token, first.handles[2].token, "<between>"]]
show shown, rows=["sheep", "vase", "between"]
#| After phase one alone handles are weak: the vase comes as a brown lump in two pictures of four, the sheep in none,
#| and the mean of the two in none. A vector half-way between two embeddings is one more word, not a mixture of things.
#> ![12 pictures](handles.out/9d528d3cb401.png)
#>@ fbc3946577a9 Cooperlake 5.7 s

# %% Keep them
#| A file a handle, as other tools for textual inversion read and write them.
make_folder("out");
save_handles(first, "out/sheep")
again = load_handles("out/sheep", base)
assert all([norm(a.embedding - b.embedding) == 0 for a, b in zip(again.handles, first.handles)])
#> "out/sheep"
#>@ - Cooperlake 0.0 s
