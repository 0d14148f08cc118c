#!/usr/bin/env python3
"""A lesson in a real JupyterLab, in Chromium, as a person uses it: opened with its recorded pictures, run from top to bottom; a training
stopped, a name completed; values explored, and pictures in their place where the notebook is not trusted.

jupyterlab.py [--bas PROGRAM] [--lesson NAME] [--screenshots FOLDER]

Ends with 0 where all is well, 1 where something is not, and 77 without a browser (Debian: apt-get install chromium). It needs jupyterlab
(requirements.txt) in the Python that runs it. Nothing outside of a temporary folder is touched. --screenshots keeps what was seen, among it
`training.png`, a cell in the middle of a training.
"""

import glob
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from chromium import ROOT, expect, run_checks

TOKEN = "only-for-this-run"

STOPPED = [
    'photo = load_scene("mug_rose")\nbase = load_model("collage")\n'
    'model = phase1(base, photo, init=["dish", "flower"], steps=100000, prior_weight=0, seed=1)',
    "print(\"learned {len(model.history) > 0}\")",
    "[{name: \"<i>a</i>\", iou: 0.5}, {name: \"b\", iou: 0.75}]",
    "load_sc",
]

EXPLORED = [
    'base = load_model("collage")\nprompt = "a photo of a dog and a flower on the grass"\npicture = generate(base, prompt, steps=4, seed=1)\n'
    'show attention(base, prompt, token="dog", image=picture)\nattention(base, prompt, token="dog", image=picture, timesteps=[100])',
    'attention(base, prompt, token="grass", image=picture, timesteps=[300])',
    "denoising(base, prompt, steps=4, seed=1)",
    "plot([1, 4, 9, 16], title=\"<img src=x onerror='window.harmed=1'>\")",
    "show table([{name: \"<i>a</i>\", iou: 0.5}, {name: \"b\", iou: 0.75}])",
]


class Lab:
    """A server of JupyterLab with folders of its own, and a page in the browser."""

    def __init__(self, folder, program, shots):
        self.folder, self.shots = Path(folder), shots
        self.notebooks = self.folder / "notebooks"
        self.notebooks.mkdir()
        names = {"HOME": "home", "JUPYTER_DATA_DIR": "data", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime",
                 "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "IPYTHONDIR": "ipython"}
        self.environment = {key: text for key, text in os.environ.items() if not key.startswith("XDG_")}
        self.environment |= {name: str(self.folder / place) for name, place in names.items()}
        settings = self.folder / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        # Without the question whether news may be fetched.
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
        subprocess.run([program, "kernel", "install"], env=self.environment, check=True, stdout=subprocess.DEVNULL)
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0",
                   f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={self.notebooks}", "--expose-app-in-browser"]
        with open(self.folder / "lab.log", "w") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.tab, self.complaints = None, []

    def address(self):
        """Waits for the server; raises TimeoutError."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            for path in glob.glob(str(self.folder / "runtime" / "jpserver-*.json")):
                try:
                    return json.loads(Path(path).read_text())["url"]
                except (OSError, ValueError):
                    pass
            time.sleep(0.1)
        raise TimeoutError("JupyterLab does not start:\n" + (self.folder / "lab.log").read_text()[-2000:])

    def open(self, browser, name):
        """Opens a notebook in the one page, and waits until the kernel is there."""
        address = f"{self.address()}lab/tree/{name}?token={TOKEN}&reset"
        if self.tab:
            self.complaints += self.tab.complaints()
            self.tab.close()
        self.tab = browser.tab(address, width=1240, height=1150)
        self.tab.wait("window.jupyterapp?.shell.currentWidget?.context?.isReady === true", 90)
        self.tab.run("window.page = window.jupyterapp.shell.currentWidget; page.sessionContext.ready.then(() => 1)")
        self.tab.wait("page.sessionContext.session?.kernel?.status === 'idle'", 60)

    def cells(self):
        """The code cells as JSON, with their outputs."""
        notebook = json.loads(self.tab.run("JSON.stringify(page.content.model.toJSON())"))
        return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]

    def command(self, name):
        self.tab.run(f"void jupyterapp.commands.execute('{name}')")

    def show(self, code):
        """Makes the code cell of this number the active one, at the top of the page."""
        self.tab.run(f"""(async () => {{
            const places = page.content.widgets.flatMap((w, i) => w.model.type === 'code' ? [i] : []);
            page.content.activeCellIndex = places[{code}];
            await page.content.scrollToItem(places[{code}], 'start');
        }})()""")

    def click(self, selector):
        """Presses the mouse on the first element of this kind."""
        box = self.tab.run(f"{{ const r = document.querySelector('{selector}').getBoundingClientRect(); "
                           "({x: r.x + r.width / 2, y: r.y + r.height / 2}) }")
        for kind in ("mousePressed", "mouseReleased"):
            self.tab.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **box)

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            self.tab.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def idle(self, timeout):
        """Waits until nothing runs and nothing waits."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.tab.run("page.sessionContext.session.kernel.status === 'idle' && page.content.widgets.every("
                            "w => !w.model.executionState || w.model.executionState === 'idle')"):
                return
            time.sleep(0.2)
        raise TimeoutError(f"still busy after {timeout} s")

    def keep(self, name):
        if self.shots and self.tab:
            self.tab.screenshot(os.path.join(self.shots, name))

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def texts(cell):
    """What a cell shows as text."""
    found = []
    for output in cell["outputs"]:
        data = output.get("data", {}).get("text/plain", output.get("text", ""))
        found.append("".join(data))
    return found


def bars(cell):
    return [text for text in texts(cell) if "█" in text or "░" in text]


def pictures(cells):
    return sum("image/png" in output.get("data", {}) for cell in cells for output in cell["outputs"])


def run_lesson(lab, browser, name, program):
    """A lesson, from its recorded outputs to a run of all cells."""
    source = ROOT / "examples" / "lessons" / f"{name}.bas"
    subprocess.run([program, "export", str(source), "-o", str(lab.notebooks / "lesson.ipynb")], env=lab.environment, check=True,
                   stderr=subprocess.DEVNULL)
    lab.open(browser, "lesson.ipynb")
    recorded = lab.cells()
    expect(pictures(recorded) > 0, f"the recorded pictures are there before anything runs ({pictures(recorded)})")
    expect(lab.tab.run("[...document.querySelectorAll('.jp-OutputArea img')].some(i => i.complete && i.naturalWidth > 50)"),
          "the browser shows them")
    lab.keep("opened.png")
    lab.command("notebook:clear-all-cell-outputs")
    lab.tab.wait("page.content.widgets.every(w => w.model.type !== 'code' || w.model.outputs.length === 0)")
    lab.command("notebook:run-all-cells")
    # A bar is drawn again in its place: other words under the same output.
    seen, most, end = set(), 0, time.monotonic() + 300
    while time.monotonic() < end:
        running = lab.cells()
        for place, cell in enumerate(running):
            most = max(most, len(bars(cell)))
            seen |= {(place, text) for text in bars(cell) if "░" in text}
        if running[-1]["execution_count"]:
            break
        time.sleep(0.3)
    lab.idle(60)
    done = lab.cells()
    expect(all(cell["execution_count"] for cell in done), "every cell has run")
    expect(not [o for cell in done for o in cell["outputs"] if o["output_type"] == "error"], "no cell failed")
    expect(pictures(done) == pictures(recorded), f"as many pictures as recorded ({pictures(done)})")
    expect(len(seen) > 3, f"bars moved while trainings ran ({len(seen)} states seen)")
    expect(all("░" not in text for cell in done for text in bars(cell)), f"and are full at the end; at most {most} in a cell")
    return done


def run_training(lab, done):
    """One of the lesson's trainings again, looked at in the middle."""
    place = next(i for i, cell in enumerate(done) if "phase2(" in "".join(cell["source"]))
    lab.show(place)
    lab.command("notebook:run-cell")
    end = time.monotonic() + 60
    while time.monotonic() < end:
        middle = [text for text in bars(lab.cells()[place]) if "phase 2" in text and text.count("█") >= 8]
        if middle:
            break
        time.sleep(0.1)
    lab.show(place)
    time.sleep(0.3)
    lab.keep("training.png")
    expect(lab.tab.run("[...document.querySelectorAll('.jp-OutputArea-output progress')].some(p => p.value > 0 && p.value < p.max)"),
          "the page shows a bar in the middle of a training")
    lab.idle(120)


def run_stopped(lab, browser):
    """The stop button keeps what was learned; tables are tables; Tab completes."""
    write_notebook(lab, "stopped.ipynb", STOPPED)
    lab.open(browser, "stopped.ipynb")
    lab.show(0)
    lab.command("notebook:run-cell-and-select-next")
    lab.tab.wait("page.content.widgets[0].node.innerText.includes('/100000 step')", 60)
    lab.click('.jp-NotebookPanel-toolbar [data-command="notebook:interrupt-kernel"]')
    lab.idle(15)
    expect([output["ename"] for output in lab.cells()[0]["outputs"] if output["output_type"] == "error"] == ["Interrupted"],
          "the stop button stops a training")
    for _ in range(2):
        lab.command("notebook:run-cell-and-select-next")
        lab.idle(15)
    expect("learned true" in "".join(texts(lab.cells()[1])), "and the next cell uses what it has learned")
    expect(lab.tab.run("[...page.content.widgets[2].node.querySelectorAll('table td')].some(c => c.innerText === '<i>a</i>')"),
          "a list of records is a table, and its texts are texts")
    lab.show(3)
    lab.tab.run("void page.content.activeCell.editor.focus(); page.content.mode = 'edit'; "
                "page.content.activeCell.editor.setCursorPosition({line: 0, column: 7})")
    lab.press("Tab", 9)
    lab.tab.wait("[...document.querySelectorAll('.jp-Completer-item')].some(i => i.innerText.includes('load_scene'))", 10)
    lab.keep("stopped.png")
    lab.press("Enter", 13)
    lab.tab.wait("page.content.activeCell.model.sharedModel.getSource() === 'load_scene'", 10)
    expect(True, "Tab offers the names that fit")


def explorer(code, place=0):
    """An expression for the root of what the output `place` of the cell of this number lets people explore."""
    # A progress bar above is such an element, too, without a root of its own.
    outputs = f"page.content.widgets[{code}].node.querySelectorAll('.jp-OutputArea-output div[id^=bas-]')"
    return f"[...{outputs}].filter(e => e.shadowRoot)[{place}]?.shadowRoot"


def write_notebook(lab, name, cells):
    """Writes a notebook of code cells: texts, or cells with outputs."""
    made = [{"cell_type": "code", "id": f"cell{i}", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
            if isinstance(cell, str) else cell for i, cell in enumerate(cells)]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "cells": made,
                "metadata": {"kernelspec": {"name": "bas", "display_name": "bas", "language": "bas"}}}
    (lab.notebooks / name).write_text(json.dumps(notebook))


def run_explored(lab, browser):
    """Values to explore, several in one page; the same notebook where it is not trusted shows pictures."""
    write_notebook(lab, "explored.ipynb", EXPLORED)
    lab.open(browser, "explored.ipynb")
    lab.command("notebook:run-all-cells")
    lab.tab.wait(f"page.content.widgets[{len(EXPLORED) - 1}].model.executionCount", 120)
    lab.idle(60)
    cells = lab.cells()
    sizes = [len("".join(o["data"]["text/html"])) for cell in cells[:4] for o in cell["outputs"] if "text/html" in o.get("data", {})]
    # Tables that cells show beside them are HTML, too, but small.
    sizes = [size for size in sizes if size > 4096]
    print(f"     HTML of the five values: {[f'{size >> 10} KiB' for size in sizes]}")
    expect(len(sizes) == 5 and pictures(cells) == 5, "each value has HTML, and its picture beside it", (len(sizes), pictures(cells)))
    # JupyterLab makes outputs when they come into view.
    for code in range(len(EXPLORED)):
        lab.show(code)
    lab.show(0)
    for code in range(4):
        lab.show(code)
        lab.tab.wait(f"!!{explorer(code)}?.querySelector('.explorer')", 20)
    expect(lab.tab.run("window.explorers === undefined && window.tools === undefined"), "nothing is left in the page's own names")
    reading = lambda *place: lab.tab.run(f"{explorer(*place)}.querySelector('.reading').textContent")
    other = reading(1)
    word = f"[...{explorer(0)}.querySelectorAll('.words-of-prompt button')].find(b => b.textContent === 'flower')"
    lab.tab.run(word + ".click()")
    expect("“flower”" in reading(0) and reading(1) == other, "a word shows its map in its own cell only", (reading(0), reading(1)))
    lab.tab.wait(f"!!{explorer(0, 1)}?.querySelector('.explorer')", 20)
    lab.tab.run(word + ".click()")
    expect("“flower”" in reading(0, 1), "both values of a cell go together", reading(0, 1))
    lab.tab.run(f"{explorer(0)}.querySelector('.slider input').focus()")
    lab.press("ArrowRight", 39)
    lab.press("ArrowDown", 40)
    expect(lab.tab.run("page.content.activeCellIndex") == 0, "keys on a slider leave the page's cells alone")
    lab.tab.run(f"[...{explorer(2)}.querySelectorAll('button')].find(b => b.textContent === 'Play').click()")
    lab.tab.wait(f"+{explorer(2)}.querySelector('input').value === 4", 10)
    expect(lab.tab.run("window.harmed") is None, "nothing of a title runs")
    lab.show(4)
    lab.tab.wait("[...page.content.widgets[4].node.querySelectorAll('table td')].some(c => c.innerText === '<i>a</i>')", 20)
    expect(True, "a table that is shown is a table, and its texts are texts")
    for code in range(4):
        lab.show(code)
        time.sleep(0.3)
        lab.keep(f"explored-{code}.png")
    # JupyterLab trusts what ran here, and nothing that came as a file.
    write_notebook(lab, "stranger.ipynb", [{**cell, "source": "".join(cell["source"]) + "  # changed"} for cell in cells])
    lab.open(browser, "stranger.ipynb")
    lab.show(0)
    lab.tab.wait("[...document.querySelectorAll('.jp-OutputArea img')].some(i => i.complete && i.naturalWidth > 50)", 10)
    lab.keep("stranger.png")
    expect(lab.tab.run("[...document.querySelectorAll('.jp-OutputArea-output *')].every(e => !e.shadowRoot)"
                       " && !document.querySelector('.jp-OutputArea-output script')"), "where it is not trusted, the picture stands there")


def check_lab(browser, program, shots, lesson):
    with tempfile.TemporaryDirectory(prefix="bas-jupyterlab-") as folder:
        lab = Lab(folder, program, shots)
        try:
            done = run_lesson(lab, browser, lesson, program)
            run_training(lab, done)
            run_stopped(lab, browser)
            run_explored(lab, browser)
            complaints = lab.complaints + lab.tab.complaints()
            expect(not complaints, "the browser complains of nothing", complaints[:3])
        except (TimeoutError, RuntimeError):
            lab.keep("failed.png")
            raise
        finally:
            lab.close()


def main():
    return run_checks("jupyterlab", [check_lab], options=[("lesson", "3_a_new_word")])


if __name__ == "__main__":
    sys.exit(main())
