"""What questions have in common: moments, pages, and what an answer can refuse."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import pandas as pd

from dashboard.api import shapes
from dashboard.api.answers import cursor, read_cursor
from dashboard.services import reads
from models import BadInput, Fault

REFUSALS: Final = {
    401: "Sign in, or show a token that opens something",
    403: "The account has no role here, or the token does not go as far",
    404: "No such code",
    422: "Something cannot be read: `faults` says where, and how to mend it",
    429: "Too many requests: `Retry-After` says when to come back",
}
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": shapes.Problem, "description": told} for status, told in REFUSALS.items()
}


def as_of(text: str | None) -> datetime | None:
    """Return the moment somebody means: a day means its end, in UTC."""
    if text is None:
        return None
    try:
        if len(text) == 10:
            return reads.end_of(date.fromisoformat(text))
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadInput(Fault("as_of", "write a day, 2026-03-01, or a moment, 2026-03-01T12:00:00Z"))


def among(table: pd.DataFrame, kept: Mapping[str, list[str]]) -> pd.DataFrame:
    """Return the rows with one of the values asked for in each column; none asked for: all."""
    for name, values in kept.items():
        if values:
            table = table[table[name].isin(values)]
    return table


def page(
    table: pd.DataFrame, keys: list[str], asked: shapes.Paged
) -> tuple[pd.DataFrame, str | None]:
    """Return the rows after the cursor, as many as asked for, and the cursor of the next."""
    table = table.sort_values(keys, kind="stable")
    if asked.cursor:
        kinds = [int if key == "year" else str for key in keys]
        reached = read_cursor(asked.cursor, *kinds)
        beyond = pd.Series(False, index=table.index)
        for key, value in reversed(list(zip(keys, reached, strict=True))):
            beyond = (table[key] > value) | ((table[key] == value) & beyond)
        table = table[beyond]
    shown = table.iloc[: asked.limit]
    if len(table) <= asked.limit:
        return shown, None
    return shown, cursor(shown[keys].astype("object").iloc[-1].tolist())
