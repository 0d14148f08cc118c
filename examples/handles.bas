#!/usr/bin/env bas
# %% What has a handle become?
#| Phase one moves a handle's embedding away from the word that it started from. How far, and to where?
steps = 200
base  = load_model("collage")
photo = load_scene("sheep")
words = ["sheep", "pot", "vase", "wheel"]
first = phase1(base, photo, init=words, steps=steps, prior_weight=0, seed=1)
for h, word in zip(first.handles, words) {
    print("{h}: moved {norm(h.embedding - h.start):.2f} from \"{word}\"")
    print("    nearest words {nearest(base, h, n=5).word}")
}

# %% How alike are they?
#| Cosines between all of them: 1 on the diagonal, and between two handles the less, the further apart they are.
alike = cosine(stack([h.embedding for h in first.handles]))
show heatmap(alike, x=first.handles, y=first.handles, colors="diverging", low=-1, high=1, title="cosine of embeddings")

# %% Half a sheep, half a vase
#| Embeddings are tensors: average two, and call the result a handle.
between = (first.handles[0].embedding + first.handles[2].embedding) / 2
both    = add_handles(first, { "<between>": between })
show generate(both, "a photo of <between> on the grass", n=4, seed=3)

# %% Keep them
#| A file a handle, as other tools for textual inversion read and write them.
make_folder("out");
save_handles(first, "out/sheep")
again = load_handles("out/sheep", base)
assert all([norm(a.embedding - b.embedding) == 0 for a, b in zip(again.handles, first.handles)])
