"""Statuses counted and crossed: shares of all, the silent hatched."""

import base64
import json

import numpy as np
import pandas as pd
import pytest

from dashboard.charts import matrix, palette, status_bar
from tests.pictures import CELLS, COLUMNS, COUNTS, ROWS, table


def test_parts_are_shares_of_everything_counted_the_silent_included() -> None:
    figure = status_bar.draw(COUNTS, title="T")
    parts = {trace.name: trace for trace in figure.data}
    assert parts["On track"].x.tolist() == [0.375]  # 3 of 8
    assert parts["Not reported"].x.tolist() == [0.625]
    assert parts["Target missed"].x.tolist() == [1.0]
    assert parts["On track"].customdata.tolist() == [[3, 8]]


def test_the_silent_part_is_hatched_and_says_so() -> None:
    figure = status_bar.draw(COUNTS, title="T")
    silent = next(trace for trace in figure.data if trace.name == "Not reported")
    assert silent.marker.pattern.shape == "/"
    assert silent.texttemplate.startswith("▨ ")


def test_every_bar_says_how_many_it_counts() -> None:
    texts = [note.text for note in status_bar.draw(COUNTS, title="T").layout.annotations]
    assert any(text.startswith("Africa") and "n = 8" in text for text in texts)
    assert any(text.startswith("Asia") and "n = 2" in text for text in texts)


def test_rows_are_counted_by_what_they_are_asked_for() -> None:
    progress = pd.DataFrame(
        {"area": ["KEN", "KEN", "UGA"], "status": ["on_track", "on_track", "missed"]}
    ).astype("str")
    counted = status_bar.count(progress, "area", {"KEN": "Kenya"})
    assert counted.to_dict("records") == [
        {"bar": "Kenya", "status": "on_track", "n": 2},
        {"bar": "UGA", "status": "missed", "n": 1},
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [("a", "on_track", 29), ("a", "target_met", 12), ("a", "missed", 77),
             ("a", "no_data", 75), ("a", "context_only", 9)],
            "41 of 118 reporting States are on track or have met the target",
        ),
        ([("a", "on_track", 1), ("a", "missed", 1)],
         "1 of 2 reporting States is on track or has met the target"),
        ([("a", "missed", 4)], "0 of 4 reporting States are on track or have met the target"),
        ([("a", "no_data", 193)], "No State has reported enough to tell"),
    ],
)  # fmt: skip
def test_the_title_counts_those_on_track_among_those_that_report(
    rows: list[tuple[str, str, int]], said: str
) -> None:
    assert status_bar.sentence(table(status_bar.COUNTS, *rows)) == said


def test_counts_are_told_best_first() -> None:
    assert status_bar.alt(COUNTS) == "Of 10: On track 3, Target missed 2, and Not reported 5."


def test_a_crossing_without_a_row_is_not_reported_and_clear() -> None:
    figure = matrix.draw(CELLS, ROWS, COLUMNS, title="T")
    heat = figure.data[0]
    statuses = palette.ordered(["on_track", "missed", "no_data"])
    assert heat.z.tolist() == [
        [statuses.index("on_track"), statuses.index("no_data")],
        [statuses.index("no_data"), statuses.index("missed")],
    ]
    assert heat.colorscale[-1][1] == "rgba(0,0,0,0)"
    assert figure.layout.shapes[0].layer == "below"  # the hatching that shows through
    assert heat.text.tolist() == [["▲", ""], ["", "✕"]]


def test_a_click_gives_the_codes_of_row_and_column() -> None:
    figure = matrix.draw(CELLS, ROWS, COLUMNS, clickable=True, title="T")
    points = {trace.name: trace for trace in figure.data[1:]}
    assert [list(pair) for pair in points["On track"].customdata] == [["KEN", "1"]]
    assert [list(pair) for pair in points["Not reported"].customdata] == [
        ["KEN", "2"],
        ["UGA", "1"],
    ]
    assert "On track" in points["On track"].hovertemplate


def whole(
    rows: int = 193, columns: int = 60
) -> tuple[pd.DataFrame, list[tuple[str, str]], list[tuple[str, str]]]:
    areas = [f"A{n:02X}" for n in range(rows)]
    codes = [f"PT.{n // 10}.{n % 10}" for n in range(columns)]
    drawn = np.random.default_rng(4).choice(
        ["target_met", "on_track", "moderate", "limited", "deteriorating", "no_data"],
        rows * columns,
    )
    cells = pd.DataFrame(
        {"row": np.repeat(areas, columns), "column": np.tile(codes, rows), "status": drawn}
    )
    names = [(code, f"A State named {code}") for code in areas]
    return cells, names, [(code, code) for code in codes]


def test_all_states_by_sixty_indicators_stay_under_thirty_kilobytes() -> None:
    cells, rows, columns = whole()
    figure = matrix.draw(cells, rows, columns, source="S" * 80, illustrative=True, title="T")
    text = figure.to_json()
    assert len(text.encode()) <= 30_000
    heat = json.loads(text)["data"][0]["z"]
    assert (heat["dtype"], heat["shape"]) == ("i1", "193, 60")
    assert len(base64.b64decode(heat["bdata"])) == 193 * 60
    # Too many for a sign each: the hover names the number that the key explains.
    assert "%{z}" in figure.data[0].hovertemplate
    assert any(note.text == "0 ✓ Target met" for note in figure.layout.annotations)


def test_what_is_for_context_only_has_no_colour() -> None:
    cells = CELLS.assign(status=["context_only", "missed"])
    heat = matrix.draw(cells, ROWS, COLUMNS, title="T").data[0]
    place = palette.ordered(["context_only", "missed", "no_data"]).index("context_only")
    assert heat.colorscale[2 * place][1] == palette.LIGHT.surface


def test_too_many_cells_to_click_on_are_refused() -> None:
    cells, rows, columns = whole()
    with pytest.raises(ValueError, match="at most 4000"):
        matrix.draw(cells, rows, columns, clickable=True, title="T")


def test_a_matrix_is_told_by_size_and_counts() -> None:
    assert matrix.alt(CELLS, ROWS, COLUMNS) == (
        "2 rows by 2 columns: On track 1, Target missed 1, Not reported 2."
    )


def test_a_long_name_gives_way_to_the_count_beside_it() -> None:
    long = COUNTS.assign(bar="Protecting and assisting victims of trafficking in persons")
    texts = [note.text for note in status_bar.draw(long, title="T").layout.annotations]
    name = next(text for text in texts if "n = 10" in text)
    assert name.startswith("Protecting and assisting")
    assert "… <span" in name


def test_counts_beyond_a_short_integer_are_kept() -> None:
    many = table(status_bar.COUNTS, ("All", "on_track", 40_000), ("All", "no_data", 60_000))
    part = status_bar.draw(many, title="T").data[0]
    assert part.customdata.tolist() == [[40_000, 100_000]]
