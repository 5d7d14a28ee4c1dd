"""A headless Chromium that is driven through a pipe: pages are opened, clicked and looked at as people do."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_PATIENCE_S = 60.0


class Chromium:
    """One page of a browser of its own.

    Commands and events are those of https://chromedevtools.github.io/devtools-protocol/.
    """

    def __init__(self, folder: Path) -> None:
        commands, self._send = os.pipe()
        self._receive, answers = os.pipe()

        def connect() -> None:  # the browser reads from descriptor 3 and writes to 4
            first, second = os.dup(commands), os.dup(answers)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self._process = subprocess.Popen(
            [
                str(PROGRAM),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-pipe",
                f"--user-data-dir={folder}",
                "about:blank",
            ],
            preexec_fn=connect,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self.errors: list[str] = []
        self.requests: list[str] = []
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")

    def close(self) -> None:
        """End the browser."""
        os.close(self._send)
        self._process.terminate()
        self._process.wait(30)
        os.close(self._receive)

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        while True:
            found = self._next()
            if found.get("id") == self._number:
                if "error" in found:
                    raise AssertionError(f"{method}: {found['error']}")
                return dict(found["result"])

    def open(self, path: Path, width: int = 1280, height: int = 900, javascript: bool = True) -> float:
        """Open a file and return how long it took until the page stood there, s."""
        self.errors.clear()
        self.requests.clear()
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.command("Emulation.setScriptExecutionDisabled", value=not javascript)
        start = time.monotonic()
        self.command("Page.navigate", url=path.resolve().as_uri())
        if javascript:
            self.wait("document.querySelector('#app') !== null && document.querySelector('#app').children.length > 0")
        else:
            while self.command("Page.getFrameTree")["frameTree"]["frame"]["url"] == "about:blank":
                self._within(start)
            time.sleep(0.5)
        return time.monotonic() - start

    def value(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        result = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise AssertionError(result["exceptionDetails"]["exception"].get("description"))
        return result["result"].get("value")

    def wait(self, expression: str) -> None:
        """Wait until an expression is true."""
        start = time.monotonic()
        while not self.value(expression):
            self._within(start)
            time.sleep(0.02)

    def click(self, selector: str) -> None:
        """Click with the mouse into the middle of an element."""
        quoted = json.dumps(selector)
        self.value(f"document.querySelector({quoted}).scrollIntoView({{block: 'center', inline: 'center'}})")
        box = self.value(
            f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2])"
            f"(document.querySelector({quoted}).getBoundingClientRect())"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.command("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            self.command("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, text=text)

    def paste(self) -> None:
        """Paste what was copied into what has the focus."""
        key = {"key": "v", "code": "KeyV", "windowsVirtualKeyCode": 86, "modifiers": 2}
        self.command("Input.dispatchKeyEvent", type="keyDown", commands=["paste"], **key)

    def write(self, selector: str, text: str) -> None:
        """Write into a field."""
        self.value(f"document.querySelector({json.dumps(selector)}).focus()")
        self.command("Input.insertText", text=text)

    def picture(self, path: Path, full: bool = True) -> None:
        """Save a picture of the page."""
        shot = self.command("Page.captureScreenshot", captureBeyondViewport=full)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _next(self) -> dict[str, Any]:
        start = time.monotonic()
        while b"\0" not in self._buffer:
            self._within(start)
            if select.select([self._receive], [], [], 1.0)[0]:
                self._buffer += os.read(self._receive, 1 << 20)
        message, self._buffer = self._buffer.split(b"\0", 1)
        found: dict[str, Any] = json.loads(message)
        self._note(found.get("method", ""), found.get("params", {}))
        return found

    def _note(self, method: str, event: dict[str, Any]) -> None:
        """Keep what the page complains of, and what it asks for."""
        if method == "Runtime.exceptionThrown":
            self.errors.append(str(event["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning", "assert"):
            self.errors.append(str(event["args"]))
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            self.errors.append(str(event["entry"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])

    def _within(self, start: float) -> None:
        if time.monotonic() - start > _PATIENCE_S:
            raise AssertionError(f"the browser did not answer within {_PATIENCE_S:g} s")
