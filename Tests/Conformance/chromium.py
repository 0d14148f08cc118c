"""Chromium without a window, driven by its remote-debugging protocol over a pipe: nothing but Python's standard library is needed."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time


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
