"""Series packed into rows: what goes in comes out, and one changed series is like all anew."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from sqlalchemy.engine import Engine

from dashboard.services import parts, reads
from dashboard.services.packed import CONTENT, ROW, Series, replaced
from models import FOREVER, Identity, reading
from tests.test_services_observations import accept, send
from tests.tiny import CASES, LEVEL, PERCENT, PLAN

ROWS = [  # area, cell, indicator, period, year, value, denominator, flags, generated
    (404, 0, 1, "2020", 2020, 1.0, np.nan, 0, False),
    (404, 0, 1, "2023", 2023, 2.0, 8.0, 2, False),
    (404, 0, 3, "2019", 2019, 4.0, np.nan, 0, True),
    (404, 2, 1, "2021", 2021, 7.0, np.nan, 0, False),
    (800, 0, 2, "2022", 2022, np.nan, np.nan, 128, False),
]


def table(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """Return accepted rows as a frame."""
    columns = [*ROW[:3], "period", *ROW[3:]]
    return pd.DataFrame(rows, columns=columns)


def test_series_are_packed_area_by_area_and_read_as_they_were() -> None:
    made = Series.of(table(ROWS))
    rows = made.written()
    assert [(row["area_id"], row["cell_id"]) for row in rows] == [(404, 0), (404, 2), (800, 0)]
    assert [len(row["flags"]) for row in rows] == [4 + 1, 1, 1]  # 2020 to 2023, and 2019
    assert [row["denominators"] is None for row in rows] == [False, True, True]
    of = ("area_id", "cell_id", *CONTENT)
    back = Series.read(*([row[name] for row in rows] for name in of))
    for one, two in zip(made, back, strict=True):
        np.testing.assert_array_equal(one, two)
    assert back.first.tolist() == [2020, 2019, 2021, 2022]
    assert back.pretended.tolist() == [False, True, False, False]
    np.testing.assert_array_equal(back.values[:4], [1, np.nan, np.nan, 2])


def test_of_two_periods_in_a_year_the_last_stays() -> None:
    quarters = [
        (404, 0, 1, period, 2020, value, np.nan, 0, False)
        for period, value in (("2020-Q2", 2.0), ("2020-Q1", 1.0))
    ]
    assert Series.of(table(quarters)).values.tolist() == [2.0]


@pytest.mark.parametrize("indicator", [1, 2, 3, 4])
@pytest.mark.parametrize("denominator", [np.nan, 9.0])
def test_one_series_put_in_or_taken_out_is_as_if_all_were_packed_anew(
    indicator: int, denominator: float
) -> None:
    first = [row for row in ROWS if row[:2] == (404, 0)]
    new = (404, 0, indicator, "2024", 2024, 3.0, denominator, 0, True)
    others = [row for row in first if row[2] != indicator]
    before = Series.of(table(first)).written()[0]
    content = {name: before[name] for name in CONTENT}
    wanted = Series.of(table([*others, new])).written()[0]
    found = replaced(content, indicator, Series.of(table([new])))
    assert found == {name: wanted[name] for name in CONTENT}
    gone = replaced(content, indicator, Series.none())
    assert gone == {name: Series.of(table(others)).written()[0][name] for name in CONTENT}


def test_a_row_without_series_is_no_row() -> None:
    only = Series.of(table(ROWS[3:4]))
    held = {name: only.written()[0][name] for name in CONTENT}
    assert replaced(held, 1, Series.none()) is None
    assert replaced(None, 1, Series.none()) is None
    assert replaced(None, 1, only) == held


def test_the_packed_cube_is_the_one_that_the_history_gives(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    told = [
        *((PERCENT, str(year), year % 7) for year in (2015, 2018, 2024)),
        (LEVEL, "2021", 2),
        (PERCENT, "2018", 50),
        (CASES, "2022", 30),
    ]
    for step, (indicator, period, value) in enumerate(told):
        sent = send(
            engine,
            coordinator,
            token=str(step),
            later=2 * step,
            indicator=indicator,
            period=period,
            value=value,
        )
        accept(engine, reviewer, sent, later=2 * step + 1)
    with reading(engine) as session:
        now = reads.load(session, PLAN)
        then = reads.load(session, PLAN, as_of=FOREVER.replace(year=9998))
    assert now.cube.years == then.cube.years == tuple(range(2015, 2025))
    for name in ("values", "flags", "denominators"):
        one, two = getattr(now.cube, name), getattr(then.cube, name)
        assert one.tobytes() == two.tobytes()
    spot = (now.cube.areas.index("KEN"), now.cube.indicators.index(PERCENT))
    assert now.cube.totals[spot][[0, 3, 9]].tolist() == [2015 % 7, 50, 2024 % 7]


def test_days_become_parts_of_their_year() -> None:
    # 1 July is the 183rd day of 2020 (182 of 366 are gone) and the 182nd of 2021 (181 of 365).
    days = ["2020-07-01", "2021-07-01", "0001-01-01", "9999-12-31", "2000-01-01"]
    wanted = [2020 + 182 / 366, 2021 + 181 / 365, -np.inf, np.inf, 2000.0]
    assert parts.fractions(days).tolist() == wanted
