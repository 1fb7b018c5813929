"""A real Guyub in a process of its own, as `make run` starts it, and a browser in front of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PATIENCE = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def guyub(folder: Path, verb: str = "run") -> Iterator[str]:
    """Its address, once it answers; it is told to stop afterwards, and must."""
    port = free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GUYUB_", "SLACK_", "TELEGRAM_"))}
    env = clean | {"GUYUB_DATA_DIR": str(folder), "GUYUB_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "bot", verb], env=env, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _until_up(f"{address}/healthz", process)
        yield address
    finally:
        process.terminate()
        assert process.wait(10) == 0, "Guyub did not stop cleanly"


def _until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, f"Guyub ended with {process.returncode}"
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(url)


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-gpu", "--disable-background-networking"])
        yield opened
        opened.close()


@contextmanager
def page(opened: Browser, width: int, scheme: str) -> Iterator[Page]:
    """A page as a desktop (1280) or a phone (390) shows it; an error in its scripts fails the test."""
    phone = width < 600
    context = opened.new_context(
        viewport={"width": width, "height": 844 if phone else 800},
        color_scheme=scheme,  # type: ignore[arg-type]
        is_mobile=phone,
        has_touch=phone,
        reduced_motion="reduce",
    )
    shown = context.new_page()
    shown.set_default_timeout(PATIENCE * 1000)
    errors: list[str] = []
    shown.on("pageerror", lambda error: errors.append(str(error)))
    yield shown
    context.close()
    assert not errors, errors
