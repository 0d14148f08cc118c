#!/usr/bin/env bas
# %% A scene whose truth is known
#| `render` draws things that no model was trained on. Masks are exact: where one thing hides another, the full mask goes on
#| behind it.
w = render(["cat", "vase", "elephant"], background="wood", light="left", azimuth=45, overlap=0.2, side=128, seed=3)
w;
print(w.description)
for i in 0..<len(w.names) { print("{w.names[i]}: {w.areas[i] * 100:.1f} % of the picture, {w.hidden[i] * 100:.0f} % of it hidden") }

# %% The same things, seen otherwise
#| One part changes, and the others stay as they were: with another light or background not one pixel of a mask moves.
right = render(w, light="right")
snow  = render(w, background="snow")
front = render(w, azimuth=0)
moved = render(w, redraw=["places"], overlap=0.2, seed=8)
show [w, right, snow, front, moved], titles=["as it was", "light from the right", "snow", "from the front", "other places"]
assert right.masks == w.masks and snow.full_masks == w.full_masks
assert front.masks != w.masks and front.positions == w.positions

# %% Ready to be learned
#| `w.scene` has picture, visible masks and names; `phase1(model, w.scene)` learns a handle for each thing.
print(w.scene.names)
print("{len(world_scenes())} such scenes ship: {world_scenes()[0]}, {world_scenes()[1]}, …")
