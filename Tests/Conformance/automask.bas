#!/usr/bin/env bas
# How well automask guesses the masks of the shipped scenes: mean IoU under the best matching of guesses and masks, beside guesses that
# need no model. Writes guesses.png. RESULTS.md has the numbers of a run.
fn best_matching(guesses, masks) {
    if len(masks) == 0 { 0.0 } else {
        max([overlap(guesses[i], masks[0]) + best_matching([..guesses[0:i], ..guesses[i + 1:len(guesses)]], masks[1:len(masks)])
             for i in 0..<len(guesses)])
    }
}
fn agreement(guesses, masks) { best_matching(guesses, masks) / len(masks) }

# What a person has who guesses before looking: boxes side by side in the middle.
fn boxes(photo, n) {
    height, width = photo.size
    [box([width * (0.15 + 0.7 * k / n), height * 0.35], [width * (0.15 + 0.7 * (k + 1) / n), height * 0.85], photo) for k in 0..<n]
}

words = {
    bear: ["bowl", "shell", "bear"], creature: ["gorilla", "bowl", "stone"], sheep: ["sheep", "pot", "vase", "cart"], toys: ["duck", "duck", "ball"],
    mug_rose: ["mug", "rose"], penguin_hat: ["penguin", "hat"], mug_cow_sombrero: ["mug", "cow", "hat"],
}
rows, sheet = [], []
for name in keys(words) {
    photo = load_scene(name)
    n     = len(photo.masks)
    full  = automask(photo.image, n)
    named = automask(photo.image, words=words[name])
    rows  = [..rows, {
        scene: name, attention: agreement(full, photo.masks), colours: agreement(automask(photo.image, n, attention=false), photo.masks),
        boxes: agreement(boxes(photo.image, n), photo.masks), words: mean([overlap(g, m) for g, m in zip(named, photo.masks)]),
    }]
    sheet = [..sheet, overlay(photo.image, full)]
}
show table(rows)
