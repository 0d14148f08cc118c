#!/usr/bin/env bas
# %% A thing inside another one's mask
#| The paper takes entangled things apart (section 4.3): a dog and its shirt, which lies inside of the dog. Here it is
#| a ball in a bowl. We put the photo together from two others, so that we know what belongs to what.
base = load_model("collage")
bear = load_scene("bear")
toys = load_scene("toys")
fn part(x, x0, y0, side) { resize(crop(x, [x0, y0], [x0 + side, y0 + side]), [256, 256]) }
ball  = part(toys.masks[2], 146, 138, 240)
photo = paste(part(toys.image, 146, 138, 240), over=part(bear.image, 0, 320, 176), mask=ball)
whole = part(bear.masks[0], 0, 320, 176) | ball      # the bowl with what lies in it, as one would paint it
rest  = whole & !ball                                # the bowl without the ball
small = [128, 128]
looks = [photo, overlay(photo, whole), overlay(photo, rest), overlay(photo, ball)]
show [resize(p, small) for p in looks], titles=["photo", "whole", "rest", "ball"]
#> ![4 pictures: photo, whole, rest, ball](entangled.out/463b3270d4b1.png)
#>@ 25fd801e8a9b Cooperlake 0.0 s

# %% Learn it with both kinds of masks
nested = scene(photo, [whole, ball], names=["bowl", "ball"], title="ball_in_bowl")
apart  = scene(photo, [rest, ball], names=["bowl", "ball"], title="ball_in_bowl")
fn learn(s) { break_a_scene(base, s, init=["dish", "ball"], steps=400, prior=4, seed=1) }
inside  = learn(nested)
outside = learn(apart)
#> Learn it with both kinds of masks:3:35: warning[E0515]: mask 0 and mask 1 overlap: 29.7 % of mask 0 lies in mask 1
#>   |
#> 3 | fn learn(s) { break_a_scene(base, s, init=["dish", "ball"], steps=400, prior=4, seed=1) }
#>   |                                   ^
#> Learn it with both kinds of masks:3:35: warning[E0515]: mask 1 and mask 0 overlap: 100.0 % of mask 1 lies in mask 0
#>   |
#> 3 | fn learn(s) { break_a_scene(base, s, init=["dish", "ball"], steps=400, prior=4, seed=1) }
#>   |                                   ^
#>@ ee0a2c9ce6e2 Cooperlake 100 s

# %% What they draw
#| Above, the ball lies inside of the bowl's mask; below, it is cut out of it.
fn drawn(m) {
    bowl, ball = m.handles
    places = ["", " at the beach"]
    generate(m, ["a photo of {thing}{where}" for where in places for thing in [str(bowl), str(ball)]], seed=1)
}
show grid([..drawn(inside), ..drawn(outside)], columns=4)
#> ![8 pictures](entangled.out/c17f86359215.png)
#>@ 69ff835697ef Cooperlake 3.6 s

# %% What to look for
#| **Is the ball alone?** With nested masks both handles draw bowl and ball: half of what the bowl's handle is to
#| explain is the ball, and the loss gives nobody a reason to tell them apart. With the ball cut out, "{ball} at the
#| beach" is a ball without a bowl. Without a place in the prompt, the bowl still comes along.
#|
#| **Is the bowl empty?** In neither case: no pixel of the photo shows what is behind the ball. The paper's model knows
#| empty bowls from its training; the small one that ships hardly does.
#|
#| So: where masks overlap, cut the inner thing out of the outer one's mask (`whole & !ball`). The shares of attention
#| say the same: "own" is what a handle has in its own mask.
print(leakage(inside, nested))
print(leakage(outside, apart))
#> leakage: own .64, worst leak .51
#> leakage: own .91, worst leak .06
#>@ c164e7cb55dc Cooperlake 0.0 s
