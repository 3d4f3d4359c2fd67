"""What the scorecard shows: objectives or indicators against States or groups, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts, frames
from dashboard.charts import palette
from dashboard.i18n import _, language, listing, number, percent, plural
from dashboard.i18n.labels import word
from dashboard.services import scorecards, views
from dashboard.services.texts import PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import cached, cells, look, visit, widgets
from models import AreaKind, Level

ROWS: Final = {
    "states": (AreaKind.STATE,),
    "regions": (AreaKind.WORLD, AreaKind.REGION),
    "subregions": (AreaKind.SUBREGION,),
    "groups": (AreaKind.GROUP,),
}
HEAD: Final = 168
"""Pixels of a column's name that stands upright."""
FILTERS: Final = ("objective", "approach", "dimension", "tier")


@dataclass(frozen=True)
class View:
    """What a visitor has chosen to see; every part of it stands in the address."""

    rows: str = "states"  # a key of ROWS
    columns: str = "objectives"  # or indicators
    group: str = ""
    sort: str = "name"
    objective: str = ""
    approach: str = ""
    dimension: str = ""
    tier: str = ""

    @property
    def is_many(self) -> bool:
        """Whether a cell holds all indicators of an objective."""
        return self.columns == "objectives"

    @property
    def are_groups(self) -> bool:
        """Whether rows are groups of States."""
        return self.rows != "states"


@dataclass(frozen=True)
class Card:
    """A scorecard: what was chosen, its rows and indicators, and its cells."""

    found: Picture
    view: View
    codes: Sequence[str]  # indicators
    areas: Sequence[str]  # rows, in the order of their codes' names
    cells: pd.DataFrame  # scorecards.MANY of objectives, scorecards.SERIES of indicators

    @cached_property
    def columns(self) -> list[tuple[str, str, str]]:
        """The columns: code, short name, full name."""
        asked = self.found.plan.indicators
        asked = asked[asked["indicator"].isin(self.codes)]
        if not self.view.is_many:
            return [
                (code, charts.theme.clip(f"{code}  {name}", HEAD, 13), f"{code}  {name}")
                for code, name in zip(asked["indicator"], asked["name"], strict=True)
            ]
        kept = self.found.plan.objectives
        kept = kept[kept["objective"].isin(asked["objective"])]
        return [
            (code, title, title)
            for code, title in zip(kept["objective"], kept["title"], strict=True)
        ]

    @property
    def whole(self) -> pd.DataFrame:
        """All of it summed up, each series once: groups of States share their members."""
        if not (self.view.is_many and self.view.are_groups):
            return self.sums
        scope = [self.found.plan.scope]
        return scorecards.summary(
            scorecards.of_objectives(self.found, self.codes, scope, are_groups=True)
        )

    @cached_property
    def sums(self) -> pd.DataFrame:
        """The rows summed up."""
        asked = self.found.plan.indicators
        context = set(asked.loc[asked["direction"] == 0, "indicator"])
        return scorecards.summary(self.cells, context)


def pick_view(
    found: Picture, words: PlanTexts, first: Sequence[object], more: Sequence[object]
) -> View:
    """Let the visitor choose what to see, in two rows of four places.

    While the second row is not open (no places), its choices are those of the address.
    """
    picked = {
        "rows": choose(first[0], _("Rows"), row_names(), "rows"),
        "columns": choose(first[1], _("Columns"), column_names(), "columns"),
    }
    of_states = picked["rows"] == "states"
    if of_states:
        label = _("Region or group")
        picked["group"] = choose(first[2], label, _groups(found), "group", is_open=True)
    picked["sort"] = choose(first[3], _("Sort by"), _sort_names(of_states=of_states), "sort")
    offered = _offered(words)
    for name, (label, options) in offered.items():
        if more:
            place = more[FILTERS.index(name)]
            picked[name] = choose(place, label, options, name, is_open=True)
        elif (given := st.query_params.get(name, "")) in options:
            picked[name] = given
    return View(**{name: code for name, code in picked.items() if code})


def choose(
    place: object, label: str, options: dict[str, str], name: str, *, is_open: bool = False
) -> str:
    """Let the visitor choose one of some options, none at first where it is open."""
    picked = widgets.choose(
        label,
        list(options),
        name=name,
        show=options.__getitem__,
        index=None if is_open else 0,
        place=place,
        placeholder=_("All"),
    )
    return picked or ""


def row_names() -> dict[str, str]:
    """Return what rows may be."""
    return {
        "states": _("Countries"),
        "regions": _("Regions and the world"),
        "subregions": _("Subregions"),
        "groups": _("Groups of States"),
    }


def column_names() -> dict[str, str]:
    """Return what columns may be."""
    return {"objectives": _("Objectives"), "indicators": _("Indicators")}


def _sort_names(*, of_states: bool) -> dict[str, str]:
    names = {
        "name": _("Name"),
        "status": _("Share on track or met"),
        "coverage": _("Share reported"),
    }
    return names | {"region": _("Region")} if of_states else names


def _groups(found: Picture) -> dict[str, str]:
    names = found.names
    codes = views.groups(found, AreaKind.REGION, AreaKind.SUBREGION, AreaKind.GROUP)
    return {code: names[code] for code in codes}


def _offered(words: PlanTexts) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the label and the options of each filter, those that the plan uses."""
    approaches = dict.fromkeys(one.approach for one in words.measures)
    dimensions = dict.fromkeys(code for one in words.measures for code in one.dimensions)
    tiers = dict.fromkeys(str(one.fields["tier"]) for one in words.indicators)
    return {
        "objective": (_("Objective"), {one.code: one.title for one in words.objectives}),
        "approach": (_("Approach"), {code: word("approach", code) for code in approaches}),
        "dimension": (_("Dimension"), {code: word("dimension", code) for code in dimensions}),
        "tier": (_("Tier"), {code: word("tier", code) for code in tiers}),
    }


def active(view: View, words: PlanTexts) -> str:
    """Return the filters that are on, in words; empty where none is."""
    offered = _offered(words)
    on = [
        f"{label}: {options.get(getattr(view, name), getattr(view, name))}"
        for name, (label, options) in offered.items()
        if getattr(view, name)
    ]
    return ", ".join(on)


def indicators(found: Picture, words: PlanTexts, view: View) -> list[str]:
    """Return the indicators that pass the filters, of States those that are asked of States.

    Where no tier is chosen the core ones are shown.
    """
    measures = None
    if view.approach or view.dimension:
        measures = {
            one.code
            for one in words.measures
            if view.approach in {"", one.approach}
            and (not view.dimension or view.dimension in one.dimensions)
        }
    tier = view.tier
    if not tier and (found.plan.indicators["tier"] == "core").any():
        tier = "core"
    codes = scorecards.indicators(found, objective=view.objective, tier=tier, measures=measures)
    if view.are_groups:
        return codes
    asked = found.plan.indicators.set_index("indicator")["national"]
    return [code for code in codes if asked[code]]


def rows(found: Picture, view: View) -> list[str]:
    """Return the codes of the rows that pass the filters, in the order of their names."""
    areas = found.plan.areas
    if view.are_groups:
        codes = views.groups(found, *ROWS[view.rows])
        world = [code for code in codes if code == found.plan.scope]
        return [*world, *(code for code in codes if code not in world)]
    kept = areas[areas["is_member"]]
    if view.group:
        kept = kept[kept["area"].isin(scorecards.members(found, view.group))]
    return [str(code) for code in kept["area"]]


def card(found: Picture, words: PlanTexts, view: View) -> Card:
    """Return the scorecard for a choice."""
    codes, areas = indicators(found, words, view), rows(found, view)
    if not codes or not areas:
        return Card(found, view, codes, areas, frames.empty(scorecards.SERIES))
    if view.is_many:
        drawn = scorecards.of_objectives(found, codes, areas, are_groups=view.are_groups)
    elif view.are_groups:
        drawn = _asked(found, words, scorecards.of_groups(found, codes, areas))
    else:
        drawn = scorecards.of_states(found, codes, areas)
    return Card(found, view, codes, areas, drawn)


def _asked(found: Picture, words: PlanTexts, drawn: pd.DataFrame) -> pd.DataFrame:
    """Leave open what is not asked of a group: an indicator of the world is none of a region."""
    levels = {one.code: set(one.fields["levels"]) for one in words.indicators}
    level = drawn["row"].eq(found.plan.scope).map({True: Level.GLOBAL, False: Level.REGIONAL})
    is_asked = [
        Level.NATIONAL in levels[code] or here in levels[code]
        for code, here in zip(drawn["column"], level, strict=True)
    ]
    idle = ~pd.Series(is_asked, index=drawn.index) & drawn["value"].isna()
    return drawn.assign(
        status=drawn["status"].mask(idle, "not_applicable"),
        expected=drawn["expected"].mask(idle, 0),
    )


def sentence(shown: Card) -> str:
    """Return the title: how much is on track or met, of what can be assessed."""
    whole = shown.whole
    assessed, good = int(whole["assessed"].sum()), int(whole["good"].sum())
    if not assessed:
        return _("No series can be assessed yet")
    if shown.view.are_groups and not shown.view.is_many:
        said = plural(
            "{n} of {{of}} aggregates that can be assessed is on track or has met its target",
            "{n} of {{of}} aggregates that can be assessed are on track or have met their target",
            good,
        )
        return said.format(of=number(assessed))
    said = plural(
        "{n} of {{of}} series that can be assessed is on track or has met its target",
        "{n} of {{of}} series that can be assessed are on track or have met their target",
        good,
    )
    return said.format(of=number(assessed))


def figure(shown: Card) -> look.Html:
    """Return the table of cells with its title, key and source."""
    found, view, drawn = shown.found, shown.view, shown.cells
    title = sentence(shown)
    frame = _frame(shown, shown.sums, title)
    body = (
        cells.many(frame, drawn)
        if view.is_many
        else cells.single(frame, drawn, are_groups=view.are_groups)
    )
    unit = _("States reporting, all cells together") if view.are_groups and not view.is_many else ""
    return cells.figure(
        title,
        body,
        key=look.join(
            [
                look.key(list(drawn["status"].unique())),
                cells.legend(is_many=view.is_many, is_groups=view.are_groups),
            ],
            "",
        ),
        foot=[widgets.foot(found, coverage=covered(shown)), unit],
        illustrative=found.plan.stamp.is_illustrative,
    )


def covered(shown: Card) -> str:
    """Return how much of what is asked in the whole table is reported."""
    n, of = int(shown.whole["n"].sum()), int(shown.whole["expected"].sum())
    share = percent(n / of) if of else "–"
    return _("Coverage: {n} of {of} asked ({share}).").format(
        n=number(n), of=number(of), share=share
    )


def picture(shown: Card) -> go.Figure:
    """Draw the same cells as a picture that can be saved."""
    found, drawn, sums = shown.found, shown.cells, shown.sums
    look_ = widgets.drawn(found, sentence(shown), coverage=covered(shown), note=how(shown))
    names = spoken(found)
    order = ordered(shown, sums, names)
    down = [(code, names.get(code, code)) for code in order]
    if not shown.view.is_many:
        across = [(code, full) for code, _short, full in shown.columns]
        return charts.matrix.draw(drawn, down, across, **look_)
    counts = drawn.assign(
        bar=drawn["row"].map(dict(down)),
        place=drawn["row"].map({c: n for n, c in enumerate(order)}),
    )
    totals = (
        counts.groupby(["place", "bar", "status"], sort=True)["count"].sum().reset_index(name="n")
    )
    return charts.status_bar.draw(totals, **look_)


def _frame(shown: Card, sums: pd.DataFrame, label: str) -> cells.Frame:
    found, view = shown.found, shown.view
    names = spoken(found)
    told = sums.set_index("row")
    lines: list[tuple[str, ...]] = []
    band = ""
    region = found.plan.areas.set_index("area")["region"]
    for code in ordered(shown, sums, names):
        here = names.get(str(region.get(code, "")), "")
        if view.sort == "region" and not view.are_groups and here != band:
            lines.append(("", here))
            band = here
        n, of = (int(told[name].get(code, 0)) for name in ("n", "expected"))
        lines.append((code, names.get(code, code), number(n), number(of)))
    return cells.Frame(
        label=label,
        corner=row_names()[view.rows],
        columns=shown.columns,
        rows=lines,
        ahead=("plan", "objective") if view.is_many else ("indicator", "indicator"),
        aside=("region" if view.are_groups else "country", "area"),
    )


def spoken(found: Picture) -> dict[str, str]:
    """Return the names of all areas, those of States in the reader's language."""
    return found.names | cached.kept("area names", _spoken, language())


def _spoken() -> dict[str, str]:
    with visit.read() as session:
        return scorecards.names(session, language())


def ordered(shown: Card, sums: pd.DataFrame, names: dict[str, str]) -> list[str]:
    """Return the rows in the chosen order; rows alike in it stay in the order of their names."""
    found, view, areas = shown.found, shown.view, shown.areas
    by_name = sorted(areas, key=lambda code: str(names.get(code, code)).casefold())
    if view.are_groups and view.sort in {"name", "region"}:
        return list(areas)
    if view.sort == "region":
        region = found.plan.areas.set_index("area")["region"]
        return sorted(by_name, key=lambda code: names.get(str(region.get(code, "")), "~"))
    if view.sort in {"status", "coverage"}:
        column = "share" if view.sort == "status" else "coverage"
        score = sums.set_index("row")[column].fillna(-1.0)
        return sorted(by_name, key=lambda code: -float(score.get(code, -1.0)))
    return by_name


def how(shown: Card) -> str:
    """Return how the cells come about."""
    found, view = shown.found, shown.view
    if view.is_many:
        return _(
            "Each cell counts the series of an objective by status, as assessed in {year}. Beside "
            "the bar stands how many of those that can be assessed are on track or met; the dot "
            "shows the share that is reported. Values of more than five years ago count as not "
            "reported, context-only indicators are not counted."
        ).format(year=found.year)
    if view.are_groups:
        return _(
            "Each cell is the aggregate of a group by the rule of its indicator, assessed in "
            "{year} over the States that report in the baseline year and in the latest year. "
            "Where fewer than the indicator's minimum report there is no aggregate. Shares of "
            "States are shown as per cent."
        ).format(year=found.year)
    return _(
        "Each cell is one series: status as assessed in {year}, latest value, and the arrow from "
        "the report before to the latest one. The dot is the confidence: age of the value, number "
        "of reports, source."
    ).format(year=found.year)


def twin(shown: Card) -> pd.DataFrame:
    """Return the cells as people and programs read them: codes and words."""
    found, drawn = shown.found, shown.cells
    names = spoken(found)
    titles = found.indicators | dict(
        zip(found.plan.objectives["objective"], found.plan.objectives["title"], strict=True)
    )
    return drawn.assign(
        name=drawn["row"].map(lambda code: names.get(code, code)),
        title=drawn["column"].map(titles),
    )


def labels() -> dict[str, str]:
    """Return the heads of the columns that only a scorecard has."""
    return {
        "row": _("Code"),
        "column": _("Column"),
        "is_share": _("Value is a share of States"),
        "move": _("Change"),
        "confidence": _("Confidence"),
        "n": _("Reporting"),
        "better": _("Improved"),
        "worse": _("Worsened"),
        "title": _("Objective or indicator"),
    }


def alt(shown: Card) -> str:
    """Return in a sentence how large the table is and how many series have each status."""
    drawn = shown.cells
    count = drawn["count"] if "count" in drawn else pd.Series(1, index=drawn.index)
    tally = count.groupby(drawn["status"]).sum()
    parts = [
        f"{palette.word(one)} {number(int(tally[one]))}"
        for one in palette.ordered(list(tally.index))
    ]
    return _("Scorecard of {rows} rows and {codes} indicators: {parts}.").format(
        rows=number(len(shown.areas)), codes=number(len(shown.codes)), parts=listing(parts)
    )
