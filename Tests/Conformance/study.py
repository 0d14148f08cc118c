#!/usr/bin/env python3
"""A study in Chromium: people answer it by mouse, keys and fingers, close the tab, and send their files, which are read back.

study.py [--bas PROGRAM] [--screenshots FOLDER]

Ends with 0 where all is well, 1 where something is not, and 77 without a browser (Debian: apt-get install chromium). Needs nothing but Python's
standard library; chromium.py drives the browser.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import chromium

ROOT = Path(__file__).resolve().parents[2]

MAKING = """
photo = load_scene("toys").image
mask = load_scene("toys").masks[0]
thing = crop(load_scene("toys")).image
fn picture(m, i) { resize([photo, flip(photo), thing][m], [96, 96]) }
rows = [{item: "item-{i}", method: ["ours-secret", "TI-secret", "DB-secret"][m], picture: picture((m + i) % 3, i), photo: thing,
         prompt: "a photo of a toy & <b>ball</b> no. {i}"} for i in 1..3 for m in 0..2]
study(rows, "study.html", title="Pictures of <i>things</i>", instructions="Take your time.", form=["likert", "choice"], checks=1, seed=4)
"""

READING = """
t = study_answers("answers", "study.key.json")
save_table(t, "table.jsonl")
save_table(study_raters("answers", "study.key.json"), "raters.jsonl")
print(kruskal(t, ["identity", "prompt"], by="method"))
print(agreement(t, ["identity", "prompt"], unit=["item", "method"]))
"""

failures = []


def expect(holds, what, found=None):
    print(f"{'ok  ' if holds else 'FAIL'} {what}" + ("" if holds or found is None else f": {found}"), flush=True)
    if not holds:
        failures.append(what)


def bas(program, folder, code):
    (folder / "script.bas").write_text(code)
    environment = {**os.environ, "BAS_STDLIB": str(ROOT / "stdlib")}
    return subprocess.run([program, "run", "script.bas"], cwd=folder, capture_output=True, text=True, env=environment)


class Rater:
    """A person before the page, who rates a picture by its method: the key tells this script which is which."""

    def __init__(self, tab, key, liked):
        self.tab, self.key, self.liked = tab, key, liked

    def begin(self, name):
        self.tab.wait("!!document.getElementById('rater')")
        self.tab.run(f"document.getElementById('rater').value = {json.dumps(name)}; 0")
        self.tab.run("[...document.querySelectorAll('button')].find(b => b.textContent === 'Begin').click(); 0")
        self.tab.wait("!!document.querySelector('.cards')")

    def where(self):
        return self.tab.run("document.getElementById('count').textContent")

    def wishes(self):
        """Returns whether the page is one of ratings, and for each card the rating that this person would give."""
        cards = self.tab.run("[...document.querySelectorAll('.card')].map(c => c.querySelector('input').name + ' ' + c.querySelector('input').value)")
        rated = self.tab.run("document.querySelector('.cards').classList.contains('likert')")
        pictures = [card.split(" ")[0 if rated else 1] for card in cards]
        return rated, [{"ours-secret": 5, "TI-secret": 3, "DB-secret": 2, None: 1}[self.key["pictures"].get(picture)] for picture in pictures]

    def center(self, selector):
        return self.tab.run(f"(() => {{ const e = {selector}; e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect();"
                            "return [r.x + r.width / 2, r.y + r.height / 2]; })()")

    def click(self, selector):
        x, y = self.center(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.tab.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def tap(self, selector):
        x, y = self.center(selector)
        self.tab.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.tab.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def press(self, key):
        code = {"Enter": 13}.get(key, ord(key.upper()) if len(key) == 1 else 0)
        parts = {"key": key, "windowsVirtualKeyCode": code, "text": "\r" if key == "Enter" else key}
        self.tab.call("Input.dispatchKeyEvent", type="keyDown", **parts)
        self.tab.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def answer(self, how):
        """Answers the page that is shown and goes on."""
        rated, wishes = self.wishes()
        before = self.where()
        best = wishes.index(max(wishes))
        if how == "keys":
            if rated:
                for wish in wishes:
                    self.press(str(wish))
            else:
                self.press(chr(97 + best))
            self.press("Enter")
        else:
            act = self.tap if how == "touch" else self.click
            if rated:
                for card, wish in enumerate(wishes):
                    act(f"document.querySelectorAll('.card')[{card}].querySelectorAll('.scale label')[{wish - 1}]")
            else:
                act(f"document.querySelectorAll('.card')[{best}]")
            self.tab.wait("!document.getElementById('next').disabled")
            act("document.getElementById('next')")
        self.tab.wait(f"document.getElementById('count').textContent !== {json.dumps(before)}", timeout=10)

    def finish(self, how, shots=None):
        while not self.tab.run("!!document.getElementById('answers')"):
            if shots:
                number = self.where().split(" ")[1]
                if number in ("1", "2", "20"):
                    self.tab.screenshot(f"{shots}-{number}.png", whole=True)
            self.answer(how)
        return self.tab.run("document.getElementById('answers').value")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bas", default=str(ROOT / ".build/release/bas"))
    parser.add_argument("--screenshots", metavar="FOLDER")
    arguments = parser.parse_args()
    if not chromium.find():
        print("study.py: there is no Chromium: apt-get install chromium", file=sys.stderr)
        return 77
    shots = arguments.screenshots
    if shots:
        Path(shots).mkdir(parents=True, exist_ok=True)
    browser = chromium.Chromium()
    with tempfile.TemporaryDirectory(prefix="bas-study-") as name:
        folder = Path(name)
        try:
            check(browser, os.path.abspath(arguments.bas), folder, shots)
        except (TimeoutError, RuntimeError) as error:
            expect(False, str(error))
        finally:
            browser.close()
    print(f"study: {'all well' if not failures else f'{len(failures)} not as expected'}")
    return 1 if failures else 0


def check(browser, program, folder, shots):
    done = bas(program, folder, MAKING)
    expect(done.returncode == 0, "the page is made", done.stderr)
    page = (folder / "study.html").read_text()
    expect("secret" not in page and "item-" not in page, "the page names no method and no item")
    print(f"     the page has {len(page) / 1e6:.2f} MB")
    key = json.loads((folder / "study.key.json").read_text())
    address = (folder / "study.html").as_uri()
    answers = folder / "answers"
    answers.mkdir()

    # By mouse, with a tab that is closed in the middle.
    tab = browser.tab(address)
    first = Rater(tab, key, None)
    tab.wait("!!document.getElementById('rater')")
    if shots:
        tab.screenshot(f"{shots}/start-1200.png", whole=True)
    expect(tab.run("document.title") == "Pictures of <i>things</i>" and tab.run("document.querySelectorAll('b, i').length") == 0, "texts are texts")
    first.begin("Ada & <Co>")
    expect("null" not in tab.run("document.querySelector('main').innerText"), "what is not there is not shown")
    total = int(first.where().split(" of ")[1])
    expect(total == 4 * 5, "every question is asked of every item, and checked", first.where())
    expect(tab.run("document.getElementById('next').disabled"), "a page that is not answered is not left")
    order = [first.where()]
    for _ in range(7):
        first.answer("mouse")
    seen = tab.run("[...document.querySelectorAll('.card img')].map(i => i.src.length)")
    tab.close()
    tab = browser.tab(address)
    first.tab = tab
    tab.wait("!!document.querySelector('.resume')")
    first.click("document.querySelector('.resume')")
    tab.wait("!!document.querySelector('.cards')")
    expect(first.where() == f"Page 8 of {total}", "a closed tab goes on where it was", first.where())
    expect(seen == tab.run("[...document.querySelectorAll('.card img')].map(i => i.src.length)"), "with the pictures in the same order")
    tab.run("document.querySelectorAll('button').forEach(b => b.textContent === 'Back' && b.click()); 0")
    expect(tab.run("!document.getElementById('next').disabled"), "answers stay when going back")
    (answers / "ada.json").write_text(first.finish("mouse", shots and f"{shots}/mouse-1200"))
    if shots:
        tab.screenshot(f"{shots}/end-1200.png", whole=True)
    # The file that the button saves is the text.
    tab.browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder / "down"))
    first.click("[...document.querySelectorAll('button')].find(b => b.textContent.startsWith('Save my'))")
    for _ in range(100):
        saved = list((folder / "down").glob("answers-*.json")) if (folder / "down").exists() else []
        if saved:
            break
        tab.run("new Promise(done => setTimeout(done, 50))")
    expect(len(saved) == 1 and saved[0].name.startswith(f"answers-{key['study'][:8]}-Ada"), "a file is saved", saved)
    expect(saved and json.loads(saved[0].read_text())["sum"] == json.loads((answers / "ada.json").read_text())["sum"], "with the answers")
    expect(not tab.complaints(), "the browser has no complaints", tab.complaints())
    tab.close()

    # By keys, in the dark; by touch on a narrow screen.
    for how, person, options in (("keys", "Bob", {"dark": True}), ("touch", "Eve", {"width": 390, "height": 844, "touch": True})):
        tab = browser.tab(address, **options)
        if how == "touch":
            tab.call("Emulation.setTouchEmulationEnabled", enabled=True)
        rater = Rater(tab, key, None)
        rater.begin(person)
        expect(tab.run("document.documentElement.scrollWidth") <= tab.run("innerWidth"), f"{how}: the page does not scroll sideways")
        if how == "touch":
            small = tab.run("[...document.querySelectorAll('.scale label, .pick, #next')].filter(e => e.getBoundingClientRect().height < 43.5).length")
            expect(small == 0, "what is touched is large enough", small)
        (answers / f"{person.lower()}.json").write_text(rater.finish(how, shots and f"{shots}/{how}"))
        expect(not tab.complaints(), f"{how}: the browser has no complaints", tab.complaints())
        tab.close()

    done = bas(program, folder, READING)
    expect(done.returncode == 0, "the files are read", done.stderr)
    print("     " + "\n     ".join(done.stdout.splitlines()))
    rows = [json.loads(line) for line in (folder / "table.jsonl").read_text().splitlines()]
    expect(len(rows) == 3 * 3 * 3, "a row for each rater, item and method", len(rows))
    wanted = {"ours-secret": 5, "TI-secret": 3, "DB-secret": 2}
    expect(all(row["identity"] == row["prompt"] == wanted[row["method"]] for row in rows), "ratings are those that were given")
    expect(all(row["identity_best"] == row["prompt_best"] == (row["method"] == "ours-secret") for row in rows), "so are choices")
    raters = [json.loads(line) for line in (folder / "raters.jsonl").read_text().splitlines()]
    expect([row["rater"] for row in raters] == ["Ada & <Co>", "Bob", "Eve"], "raters have their names", raters)
    expect(all(row["attentive"] and row["noise_seen"] == row["noise"] == 4 and row["repeat_difference"] == 0 for row in raters), "checks are passed", raters)
    orders = [[(answer["page"], answer["order"]) for answer in json.loads((answers / f"{who}.json").read_text())["answers"]] for who in ("ada", "bob", "eve")]
    expect(orders[0] != orders[1] != orders[2], "raters see pages in orders of their own")


if __name__ == "__main__":
    sys.exit(main())
