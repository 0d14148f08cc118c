"""Chromium without a window, driven by its remote-debugging protocol over a pipe, and what all checks with it share: nothing but Python's
standard library is needed."""

import argparse
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def find():
    """Returns the path of the browser, or None."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


class Chromium:
    """A browser with a profile of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="bas-chromium-")
        read_commands, self.commands = os.pipe()
        self.answers, write_answers = os.pipe()
        # The browser reads commands from descriptor 3 and writes answers to 4.
        keep = [os.fdopen(os.dup(read_commands)), os.fdopen(os.dup(write_answers), "w")]
        script = f'exec "$0" "$@" 3<&{keep[0].fileno()} 4>&{keep[1].fileno()}'
        options = ["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
                   f"--user-data-dir={self.folder}", "about:blank"]
        self.process = subprocess.Popen(["bash", "-c", script, find(), *options], pass_fds=[file.fileno() for file in keep],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for file in keep:
            file.close()
        os.close(read_commands)
        os.close(write_answers)
        self.rest, self.number, self.events = b"", 0, []

    def call(self, method, session=None, timeout=60, **parameters):
        """Sends a command and returns its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + timeout
        while True:
            answer = self.receive(end - time.monotonic())
            if answer is None:
                raise TimeoutError(f"{method} was not answered")
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def receive(self, timeout):
        """Returns the next message; None where none comes in time."""
        while b"\0" not in self.rest:
            if timeout <= 0 or not select.select([self.answers], [], [], timeout)[0]:
                return None
            part = os.read(self.answers, 1 << 20)
            if not part:
                raise RuntimeError("the browser has ended")
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def tab(self, address=None, width=1200, height=900, dark=False, touch=False):
        return Tab(self, address, width, height, dark, touch)

    def close(self):
        try:
            self.call("Browser.close", timeout=5)
        except (TimeoutError, RuntimeError, OSError):
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Tab:
    """A page."""

    def __init__(self, browser, address, width, height, dark, touch):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank", newWindow=True)["targetId"]
        self.target = target
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        self.call("Runtime.enable")
        self.call("Log.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=touch)
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        if dark:
            self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        if address:
            self.go(address)

    def call(self, method, **parameters):
        return self.browser.call(method, session=self.session, **parameters)

    def go(self, address):
        self.call("Page.navigate", url=address)

    def run(self, script):
        """Runs JavaScript and returns its value."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("exception", {}).get("description", "an exception"))
        return result["result"].get("value")

    def wait(self, script, timeout=30):
        """Waits until an expression is true; raises TimeoutError."""
        end = time.monotonic() + timeout
        while True:
            if self.run(script):
                return
            if time.monotonic() > end:
                raise TimeoutError(f"not true in {timeout} s: {script}")
            time.sleep(0.05)

    def screenshot(self, path, whole=False):
        import base64

        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}
            data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        else:
            data = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def complaints(self):
        """Returns what the page's console and log complained of."""
        self.run("0")
        found = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            if event["method"] == "Runtime.exceptionThrown":
                details = event["params"]["exceptionDetails"]
                found.append(details.get("exception", {}).get("description", details["text"]))
            elif event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
                found.append(event["params"]["entry"]["text"] + " " + event["params"]["entry"].get("url", ""))
            elif event["method"] == "Runtime.consoleAPICalled" and event["params"]["type"] in ("error", "warning"):
                found.append(str(event["params"]["args"]))
        return found

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)


failures = []


def expect(holds, what, found=None):
    """Says whether something holds; `found` is what was there instead."""
    print(f"{'ok  ' if holds else 'FAIL'} {what}" + ("" if holds or found is None else f": {found}"), flush=True)
    if not holds:
        failures.append(what)


def run_checks(name, checks, started=(), options=()):
    """Runs the checks of a program, `NAME.py [--bas PROGRAM] [--screenshots FOLDER]`, in one browser. Returns its exit code: 0 where all is
    well, 1 where something is not, and 77 without a browser.

    A check is a function of the browser, the program's path, the folder for screenshots (or None) and, where `options` adds options
    (a name and a default each), their values by name. `started` collects processes that are ended at the end.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--bas", default=str(ROOT / ".build/release/bas"))
    parser.add_argument("--screenshots", metavar="FOLDER")
    for option, default in options:
        parser.add_argument(f"--{option}", default=default)
    arguments = vars(parser.parse_args())
    program, shots = os.path.abspath(arguments.pop("bas")), arguments.pop("screenshots")
    if not find():
        print(f"{name}.py: there is no Chromium: apt-get install chromium", file=sys.stderr)
        return 77
    if shots:
        Path(shots).mkdir(parents=True, exist_ok=True)
    browser = Chromium()
    try:
        for check in checks:
            print(check.__name__.replace("check_", "").replace("_", " ") + ":")
            try:
                check(browser, program, shots, **arguments)
            except (TimeoutError, RuntimeError, AttributeError) as error:
                expect(False, f"{check.__name__}: {error}")
    finally:
        browser.close()
        for process in started:
            process.kill()
    print(f"{name}: {'all well' if not failures else f'{len(failures)} not as expected'}")
    return 1 if failures else 0
