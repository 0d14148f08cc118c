#!/usr/bin/env python3
"""The page of `bas preview` in Chromium, as a person uses it: edits, saves, stops, two tabs, a flood, a server that goes away.

preview.py [--bas PROGRAM] [--screenshots FOLDER]

Ends with 0 where all is well, 1 where something is not, and 77 without a browser (Debian: apt-get install chromium). Needs nothing but Python's
standard library; chromium.py drives the browser.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from chromium import ROOT, expect, run_checks

NOTEBOOK = """\
# %% First <b>cell</b>
#| Prose with *emphasis* and <script>window.harmed = 1</script> and [a link](javascript:window.harmed=2).
x = 3
print("x is {x}")
print("<img src=x onerror='window.harmed = 3'>")

# %% Picture
show plot([1, 4, 9, x], title="<svg onload='window.harmed=4'>")

# %% Table
table([{name: "<i>a</i>", iou: 0.5}, {name: "b", iou: 0.75}])
"""

TRAINING = """\
# %% Model
photo = load_scene("mug_rose")
base = load_model("{model}")

# %% Train
m = phase1(base, photo, steps=100000, prior_weight=0, seed=1)

# %% Use
print("learned {{len(m.history)}} steps")
"""

FLOOD = """\
# %% Flood
line = join(["xxxxxxxxx" for _ in 1..10], " ")
for k in 1..100000 { print("{k} {line}") }

# %% After
print("after the flood")
"""


class Preview:
    """A notebook with its preview."""

    started = []

    def __init__(self, program, text, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="bas-preview-")
        self.path = Path(self.folder.name) / "page.bas"
        self.save(text)
        environment = {**os.environ, "BAS_STDLIB": str(ROOT / "stdlib")}
        self.process = subprocess.Popen([program, "preview", "--no-open", *options, str(self.path)], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, env=environment)
        self.started.append(self.process)
        self.address = self.process.stdout.readline().strip()

    def save(self, text):
        """Saves as editors do that write another file and rename it."""
        draft = self.path.with_suffix(".draft")
        draft.write_text(text)
        draft.rename(self.path)

    def edit(self, old, new):
        text = self.path.read_text()
        assert old in text, old
        self.save(text.replace(old, new))

    def end(self, signal_=signal.SIGINT):
        """Ends it and returns its exit code."""
        self.process.send_signal(signal_)
        return self.process.wait(20)


SETTLED = "document.querySelector('.live') && !document.querySelector('.live:is([data-state=running], [data-state=waiting])')"


def cell(place, part=".shown"):
    return f"document.querySelectorAll('.live')[{place}]?.querySelector('{part}')"


def text(place, part=".shown"):
    return f"({cell(place, part)}?.textContent ?? '')"


def states(tab):
    return tab.run("[...document.querySelectorAll('.live')].map(cell => cell.dataset.state)")


def check_editing(browser, program, shots):
    preview = Preview(program, NOTEBOOK)
    tab, second = browser.tab(preview.address), browser.tab(preview.address)
    tab.wait(SETTLED)
    expect(states(tab) == ["ran", "ran", "ran"], "all cells run at first", states(tab))
    expect("x is 3" in tab.run(text(0)), "outputs are shown")
    tab.wait(cell(1, "img") + "?.naturalWidth > 100")
    before = tab.run(cell(1, "img") + ".src")
    begin = time.monotonic()
    preview.edit("x = 3", "x = 16")
    for page in (tab, second):
        page.wait(text(0) + ".includes('x is 16')")
        page.wait(f"{cell(1, 'img')}?.src !== '{before}' && {cell(1, 'img')}?.naturalWidth > 100")
    print(f"     save to new picture in both tabs: {time.monotonic() - begin:.2f} s")
    tab.wait(SETTLED)
    expect(states(tab) == ["ran", "ran", "kept"], "only what depends on the change runs", states(tab))
    second.wait(SETTLED)
    seen = [page.run("document.getElementById('cells').innerText") for page in (tab, second)]
    expect(seen[0] == seen[1], "two tabs show the same", seen)
    expect(tab.run("window.harmed") is None and tab.run("document.querySelectorAll('script').length") == 1, "nothing of the notebook runs")
    expect(tab.run("[...document.querySelectorAll('a')].every(a => !a.href.startsWith('javascript'))"), "links that run something are text")
    expect("<b>cell</b>" in tab.run("document.querySelector('h2').textContent"), "titles are text")
    # One cell, by its button.
    tab.run(cell(2, ".cell-state button") + ".click()")
    tab.wait(SETTLED + " && document.querySelectorAll('.live')[2]?.dataset.state === 'ran'")
    # The switch, and recording.
    tab.run("document.getElementById('on-save').click()")
    second.wait("!document.getElementById('on-save').checked")
    preview.edit("x = 16", "x = 17")
    tab.wait("document.querySelectorAll('.live')[0]?.dataset.state === 'stale'")
    if shots:
        tab.screenshot(f"{shots}/stale-1200.png", whole=True)
    tab.run("document.getElementById('run').click()")
    second.wait(text(0) + ".includes('x is 17')")
    tab.wait(SETTLED + " && !document.getElementById('record').disabled")
    expect("#>" not in preview.path.read_text(), "the file is left alone until it is asked for")
    tab.run("document.getElementById('record').click()")
    tab.wait("document.getElementById('summary').textContent.includes('recorded')")
    expect("#> x is 17" in preview.path.read_text(), "the record is in the file")
    # A mistake is shown where it is, and what depends on it says so.
    tab.run("document.getElementById('on-save').click()")
    preview.edit("x = 17", "x = 17 / 0")
    tab.wait("document.querySelectorAll('.live')[0]?.dataset.state === 'failed'")
    tab.wait(SETTLED)
    expect(states(tab)[1] == "skipped" and "error[E" in tab.run(text(0)), "mistakes are shown", states(tab))
    narrow = browser.tab(preview.address, width=390, height=844, touch=True)
    narrow.wait(SETTLED)
    expect(narrow.run("document.documentElement.scrollWidth") <= 390, "a narrow page does not scroll sideways")
    dark = browser.tab(preview.address, dark=True)
    dark.wait(SETTLED)
    if shots:
        tab.screenshot(f"{shots}/failed-1200.png", whole=True)
        narrow.screenshot(f"{shots}/failed-390.png", whole=True)
        dark.screenshot(f"{shots}/failed-dark.png", whole=True)
    for page in (tab, second, narrow, dark):
        expect(not page.complaints(), "the browser has no complaints", page.complaints())
        page.close()
    expect(preview.end() == 130, "Ctrl-C ends with 130")


def check_stopping(browser, program, shots):
    preview = Preview(program, TRAINING.format(model=ROOT / "Tests/Fixtures/models/tiny-collage"))
    tab = browser.tab(preview.address)
    tab.wait(cell(1, ".progress progress") + "?.value >= 3", timeout=60)
    tab.wait(text(1, ".count") + ".includes('left')")
    narrow = browser.tab(preview.address, width=390, height=844, touch=True)
    narrow.wait(cell(1, ".progress progress") + "?.value >= 3")
    if shots:
        tab.screenshot(f"{shots}/training-1200.png")
        narrow.screenshot(f"{shots}/training-390.png")
    # An edit below leaves the training alone.
    preview.edit("learned {", "it has learned {")
    tab.wait(text(2, ".source") + ".includes('it has')")
    time.sleep(0.5)
    expect(states(tab)[1] == "running", "an edit below does not stop a training", states(tab))
    begin = time.monotonic()
    tab.run("document.getElementById('stop').click()")
    tab.wait("document.querySelectorAll('.live')[1]?.dataset.state === 'stopped'")
    seconds = time.monotonic() - begin
    print(f"     stop of a training: {seconds:.2f} s")
    expect(seconds < 1, "a training is stopped within a second", seconds)
    tab.run(cell(2, ".cell-state button") + ".click()")
    tab.wait(text(2) + ".includes('it has learned')")
    expect("resume(m)" in tab.run(text(1)), "what it learned stays")
    # A save of the cell that runs ends it and begins anew.
    preview.edit("steps=100000", "steps=3")
    tab.wait(SETTLED, timeout=60)
    tab.wait(text(2) + ".includes('it has learned 3 steps')")
    if shots:
        tab.screenshot(f"{shots}/trained-1200.png")
    expect(not tab.complaints(), "the browser has no complaints", tab.complaints())
    tab.close()
    narrow.close()
    # Asked to end by a signal while a cell runs.
    preview.edit("steps=3", "steps=100000")
    time.sleep(1.5)
    begin = time.monotonic()
    expect(preview.end() == 130 and time.monotonic() - begin < 3, "Ctrl-C ends while a training runs")


def check_flood(browser, program, shots):
    preview = Preview(program, FLOOD)
    tab = browser.tab(preview.address)
    # The longest time in which the page did nothing else.
    tab.run("""window.gap = 0; window.last = performance.now();
               setInterval(() => { gap = Math.max(gap, performance.now() - last); last = performance.now(); }, 10); 0""")
    tab.wait(text(1) + ".includes('after the flood')", timeout=120)
    tab.wait(SETTLED)
    shown = tab.run(text(0))
    expect("left out here" in shown and len(shown) < 200_000, "a flood is cut", len(shown))
    gap = tab.run("gap")
    print(f"     longest pause of the page in a flood of 10 MB: {gap / 1000:.2f} s")
    expect(gap < 1000, "the page stays quick", gap)
    if shots:
        tab.screenshot(f"{shots}/flood-1200.png")
    preview.end()
    tab.close()


def check_absence(browser, program, shots):
    preview = Preview(program, NOTEBOOK)
    tab = browser.tab(preview.address)
    tab.wait(SETTLED)
    preview.process.send_signal(signal.SIGSTOP)
    tab.wait("!document.getElementById('notice').hidden", timeout=40)
    expect("does not answer" in tab.run("document.getElementById('notice').textContent"), "a server that is away is told")
    if shots:
        tab.screenshot(f"{shots}/away-1200.png")
    preview.edit("x = 3", "x = 5")
    preview.process.send_signal(signal.SIGCONT)
    tab.wait("document.getElementById('notice').hidden", timeout=40)
    tab.wait(text(0) + ".includes('x is 5')")
    # Another page cannot reach it.
    stranger = browser.tab("data:text/html,<p>stranger")
    reach = f"fetch('{preview.address}do', {{method: 'POST', body: '{{}}'}}).then(() => 'reached', () => 'refused')"
    expect(stranger.run(reach) == "refused", "other pages cannot reach it")
    # It ends, and is started anew at the same port, with another token.
    port = preview.address.split(":")[2].split("/")[0]
    tab.run("document.getElementById('end').click()")
    expect(preview.process.wait(20) == 0, "the page can end it")
    tab.wait("document.getElementById('notice').textContent.includes('has ended')")
    third = browser.tab()
    again = Preview(program, NOTEBOOK, "--port", port)
    third.go(again.address)
    third.wait(SETTLED)
    again.process.kill()
    third.wait("!document.getElementById('notice').hidden", timeout=40)
    anew = Preview(program, NOTEBOOK, "--port", port)
    third.wait("document.getElementById('notice').textContent.includes('started anew')", timeout=40)
    anew.end(signal.SIGTERM)


def check_command_line(browser, program, shots):
    def code(*arguments):
        return subprocess.run([program, "preview", "--no-open", *arguments], capture_output=True, timeout=20).returncode

    preview = Preview(program, NOTEBOOK, "--no-run")
    port = preview.address.split(":")[2].split("/")[0]
    tab = browser.tab(preview.address)
    tab.wait("document.querySelectorAll('.live').length === 3")
    time.sleep(0.5)
    expect(states(tab) == ["stale"] * 3, "--no-run runs nothing", states(tab))
    expect(code(str(preview.path), "--port", port) == 73, "a port that is taken is 73")
    expect(code(str(preview.path.with_name("none.bas"))) == 66, "no such file is 66")
    expect(code(str(preview.path), "--port", "x") == 64, "a wrong port is 64")
    expect(preview.end() == 130, "Ctrl-C while nothing runs is 130")
    recorded = Preview(program, NOTEBOOK, "--record")
    end = time.monotonic() + 20
    while "#> x is 3" not in recorded.path.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    expect("#> x is 3" in recorded.path.read_text() and any(recorded.path.with_name("page.out").iterdir()), "--record writes the file")
    recorded.end()
    tab.close()


def main():
    return run_checks("preview", (check_editing, check_stopping, check_flood, check_absence, check_command_line), Preview.started)


if __name__ == "__main__":
    sys.exit(main())
