# Do pictures follow the prompt? Unselected pictures of the models that ship, and of what a training made of one, one seed each; place, style
# and thing named by `probe`, whose evaluator does not know the generator (how good it is: stdlib/evaluators/README.md).
# Usage: bas run Tests/Conformance/probes.bas models
#        bas run Tests/Conformance/probes.bas RESULT…   results of collage256 (save_result): all handles together, in all 13 places
places = {
    plain: "on a plain background", beach: "at the beach", snow: "in the snow", grass: "on the grass", forest: "in the forest",
    desert: "in the desert", water: "under water", night: "at night", brick: "in front of a brick wall", wood: "on a wooden table",
    tiles: "on a tiled floor", city: "in the city", sunset: "at sunset",
}
styles = { oil: "an oil painting of", sketch: "a pencil sketch of", pixel: "a pixel art of", bw: "a black and white photo of" }
things = [
    "duck", "ball", "apple", "flower", "teddy bear", "cat", "dog", "car", "banana", "rabbit", "penguin", "hat", "chair", "tree", "fish", "bird",
]
pairs = [["duck", "ball"], ["apple", "cat"], ["flower", "car"], ["penguin", "hat"]]

# The pictures of prompts, each from a seed of its own, and how many of a question's answers are as asked.
fn drawn(model, prompts, first) { [generate(model, p, seed=first + i) for i, p in enumerate(prompts)] }
fn right(pictures, question, asked) {
    rows = [r for r in probe(pictures, things=things).rows if r.question == question]
    [r.answer == a for r, a in zip(rows, asked)]
}
fn told(name, what, hits) { print("{name}: {what} {sum([if h { 1 } else { 0 } for h in hits])} of {len(hits)}") }

fn follow(name, model) {
    single = [[t, p] for t in things for p in keys(places)]
    shown  = drawn(model, ["a photo of a {s[0]} {places[s[1]]}" for s in single], 1)
    told(name, "place, one thing", right(shown, "background", [s[1] for s in single]))
    told(name, "thing of 16, one thing", right(shown, "thing", [s[0] for s in single]))
    double = [[t, p] for t in pairs for p in keys(places)]
    shown  = drawn(model, ["a photo of a {d[0][0]} and a {d[0][1]} {places[d[1]]}" for d in double], 1001)
    told(name, "place, two things", right(shown, "background", [d[1] for d in double]))
    drawings = [[t, s] for t in things for s in keys(styles)]
    shown  = drawn(model, ["{styles[d[1]]} a {d[0]}" for d in drawings], 2001)
    told(name, "style of 5", right(shown, "style", [d[1] for d in drawings]))
    for s in keys(styles) { told(name, "style {s}", [h for h, d in zip(right(shown, "style", [d[1] for d in drawings]), drawings) if d[1] == s]) }
}

if args == ["models"] {
    follow("collage", load_model("collage"))
    follow("collage256", load_model("collage256"))
} else {
    for path in args {
        model = load_result(path, load_model("collage256"))
        every = join([str(h) for h in model.handles], " and ")
        asked = keys(places)
        hits  = right(drawn(model, ["a photo of {every} {places[p]}" for p in asked], 1), "background", asked)
        told(path, "place, all handles", hits)
        print("  not: {join([p for h, p in zip(hits, asked) if not h], ", ")}")
    }
}
