"""What a visit sends over the wire: to a browser that was never here, and to one that was."""

import base64
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Playwright, sync_playwright

from tests import browser
from tests.bench import servers
from tests.bench.report import Row
from tests.bench.tap import Tap, tapped

BUNDLE = "/static/"
GOAL = 1500
FIRST, AGAIN = 3000, 50
"""Kilobytes of a whole first visit and of the next one, as they go over the wire."""


def run(folder: Path | None = None) -> list[Row]:
    """Open the first page in a fresh browser and add up what came over the wire."""
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as place:
        home = servers.demonstration(folder or Path(place))
        port = servers.free_port()
        with servers.served(servers.headway(port), port, home), sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=browser.program())
            page = started.new_page(viewport={"width": 1280, "height": 900})
            ours, bundle = weighed(page, f"http://127.0.0.1:{port}")
            started.close()
            first, again = visits(playwright, port)
    return [
        Row("first visit over the wire, all of it", first / 1000, None, "kB", FIRST),
        Row("second visit of the same browser", again / 1000, None, "kB", AGAIN),
        Row("first page over the wire, beyond Streamlit's bundle", ours / 1000, None, "kB", GOAL),
        Row("  Streamlit's bundle for it, as we serve it", bundle / 1000, None, "kB"),
    ]


def weighed(page: Page, address: str) -> tuple[int, int]:
    """Return the bytes of our own and of Streamlit's bundle that one visit brings."""
    where: dict[str, str] = {}
    size: dict[str, int] = {}
    frames: list[int] = []
    network = page.context.new_cdp_session(page)

    def asked(event: dict[str, Any]) -> None:
        where[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def came(event: dict[str, Any]) -> None:
        size[event["requestId"]] = int(event["encodedDataLength"])

    def framed(event: dict[str, Any]) -> None:
        frames.append(len(base64.b64decode(event["response"]["payloadData"])))

    network.on("Network.requestWillBeSent", asked)
    network.on("Network.loadingFinished", came)
    network.on("Network.webSocketFrameReceived", framed)
    network.send("Network.enable")
    visit = browser.Visit(page, address)
    visit.open()
    page.wait_for_load_state("networkidle")
    bundle = sum(count for name, count in size.items() if where.get(name, "").startswith(BUNDLE))
    return sum(size.values()) - bundle + sum(frames), bundle


def visits(playwright: Playwright, port: int) -> tuple[int, int]:
    """Return the bytes a browser's first visit brings, and its second one some time later."""
    with tempfile.TemporaryDirectory() as profile, tapped(port) as tap:
        sizes = [_opened(playwright, profile, tap) for _visit in range(2)]
    return sizes[0], sizes[1]


def _opened(playwright: Playwright, profile: str, tap: Tap) -> int:
    """Open the first page with the browser's own profile, and return what came."""
    before = tap.received
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=browser.program(), viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    visit = browser.Visit(page, f"http://127.0.0.1:{tap.port}")
    visit.open()
    page.wait_for_load_state("networkidle")
    came = tap.received - before
    context.close()
    return came
