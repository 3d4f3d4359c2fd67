"""Tables and maps of many cells, sent small and unfolded by the browser into real tables and links.

What is sent is one line of signs a row (`static/cells.js` unfolds it): a cell costs three bytes,
so that every State and indicator of a plan fits on a page. Every cell is told by colour, sign and
text, and in words to those who do not see it; arrow keys lead from cell to cell.

A cell of one series is a sign for its kind (status, move, confidence) and, where it has a figure,
a number in base `BASE` that holds its value and year: `year * SLOTS + slot`, the year counted back
from the latest. Slots up to 1000 are tenths, those after it hundredths. The number has two signs,
or three from `PAIRS` on. What fits no slot is written out, between `LITERAL` and its year.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts
from dashboard.charts import palette
from dashboard.i18n import _, number, percent
from dashboard.progress.words import N_, WITHOUT_VERDICT
from dashboard.services.scorecards import MOVES
from dashboard.services.views import GOOD, Picture
from dashboard.ui import look, twin, widgets

SIGNS: Final = "".join(
    chr(point) for point in [*range(33, 127), *range(192, 500)] if chr(point) not in '&<>"\\|'
)
"""One sign for each kind of cell, those first that take one byte."""
BASE: Final = 88
"""So many signs take one byte: they are the digits of a figure."""
SLOTS: Final = 1100
PAIRS: Final = 80 * BASE
LITERAL: Final = SIGNS[BASE - 1]
OLDEST: Final = 50
"""Years before the latest at which a year is still told."""
YEARS: Final = "abcdefghijklmnopqrstuvwxyz" + "".join(chr(point) for point in range(0xE0, 0xFF))
"""One sign for each year; what has none ends with a tilde."""
ARROWS: Final[dict[str, tuple[str, str]]] = {
    "": ("", ""),
    "better": ("↗", N_("improving")),
    "same": ("→", N_("unchanged")),
    "worse": ("↘", N_("worsening")),
    "rising": ("↑", N_("rising")),
    "level": ("→", N_("unchanged")),
    "falling": ("↓", N_("falling")),
}
SURE: Final[dict[str, tuple[int, str]]] = {
    "": (0, ""),
    "high": (4, N_("high confidence")),
    "medium": (2, N_("medium confidence")),
    "low": (0, N_("low confidence")),
}


@dataclass(frozen=True)
class Frame:
    """What stands around the cells: corner, rows, columns, and where their heads lead."""

    label: str  # what the whole shows, in a sentence
    corner: str
    columns: Sequence[tuple[str, str, str]]  # code, short name, full name
    rows: Sequence[tuple[str, ...]]  # code, name, n, expected; a band is ("", its title)
    ahead: tuple[str, str]  # page and choice to which the head of a column leads
    aside: tuple[str, str] | None  # the same for the head of a row; none where it leads nowhere


def single(frame: Frame, cells: pd.DataFrame, *, are_groups: bool = False) -> look.Html:
    """Return a table of cells that are one series each (`scorecards.SERIES`).

    The dot of a State's cell is its confidence, that of a group the share of States behind it.
    """
    statuses = palette.ordered([*cells["status"].unique(), "no_data"])
    texts, last = _texts(cells), cells["year"].max()
    latest = int(last) if last == last else 0  # noqa: PLR0124 - missing is not equal to itself
    told = texts.ne("") | cells["year"].notna()
    kinds = list(zip(cells["status"], cells["move"], cells["confidence"], told, strict=True))
    empty = ("no_data", "", "", False)
    codes = list(dict.fromkeys([empty, *pd.Series(kinds).value_counts().index]))
    sign = dict(zip(codes, SIGNS, strict=False))
    coded = _figures(texts, latest - cells["year"]).where(told, "")
    table = cells.assign(
        told=pd.Series([sign[kind] for kind in kinds], index=cells.index) + coded,
        behind=cells["n"].astype("str") + "/" + cells["expected"].astype("str"),
    )
    order = [code for code, _short, _full in frame.columns]
    lines = _lines(table, "told", order, sign[empty], "")
    behind = _lines(table, "behind", order, "", " ") if are_groups else {}
    return _packed(
        frame,
        "one",
        lines,
        sign[empty] * len(order),
        statuses,
        behind="|".join(behind.get(row[0], "") for row in frame.rows if row[0]),
        alphabet=SIGNS[: max(len(codes), BASE)],
        codes="".join(
            SIGNS[statuses.index(status)]
            + SIGNS[MOVES.index(move)]
            + SIGNS[list(SURE).index(sure) + len(SURE) * is_told]
            for status, move, sure, is_told in codes
        ),
        years=YEARS,
        latest=latest,
        point=number(0.5)[1:2],
        sure=[[dot, _(word) if word else ""] for dot, word in SURE.values()],
    )


def many(frame: Frame, cells: pd.DataFrame) -> look.Html:
    """Return a table of cells that count many series each (`scorecards.MANY`)."""
    statuses = palette.ordered(list(cells["status"].unique()))
    counts = cells.pivot(index=["row", "column"], columns="status", values="count")
    counts = counts.reindex(columns=statuses).fillna(0).astype("int64")
    moved = cells.drop_duplicates(["row", "column"]).set_index(["row", "column"])
    letters = YEARS[: len(statuses)]
    told = {
        key: "".join(
            letter + (str(n) if n > 1 else "") for letter, n in zip(letters, line, strict=True) if n
        )
        for key, line in zip(counts.index, counts.to_numpy().tolist(), strict=True)
    }
    turned = {
        key: (f"+{up}" if up else "") + (f"-{down}" if down else "")
        for key, up, down in zip(moved.index, moved["better"], moved["worse"], strict=True)
    }
    order = [code for code, _short, _full in frame.columns]
    lines = {
        row[0]: " ".join(
            told.get((row[0], column), "") + turned.get((row[0], column), "") for column in order
        )
        for row in frame.rows
        if row[0]
    }
    return _packed(frame, "many", lines, " " * (len(order) - 1), statuses, years=letters)


def tiles(label: str, areas: pd.DataFrame, statuses: Mapping[str, tuple[str, str]]) -> look.Html:
    """Return a map of tiles of one size, each a link to the page of its State.

    `areas` are `frames.AREAS`; `statuses` give status and a few words by area, and an area that is
    not among them has not reported.
    """
    placed = areas[(areas["column"] >= 0) & (areas["row"] >= 0)].sort_values(["row", "column"])
    words = palette.ordered([*{status for status, _text in statuses.values()}, "no_data"])
    rows = []
    for place in placed.to_dict("records"):
        status, text = statuses.get(str(place["area"]), ("no_data", ""))
        shown = (place["area"], place["name"], place["column"], place["row"], words.index(status))
        rows.append("|".join([*map(str, shown), text.replace("|", "/")]))
    return _hidden(
        {
            "form": "tiles",
            "label": label,
            "marks": [_mark(word) for word in words],
            "ahead": ["country", "area"],
            "comma": _(", "),
            "rows": rows,
        }
    )


def _lines(
    table: pd.DataFrame, name: str, order: Sequence[str], gap: str, between: str
) -> dict[str, str]:
    """Return the cells of each row in the order of the columns, one after the other."""
    wide = table.pivot(index="row", columns="column", values=name)[list(order)].fillna(gap)
    return {
        str(code): between.join(line)
        for code, line in zip(wide.index, wide.to_numpy(), strict=True)
    }


def _figures(texts: pd.Series, back: pd.Series) -> pd.Series:
    """Return each written value with its year, counted back from the latest, in a few signs."""
    point = number(0.5)[1:2]
    slots = {f"{slot / 10:g}".replace(".", point): slot for slot in range(1001)}
    slots |= {
        f"{slot / 100:g}".replace(".", point): 1000 + slot for slot in range(1, 100) if slot % 10
    }
    pairs = list(zip(texts, back.fillna(-1).astype("int64"), strict=True))
    known = {pair: _figure(*pair, slots) for pair in set(pairs)}
    return pd.Series([known[pair] for pair in pairs], index=texts.index, dtype="str")


def _figure(text: str, back: int, slots: Mapping[str, int]) -> str:
    slot = slots.get(text)
    is_dated = 0 <= back <= OLDEST
    if slot is None or not is_dated:
        return LITERAL + text + (YEARS[back] if is_dated else "~")
    whole = back * SLOTS + slot
    high, low = divmod(whole if whole < PAIRS else whole - PAIRS, BASE)
    if whole < PAIRS:
        return SIGNS[high] + SIGNS[low]
    return SIGNS[PAIRS // BASE + high // BASE] + SIGNS[high % BASE] + SIGNS[low]


def _texts(cells: pd.DataFrame) -> pd.Series:
    """Return the values as they are written; the same value is written once."""
    pairs = list(zip(cells["value"].round(6), cells["is_share"], strict=True))
    written = {pair: short(*pair) for pair in set(pairs) if pair[0] == pair[0]}
    return pd.Series([written.get(pair, "") for pair in pairs], index=cells.index, dtype="str")


def short(value: float, is_share: bool) -> str:
    """Return a value in few signs: 62.5, 1,240, 12K; a fraction of States as per cent."""
    if value != value:  # noqa: PLR0124 - missing is not equal to itself
        return ""
    if is_share:
        return percent(value)
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "K")):
        if abs(value) >= size:
            return number(value / (1e3 if unit == "K" else size), 0 if unit == "K" else 1) + unit
    return number(value, 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 2)


def figure(
    title: str, body: str, *, foot: Sequence[str] = (), illustrative: bool = False, key: str = ""
) -> look.Html:
    """Return cells with what every picture carries: a sentence, a key, source, the mark."""
    mark = _("ILLUSTRATIVE DATA: generated, not reported by any State")
    warned = f'<p class="hw-warned">{escape(mark)}</p>' if illustrative else ""
    said = f"<p>{escape(' '.join(part for part in foot if part))}</p>"
    return look.Html(
        f'<section class="hw hw-figure"><h3>{escape(title)}</h3>{key}{body}'
        f"<footer>{warned}{said}</footer></section>"
    )


def legend(*, is_many: bool, is_groups: bool = False) -> look.Html:
    """Return what arrows, dots and hatching in the cells mean."""
    dots = _("share of States behind the figure; low confidence is hatched")
    if is_many:
        dots = _("share that is reported")
        arrows = _("more of its series improved than worsened with their latest report")
    elif is_groups:
        arrows = _("closer to the target than in the baseline year, over the same States")
    else:
        dots = _("confidence: high, medium, low (low is hatched)")
        arrows = _("closer to the target than at the report before")
    signs = "".join(f'<i class="hw-dot hw-dot-{level}"></i>' for level in (4, 2, 0))
    return look.Html(
        f'<div class="hw-key hw-signs"><span><b>↗ → ↘</b>{escape(arrows)}</span>'
        f"<span>{signs}{escape(dots)}</span></div>"
    )


def picked(title: str) -> look.Html:
    """Return the head of what a chosen cell leads to; the browser brings it into sight."""
    return look.Html(f'<div class="hw hw-picked"><h2>{escape(title)}</h2></div>')


def more(
    rows: pd.DataFrame,
    *,
    key: str,
    alt: str,
    found: Picture,
    how: str,
    picture: Callable[[], go.Figure],
    labels: Mapping[str, str] | None = None,
    title: str = "",
) -> None:
    """Show how cells are made, their table, their data and a picture of them, once asked for."""
    box = st.expander(
        title or _("How it is made, table and data"), key=f"{key}_more", on_change="rerun"
    )
    if box.open:
        with box:
            st.caption(how)
            shown = twin.table(rows.assign(**_spoken(rows)), labels)
            st.dataframe(shown, hide_index=True, key=f"{key}_table", alt=alt, placeholder="–")
            widgets.offer(rows, title=alt, found=found, key=key)
            st.plotly_chart(
                picture(), key=key, theme=None, config=charts.config(f"headway-{key}"), alt=alt
            )
            st.html(look.images(key))


def _spoken(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the columns of codes in words."""
    said = {
        "move": {code: _(word) if word else "" for code, (_sign, word) in ARROWS.items()},
        "confidence": {code: _(word) if word else "" for code, (_dot, word) in SURE.items()},
    }
    return {name: rows[name].map(words) for name, words in said.items() if name in rows}


def _packed(
    frame: Frame,
    form: str,
    lines: Mapping[str, str],
    nothing: str,
    statuses: Sequence[str],
    **more: Any,
) -> look.Html:
    return _hidden(
        {
            "form": form,
            "label": frame.label,
            "corner": frame.corner,
            "about": _("Reported"),
            "of": _("{n} of {of}"),
            "columns": [list(column) for column in frame.columns],
            "ahead": list(frame.ahead),
            "aside": list(frame.aside) if frame.aside else None,
            "marks": [_mark(status) for status in statuses],
            "moves": [[ARROWS[move][0], _(ARROWS[move][1]) if move else ""] for move in MOVES],
            "nothing": _("nothing is asked here"),
            "good": _("{good} of {of} on track or met"),
            "reported": _("{n} of {of} reported"),
            "states": _("{n} of {of} States"),
            "turns": _("{up} improved, {down} worsened"),
            "comma": _(", "),
            **more,
            "rows": ["|".join(_plain(row)) for row in frame.rows],
            "cells": "|".join(lines.get(row[0], nothing) for row in frame.rows if row[0]),
        }
    )


def _plain(row: Sequence[str]) -> list[str]:
    return [part.replace("|", "/") for part in row]


def _hidden(told: Mapping[str, Any]) -> look.Html:
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    packed = f'<div class="hw-packed" hidden>{escape(text, quote=False)}</div>'
    return look.Html(f'<div class="hw-cells">{packed}</div>')


def _mark(status: str) -> list[Any]:
    mark = palette.mark(status)
    verdict = int(status not in WITHOUT_VERDICT)
    return [mark.step, mark.sign, palette.word(status), mark.texture, verdict, int(status in GOOD)]
