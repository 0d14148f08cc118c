#!/usr/bin/env bas
# %% A scene from a photo of one's own
#| Masks are values: shapes are drawn with points [x, y] in pixels, and combined with | (or), & (and), !
#| (not), - (without).
photo = load_image("stdlib/scenes/toys/img.jpg")
size  = photo.size                                             # [512, 512]: height, width
blue  = ellipse([110, 340], [85, 70], size)
red   = polygon([[335, 235], [470, 245], [480, 410], [340, 415]], size)
ball  = box([205, 150], [300, 250], size) & !blue
ball  = ball | brush([[250, 150], [262, 140]], size, width=12)
toys  = scene(photo, [blue, red, ball], names=["blue", "red", "ball"])
show toys
show [dilate(ball, 8), erode(ball, 8), feather(ball, 8), ball], titles=["dilated", "eroded", "feathered", "as drawn"]
#> Scene "scene"  512×512  3 masks
#>   mask     area  cells of 16×16  overlap
#>   0 blue  7.1 %              19  –
#>   1 red   9.0 %              20  –
#>   2 ball  3.7 %               9  –
#>   ⚠ mask 2 is small: 9 of 256 cells carry the attention loss (3.7 % of the photo; the paper's things
#>     cover at least 15 %)
#> ![scene and each of its masks](masks.out/ffd87f0085d6.png)
#> ![4 pictures: dilated, eroded, feathered, as drawn](masks.out/74e5878efa7c.png)
#>@ 61072b3d9400 Cooperlake 0.2 s

# %% What will not work is said before any time is spent
warnings = check(toys, load_model("collage"))
print("{len(warnings)} warnings")
#> What will not work is said before any time is spent:1:18: warning[E0515]: mask 2 is small: 9 of 256 cells carry the attention loss (3.7 % of the photo; the paper's things cover at least 15 %)
#>   |
#> 1 | warnings = check(toys, load_model("collage"))
#>   |                  ^^^^
#> 1 warnings
#>@ 57d349a59267 Cooperlake 0.0 s

# %% The background is a thing too
#| A handle for what no mask covers, as the paper has it in section 4.2: later prompts may say "… at
#| <asset3>".
with_background = scene(photo, toys.masks + [complement(union(toys.masks))], names=["blue", "red", "ball", "room"])
make_folder("out");
save_scene(with_background, "out/toys_by_hand")
assert load_scene("out/toys_by_hand") == with_background
#> "out/toys_by_hand"
#>@ - Cooperlake 0.0 s
