"""Pages on the demonstration database beside an empty Streamlit page: start, processor, bytes."""

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import servers
from tests.bench.client import Visitor
from tests.bench.report import Row

STARTS, VISITS = 3, 15
PAGES = {
    "Overview": "",
    "Plan": "plan",
    "Indicator": "indicator",
    "Country": "country",
    "Snapshots": "snapshots",
    "Methodology": "methodology",
}
COLD, WARM = 1.3, 1.5


def run(folder: Path | None = None) -> list[Row]:
    """Measure cold starts, then the cost of a warm visit to each page."""
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as place:
        home = servers.demonstration(folder or Path(place))
        return [*starts(home), *visits(home)]


def starts(home: Path) -> list[Row]:
    """Measure how long a server takes from its start to its first full page, in turns."""
    taken: dict[str, list[float]] = {"ours": [], "empty": []}
    for _ in range(STARTS):
        for name, command in (("ours", servers.headway), ("empty", servers.empty)):
            port = servers.free_port()
            with servers.served(command(port), port, home) as server:
                taken[name].append(server.first_page)
    ours, empty = (statistics.median(taken[name]) for name in ("ours", "empty"))
    return [Row("cold start to first full page", ours, empty, "s", COLD)]


def visits(home: Path) -> list[Row]:
    """Measure a visit to each page: opened in a new session, and run once more in it."""
    commands: dict[str, Callable[[int], list[str]]] = {
        "ours": servers.headway,
        "empty": servers.empty,
        "tuned": servers.tuned,
    }
    cost: dict[str, float] = {}
    size: dict[str, float] = {}
    for name, command in commands.items():
        port = servers.free_port()
        with servers.served(command(port), port, home) as server:
            for label, page in PAGES.items() if name == "ours" else {name: ""}.items():
                cost[label], size[label] = visited(server, page)
    rows = []
    for label in PAGES:
        rows += [
            Row(f"{label}: processor time of a warm visit", cost[label], cost["empty"], "ms", WARM),
            Row("  beside an empty page with our settings", cost[label], cost["tuned"], "ms"),
            Row("  sent over the websocket", size[label] / 1000, size["empty"] / 1000, "kB"),
        ]
    return rows


def visited(server: servers.Served, page: str) -> tuple[float, float]:
    """Return the processor milliseconds and the first run's bytes of one warm visit."""
    visit(server.port, page)
    visit(server.port, page)
    before = server.cpu()
    sizes = [visit(server.port, page) for _ in range(VISITS)]
    return (server.cpu() - before) * 1000 / VISITS, statistics.median(sizes)


def visit(port: int, page: str) -> int:
    """Open a page in a new session, run it once more, and return the first run's bytes."""
    with Visitor(port, page) as visitor:
        first = visitor.run()
        visitor.run()
    return first
