"""Readers: what a page costs however deep the record is, and how many are served at once.

Two records: the panel of every State on every indicator, and one ten times as deep, of 2 million
figures. The references of the same run: a ready blob, an empty Streamlit page, the ordinary way of
writing such a page (`ordinary_page`).
"""

import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy.engine import Engine
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.services import observations, review
from models import Held, Identity, ObservationInput, Role, open_database, unit_of_work
from tests.bench import deep, servers, stock
from tests.bench.client import Broken, Visitor
from tests.bench.kept import STATES
from tests.bench.report import Row, quantile
from tests.bench.servers import Served

ORDINARY: Final = Path(__file__).with_name("ordinary_page.py")
INDICATOR: Final = "PT.5.3"
KENYA: Final = 404
PAGES: Final = {
    "Overview": ("", ""),
    "Scorecard": ("scorecard", "columns=indicators"),
    "Country": ("country", "area=KEN"),
    "Region": ("region", ""),
    "Indicator": ("indicator", ""),
    "Plan": ("plan", ""),
}
TELLING: Final = {
    "Overview": ("", ""),
    "Scorecard": ("scorecard", "columns=indicators"),
    "Country": ("country", "area=KEN"),
    "Region": ("region", f"area=M49-002&indicator={INDICATOR}"),
    "Indicator": ("indicator", f"indicator={INDICATOR}&area=KEN"),
    "Compare": ("compare", f"areas=KEN,UGA&indicator={INDICATOR}"),
}
"""Pages that show a figure of Kenya, or what follows from it."""
TURNS: Final = 12
"""Runs of each page on each record, in turns."""
AT_ONCE, EACH = 20, 4
PATIENCE: Final = 20.0
COORDINATOR: Final = Identity(
    "coordinator", "Coordinator", "", (Held(Role.COORDINATOR, stock.PLAN, frozenset({KENYA})),)
)
REVIEWER: Final = Identity("reviewer", "Reviewer", "", (Held(Role.REVIEWER, None, None),))
READERS, THINK, MEASURED = 100, 5.0, 30.0


def run() -> list[Row]:
    """Measure kept pages, both depths, twenty sessions at once and a hundred readers."""
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as place:
        folder = Path(os.environ.get("HEADWAY_BENCH_PANEL", f"{place}/panel"))
        small = folder if (folder / "headway.db").exists() else stock.panel(folder)
        large = deep.large(Path(place) / "large", small)
        rows = [*stored(small, large), *depths(small, large), *crowds(small)]
        return [*rows, *told(large)]


def stored(small: Path, large: Path) -> list[Row]:
    """Measure the way from the record to a page's bytes, without a browser's session."""
    module = [sys.executable, "-m", "tests.bench.kept"]
    rows, kept = [], {}
    for name, home in (("", small), (", 2 million", large)):
        asked = subprocess.run(
            [*module, str(home)], cwd=servers.ROOT, check=True, capture_output=True, text=True
        )
        kept[name] = found = json.loads(asked.stdout)
        for page in ("overview", "scorecard"):
            ours, blob = found[page]
            rows.append(Row(f"{page} to bytes beside a ready blob{name}", ours, blob, "ms", 3.0))
        ours, ranges, anew = found["country"]
        rows += [
            Row(f"a State's whole plan beside three key ranges{name}", ours, ranges, "ms", 2.0),
            Row("  worked out anew, as after a change", anew, ranges, "ms"),
        ]
    for page in ("overview", "scorecard", "country"):
        ours, reference = (kept[name][page][0] for name in (", 2 million", ""))
        rows.append(Row(f"{page} at 2 million beside the panel", ours, reference, "ms", 1.5))
    return rows


def depths(small: Path, large: Path) -> list[Row]:
    """Measure a run of each page on both records in turns, and what it sends."""
    rows = []
    with ExitStack() as stack:
        both = [stack.enter_context(served(servers.headway, home)) for home in (small, large)]
        for label, (page, query) in PAGES.items():
            for server in both:
                visit(server.port, page, query)
            taken: list[list[float]] = [[], []]
            for _turn in range(TURNS):
                for times, server in zip(taken, both, strict=True):
                    times.append(rerun(server, page, query))
            with Visitor(both[1].port, page, query) as visitor:
                size = visitor.run()
            panel, deeper = (statistics.mean(times) * 1000 for times in taken)
            rows += [
                Row(f"{label}: a run at 2 million beside the panel", deeper, panel, "ms", 1.5),
                Row("  sent over the websocket", size / 1000, None, "kB", 120),
            ]
    return rows


def crowds(home: Path) -> list[Row]:
    """Measure twenty sessions at once and a hundred readers, beside an empty page's."""
    with ExitStack() as stack:
        ours = stack.enter_context(served(servers.headway, home))
        empty = stack.enter_context(served(servers.empty, home))
        tuned = stack.enter_context(served(servers.tuned, home))
        for page, query in PAGES.values():
            visit(ours.port, page, query)
        rates = [at_once(server) for server in (ours, empty, tuned)]
        waits, broken = reading(ours)
        plain = stack.enter_context(served(partial(servers.script, ORDINARY), home))
        ordinary = visit(plain.port, "") * 1000
    return [
        # As a time a page, so that less is better everywhere: 0.9 of its pages a second.
        Row("20 sessions at once: a page of ours", rates[0], rates[1], "ms", 1 / 0.9),
        Row("  beside an empty page with our settings", rates[0], rates[2], "ms"),
        Row("  beside the ordinary way, alone", rates[0], ordinary, "ms"),
        Row("100 readers, 5 s of thought: median run", quantile(waits, 0.5), None, "s"),
        Row("  95 of 100 runs", quantile(waits, 0.95), None, "s", 0.6),
        Row("  errors", float(broken), None, "", 0),
    ]


def served(command: Callable[[int], list[str]], home: Path) -> AbstractContextManager[Served]:
    """Start a server on a free port."""
    port = servers.free_port()
    return servers.served(command(port), port, home)


def visit(port: int, page: str, query: str = "") -> float:
    """Open a page in a new session, run it once more, and return how long that run took."""
    with Visitor(port, page, query) as visitor:
        visitor.run()
        start = time.perf_counter()
        visitor.run()
        return time.perf_counter() - start


def rerun(server: Served, page: str, query: str) -> float:
    """Return the processor seconds of a page that is run four times in one session."""
    with Visitor(server.port, page, query) as visitor:
        visitor.run()
        before = server.cpu()
        for _again in range(4):
            visitor.run()
        return (server.cpu() - before) / 4


def at_once(server: Served) -> float:
    """Return the milliseconds a page takes while twenty sessions run first pages all the time."""

    def session(_number: int) -> int:
        for _visit in range(EACH):
            visit(server.port, "")
        return EACH * 2

    start = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = sum(pool.map(session, range(AT_ONCE)))
    return (time.perf_counter() - start) * 1000 / runs


def reading(server: Served) -> tuple[list[float], int]:
    """Let a hundred readers go from page to page; return how long each run took, and errors."""
    end = time.perf_counter() + THINK + MEASURED
    with ThreadPoolExecutor(READERS) as pool:
        found = list(pool.map(partial(reader, server, end), range(READERS)))
    return [wait for waits, _broken in found for wait in waits], sum(one[1] for one in found)


def reader(server: Served, end: float, number: int) -> tuple[list[float], int]:
    """Read page after page, with pauses drawn by lot around five seconds."""
    lot = random.Random(number)
    waits: list[float] = []
    broken = 0
    time.sleep(lot.uniform(0, THINK))
    page, query = lot.choice(list(PAGES.values()))
    try:
        with Visitor(server.port, page, query) as visitor:
            visitor.run()
            while time.perf_counter() < end:
                time.sleep(min(lot.expovariate(1 / THINK), 4 * THINK))
                visitor.page, visitor.query = lot.choice(list(PAGES.values()))
                if visitor.page == "country":
                    visitor.query = f"area={lot.choice(STATES)}"
                start = time.perf_counter()
                visitor.run()
                waits.append(time.perf_counter() - start)
    except (Broken, OSError, TimeoutError):
        broken += 1
    return waits, broken


def told(home: Path) -> list[Row]:
    """Accept a figure while pages are open, and measure until each of them shows another state."""
    engine = open_database(f"sqlite:///{home / 'headway.db'}")
    rows = []
    with served(servers.headway, home) as server:
        for number, (label, (page, query)) in enumerate(TELLING.items()):
            with Reader(server.port, page, query) as reader_:
                before = [reader_.told() for _settled in range(3)][-1]
                accept(engine, Decimal(10 + 15 * number))
                start = time.perf_counter()
                while reader_.told() == before and time.perf_counter() - start < PATIENCE:
                    time.sleep(0.02)
                rows.append(Row(f"{label}: accepted and shown", time.perf_counter() - start, None,
                                "s", 1.0))  # fmt: skip
    engine.dispose()
    return rows


class Reader(Visitor):
    """A visitor that remembers what the page said."""

    def told(self) -> bytes:
        """Run the page and return what it sent of itself, in the order of its parts."""
        self.parts: dict[str, bytes] = {}
        self.run()
        return b"".join(part for _place, part in sorted(self.parts.items()))

    def _take(self, raw: str | bytes) -> bool:
        assert isinstance(raw, bytes)
        message = ForwardMsg.FromString(raw)
        if message.WhichOneof("type") in {"delta", "ref_hash"}:
            place = ".".join(f"{step:04}" for step in message.metadata.delta_path)
            body = message.delta.SerializeToString(deterministic=True)
            self.parts[place] = body or message.ref_hash.encode()
        return super()._take(raw)


def accept(engine: Engine, value: Decimal) -> None:
    """Send a figure of Kenya and accept it, as two people do."""
    draft = ObservationInput(
        indicator=INDICATOR, area="KEN", period="2026", value=value, source="Bench"
    )
    now = datetime.now(UTC)
    ref = unit_of_work(
        engine,
        lambda session: observations.submit(
            session, COORDINATOR, draft, plan=stock.PLAN, token=secrets.token_hex(8), now=now
        ),
    )
    unit_of_work(
        engine, lambda session: review.accept(session, REVIEWER, ref, plan=stock.PLAN, now=now)
    )
