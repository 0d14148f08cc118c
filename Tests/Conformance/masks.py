#!/usr/bin/env python3
"""The page of `bas masks` in Chromium, as a person uses it: paints, erases, undoes, boxes, names and saves with the mouse, a pen and fingers.

masks.py [--bas PROGRAM] [--screenshots FOLDER]

Ends with 0 where all is well, 1 where something is not, and 77 without a browser (Debian: apt-get install chromium). Needs nothing but Python's
standard library; chromium.py drives the browser.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from chromium import ROOT, expect, run_checks
SCENE = ROOT / "stdlib/scenes/toys"


class Editor:
    """A folder with a photo, and `bas masks` in it."""

    started = []

    def __init__(self, program, what, *options, folder=None):
        self.program = program
        self.folder = Path(folder or tempfile.mkdtemp(prefix="bas-masks-"))
        if not folder:
            shutil.copy(SCENE / "img.jpg", self.folder / "photo.jpg")
        self.environment = {**os.environ, "BAS_STDLIB": str(ROOT / "stdlib")}
        self.process = subprocess.Popen([program, "masks", "--no-open", *options, what], cwd=self.folder, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=self.environment)
        self.started.append(self.process)
        self.address = self.process.stdout.readline().strip()

    def bas(self, code):
        """Runs code in the folder and returns what it prints."""
        done = subprocess.run([self.program, "-q", "-e", code], cwd=self.folder, capture_output=True, text=True, env=self.environment)
        return done.stdout + done.stderr

    def end(self, signal_=signal.SIGINT):
        self.process.send_signal(signal_)
        code = self.process.wait(20)
        return code, self.process.stderr.read()


def place(tab, x, y):
    """The place on the screen of a place in the photo, both as shares of its width and height where the whole photo is shown."""
    box = tab.run("(() => { const b = document.getElementById('view').getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; })()")
    side = min(box[2], box[3])
    return box[0] + (box[2] - side) / 2 + x * side, box[1] + (box[3] - side) / 2 + y * side


def drag(tab, points, button="left", pointer="mouse"):
    places = [place(tab, *point) for point in points]
    buttons = {"left": 1, "right": 2, "middle": 4}[button]
    mouse = lambda kind, at, held: tab.call("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button=button, buttons=held,
                                            clickCount=1, pointerType=pointer)
    mouse("mousePressed", places[0], buttons)
    for at in places[1:]:
        mouse("mouseMoved", at, buttons)
    mouse("mouseReleased", places[-1], 0)


def touch(tab, tracks):
    """Moves fingers, each along its points."""
    steps = max(len(track) for track in tracks)
    at = lambda index: [dict(zip(("x", "y"), place(tab, *track[min(index, len(track) - 1)])), id=number) for number, track in enumerate(tracks)]
    for index in range(steps):
        tab.call("Input.dispatchTouchEvent", type="touchMove" if index else "touchStart", touchPoints=at(index))
    tab.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])


def facts(tab):
    return tab.run("[...document.querySelectorAll('#masks .facts > span:first-child')].map(row => row.textContent)")


def percent(tab, index=0):
    found = facts(tab)
    return float(found[index].split(" %")[0]) if index < len(found) and "%" in found[index] else 0.0


def settled(tab):
    """Waits until the server has answered for everything that was painted."""
    tab.run("new Promise(done => setTimeout(done, 50))")
    tab.wait("document.getElementById('panel').getAttribute('aria-busy') !== 'true'")


def click(tab, name):
    tab.run(f"document.getElementById('{name}').click()")


def state(tab):
    return tab.run("fetch('state').then(answer => answer.json())")


def notice(tab):
    return tab.run("document.getElementById('notice').hidden ? '' : document.getElementById('notice').textContent")


def open_page(browser, editor, **options):
    tab = browser.tab(editor.address, **options)
    tab.wait("(document.getElementById('name')?.textContent ?? '…') !== '…' && document.getElementById('view').width > 100")
    return tab


CIRCLE = [(0.3, 0.3), (0.4, 0.3), (0.4, 0.4), (0.3, 0.4), (0.35, 0.35)]


def check_painting(browser, program, shots):
    editor = Editor(program, "photo.jpg")
    tab = open_page(browser, editor)
    expect(tab.run("document.querySelectorAll('#masks li').length") == 0, "a photo begins without masks")
    drag(tab, CIRCLE)
    settled(tab)
    first = percent(tab)
    expect(1 < first < 8, "the first stroke makes a mask", facts(tab))
    # The runs are the pixels: their share is what the page says.
    runs = state(tab)["masks"][0]["runs"]
    expect(sum(runs) == 512 * 512 and abs(100 * sum(runs[1::2]) / sum(runs) - first) < 0.06, "the runs have what was painted", len(runs))
    drag(tab, [(0.3, 0.35), (0.4, 0.35)], button="right")
    settled(tab)
    erased = percent(tab)
    expect(erased < first, "the right button erases", (first, erased))
    click(tab, "erase")
    drag(tab, [(0.35, 0.3), (0.35, 0.4)])
    click(tab, "erase")
    settled(tab)
    expect(percent(tab) < erased, "the eraser erases")
    # Keys: undo twice, redo once.
    key = lambda name, modifiers=0: tab.call("Input.dispatchKeyEvent", type="keyDown", key=name, modifiers=modifiers)
    key("z", 2)
    key("z", 2)
    settled(tab)
    expect(abs(percent(tab) - first) < 0.01, "undo goes back", (percent(tab), first))
    key("Z", 10)
    settled(tab)
    expect(abs(percent(tab) - erased) < 0.01, "redo goes forth again")
    # A second mask, as a box and an outline.
    click(tab, "add")
    key("r")
    drag(tab, [(0.5, 0.5), (0.6, 0.55), (0.75, 0.75)])
    settled(tab)
    expect(abs(percent(tab, 1) - 6.25) < 0.2, "a box has its area", facts(tab))
    key("l")
    drag(tab, [(0.8, 0.5), (0.9, 0.5), (0.9, 0.6), (0.8, 0.6)])
    settled(tab)
    expect(abs(percent(tab, 1) - 7.25) < 0.3, "an outline is filled", facts(tab))
    # What is wrong is said while it is so.
    click(tab, "add")
    settled(tab)
    expect("mask 2 is empty" in tab.run("document.getElementById('warnings').textContent"), "an empty mask is told")
    click(tab, "save")
    tab.wait("!document.getElementById('notice').hidden")
    expect("mask 2 is empty" in notice(tab) and not (editor.folder / "photo_scene").exists(), "an empty mask is not saved", notice(tab))
    key("b")
    drag(tab, [(0.9, 0.9)] * 2)
    settled(tab)
    expect("small" in tab.run("document.getElementById('warnings').textContent"), "a small mask is told")
    tab.run("[...document.querySelectorAll('#masks li')][2].querySelector('button[title^=Delete]').click()")
    settled(tab)
    # Names, and the scene as the program reads it.
    for index, name in enumerate(["<b>cup</b>", "ball"]):
        tab.run(f"(() => {{ const field = document.querySelectorAll('#masks input')[{index}]; field.focus(); field.value = {json.dumps(name)};"
                " field.dispatchEvent(new Event('change')); field.blur(); })()")
    settled(tab)
    if shots:
        click(tab, "show-cells")
        tab.screenshot(f"{shots}/masks-1200.png")
    click(tab, "save")
    tab.wait("document.getElementById('notice').textContent.includes('Saved')")
    expect("load_scene(\"./photo_scene\")" in notice(tab), "the page says how to go on", notice(tab))
    words = editor.bas('s = load_scene("photo_scene"); print(s.names); print([round(1000 * area(m) / 262144) for m in s.masks]); print(s.size)')
    expect('["<b>cup</b>", "ball"]' in words and "[512, 512]" in words, "load_scene reads the scene", words)
    masks = editor.bas('s = load_scene("photo_scene"); print("{s.masks[1].area:.4f}")')
    expect(abs(float(masks.split()[-1]) - 0.0725) < 0.003, "the saved mask has the painted area", masks)
    expect(not (editor.folder / ".bas/masks").exists() or not any((editor.folder / ".bas/masks").iterdir()), "no draft is left")
    # Another folder that is there is not overwritten.
    (editor.folder / "taken").mkdir()
    (editor.folder / "taken/letter.txt").write_text("mine")
    tab.run("document.getElementById('folder').value = 'taken'")
    click(tab, "save")
    tab.wait("document.getElementById('notice').textContent.includes('taken')")
    expect("there already" in notice(tab), "a folder with other things is left alone", notice(tab))
    second = open_page(browser, editor)
    expect(facts(second) == facts(tab), "a second tab shows the same", (facts(second), facts(tab)))
    drag(second, [(0.1, 0.1), (0.12, 0.12)])
    settled(second)
    drag(tab, [(0.1, 0.9), (0.12, 0.9)])
    tab.wait("document.getElementById('notice').textContent.includes('another tab')")
    expect(not second.complaints(), "the browser has no complaints", second.complaints())
    click(second, "end")
    expect(editor.process.wait(20) == 0, "the page can end it")
    expect("goes on with them" in editor.process.stderr.read(), "what was not saved is told")
    tab.close()
    second.close()


def check_keeping(browser, program, shots):
    editor = Editor(program, "photo.jpg")
    tab = open_page(browser, editor)
    drag(tab, CIRCLE)
    settled(tab)
    before = facts(tab)
    editor.process.kill()
    editor.process.wait()
    drag(tab, [(0.7, 0.7), (0.8, 0.8)])
    tab.wait("document.getElementById('notice').textContent.includes('does not answer')")
    again = Editor(program, "photo.jpg", folder=editor.folder)
    fresh = open_page(browser, again)
    expect(facts(fresh) == before and "not saved last time" in notice(fresh), "masks outlive a kill", (facts(fresh), notice(fresh)))
    click(fresh, "discard")
    fresh.wait("document.querySelectorAll('#masks li').length === 0")
    code, said = again.end()
    expect(code == 130 and "goes on with them" not in said, "Ctrl-C ends with 130", (code, said))
    tab.close()
    fresh.close()


def check_changing(browser, program, shots):
    folder = Path(tempfile.mkdtemp(prefix="bas-masks-"))
    shutil.copytree(SCENE, folder / "toys")
    for path in [folder / "toys", *(folder / "toys").iterdir()]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    before = {path.name: path.read_bytes() for path in (folder / "toys").iterdir()}
    editor = Editor(program, "toys/", folder=folder)
    tab = open_page(browser, editor)
    expect(len(facts(tab)) == 3, "a scene shows its masks", facts(tab))
    tab.run("[...document.querySelectorAll('#masks li')][1].querySelector('button[title^=Delete]').click()")
    settled(tab)
    click(tab, "save")
    tab.wait("document.getElementById('notice').textContent.includes('Saved')")
    original = editor.bas(f'print(load_scene("{SCENE}").masks[2] == load_scene("./toys").masks[1], len(load_scene("./toys").masks))')
    expect("true 2" in original, "masks that were not touched stay exactly what they were", original)
    expect((folder / "toys/img.jpg").read_bytes() == before["img.jpg"] and not (folder / "toys/mask2.png").exists(), "the photo stays")
    click(tab, "end")
    expect(editor.process.wait(20) == 0, "the page can end it")
    tab.close()


def check_touch(browser, program, shots):
    editor = Editor(program, "photo.jpg")
    tab = open_page(browser, editor, width=390, height=844, touch=True)
    tab.call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
    expect(tab.run("document.documentElement.scrollWidth") <= 390, "a narrow page does not scroll sideways")
    touch(tab, [CIRCLE])
    settled(tab)
    painted = percent(tab)
    expect(painted > 1, "a finger paints", facts(tab))
    touch(tab, [[(0.4, 0.5), (0.3, 0.5), (0.2, 0.5)], [(0.6, 0.5), (0.7, 0.5), (0.8, 0.5)]])
    settled(tab)
    expect(percent(tab) == painted, "two fingers zoom and do not paint", facts(tab))
    click(tab, "zoom-fit")
    if shots:
        tab.screenshot(f"{shots}/masks-390.png", whole=True)
    drag(tab, [(0.7, 0.7), (0.8, 0.7)], pointer="pen")
    settled(tab)
    expect(percent(tab) > painted, "a pen paints", facts(tab))
    expect(not tab.complaints(), "the browser has no complaints", tab.complaints())
    editor.end(signal.SIGTERM)
    tab.close()


def check_guessing(browser, program, shots):
    editor = Editor(program, "photo.jpg")
    tab = open_page(browser, editor)
    tab.run("document.getElementById('count').value = 3")
    begin = time.monotonic()
    click(tab, "guess")
    tab.wait("document.querySelectorAll('#masks li').length === 3", timeout=120)
    print(f"     three guesses: {time.monotonic() - begin:.1f} s")
    settled(tab)
    truth = editor.bas(f's = load_scene("{SCENE}"); guesses = automask(s.image, 3); for m in s.masks {{ print("{{max([overlap(g, m) for g in guesses]):.2f}}") }}')
    print(f"     their best overlap with the shipped masks: {truth.split()}")
    if shots:
        tab.screenshot(f"{shots}/masks-guessed.png")
    tab.run("document.getElementById('undo').click()")
    settled(tab)
    expect(facts(tab) == [], "guesses can be undone", facts(tab))
    editor.end()
    tab.close()


def check_large_photo(browser, program, shots):
    editor = Editor(program, "photo.jpg")
    editor.end()
    editor.bas('save_image(resize(load_image("photo.jpg"), [2400, 3600]), "large.jpg")')
    large = Editor(program, "large.jpg", folder=editor.folder)
    tab = open_page(browser, large)
    begin = time.monotonic()
    drag(tab, [(0.4, 0.4), (0.45, 0.5), (0.5, 0.6)])
    settled(tab)
    print(f"     a stroke on a photo of 3600×2400, with its check: {time.monotonic() - begin:.2f} s")
    expect("A square model sees" in tab.run("document.getElementById('seen').textContent"), "a photo that is not square is told of")
    if shots:
        click(tab, "show-cells")
        tab.screenshot(f"{shots}/masks-large.png")
    click(tab, "save")
    tab.wait("document.getElementById('notice').textContent.includes('Saved')", timeout=60)
    words = large.bas('s = load_scene("large_scene"); print(s.size, s.masks[0].size)')
    expect("[2400, 3600] [2400, 3600]" in words, "masks come back at the photo's size", words)
    large.end()
    tab.close()


def main():
    checks = (check_painting, check_keeping, check_changing, check_touch, check_guessing, check_large_photo)
    return run_checks("masks", checks, Editor.started)


if __name__ == "__main__":
    sys.exit(main())
