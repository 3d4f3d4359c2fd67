"""What leaves the record for anybody's eyes: small counts, and what would give them away, stay.

One rule for every public face that shows rows: API, files, snapshots, the history of a figure. The
rows come with status Q and without their numbers. A cell stays hidden if it had to be hidden at
any moment while it counted, for whoever reads the history reads all moments at once.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.progress import disclosure as arithmetic
from dashboard.services import lookup
from models import FOREVER, Kind, ObservationStatus, ValueSpan, columns, micros

Bools = npt.NDArray[np.bool_]

REASON: Final = "Not shown: a small count could point at a person."
"""What a hidden row says in place of a figure; files that come back in are known by it."""
BLANKS: Final = {
    **dict.fromkeys(("value", "exact", "numerator", "denominator", "text"), None),
    "qualifier": "",
    "status": str(ObservationStatus.SUPPRESSED),
    "missing_reason": REASON,
}
"""What stands in a hidden row instead of what was reported."""
HUNDRED: Final = 100.0
GROUP: Final = ["area_id", "indicator_id", "period"]
REF: Final = ["area_id", "seq"]


def without(
    session: Session,
    rows: pd.DataFrame,
    *,
    indicators: Iterable[int],
    as_of: datetime | None = None,
    areas: Iterable[int] | None = None,
) -> pd.DataFrame:
    """Return rows as anybody may see them: what is hidden is blank, with status Q and a reason.

    `rows` has area_id and seq of observations that were accepted once, and any of `BLANKS`. They
    are about `indicators` (none other is looked at) and, where `areas` are named, about these.
    """
    closed = hidden(session, indicators, as_of=as_of, areas=areas)
    if closed.empty or rows.empty:
        return rows
    hide = pd.Series(
        pd.MultiIndex.from_frame(rows[REF].astype("int64")).isin(closed), index=rows.index
    )
    if not hide.any():
        return rows
    blank = {
        name: rows[name].mask(hide, sign) for name, sign in BLANKS.items() if name in rows.columns
    }
    return rows.assign(**blank)


def hidden(
    session: Session,
    indicators: Iterable[int],
    *,
    as_of: datetime | None = None,
    areas: Iterable[int] | None = None,
) -> pd.MultiIndex:
    """Return area_id and seq of the observations not to show, as known at a moment (none: now)."""
    limits = _limits(session, indicators)
    rows = _spans(session, list(limits), as_of, areas) if limits else pd.DataFrame(columns=REF)
    if rows.empty:
        return pd.MultiIndex.from_arrays([[], []], names=REF)
    shut = rows[secret(rows, limits)]
    return pd.MultiIndex.from_frame(shut[REF].astype("int64"))


def _limits(session: Session, indicators: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Return, for each sensitive indicator, its smallest cell and its kind."""
    i = lookup.INDICATOR
    wanted = sa.select(i.c.id, i.c.min_cell, i.c.kind).where(
        i.c.id.in_([int(number) for number in indicators]), i.c.min_cell > 1
    )
    found = session.connection().execute(wanted)
    return {row.id: (row.min_cell, str(row.kind)) for row in found}


def _spans(
    session: Session, indicators: list[int], as_of: datetime | None, areas: Iterable[int] | None
) -> pd.DataFrame:
    s = columns(ValueSpan)
    wanted: sa.Select[Any] = (
        sa.select(
            *(s.c[name] for name in (*GROUP, "seq", "value", "denominator")),
            lookup.CELL.c.code.label("cell"),
            sa.type_coerce(s.c.accepted_at, sa.BigInteger).label("accepted_at"),
            sa.type_coerce(s.c.ended_at, sa.BigInteger).label("ended_at"),
        )
        .join(lookup.CELL, lookup.CELL.c.id == s.c.cell_id)
        .where(s.c.indicator_id.in_(indicators))
    )
    if as_of is not None:
        wanted = wanted.where(s.c.accepted_at <= as_of)
    if areas is not None:
        wanted = wanted.where(s.c.area_id.in_([int(number) for number in areas]))
    result = session.connection().execute(wanted)
    rows = pd.DataFrame(result.all(), columns=list(result.keys()))
    known = micros(as_of or FOREVER)
    return rows.assign(ended_at=rows["ended_at"].where(rows["ended_at"] <= known, micros(FOREVER)))


def secret(rows: pd.DataFrame, limits: dict[int, tuple[int, str]]) -> Bools:
    """Return which rows are small, or would give a small one away by subtraction.

    `rows` has area_id, indicator_id, period, cell, seq, value, denominator and from when to when
    each counted (accepted_at, ended_at); `limits` the smallest cell and the kind of indicators.
    """
    kinds = rows["indicator_id"].map({number: kind for number, (_, kind) in limits.items()})
    least = rows["indicator_id"].map({number: few for number, (few, _) in limits.items()})
    floor: npt.NDArray[np.float64] = np.array(least.tolist(), dtype=np.float64)
    is_count = (kinds == Kind.COUNT).to_numpy()
    full = np.where(kinds == Kind.PERCENTAGE, HUNDRED, 1.0)
    value, base = (rows[name].to_numpy(np.float64) for name in ("value", "denominator"))
    cases = np.where(is_count, value, np.round(value * base / full))
    hide: Bools = _small(cases, floor) | (~is_count & _small(base, floor))
    near = pd.Series(hide & is_count).groupby([rows[name].to_numpy() for name in GROUP])
    touched = rows[near.transform("any").to_numpy()]
    if touched.empty:
        return hide
    beside = _complements(touched.assign(least=floor[touched.index]))
    return hide | pd.MultiIndex.from_frame(rows[REF]).isin(beside)


def _small(counts: npt.NDArray[np.float64], least: npt.NDArray[np.float64]) -> Bools:
    found: Bools = (counts > 0) & (counts < least)
    return found


def _complements(rows: pd.DataFrame) -> pd.MultiIndex:
    """Return what to hide among counts, just before each moment at which one of them ended.

    A row that is only added leaves all that was known before it, so no other moment tells more.
    """
    moments = rows[[*GROUP, "ended_at"]].drop_duplicates()
    moments = moments.rename(columns={"ended_at": "moment"})
    then = rows.merge(moments, on=GROUP)
    then = then[(then["accepted_at"] < then["moment"]) & (then["ended_at"] >= then["moment"])]
    spots = [*GROUP, "least", "moment"]
    wide = then.pivot(index="cell", columns=spots, values="value")
    values = wide.to_numpy(np.float64)
    floor: npt.NDArray[np.float64] = np.array(
        wide.columns.get_level_values("least").tolist(), dtype=np.float64
    )
    related = arithmetic.relations([str(cell) for cell in wide.index])
    hide = arithmetic.protect(values, _small(values, floor), related)
    line = wide.index.get_indexer(pd.Index(then["cell"]))
    column = wide.columns.get_indexer(pd.MultiIndex.from_frame(then[spots]))
    return pd.MultiIndex.from_frame(then.loc[hide[line, column], REF])
