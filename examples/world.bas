#!/usr/bin/env bas
# %% A scene whose truth is known
#| `render` draws things that no model was trained on. Masks are exact: where one thing hides another, the full mask
#| goes on behind it.
w = render(["cat", "vase", "elephant"], background="wood", light="left", azimuth=45, overlap=0.2, side=128, seed=3)
show w
for i in 0..<len(w.names) {
    print("{w.names[i]}: {w.areas[i] * 100:.1f} % of the picture, {w.hidden[i] * 100:.0f} % of it hidden")
}
#> World "cat_vase_elephant"  128×128  wood, light from the left
#>   thing     class    area  hidden  pose
#>   cat       animal  5.9 %     0 %  45°, 22°
#>   vase      dish    5.9 %    21 %  45°, 22°
#>   elephant  mammal  7.4 %    20 %  flat
#>   a photo of a grey cat and a brown elephant and a blue vase on a wooden floor
#> ![a photo of a cat and an elephant and a vase on a wooden floor](world.out/3dc07aa99b9a.png)
#> cat: 5.9 % of the picture, 0 % of it hidden
#> vase: 5.9 % of the picture, 21 % of it hidden
#> elephant: 7.4 % of the picture, 20 % of it hidden
#>@ 0381740899f5 Cooperlake 0.7 s

# %% The same things, seen otherwise
#| One part changes, and the others stay as they were: with another light or background not one pixel of a mask moves.
right = render(w, light="right")
snow  = render(w, background="snow")
front = render(w, azimuth=0)
moved = render(w, redraw=["places"], seed=8)
titles = ["as it was", "light from the right", "snow", "from the front", "other places"]
show [w, right, snow, front, moved], titles=titles
assert right.masks == w.masks and snow.full_masks == w.full_masks
assert front.masks != w.masks and front.positions == w.positions
#> ![5 pictures: as it was, light from the right, snow, from the front, other places](world.out/79dec39fe843.png)
#>@ 93da970979bf Cooperlake 0.0 s

# %% Ready to be learned
#| `w.scene` has picture, visible masks and names; `phase1(model, w.scene)` learns a handle for each thing.
print(w.scene.names)
print("{len(world_scenes())} such scenes ship: {world_scenes()[0]}, {world_scenes()[1]}, …")
#> ["cat", "vase", "elephant"]
#> 24 such scenes ship: beetle, breakfast, …
#>@ 98d2468af60a Cooperlake 0.0 s
