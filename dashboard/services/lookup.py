"""From the codes that people use to the rows behind them, or a sentence that there is none."""

import difflib
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from models import TOTAL, Cell, Dimension, Indicator, NotFound, ReferenceArea, columns

AREA = columns(ReferenceArea)
INDICATOR = columns(Indicator)
CELL = columns(Cell)
DIMENSION = columns(Dimension)

# Statements are built once: to build one anew costs three times what it takes to run it.
AREA_BY_CODE = sa.select(AREA).where(AREA.c.code == sa.bindparam("code"))
INDICATOR_BY_CODE = sa.select(INDICATOR).where(
    INDICATOR.c.plan_code == sa.bindparam("plan"),
    INDICATOR.c.code == sa.bindparam("code"),
    sa.not_(INDICATOR.c.retired),
)


class Ref(NamedTuple):
    """The public name of a row in the record: `KEN-17`."""

    area: str
    seq: int

    def __str__(self) -> str:
        """Return the name as printed on a receipt."""
        return f"{self.area}-{self.seq}"


class Key(NamedTuple):
    """What an observation is about."""

    area_id: int
    indicator_id: int
    cell_id: int
    period: str


def area(session: Session, code: str) -> sa.Row[tuple[object, ...]]:
    """Return the area with this code: ISO alpha-3, alpha-2, M49 number, or abbreviation."""
    found = session.connection().execute(AREA_BY_CODE, {"code": code}).one_or_none()
    if found is None and code:
        other = sa.or_(AREA.c.iso2 == code.upper(), AREA.c.m49 == code, AREA.c.code == code.upper())
        found = session.connection().execute(sa.select(AREA).where(other)).first()
    if found is None:
        codes = session.connection().execute(sa.select(AREA.c.code)).scalars()
        raise NotFound(f"No area has the code {code!r}.{_nearest(code, codes)}")
    return found


def codes(session: Session) -> dict[int, str]:
    """Return the code of every area by its number."""
    found = session.connection().execute(sa.select(AREA.c.id, AREA.c.code))
    return {row.id: row.code for row in found}


def indicator(session: Session, plan: str, code: str) -> sa.Row[tuple[object, ...]]:
    """Return the indicator of a plan with this code."""
    wanted = {"plan": plan, "code": code}
    found = session.connection().execute(INDICATOR_BY_CODE, wanted).one_or_none()
    if found is None:
        codes = session.connection().execute(
            sa.select(INDICATOR.c.code).where(INDICATOR.c.plan_code == plan)
        )
        near = _nearest(code, codes.scalars())
        raise NotFound(f"The plan {plan} has no indicator with the code {code!r}.{near}")
    return found


def _nearest(code: str, codes: Iterable[str]) -> str:
    near = difflib.get_close_matches(code.upper(), list(codes), n=1)
    return f" Did you mean {near[0]}?" if near else ""


def cell(session: Session, code: str) -> int:
    """Return the number of a combination of disaggregations; it is given one where it is new."""
    if code == TOTAL:
        return 0
    connection = session.connection()
    found = connection.execute(sa.select(CELL.c.id).where(CELL.c.code == code)).scalar()
    if found is not None:
        return int(found)
    highest = connection.execute(
        sa.select(sa.func.coalesce(sa.func.max(CELL.c.id), 0))
    ).scalar_one()
    connection.execute(sa.insert(CELL), {"id": highest + 1, "code": code})
    return int(highest) + 1


def dimensions(session: Session, plan: str) -> dict[str, list[str]]:
    """Return the codes of each dimension of a plan."""
    rows = session.connection().execute(
        sa.select(DIMENSION.c.code, DIMENSION.c.codes).where(DIMENSION.c.plan_code == plan)
    )
    return {row.code: row.codes for row in rows}
