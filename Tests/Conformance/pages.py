#!/usr/bin/env python3
"""What people explore in exported pages and in the live page, in Chromium: attention by word, timestep, layer and head, a denoising as a film,
a training's losses; with mouse, touch and keyboard, without the script, in print, and from a stranger's file.

pages.py [--bas PROGRAM] [--screenshots FOLDER]

Ends with 0 where all is well, 1 where something is not, and 77 without a browser (Debian: apt-get install chromium). Needs nothing but Python's
standard library; chromium.py drives the browser.
"""

import functools
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

from chromium import ROOT, expect, run_checks

NOTEBOOK = """\
# %% Attention
base    = load_model("collage")
prompt  = "a photo of a dog and a flower on the grass"
picture = generate(base, prompt, steps=6, seed=1)
attention(base, prompt, token="dog", image=picture)

# %% Two prompts
[attention(base, p, token="flower", image=picture, timesteps=[300, 700]) for p in [prompt, "a photo of a cat and a flower on the grass"]]

# %% One after the other
show attention(base, prompt, token="dog", image=picture, timesteps=[300]), attention(base, prompt, token="grass", image=picture, timesteps=[700])

# %% Denoising
denoising(base, prompt, steps=6, seed=1)

# %% Training
photo = load_scene("mug_rose")
m = phase2(phase1(base, photo, steps=8, prior_weight=0, seed=1, previews=4), photo, steps=4, prior_weight=0, train="lora", seed=1, previews=4)
m.history

# %% Leakage
leakage(m, photo)

# %% Pictures
inspect_pictures(m, photo, prompts=["a photo of * at the beach"], n=2, steps=4)
"""

CHUNK = b"baSP"


def run(program, *arguments, folder, code=0):
    environment = {**os.environ, "BAS_STDLIB": str(ROOT / "stdlib"), "HOME": str(folder)}
    result = subprocess.run([program, *arguments], capture_output=True, text=True, cwd=folder, env=environment, timeout=300)
    if result.returncode != code:
        raise RuntimeError(f"bas {arguments[0]} ended with {result.returncode}: {result.stderr[-500:]}")
    return result


def explorer(kind, place=0):
    return f"document.querySelectorAll('figure.explored.{kind}')[{place}]"


def pixels(figure, place=0):
    """An expression for a checksum of a canvas's pixels."""
    return f"""(() => {{ const canvas = {figure}.querySelectorAll('canvas')[{place}];
        return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.reduce((a, b) => (a * 31 + b) % 1000003, 7); }})()"""


def word(figure, text):
    return f"[...{figure}.querySelectorAll('.words-of-prompt button')].find(button => button.textContent === '{text}')"


def slide(tab, figure, name, value):
    tab.run(f"""(() => {{ const label = [...{figure}.querySelectorAll('.slider')].find(label => label.textContent.startsWith('{name}'));
        const input = label.querySelector('input'); input.value = {value}; input.dispatchEvent(new Event('input')); }})()""")


def center(tab, element, across=0.5, down=0.5):
    tab.run(f"{element}.scrollIntoView({{block: 'center'}})")
    box = json.loads(tab.run(f"JSON.stringify({element}.getBoundingClientRect())"))
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def point(tab, element, across=0.5, down=0.5):
    x, y = center(tab, element, across, down)
    tab.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)


def click(tab, element):
    x, y = center(tab, element)
    for kind in ("mousePressed", "mouseReleased"):
        tab.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


def tap(tab, element, across=0.5, down=0.5):
    x, y = center(tab, element, across, down)
    tab.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
    tab.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])


def press(tab, key):
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"ArrowRight": 39, "ArrowDown": 40, "Enter": 13}[key],
                 **({"text": "\r"} if key == "Enter" and kind == "keyDown" else {}))


def reading(tab, figure):
    return tab.run(f"{figure}.querySelector('.reading').textContent")


READY = "document.readyState === 'complete' && !document.querySelector('figure[data-explorable]')"


def check_attention(tab, shots):
    figure = explorer("attention")
    tab.wait(f"{figure}?.querySelector('canvas').width > 100")
    time.sleep(0.3)
    expect(tab.run(f"[...{figure}.querySelectorAll('.words-of-prompt button')].map(b => b.textContent).join(' ')")
           == "a photo of a dog and a flower on the grass", "every word of the prompt is there")
    names = tab.run(f"[...{figure}.querySelectorAll('.slider > span')].map(span => span.textContent)")
    expect(names == ["Timestep", "Layer", "Head", "Opacity"], "sliders for what the value has", names)
    expect(tab.run(f"{figure}.querySelectorAll('.slider input[type=range]').length") == 4, "they are sliders of the browser")
    expect("dog" in reading(tab, figure), "it begins with the value's own word", reading(tab, figure))
    seen = {tab.run(pixels(figure))}
    # The mouse shows a word while it is over it; a click keeps it.
    point(tab, word(figure, "grass"))
    expect("grass" in reading(tab, figure), "pointing at a word shows its map", reading(tab, figure))
    seen.add(tab.run(pixels(figure)))
    point(tab, f"{figure}.querySelector('figcaption')")
    expect("dog" in reading(tab, figure), "leaving it brings the chosen one back", reading(tab, figure))
    click(tab, word(figure, "flower"))
    expect("flower" in reading(tab, figure) and tab.run(word(figure, "flower") + ".ariaPressed") == "true", "a click keeps a word")
    seen.add(tab.run(pixels(figure)))
    for name in ("Timestep", "Layer", "Head"):
        slide(tab, figure, name, 1)
        seen.add(tab.run(pixels(figure)))
    expect(len(seen) == 6, "every slider and word shows another map", len(seen))
    expect(all(part in reading(tab, figure) for part in ("t = 100", "head 0")), "what is shown is said", reading(tab, figure))
    before = tab.run(pixels(figure))
    for name in ("Timestep", "Layer", "Head"):
        slide(tab, figure, name, 0)
    expect(tab.run(pixels(figure)) in seen and tab.run(pixels(figure)) != before, "back at the mean")
    slide(tab, figure, "Opacity", 0)
    seen.add(tab.run(pixels(figure)))
    expect(len(seen) == 7, "opacity 0 shows the picture")
    slide(tab, figure, "Opacity", 80)
    # The picture's cells: how much each word has there.
    point(tab, f"{figure}.querySelector('canvas')", 0.7, 0.6)
    expect(reading(tab, figure).startswith("Row 10, column 12 attends to "), "a cell says what it attends to", reading(tab, figure))
    expect(tab.run(f"{word(figure, 'flower')}.style.getPropertyValue('--share')") != "", "words show their share")
    if shots:
        tab.screenshot(f"{shots}/attention-cell.png")
    point(tab, f"{figure}.querySelector('figcaption')")
    # By keyboard alone; the mouse is where no word can come under it.
    tab.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
    tab.run(word(figure, "of") + ".focus()")
    press(tab, "Enter")
    expect("“of”" in reading(tab, figure), "Enter chooses a word", reading(tab, figure))
    tab.run(f"{figure}.querySelector('.slider input').focus()")
    press(tab, "ArrowRight")
    expect("t = 100" in reading(tab, figure), "arrow keys move a slider", reading(tab, figure))
    tab.run(f"{figure}.querySelector('canvas').focus()")
    press(tab, "ArrowDown")
    expect(reading(tab, figure).startswith("Row 10, column 9"), "arrow keys move over cells", reading(tab, figure))
    labels = tab.run(f"[...{figure}.querySelectorAll('canvas')].every(canvas => canvas.getAttribute('role') === 'img' && canvas.ariaLabel.includes('“of”'))")
    expect(labels, "what a screen reader says of the picture")
    # The still picture is there all the time.
    tab.run(f"[...{figure}.querySelectorAll('button')].find(button => button.textContent === 'Still picture').click()")
    expect(tab.run(f"{figure}.querySelector('img').offsetHeight > 50 && {figure}.querySelector('.panels').offsetHeight === 0"), "the still picture")
    tab.run(f"[...{figure}.querySelectorAll('button')].find(button => button.textContent === 'Still picture').click()")


def check_two(tab):
    figure = explorer("attention", 1)
    names = tab.run(f"[...{figure}.querySelectorAll('.words-of-prompt button')].map(b => b.textContent).join(' ')")
    expect(names == "a photo of a dog / cat and a flower on the grass", "two prompts are compared word by word", names)
    expect(tab.run(f"{figure}.querySelectorAll('canvas').length") == 2, "two pictures side by side")
    before = [tab.run(pixels(figure, place)) for place in (0, 1)]
    click(tab, word(figure, "dog / cat"))
    after = [tab.run(pixels(figure, place)) for place in (0, 1)]
    expect(all(a != b for a, b in zip(before, after)) and after[0] != after[1], "a word shows its map in both")


def check_linked(tab):
    first, second = explorer("attention", 2), explorer("attention", 3)
    click(tab, word(first, "flower"))
    slide(tab, first, "Layer", 2)
    expect("“flower”, up 2.0" in reading(tab, second), "values that one cell shows go together", reading(tab, second))
    other = reading(tab, explorer("attention", 1))
    expect("dog / cat" in other and "up 2.0" not in other, "those of other cells do not", other)


def check_film(tab):
    figure = explorer("film")
    tab.wait(f"{figure}?.querySelectorAll('canvas').length === 4")
    time.sleep(0.3)
    seen = set()
    last = int(tab.run(f"{figure}.querySelector('input').max"))
    for place in range(last + 1):
        slide(tab, figure, "Step", place)
        seen.add(tuple(tab.run(pixels(figure, row)) for row in range(4)))
    expect(last == 6 and len(seen) == 7, "every step has its pictures", (last, len(seen)))
    same = [tab.run(pixels(figure, row)) for row in range(4)]
    expect(same[0] == same[1] and same[2] == same[3] and same[0] != same[2], "in the end noisy picture and guess are what is drawn")
    slide(tab, figure, "Step", 0)
    tab.run(f"[...{figure}.querySelectorAll('button')].find(button => button.textContent === 'Play').click()")
    tab.wait(f"+{figure}.querySelector('input').value === {last}", timeout=10)
    expect(True, "it plays")


def check_chart(tab):
    figure = explorer("chart")
    stage = f"{figure}.querySelector('.chart-stage')"
    point(tab, stage, 0.9, 0.5)
    right = reading(tab, figure)
    point(tab, stage, 0.2, 0.5)
    left = reading(tab, figure)
    expect(left != right and "phase 1" in left and "phase 2" in right and "reconstruction" in left, "values are read out, with their phase", (left, right))
    title = f"{figure}.querySelector('.preview p').textContent"
    slide(tab, figure, "Step", 11)
    time.sleep(0.2)
    last = (tab.run(title), tab.run(pixels(figure)))
    slide(tab, figure, "Step", 4)
    time.sleep(0.2)
    early = (tab.run(title), tab.run(pixels(figure)))
    expect(last[0] == "after phase 2, step 12" and early[0] == "after phase 1, step 4" and last[1] != early[1],
           "what the model drew at the step stands beside its values", (last, early))
    slide(tab, figure, "Step", 0)
    expect(reading(tab, figure).startswith("phase 1, step 1"), "and by the slider", reading(tab, figure))
    slide(tab, figure, "Step", 11)
    line = tab.run(f"(() => {{ const a = {figure}.querySelector('.chart-line').getBoundingClientRect(), b = {stage}.getBoundingClientRect(); return (a.x - b.x) / b.width; }})()")
    expect(line > 0.9, "the line stands where the value is", line)


def check_leakage(tab):
    figure = explorer("leakage")
    rows = tab.run(f"[...{figure}.querySelectorAll('tbody tr')].map(row => row.querySelectorAll('button').length)")
    expect(rows == [3, 3], "a cell for each handle and mask, and the background", rows)
    before = tab.run(pixels(figure))
    click(tab, f"{figure}.querySelectorAll('tbody button')[1]")
    expect(tab.run(pixels(figure)) != before, "a cell shows the picture behind it")
    expect("×" in reading(tab, figure), "and says what it is", reading(tab, figure))


def check_pictures(tab):
    figure = explorer("pictures")
    cells = tab.run(f"[...{figure}.querySelectorAll('.cells tbody button')].map(button => button.textContent)")
    expect(len(cells) == 8 and all("/" in cell or cell == "–" for cell in cells), "a count for each handle and question", cells)
    for place, cell in enumerate(cells):
        click(tab, f"{figure}.querySelectorAll('.cells tbody button')[{place}]")
        shown = tab.run(f"[...{figure}.querySelectorAll('.counted')].filter(picture => picture.offsetHeight).map(p => !p.classList.contains('not-found'))")
        found = f"{sum(shown)}/{len(shown)}" if shown else "–"
        expect(found == cell, f"the pictures behind {cell} are there", found)


def check_page(browser, program, shots, folder):
    (folder / "page.bas").write_text(NOTEBOOK)
    run(program, "notebook", "--quiet", "page.bas", folder=folder)
    sizes = [len(json.dumps(chunk(path.read_bytes()))) for path in (folder / "page.out").iterdir()]
    expect(len(sizes) == 8 and max(sizes) < 350_000, "what is explored is small", sizes)
    run(program, "test", "page.bas", folder=folder)
    expect(True, "bas test finds it as recorded")
    run(program, "export", "page.bas", "-o", "page.html", folder=folder)
    tab = browser.tab((folder / "page.html").as_uri(), width=1200, height=900)
    tab.wait(READY)
    for check in (lambda: check_attention(tab, shots), lambda: check_two(tab), lambda: check_linked(tab), lambda: check_film(tab), lambda: check_chart(tab), lambda: check_leakage(tab),
                  lambda: check_pictures(tab)):
        check()
    expect(tab.complaints() == [], "the page's policy has nothing to complain of", tab.complaints())
    if shots:
        tab.screenshot(f"{shots}/page-1200.png", whole=True)
    # In print stands the still picture.
    tab.call("Emulation.setEmulatedMedia", media="print")
    still = tab.run("[...document.querySelectorAll('figure.explored')].every(figure => figure.querySelector('img').offsetHeight > 50 "
                    "&& figure.querySelector('.explorer').offsetHeight === 0)")
    expect(still, "print has the still pictures and no sliders")
    tab.call("Emulation.setEmulatedMedia", media="")
    tab.close()


def check_phone(browser, program, shots, folder):
    for dark in (False, True):
        tab = browser.tab((folder / "page.html").as_uri(), width=390, height=844, dark=dark, touch=True)
        tab.call("Emulation.setTouchEmulationEnabled", enabled=True)
        tab.wait(READY)
        figure = explorer("attention")
        time.sleep(0.3)
        tap(tab, word(figure, "grass"))
        expect("grass" in reading(tab, figure), "a tap chooses a word", reading(tab, figure))
        tap(tab, f"{figure}.querySelector('canvas')", 0.1, 0.9)
        expect(reading(tab, figure).startswith("Row 15, column 2"), "a tap reads a cell", reading(tab, figure))
        chart = explorer("chart")
        tap(tab, f"{chart}.querySelector('.chart-stage')", 0.5, 0.5)
        expect("step" in reading(tab, chart) and not tab.run("document.querySelector('dialog')?.open ?? false"), "a tap reads a chart")
        expect(tab.run("document.documentElement.scrollWidth") <= 390, "nothing is wider than the screen")
        small = tab.run("[...document.querySelectorAll('.explorer button, .explorer input')].filter(e => e.offsetHeight && e.offsetHeight < 24).length")
        expect(small == 0, "what is to be tapped is large enough", small)
        if shots:
            tab.screenshot(f"{shots}/page-390{'-dark' if dark else ''}.png", whole=True)
        tab.close()


def check_without_script(browser, program, shots, folder):
    tab = browser.tab(width=1200, height=900)
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    tab.go((folder / "page.html").as_uri())
    time.sleep(1)
    tab.call("Emulation.setScriptExecutionDisabled", value=False)
    heights = tab.run("[...document.querySelectorAll('figure img')].map(image => image.offsetHeight)")
    expect(len(heights) == 8 and min(heights) > 50, "the still pictures stand there", heights)
    expect(tab.run("document.querySelectorAll('.explorer').length") == 0, "and no part that needs the script")
    tab.close()


def check_live(browser, program, shots, folder):
    environment = {**os.environ, "BAS_STDLIB": str(ROOT / "stdlib")}
    process = subprocess.Popen([program, "preview", "--no-open", str(folder / "page.bas")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               text=True, env=environment)
    try:
        tab = browser.tab(process.stdout.readline().strip(), width=1200, height=900)
        tab.wait("document.querySelectorAll('figure.explored').length === 8", timeout=90)
        check_attention(tab, None)
        check_film(tab)
        check_chart(tab)
        expect(tab.complaints() == [], "the live page's policy has nothing to complain of", tab.complaints())
        if shots:
            tab.screenshot(f"{shots}/live-1200.png", whole=True)
        tab.close()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def carrying(png, data):
    """Returns a PNG file whose chunk holds other data."""
    result, place = png[:8], 8
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place:place + 8])
        if kind == b"IEND":
            result += struct.pack(">I", len(data)) + CHUNK + data + struct.pack(">I", zlib.crc32(CHUNK + data))
        if kind != CHUNK:
            result += png[place:place + 12 + length]
        place += 12 + length
    return result


def chunk(png):
    place = 8
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place:place + 8])
        if kind == CHUNK:
            return json.loads(png[place + 8:place + 8 + length])
        place += 12 + length
    raise RuntimeError("no chunk")


def check_stranger(browser, program, shots, folder):
    attack = "\"><img src=x onerror='window.harmed=1'><script>window.harmed=2</script>"
    path = next(path for path in (folder / "page.out").iterdir() if chunk(path.read_bytes())["kind"] == "attention")
    original = path.read_bytes()
    data = chunk(original)
    for panel in data["panels"]:
        panel["title"] = attack
        panel["words"] = [attack for _ in panel["words"]]
        panel["layers"] = [attack for _ in panel["layers"]]
    for name, content, count in (("hostile words", json.dumps(data).encode(), 8), ("nonsense", b'{"version":1,"kind":"attention","panels":[{}]}', 7),
                                 ("no JSON", b"\xff" * 1000, 7)):
        path.write_bytes(carrying(original, content))
        run(program, "export", "page.bas", "-o", "hostile.html", folder=folder)
        tab = browser.tab((folder / "hostile.html").as_uri(), width=1200, height=900)
        tab.wait(READY)
        found = tab.run("document.querySelectorAll('figure.explored').length")
        expect(found == count, f"{name}: what is right can be explored, all else is a picture", found)
        time.sleep(0.3)
        expect(tab.run("window.harmed") is None and tab.run("document.scripts.length") == 1, f"{name}: nothing of it runs")
        expect(tab.complaints() == [], f"{name}: nothing is asked of the page's policy", tab.complaints())
        tab.close()
    path.write_bytes(original)
    # A downloaded notebook's records are text.
    downloads = folder / "Downloads"
    downloads.mkdir()
    subprocess.run(["cp", "-r", str(folder / "page.bas"), str(folder / "page.out"), str(downloads)], check=True)
    told = run(program, "export", "Downloads/page.bas", "-o", "stranger.html", folder=folder).stderr
    page = (folder / "stranger.html").read_text()
    expect("shown as text" in told, "a stranger's records are announced as text", told)
    expect("<img src=" not in page and "data-explorable=" not in page and "![attention of dog](page.out/" in page, "and are text")
    run(program, "export", "Downloads/page.bas", "-o", "stranger.ipynb", folder=folder)
    expect("image/png" not in (folder / "stranger.ipynb").read_text(), "a notebook for Jupyter has them as text, too")
    run(program, "trust", "Downloads/page.bas", folder=folder)
    run(program, "export", "Downloads/page.bas", "-o", "stranger.html", folder=folder)
    expect((folder / "stranger.html").read_text().count("data-explorable=") == 8, "once trusted, they are what they were")


def in_folder(check, folder):
    """Returns a check that works in the folder that all share."""
    return functools.update_wrapper(functools.partial(check, folder=folder), check)


def main():
    with tempfile.TemporaryDirectory(prefix="bas-pages-") as folder:
        checks = (check_page, check_phone, check_without_script, check_live, check_stranger)
        return run_checks("pages", [in_folder(check, Path(folder)) for check in checks])


if __name__ == "__main__":
    sys.exit(main())
