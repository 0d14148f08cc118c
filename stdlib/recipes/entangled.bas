#!/usr/bin/env bas
# %% Two things of which one lies inside the other's mask
#| A hat on a penguin, a jacket on a rabbit: whoever outlines the whole has the part in it. Learned like that, both
#| handles are taught the part. Take it out of the whole's mask: then each place teaches one handle.
#| Found by: entangled, entanglement, overlap, overlapping, inside, nested, part, wearing, disentangle, decomposition
steps = 400
photo = load_scene("penguin_hat")
part  = photo.masks[1]
whole = photo.masks[0] | part    # as it would be outlined
print("{100 * area(part & whole) / area(part):.0f} % of the part lie in the whole's mask")
apart = scene(photo.image, [whole - part, part], names=["whole", "part"])
show apart

model = phase1(load_model("collage"), apart, steps=steps, seed=1)
leakage(model, apart)
show [generate(model, "a photo of {h} on the grass", n=3, seed=1) for h in model.handles], rows=["whole", "part"]
