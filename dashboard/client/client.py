"""The client: every resource of the interface as a method, every answer as a DataFrame."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pandas as pd

from dashboard.client import tables
from dashboard.client.tables import Columns
from dashboard.client.wire import Refused, Wire

Words = str | Iterable[str] | None
Moment = str | date | datetime | None
PAGE: Final = 5000
WHYS: Final = 200
"""Rows of a page that say why."""
AT_ONCE: Final = 1000
"""Rows that are sent in one request."""


@dataclass(frozen=True)
class Sent:
    """What became of what was sent: it waits for review, and counts when it is accepted."""

    recorded: pd.DataFrame  # ref, area, about, period, cell
    unchanged: int  # rows that say what the record says already
    state: str


class Client:
    """An installation of Headway, asked through its interface.

    `url` is the address of the installation; `token` one of its account page, for sending and for
    what is not public. Answers carry what goes along with them (as of when, source, licence,
    whether generated figures are among them) in `frame.attrs["meta"]`. A refusal is a `Refused`
    with a sentence.
    """

    def __init__(self, url: str, *, token: str | None = None, timeout: float = 60.0) -> None:
        self._wire = Wire(url, token, timeout)

    def __enter__(self) -> Self:
        """Keep the connection for several questions."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Let go of the connection."""
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._wire.http.close()

    # The plan -----------------------------------------------------------------------------

    def plans(self, *, as_of: Moment = None) -> pd.DataFrame:
        """Return the plans, a row each."""
        return self._table("plans", tables.PLANS, as_of=as_of)

    def objectives(self, plan: str, *, as_of: Moment = None) -> pd.DataFrame:
        """Return the objectives of a plan."""
        return self._table(f"plans/{plan}/objectives", tables.OBJECTIVES, as_of=as_of)

    def measures(self, plan: str, *, as_of: Moment = None) -> pd.DataFrame:
        """Return the operational measures of a plan."""
        return self._table(f"plans/{plan}/measures", tables.MEASURES, as_of=as_of)

    def indicators(self, plan: str, *, as_of: Moment = None) -> pd.DataFrame:
        """Return the indicators of a plan."""
        return self._table(f"plans/{plan}/indicators", tables.INDICATORS, as_of=as_of)

    def areas(self, *, kinds: Words = None, areas: Words = None) -> pd.DataFrame:
        """Return States, regions and groups with their codes and names."""
        return self._table("areas", tables.AREAS, kind=_words(kinds), area=_words(areas))

    def search(
        self, words: str, *, plan: str | None = None, kinds: Words = None, limit: int = 20
    ) -> pd.DataFrame:
        """Return what people call by these words, best first."""
        return self._table(
            "search", tables.HITS, q=words, plan=plan, kind=_words(kinds), limit=limit
        )

    # Figures ------------------------------------------------------------------------------

    def observations(
        self,
        plan: str,
        *,
        indicators: Words = None,
        areas: Words = None,
        cells: Words = None,
        years: int | tuple[int | None, int | None] | None = None,
        as_of: Moment = None,
        fields: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Return accepted observations, all pages of them.

        `years` is one year, or the first and the last (None: open); `as_of` a day or moment of the
        past. A value that is missing is NaN, and `status` and `missing_reason` say why.
        """
        first, last = (years, years) if isinstance(years, int) else (years or (None, None))
        return self._pages(
            "observations",
            tables.OBSERVATIONS,
            fields,
            plan=plan,
            indicator=_words(indicators),
            area=_words(areas),
            cell=_words(cells),
            from_year=first,
            to_year=last,
            as_of=as_of,
        )

    def statuses(
        self,
        plan: str,
        *,
        indicators: Words = None,
        areas: Words = None,
        statuses: Words = None,
        method: str | None = None,
        why: bool = False,
        as_of: Moment = None,
        fields: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Return how far each series has come; with `why`, in sentences how its status came about.

        Shares are fractions: 0.5 is half of the road from baseline to target.
        """
        return self._pages(
            "statuses",
            tables.STATUSES,
            fields,
            plan=plan,
            indicator=_words(indicators),
            area=_words(areas),
            status=_words(statuses),
            method=method,
            why="true" if why else None,
            as_of=as_of,
            limit=WHYS if why else PAGE,
        )

    def aggregates(
        self,
        plan: str,
        *,
        groups: Words = None,
        indicators: Words = None,
        year: int | None = None,
        as_of: Moment = None,
        fields: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Return figures of regions, groups and the world: each with n of N States, and bounds.

        Where too few States report the value is NaN, and `missing` names those that do not.
        """
        return self._pages(
            "aggregates",
            tables.AGGREGATES,
            fields,
            plan=plan,
            group=_words(groups),
            indicator=_words(indicators),
            year=year,
            as_of=as_of,
        )

    def history(
        self, plan: str, area: str, indicator: str, *, cell: str = "_T", as_of: Moment = None
    ) -> pd.DataFrame:
        """Return every step of the figures of a series, the newest first."""
        asked = {"plan": plan, "area": area, "indicator": indicator, "cell": cell, "as_of": as_of}
        return self._table("history", tables.STEPS, **asked)

    # Snapshots ----------------------------------------------------------------------------

    def snapshots(self, plan: str | None = None, *, as_of: Moment = None) -> pd.DataFrame:
        """Return the snapshots, the newest moment first."""
        return self._table("snapshots", tables.SNAPSHOTS, plan=plan, as_of=as_of)

    def download(self, snapshot: str, to: str | Path = ".") -> Path:
        """Download a snapshot into a file or folder, verify all of it, and return the path.

        Raises `ValueError` with every problem where it is not sound; nothing is kept then.
        """
        about = self._wire.get(f"snapshots/{snapshot}", {})["data"]
        path = Path(to)
        path = path / about["file_name"] if path.is_dir() else path
        partial = path.with_name(f".{path.name}.partial")
        try:
            self._fetch(f"snapshots/{about['id']}.zip", partial, about["sha256"])
            verify(partial)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return path

    def _fetch(self, address: str, path: Path, expected: str) -> None:
        found = hashlib.sha256()
        answer = self._wire.send(self._wire.http.build_request("GET", address), stream=True)
        try:
            with path.open("wb") as opened:
                for part in answer.iter_bytes():
                    found.update(part)
                    opened.write(part)
        finally:
            answer.close()
        if found.hexdigest() != expected:
            raise ValueError("The file did not arrive whole: its SHA-256 is another. Try again.")

    # Reporting ----------------------------------------------------------------------------

    def send(
        self, plan: str, figures: pd.DataFrame | Sequence[Mapping[str, Any]], *, key: str = ""
    ) -> Sent:
        """Send figures for review, a row each: indicator, area, period, value, source and so on.

        All rows of a request are recorded, or none; a thousand at most go into one. `key` names the
        sending: sent again with the same key, it counts once, so a program that was cut off sends
        the same again.
        """
        return self._sent("observations", "observations", plan, figures, key)

    def send_updates(
        self, plan: str, updates: pd.DataFrame | Sequence[Mapping[str, Any]], *, key: str = ""
    ) -> Sent:
        """Send measure reports for review, a row each: measure, area, as_at and implementation."""
        return self._sent("updates", "updates", plan, updates, key)

    def reports(self, plan: str, *, states: Words = None) -> pd.DataFrame:
        """Return what you have sent and where it stands, also before review."""
        return self._pages("reports", tables.REPORTS, (), plan=plan, state=_words(states))

    def withdraw(self, plan: str, ref: str, note: str, *, key: str = "") -> str:
        """Take back a report of your own that is not accepted, and return where it stands."""
        body = {"plan": plan, "note": note}
        said = self._wire.post(f"reports/{ref}/withdraw", body, key or str(uuid.uuid4()))
        return str(said["state"])

    def _sent(
        self,
        address: str,
        name: str,
        plan: str,
        given: pd.DataFrame | Sequence[Mapping[str, Any]],
        key: str,
    ) -> Sent:
        rows = tables.rows(given)
        if not rows:
            raise ValueError("There is nothing to send.")
        named = key or str(uuid.uuid4())
        recorded: list[dict[str, Any]] = []
        unchanged, state = 0, ""
        for number, first in enumerate(range(0, len(rows), AT_ONCE)):
            body = {"plan": plan, name: rows[first : first + AT_ONCE]}
            said = self._wire.post(address, body, f"{named}-{number}" if number else named)
            recorded += said["recorded"]
            unchanged += said["unchanged"]
            state = said["state"]
        return Sent(tables.frame(recorded, tables.RECORDED), unchanged, state)

    # What all have in common --------------------------------------------------------------

    def _table(self, address: str, columns: Columns, **query: Any) -> pd.DataFrame:
        said = self._wire.get(address, query | {"as_of": _moment(query.get("as_of"))})
        return tables.frame(said["data"], columns, meta=said["meta"])

    def _pages(
        self, address: str, columns: Columns, fields: Sequence[str], **query: Any
    ) -> pd.DataFrame:
        asked = {"limit": PAGE, **query, "as_of": _moment(query.get("as_of"))}
        rows: list[dict[str, Any]] = []
        meta: dict[str, Any] = {}
        for said in self._wire.pages(address, asked | {"fields": ",".join(fields)}):
            rows += said["data"]
            meta = said["meta"]
        return tables.frame(rows, columns, fields=fields, meta=meta)


def verify(path: Path) -> None:
    """Check everything that a snapshot says of itself; raise `ValueError` with what is wrong."""
    from dashboard.exchange import verify as verifier

    report = verifier.verify(path.read_bytes())
    if not report.is_sound:
        raise ValueError("\n".join(["The snapshot is not sound:", *map(str, report.problems)]))


def _words(given: Words) -> list[str]:
    if given is None:
        return []
    return [given] if isinstance(given, str) else list(given)


def _moment(given: Moment) -> str | None:
    if isinstance(given, datetime) and given.tzinfo is None:
        raise ValueError("A moment needs a time zone: datetime(2026, 3, 1, 12, tzinfo=UTC)")
    return given if given is None or isinstance(given, str) else given.isoformat()


__all__ = ["Client", "Refused", "Sent"]
