#!/usr/bin/env bas
# %% Another way to keep handles apart
#| The paper punishes the squared distance between a handle's map and its mask. Here is a soft IoU instead.
#| Any function of (out, pick) that returns a number can take its place; gradients follow.
steps = 200
base  = load_model("collage")
photo = load_scene("penguin_hat")

fn overlap_loss(out, pick) {
    ## 1 - soft IoU of every chosen handle's 16x16 map with its mask, summed.
    total = 0
    for handle, mask in zip(pick.handles, pick.masks) {
        a = attention_map(out.attention, handle)        # [16, 16]
        a = a / max(a)
        m = tensor(resize(mask, [16, 16]))
        total = total + 1 - sum(minimum(a, m)) / sum(maximum(a, m))
    }
    total
}

# %% Once with the paper's, once with ours
#| Phase one alone, and without prior pictures, to be quick.
paper = phase1(base, photo, steps=steps, prior_weight=0, seed=1)
ours  = phase1(base, photo, steps=steps, prior_weight=0, attention_loss=overlap_loss, attention_weight=0.05, seed=1)
plot [paper.history.attention, ours.history.attention], labels=["squared", "overlap"], smooth=20, log_y=true,
    x_label="step"
print("squared:")
show leakage(paper, photo)
print("overlap:")
show leakage(ours, photo)
show heatmap(leakage(ours, photo), title="attention of each handle, with our loss")

# %% In numbers
show table([{ loss: name, iou: mean(l.iou), worst_other: l.worst_other }
            for name, l in zip(["squared", "overlap"], [leakage(m, photo) for m in [paper, ours]])])
