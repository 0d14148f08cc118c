# Trains the models and draws the pictures that labels.csv is about, into a folder; run by the program of commit 35bd377:
# later ones draw other random numbers in training, and what was labelled are these pictures.
out = "/tmp/presence"
base = load_model("collage")
places = ["a photo of * at the beach", "a photo of * in the jungle", "a photo of * in the snow", "a photo of * in the street", "a photo of * on top of a wooden floor", "a photo of * with a city in the background", "a photo of * with a mountain in the background", "a photo of * floating on top of water", "a photo of * at night", "a photo of * on the grass", "an oil painting of *", "a photo of *"]

fn draw(name, scene, init, steps, weight, seed, start, count) {
    m = break_a_scene(base, load_scene(scene), init=init, steps=steps, seed=seed, attention_weight=weight)
    save_model(m, "{out}/models/{name}")
    hs = m.handles
    k = len(hs)
    sets = if k == 2 { [[0], [1], [0, 1]] } else { if k == 3 { [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]] } else { [[0], [1], [2], [3], [0, 1], [1, 2], [2, 3], [0, 3], [0, 1, 2, 3]] } }
    for i in 0..<count {
        prompt = replace(places[(i * 5 + start) % len(places)], "*", join(["{hs[j]}" for j in sets[i % len(sets)]], " and "))
        save_image(generate(m, prompt, seed=start * 100 + i), "{out}/dump/{name}_{i}.png")
    }
}

draw("toys_1", "toys", ["fish", "duck", "ball"], 400, 0.1, 1, 1, 14)
draw("mugrose_1", "mug_rose", ["dish", "flower"], 400, 0.1, 1, 2, 12)
draw("sheep_1", "sheep", ["sheep", "pot", "vase", "wheel"], 400, 0.1, 1, 3, 18)
draw("penguin_1", "penguin_hat", ["penguin", "hat"], 400, 0.1, 1, 4, 12)
draw("mcs_1", "mug_cow_sombrero", ["dish", "cow", "hat"], 400, 0.1, 1, 5, 14)
draw("bear_1", "bear", ["bowl", "shell", "bear"], 400, 0.1, 1, 6, 14)
draw("creature_1", "creature", ["bear", "bowl", "rock"], 400, 0.1, 1, 7, 14)
# Without attention loss, and with a tenth of the steps: things that are not there, or are other things.
draw("toys_na", "toys", ["fish", "duck", "ball"], 400, 0, 2, 8, 14)
draw("mcs_na", "mug_cow_sombrero", ["dish", "cow", "hat"], 400, 0, 2, 9, 14)
draw("sheep_few", "sheep", ["sheep", "pot", "vase", "wheel"], 40, 0.1, 2, 10, 9)
draw("mugrose_few", "mug_rose", ["dish", "flower"], 40, 0.1, 2, 11, 9)
draw("bear_na", "bear", ["bowl", "shell", "bear"], 400, 0, 2, 12, 14)
