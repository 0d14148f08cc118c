# What the autoencoder keeps of the photos in stdlib/scenes: peak signal-to-noise ratio inside the masks, in dB, of the photo encoded and
# decoded at 128 and at 256 pixels, both compared at 256. Photos of 128 pixels hold no more at 256 than at 128.
# Usage: bas run Tests/Conformance/reconstruct.bas
large, small = [load_model("collage256"), load_model("collage")]
scenes = ["bear", "creature", "mug_cow_sombrero", "mug_rose", "penguin_hat", "sheep", "toys"]

fn kept(name, model) {
    wanted = prepare(load_scene(name), large)
    seen   = prepare(load_scene(name), model).image
    found  = resize(decode(model, encode(model, seen, seed=1)), [256, 256])
    error  = mean((tensor(found) - tensor(wanted.image)) ** 2, axis=-1)
    [10 * log(4 * sum(m) / sum(m * error)) / log(10) for m in [reshape(tensor(m), [1, 256, 256]) for m in wanted.masks]]
}

rows = [{ scene: name, mask: i, at_128: s, at_256: l }
        for name in scenes for s, l, i in zip(kept(name, small), kept(name, large), 0..10)]
show table(rows)
for size in ["at_128", "at_256"] { print("{size}: mean {mean([r[size] for r in rows]):.1f}, least {min([r[size] for r in rows]):.1f}") }
