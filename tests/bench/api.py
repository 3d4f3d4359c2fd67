"""The interface at fifty requests a second, beside Datasette on the same table of the same file.

Both give a hundred observations of one indicator after another as JSON. Datasette is spared what we
do not do either: counting all rows and looking for facets. Requests leave when they are due,
whether or not the ones before were answered, and each is measured from then.
"""

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import httpx2

from tests.bench import servers
from tests.bench.report import Row, quantile
from tests.browser import environment

RATE: Final = 50
SECONDS: Final = 10
WARM: Final = 20
ROWS: Final = 100
PATIENCE: Final = 60.0
PLAN: Final = "UN-GPA"


def run(folder: Path | None = None) -> list[Row]:
    """Return the latency of both at the same pace, one after the other."""
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as place:
        home = servers.demonstration(folder or Path(place))
        database = home / "headway.db"
        indicators = busiest(database)
        ours = [
            f"/api/v1/observations?plan={PLAN}&indicator={code}&limit={ROWS}"
            for code, _number in indicators
        ]
        spared = "_nocount=1&_nofacet=1&_nosuggest=1"
        theirs = [
            f"/headway/current_value.json?indicator_id={number}&_size={ROWS}&{spared}"
            for _code, number in indicators
        ]
        with started([program("headway"), "api"], home, "/api/v1/health") as url:
            here = measured(url, ours)
            packed = measured(url, ours, encoding="gzip")
            statuses = measured(url, [f"/api/v1/statuses?plan={PLAN}&limit={ROWS}"])
            sums = measured(url, [f"/api/v1/aggregates?plan={PLAN}&limit={ROWS}"])
        with started(
            [program("datasette"), "serve", str(database)], home, "/-/versions.json"
        ) as url:
            there = measured(url, theirs)
    pace = f"{RATE} requests a second"
    return [
        Row(f"{ROWS} observations as JSON at {pace}: p95", *p95(here, there), "ms", 1.0),
        Row("  the half of them", 1e3 * quantile(here, 0.5), 1e3 * quantile(there, 0.5), "ms"),
        Row("  packed by gzip: p95", *p95(packed, there), "ms"),
        Row("  statuses, by now worked out: p95", 1e3 * quantile(statuses, 0.95), None, "ms"),
        Row("  aggregates, by now worked out: p95", 1e3 * quantile(sums, 0.95), None, "ms"),
    ]


def p95(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float]:
    """Return the milliseconds within which 95 of a hundred requests were answered."""
    return 1e3 * quantile(ours, 0.95), 1e3 * quantile(theirs, 0.95)


def program(name: str) -> str:
    """Return the path of a program of this environment."""
    return str(Path(sys.executable).with_name(name))


def busiest(database: Path, most: int = 20) -> list[tuple[str, int]]:
    """Return the indicators with the most values, by code and number."""
    with contextlib.closing(sqlite3.connect(database)) as opened:
        found = opened.execute(
            "SELECT i.code, i.id FROM current_value c JOIN indicator i ON i.id = c.indicator_id "
            "WHERE i.plan_code = ? GROUP BY i.id ORDER BY count(*) DESC LIMIT ?",
            (PLAN, most),
        )
        return [(str(code), int(number)) for code, number in found]


@contextlib.contextmanager
def started(command: list[str], home: Path, ready: str) -> Iterator[str]:
    """Run a server on a free port until the block ends; give its address once it answers."""
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    settings = environment(home) | {"HEADWAY_API_RATE": "1000000"}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], env=settings, stdout=log, stderr=log
        )
        try:
            end = time.monotonic() + PATIENCE
            while not _answers(url + ready):
                if process.poll() is not None or time.monotonic() > end:
                    log.seek(0)
                    raise RuntimeError(log.read().decode(errors="replace")[-2000:])
                time.sleep(0.05)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=20)


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address).is_success
    except httpx2.TransportError:
        return False


def measured(url: str, addresses: list[str], *, encoding: str = "identity") -> list[float]:
    """Ask for the addresses in turn at the pace, and return the seconds each took."""
    return asyncio.run(_measured(url, addresses, encoding))


async def _measured(url: str, addresses: list[str], encoding: str) -> list[float]:
    headers = {"Accept-Encoding": encoding}
    limits = httpx2.Limits(max_connections=RATE, max_keepalive_connections=RATE)
    async with httpx2.AsyncClient(
        base_url=url, headers=headers, limits=limits, timeout=PATIENCE
    ) as client:
        for address in islice(cycle(addresses), WARM):
            (await client.get(address)).raise_for_status()
        begun = time.perf_counter()

        async def ask(number: int, address: str) -> float:
            due = begun + number / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            answer = await client.get(address)
            answer.raise_for_status()
            return time.perf_counter() - due

        wanted = islice(cycle(addresses), RATE * SECONDS)
        return await asyncio.gather(*(ask(number, one) for number, one in enumerate(wanted)))
