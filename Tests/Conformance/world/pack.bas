# The scenes of the pack that ships: bas run pack.bas FOLDER. Every scene follows from its row.
folder = args[0]

fn make(name, things, options) {
    w = render(things, ..options)
    save_world(w, "{folder}/{name}", quality=84)
    print("{name}: {w.description}")
}

# One thing.
make("dog", ["dog"], { area: 0.14, background: "grass", light: "left", azimuth: 45, seed: 1 })
make("teddy_bear", ["teddy bear"], { area: 0.14, background: "wood", light: "right", azimuth: 0, seed: 2 })
make("beetle", ["KatorLegaz_69"], { area: 0.14, background: "city", light: "above", azimuth: 45, seed: 3 })
make("elephant", ["elephant"], { area: 0.14, background: "desert", light: "left", seed: 4 })

# Two things: apart, one before the other, of one class, of very different sizes.
make("cat_gift", ["cat", "gift"], { background: "wood", light: "left", azimuth: 45, seed: 5 })
make("cup_tulips", ["cup", "tulips"], { background: "wood", light: "right", azimuth: 0, seed: 6 })
make("horse_cow", ["horse", "cow"], { background: "grass", light: "left", azimuth: 315, seed: 7 })
make("two_cars", ["KatorLegaz_69", "Scopia_250"], { background: "city", light: "right", azimuth: [45, 315], seed: 8 })
make("jug_vase", ["jug", "vase"], { background: "tiles", light: "left", overlap: 0.25, azimuth: 0, seed: 9 })
make("chair_lamp", ["chair", "lamp"], { background: "plain", light: "right", azimuth: 45, seed: 10 })
make("snowman_strawberry", ["snowman", "strawberry"], { background: "snow", light: "above", area: [0.12, 0.015], seed: 11 })
make("woman_suitcase", ["woman", "suitcase"], { background: "beach", light: "left", azimuth: [0, 45], seed: 12 })

# Three things.
make("breakfast", ["cupcake", "hamburger", "cup"], { background: "wood", light: "above", azimuth: 45, seed: 13 })
make("toys", ["teddy bear", "tricycle", "soccer ball"], { background: "tiles", light: "left", azimuth: [0, 45, 0], seed: 14 })
make("pets", ["dog", "rabbit", "cat"], { background: "grass", light: "right", azimuth: 45, overlap: 0.2, seed: 15 })
make("market", ["strawberry", "rose", "corn"], { background: "plain", light: "left", seed: 16 })
make("hats", ["sombrero", "top hat", "helmet"], { background: "brick", light: "left", seed: 17 })
make("travel", ["man", "suitcase", "truck"], { background: "sunset", light: "right", azimuth: 45, seed: 18 })
make("sea", ["orca", "penguin", "wine bottle"], { background: "water", light: "above", seed: 19 })

# Four to eight things.
make("room", ["armchair", "sofa", "lamp", "plant"], { background: "plain", light: "left", azimuth: 45, seed: 20 })
make("night", ["Scopia_212", "vehicles/auto/sedan.png", "Scopia_250", "tricycle"], { background: "night", light: "right", azimuth: 45, seed: 21 })
make("party", ["hamburger", "cupcake", "gift", "wine bottle", "guitar"], { background: "forest", light: "left", azimuth: 0, seed: 22 })
make("savanna", ["elephant", "yak", "penguin", "bear", "cow", "horse"], { background: "desert", light: "right", azimuth: 315, seed: 23 })
make("jumble", ["sneakers", "helmet", "plant", "vase", "dog", "daffodil", "soccer ball", "jug"], { background: "snow", light: "above", azimuth: 45, seed: 24 })
