"""What the first page sends to a browser that was never here, beyond Streamlit's own bundle."""

import base64
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from tests import browser
from tests.bench import servers
from tests.bench.report import Row

BUNDLE = "/static/"
GOAL = 1500


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
    return [
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
