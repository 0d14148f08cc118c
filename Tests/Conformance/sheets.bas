# A contact sheet of a training, nothing selected: a row for every handle alone and one for all together, each in five places from the noise
# seeds 1 to 5. No training with preset collage256 names the last place.
# Usage: bas run Tests/Conformance/sheets.bas RESULT OUT.jpg
# RESULT: a training of collage256, written by save_result.
model  = load_result(args[0], load_model("collage256"))
places = ["in the desert", "at the beach", "on the grass", "in front of a brick wall", "on a tiled floor"]
rows   = [..[str(h) for h in model.handles], join([str(h) for h in model.handles], " and ")]
drawn  = [generate(model, "a photo of {row} {place}", seed=s) for row in rows for s, place in zip(1..5, places)]
sheet  = concat([concat([tensor(resize(p, [100, 100])) for p in drawn[5 * i:5 * i + 5]], axis=-2) for i, row in enumerate(rows)], axis=-3)
save_image(image(sheet), args[1], quality=75)
