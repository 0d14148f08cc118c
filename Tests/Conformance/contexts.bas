# Prompt contexts and zoom: one scene trained with several settings, and its pictures in places that no training names.
# Usage: bas run Tests/Conformance/contexts.bas OUT SCENE SEED SETTING…, OUT a folder: a picture OUT/SCENE_SEED_SETTING.png each, a row
# of every handle alone ("a photo of *", in the desert, on a tiled floor, "an oil painting of * at sunset") and of all
# together, all from the same noise. RESULTS.md has what was counted on them by eye.
out, name, seed = [args[0], args[1], int(args[2])]
base   = load_model("collage")
photo  = load_scene(name)
words  = {
    mug_rose: ["dish", "flower"], penguin_hat: ["bird", "hat"], mug_cow_sombrero: ["dish", "cow", "hat"],
    toys: ["fish", "duck", "ball"], bear: ["bowl", "shell", "bear"], creature: ["frog", "bowl", "stone"],
    sheep: ["sheep", "pot", "vase", "wheel"],
}
plain  = ["a photo of *", "a photo of *", "a photo of *"]
places = ["a photo of * {p}" for p in ["at the beach", "in the snow", "on a wooden table", "at night", "on the grass", "in the city", "in the forest", "in a room"]]
styles = ["an oil painting of *", "a pencil sketch of *"]

fn span(line) {
    ## The first and the last place where a line of a mask is on, of 128.
    on = [i for i in 0..<128 if float(line[i]) > 0.5]
    if len(on) == 0 { [0, 128] } else { [on[0], on[-1] + 1] }
}

fn law(share, margin, power) {
    ## A law of zoom: with probability `share` a square around the things, its side from margin times theirs to the whole.
    fn(step, pick) {
        if float(rand([1])[0]) > share { 0 } else {
            seen = tensor(union(pick.masks))
            y, x = [span(max(seen, axis=1)), span(max(seen, axis=0))]
            need = max([y[1] - y[0], x[1] - x[0]]) * margin / 128
            r    = rand([3])
            side = if need >= 1 { 1 } else { need + (1 - need) * float(r[0]) ** power }
            fn place(a, f) {
                low = max([0, a[1] / 128 - side])
                low + (max([low, min([a[0] / 128, 1 - side])]) - low) * f
            }
            if side > 0.97 { 0 } else { [min([1, place(y, float(r[1]))]), min([1, place(x, float(r[2]))]), side] }
        }
    }
}
settings = {
    none:    { contexts: [], zoom: 0 },
    places:  { contexts: plain + places, zoom: 0 },
    near25:  { contexts: plain + places, zoom: law(0.25, 1.15, 2) },
    near50:  { contexts: plain + places, zoom: law(0.5, 1.15, 2) },
    far50:   { contexts: plain + places, zoom: law(0.5, 1.6, 1) },
    styles:  { contexts: plain + places + styles, zoom: law(0.5, 1.15, 2) },
    zoomed:  { contexts: plain + places, zoom: 0.5 },
}
for setting in args[3:] {
    model   = break_a_scene(base, photo, init=words[name], seed=seed, ..settings[setting])
    found   = leakage(model, photo, seed=1)
    every   = join([str(h) for h in model.handles], " and ")
    held    = ["in the desert", "on a tiled floor"]
    prompts = []
    for h in model.handles {
        prompts = prompts + ["a photo of {h}", "a photo of {h} {held[0]}", "a photo of {h} {held[1]}", "an oil painting of {h} at sunset"]
    }
    prompts  = prompts + ["a photo of {every}", "a photo of {every} {held[0]}", "a photo of {every} {held[1]}"]
    pictures = generate(model, prompts, seed=7)
    save_image(grid(pictures, columns=len(pictures)), "{out}/{name}_{seed}_{setting}.png")
    print("{name} {seed} {setting} soft IoU {[round(x, 2) for x in found.iou]} own {found.own:.2f} worst {found.worst:.2f}")
}
