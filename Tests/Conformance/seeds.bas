# Five seeds of each demo scene with the settings of the reference (reference_results.json): one line of numbers a run
# and one picture, laid out as the reference's: photo, masked things, each handle, all handles, new scenes.
# Usage: bas run Tests/Conformance/seeds.bas OUT [SCENE [REDUCTION]]: mean (the reference's attention loss) or balanced.
out    = make_folder(args[0])
base   = load_model("collage")
words  = { mug_rose: ["dish", "flower"], toys: ["fish", "duck", "ball"], sheep: ["sheep", "pot", "vase", "wheel"] }
paper  = { contexts: [], zoom: 0 }       # the reference has neither
how    = if len(args) > 2 { args[2] } else { "mean" }
scenes = if len(args) > 1 { [args[1]] } else { keys(words) }
for name in scenes {
    photo = load_scene(name)
    for seed in 0..4 {
        model = phase2(phase1(base, photo, init=words[name], reduction=how, seed=seed, ..paper), photo, reduction=how, seed=seed, ..paper)
        found = leakage(model, photo, seed=1)
        h = model.handles
        both = "a photo of {h[0]} and {h[-1]}"
        prompts = ["a photo of {x}" for x in h] + ["a photo of " + join([str(x) for x in h], " and ")]
                + ["a photo of {h[0]} {place}" for place in ["at the beach", "in the snow", "on a wooden table", "at night"]]
                + [both + " at the beach", "a pencil sketch of {h[0]}", "an oil painting of {h[0]} in the forest"]
        pictures = [generate(model, p, seed=i) for i, p in enumerate(prompts)]       # noise of its own for each, as there
        save_image(grid(pictures, columns=6), "{out}/{name}_{seed}.png")
        tail = model.history
        print("{name} {seed} iou {[round(x, 3) for x in found.iou]} own {found.own:.3f} worst {found.worst_other:.3f}"
              + " rec {mean(tail.reconstruction[300:400]):.3f} {mean(tail.reconstruction[-100:]):.3f} attn {mean(tail.attention[300:400]):.3f} {mean(tail.attention[-100:]):.3f}")
    }
}
