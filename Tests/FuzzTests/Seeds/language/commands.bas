photo = load_scene("toys")
show photo
with seed(7) { randn([2, 3]) }
phase1(base, photo, steps=4, init=["fish"])
