# Looks with the present program at what draw.bas drew, and writes a table a training: then `agreement.py labels.csv FOLDER`.
out = "/tmp/presence"

fn measure(name, scene, count) {
    images = [load_image("{out}/dump/{name}_{i}.png") for i in 0..<count]
    r = inspect_pictures(load_model("{out}/models/{name}"), load_scene(scene), images=images)
    r.pictures |> save_table("{out}/swift_{name}.csv")
}

measure("toys_1", "toys", 14)
measure("mugrose_1", "mug_rose", 12)
measure("sheep_1", "sheep", 18)
measure("penguin_1", "penguin_hat", 12)
measure("mcs_1", "mug_cow_sombrero", 14)
measure("bear_1", "bear", 14)
measure("creature_1", "creature", 14)
measure("toys_na", "toys", 14)
measure("mcs_na", "mug_cow_sombrero", 14)
measure("sheep_few", "sheep", 9)
measure("mugrose_few", "mug_rose", 9)
measure("bear_na", "bear", 14)
