"""Readings and figures, kept until the record changes.

Everything is kept under the version of the record it was made from, so that an accepted value is
on every page with the next click, in every process, and nothing needs to be emptied by hand. What
is kept is shared by all visitors: it is never changed, and never depends on who looks.
"""

import threading
import time
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

import plotly.graph_objects as go
import streamlit as st
from sqlalchemy.engine import Engine

from dashboard import i18n, progress
from dashboard.services import plans, reads, texts, views
from dashboard.services.texts import PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import visit
from models import FOREVER, reading

Result = TypeVar("Result")

BELIEVED: Final = 0.2
"""Seconds for which the version of the record is believed before it is asked again."""
_seen: tuple[float, int] = (0.0, -1)
_making = threading.RLock()


def version() -> int:
    """Return the version of the record, asked at most a few times a second."""
    global _seen  # noqa: PLW0603 - one number for the process, replaced whole
    clock = time.monotonic()
    at, known = _seen
    if clock - at > BELIEVED:
        with visit.read() as session:
            known = reads.version(session)
        _seen = (clock, known)
    return known


def forget() -> None:
    """Ask for the version of the record anew: something was just written here."""
    global _seen  # noqa: PLW0603
    _seen = (0.0, -1)


def picture(plan: str, as_of: datetime | None = None, method: str = "linear") -> Picture:
    """Return a plan with the status of every series, as known at a moment (none: now).

    `method` is the name of a method, and of a preset after a colon where it has several.
    """
    with _making:  # many visitors after a change wait for one reading instead of making many
        found = _picture(visit.engine(), plan, as_of, version(), visit.now().date().isoformat())
        if method == progress.DEFAULT:
            return found
        name, _colon, preset = method.partition(":")
        return _other(visit.engine(), version(), found.key, name, preset or None)


@lru_cache(maxsize=8)
def _other(
    engine: Engine, _version: int, key: tuple[Any, ...], method: str, preset: str | None
) -> Picture:
    plan, as_of = key[:2]
    found = picture(plan, None if as_of == FOREVER else as_of)
    return views.by_method(found, method, preset)


@lru_cache(maxsize=6)
def _picture(
    engine: Engine, plan: str, as_of: datetime | None, _version: int, _day: str
) -> Picture:
    with reading(engine) as session:
        return views.picture(session, plan, as_of=as_of, today=visit.now())


def words(plan: str) -> PlanTexts:
    """Return a plan in words."""
    return _words(visit.engine(), plan, version())


@lru_cache(maxsize=6)
def _words(engine: Engine, plan: str, _version: int) -> PlanTexts:
    with reading(engine) as session:
        return texts.load(session, plan)


def plan_names() -> dict[str, str]:
    """Return the installed plans: code to short title."""
    return dict(_plan_names(visit.engine(), version()))


@lru_cache(maxsize=2)
def _plan_names(engine: Engine, _version: int) -> tuple[tuple[str, str], ...]:
    with reading(engine) as session:
        return tuple((plan.code, plan.short_title) for plan in plans.listing(session))


class _Kept:
    """A bounded store of what was made from one version of the record."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        found = self._made.get(key)
        if found is None:
            found = make()
            if len(self._made) >= self._most:
                self._made.pop(next(iter(self._made)), None)
            self._made[key] = found
        return found


_kept = _Kept(512)


def kept(name: str, make: Callable[[], Result], *about: Hashable) -> Result:
    """Return what `make` gives, made once for this version, language, light and `about`."""
    key = (name, version(), i18n.language(), visit.theme(), *about)
    result: Result = _kept.get(key, make)
    return result


class Drawn(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """A finished figure: it is turned into plain values once, and shown many times."""

    _ready: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as plain values. They are shared: nobody may change them."""
        if self._ready is None:
            self._ready = super().to_dict()
        return self._ready


def figure(name: str, draw: Callable[[], go.Figure], *about: Hashable) -> go.Figure:
    """Return a figure, drawn once for this version, language, light and `about`."""
    return kept(f"figure {name}", lambda: Drawn(draw()), *about)


def html(name: str, make: Callable[[], str], *about: Hashable) -> None:
    """Show a piece of HTML, made once for this version, language and `about`."""
    piece = kept(f"html {name}", make, *about)
    if piece:
        st.html(piece)
