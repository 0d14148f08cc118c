# The same photos learned by the embedded model at 128 pixels and by its adapter at 256, there from the photo as well (preset collage) as
# pasted on empty places (preset collage256): scores of unselected pictures in places that no training names, and a sheet for each run (a
# row of every handle alone and one of all together, the same noise seeds).
# Usage: bas run Tests/Conformance/sizes.bas OUT SEEDS [SCENE…]: OUT a folder, which also keeps the runs (the same call goes on).
out   = make_folder(args[0])
words = {
    mug_rose: ["dish", "flower"], penguin_hat: ["bird", "hat"], mug_cow_sombrero: ["dish", "cow", "hat"],
    toys: ["fish", "duck", "ball"], bear: ["bowl", "shell", "bear"], creature: ["frog", "bowl", "stone"],
    sheep: ["sheep", "pot", "vase", "wheel"],
}
scenes = if len(args) > 2 { args[2:] } else { keys(words) }
places = ["in the desert", "on a tiled floor"]
settings = {
    small: { model: "collage", preset: "collage" }, masked: { model: "collage256", preset: "collage" },
    pasted: { model: "collage256", preset: "collage256" },
}

fn measure(p) {
    photo  = load_scene(p.scene)
    chosen = settings[p.setting]
    model  = break_a_scene(load_model(chosen.model), photo, init=words[p.scene], preset=chosen.preset, seed=p.seed)
    every  = join([str(h) for h in model.handles], " and ")
    texts  = ["a photo of {h} {place}" for h in [..model.handles, every] for place in places]
    save_image(grid(generate(model, texts, seed=7), columns=2 * len(model.handles) + 2), "{out}/{p.scene}_{p.seed}_{p.setting}.png")
    looked = inspect_pictures(model, photo, prompts=["a photo of * {place}" for place in places], seed=7, found_by=load_evaluator("segmenter"))
    scores = score_pictures(
        looked, model, photo, words=words[p.scene], identity_by=load_evaluator("identity"), prompts_by=load_evaluator("image_text")).rows
    fn of(name) { [r.mean for r in scores if r.metric == name and r.handle == "all"][0] }
    {
        identity: of("identity"), identity_or_zero: of("identity_or_zero"), omission: of("omission"), leakage: of("concept_leakage"),
        prompt: of("prompt_similarity"), iou: mean(leakage(model, photo, seed=1).iou),
    }
}
runs     = sweep({ scene: scenes, seed: 1..int(args[1]), setting: keys(settings) }, measure, folder=out, workers=2)
measures = ["identity", "identity_or_zero", "omission", "leakage", "prompt", "iou"]
show table(runs)
show table(summary(runs, by="setting", columns=measures), columns=["setting", "n", ..measures])
show table(summary(runs, paired="setting", against="masked", columns=measures))
