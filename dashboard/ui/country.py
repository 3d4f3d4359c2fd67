"""What the page of a country shows: the whole plan for one State."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts
from dashboard.i18n import _, date, number, plural
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import changes, peers, profiles, reads, snapshots, views
from dashboard.services.texts import PlanTexts
from dashboard.services.views import GOOD, Picture
from dashboard.ui import cached, look, overview, places, visit, ways, widgets
from models import AreaKind

YEAR: Final = timedelta(days=365)
SHOWN: Final = 8
"""Rows of a list before the rest is counted."""


def pick(found: Picture) -> str:
    """Let the visitor choose a State, an observer, or a territory that reports."""
    given = st.query_params.get(widgets.AREA, "")
    codes = cached.kept("countries", lambda: _offered(found, given), given, *found.key)
    return widgets.pick_area(found, codes, _("Country")) or codes[0]


def _offered(found: Picture, given: str) -> list[str]:
    """Return the States and observers, the territories that report, and the one asked for."""
    areas = found.plan.areas
    reports = areas["area"].isin(found.progress["area"]) | areas["area"].eq(given)
    kinds = [AreaKind.STATE.value, AreaKind.OBSERVER.value]
    shown = areas["kind"].isin(kinds) | (areas["kind"].eq(AreaKind.TERRITORY.value) & reports)
    return [str(code) for code in areas.loc[shown, "area"]]


def trail(found: Picture, area: str) -> list[ways.Crumb]:
    """Return the way to a country: the world, its region, its part of the region."""
    names = found.names
    above = cached.kept("above", lambda: _above(found, area), area, *found.key)
    return [ways.Crumb(names[code], "region", {"area": code}) for code in above if code in names]


def _above(found: Picture, area: str) -> list[str]:
    place = found.plan.areas.set_index("area").loc[area]
    return list(dict.fromkeys([found.plan.scope, str(place["region"]), str(place["subregion"])]))


def title(found: Picture, area: str) -> str:
    """Return the name of an area and of the plan."""
    return f"{found.names[area]}: {found.plan.title}"


def standing(found: Picture, area: str) -> pd.DataFrame:
    """Return a row for each indicator asked of this area."""
    return profiles.standing(found, area)


def head(found: Picture, area: str) -> look.Html:
    """Return the name of a State and where it belongs, each a link."""
    now = found.plan.memberships
    end = found.year + 1.0
    now = now[(now["area"] == area) & (now["since"] < end) & (now["until"] >= end)]
    kinds = found.plan.areas.set_index("area")["kind"]
    wanted = {AreaKind.GROUP.value, AreaKind.SUBREGION.value}
    groups = [code for code in now["group"] if kinds.get(code) in wanted]
    links = look.join([places.anchor(found, code) for code in groups], " · ")
    said = look.Html(f'<div class="hw"><p class="hw-muted">{links}</p></div>' if groups else "")
    return look.join([look.heading(found.names[area], level=2), said])


def cards(found: Picture, area: str, rows: pd.DataFrame) -> look.Html:
    """Return how much is reported, how it stands, and where the region is."""
    core = rows[(rows["tier"] == "core") & (rows["direction"] != 0)]
    old = core["flags"].fillna("").str.contains("stale")
    told = int((core["value"].notna() & ~old).sum())
    assessed = rows[~rows["status"].isin(WITHOUT_VERDICT)]
    good = int(assessed["status"].isin(GOOD).sum())
    region = str(found.plan.areas.set_index("area").loc[area, "region"])
    states = views.states(found)
    beside = states[states["region"] == region]
    newest = rows["year"].max()
    items = [
        look.card(_("Core indicators reported"), number(told), foot=look.coverage(told, len(core))),
        look.card(
            _("On track or met"),
            number(good),
            unit=_("of {n}").format(n=number(len(assessed))),
            detail=_("series that can be assessed"),
        ),
    ]
    if len(beside):
        middle = float((beside["coverage"] * len(core)).median())
        items.append(
            look.card(
                _("Region's median of core indicators reported"),
                number(round(middle)),
                detail=_("{region}, {n} States").format(
                    region=found.names.get(region, "–"), n=number(len(beside))
                ),
            )
        )
    items.append(
        look.card(
            _("Newest figure is of"),
            "–" if pd.isna(newest) else str(int(newest)),
            detail=plural(
                "{n} indicator reported in all",
                "{n} indicators reported in all",
                int(rows["value"].notna().sum()),
            ),
        )
    )
    return look.cards(items)


# What stands out ------------------------------------------------------------------------------


def how_picked() -> str:
    """Return how strengths and gaps are picked."""
    return _(
        "Strongest: met or on track, first what the fewest States of the region have reached. "
        "Weakest: moving away first, then missed, then unmoved, then too slow; within these first "
        "what most of the region does better. Old figures and those of low confidence are left out."
    )


def strongest(found: Picture, area: str, rows: pd.DataFrame) -> look.Html:
    """Return the three points where a State does best, with their numbers."""
    nothing = _("Nothing is on track or met yet, as far as figures are sure enough to say so.")
    return _points(found, area, profiles.strongest(rows), _("Three strongest points"), nothing)


def weakest(found: Picture, area: str, rows: pd.DataFrame) -> look.Html:
    """Return the three points where a State is furthest behind, with their numbers."""
    nothing = _("Nothing that is reported, recent and sure is behind.")
    return _points(found, area, profiles.weakest(rows), _("Three weakest points"), nothing)


def _points(found: Picture, area: str, rows: pd.DataFrame, caption: str, nothing: str) -> look.Html:
    if rows.empty:
        return look.empty(nothing)
    aims = places.goals(found, area)
    told = [
        (
            look.join([places.indicator(row, area), look.chip(row["status"])], "<br>"),
            places.under(
                places.tight(row["value"], row["year"], row["unit"]),
                aims.get(row["indicator"], _("no target set")),
            ),
            median(row | {"unit": ""}, "median", "n", "states"),
        )
        for row in rows.to_dict("records")
    ]
    heads = [_("Indicator"), _("Latest (year), target"), _("Region's median")]
    return look.table(caption, heads, told)


def median(row: Mapping[Any, Any], name: str, n: str, of: str) -> str:
    """Return a median with how many stand behind it."""
    if pd.isna(row[name]):
        return "–"
    return _("{value} ({n} of {of})").format(
        value=places.amount(row[name], row["unit"]),
        n=number(int(row[n])),
        of=number(int(row[of])),
    )


# What changed ---------------------------------------------------------------------------------


def pick_since(found: Picture) -> tuple[str, datetime]:
    """Let the visitor choose since when: the last snapshot or a year; return words and moment.

    A year goes back to the end of a day, so that what is worked out for it can be kept.
    """
    moment = widgets.as_of(found)
    with visit.read() as session:
        every = snapshots.listing(session, found.plan.plan)
    taken = [entry for entry in every if entry.as_of < moment]
    year = reads.end_of((moment - YEAR).date())
    options = {"year": (_("In the last 12 months"), year)}
    if taken:
        said = _("Since the snapshot {name} of {day}").format(
            name=taken[0].name, day=date(taken[0].as_of)
        )
        options = {"snapshot": (said, taken[0].as_of), **options}
    picked = widgets.choose(
        _("Since when"), list(options), name="since", show=lambda code: options[code][0]
    )
    return options[picked or next(iter(options))]


def changed(found: Picture, area: str, since: datetime) -> pd.DataFrame:
    """Return what changed in an area since a moment."""
    with visit.read() as session:
        return changes.since(session, found, area, since)


def changes_told(found: Picture, area: str, rows: pd.DataFrame, since: datetime) -> look.Html:
    """Return what changed, verdicts that moved first."""
    if rows.empty:
        said = _("Nothing has changed since {day}.").format(day=date(since))
        return look.empty(said, _("No figure was accepted, corrected or withdrawn."))
    kinds = {
        "first": _("first report"),
        "newer": _("newer figure"),
        "corrected": _("corrected"),
        "withdrawn": _("withdrawn"),
        "verdict": _("time went by"),
    }
    signs = {1: _("better"), -1: _("worse"), 0: ""}
    told = []
    for row in rows.head(SHOWN).to_dict("records"):
        step: list[str] = [look.chip(row["status"])]
        if row["moved"]:
            step = [look.chip(row["status_before"]), "→", look.chip(row["status"])]
        before = places.tight(row["before"], row["before_year"], row["unit"])
        value = places.tight(row["value"], row["year"], row["unit"])
        told.append(
            (
                places.indicator(row, area),
                places.under(
                    f"{before} → {value}" if before != "–" else value,
                    " · ".join(part for part in (kinds[row["what"]], signs[row["moved"]]) if part),
                ),
                look.join(step),
            )
        )
    better, worse = int((rows["moved"] > 0).sum()), int((rows["moved"] < 0).sum())
    caption = plural(
        "{n} change by today's targets; verdicts now better: {{better}}, now worse: {{worse}}",
        "{n} changes by today's targets; verdicts now better: {{better}}, now worse: {{worse}}",
        len(rows),
    ).format(better=number(better), worse=number(worse))
    table = look.table(caption, [_("Indicator"), _("Figure"), _("Status")], told)
    rest = len(rows) - SHOWN
    if rest <= 0:
        return table
    more = plural(
        "{n} further change is in the file.", "{n} further changes are in the file.", rest
    )
    return look.join([table, look.Html(f'<p class="hw-muted">{more}</p>')])


# What is awaited ------------------------------------------------------------------------------


def awaited(found: Picture, words: PlanTexts, area: str, rows: pd.DataFrame) -> look.Html:
    """Return what is not reported or too old, by whom it is awaited."""
    table = profiles.awaited(found, words, rows)
    if table.empty:
        return look.notice(_("Every indicator that is asked is reported."), tone="good")
    whom = {
        "coordinator": _("The coordinator of {area}").format(area=found.names[area]),
        "central_import": _("The source, loaded centrally"),
        "computed": _("Computed here once its parts are known"),
    }
    told = []
    for mode, part in table.groupby("mode", sort=False):
        core = part[part["tier"] == "core"]
        links = [places.indicator(row, area) for row in part.head(SHOWN).to_dict("records")]
        rest = len(part) - len(links)
        if rest > 0:
            links.append(look.Html(plural("{n} other", "{n} others", rest)))
        told.append(
            (
                places.under(
                    whom.get(str(mode), str(mode)),
                    _("{n}, of these {core} core").format(
                        n=number(len(part)), core=number(len(core))
                    ),
                ),
                look.join(links, " · "),
            )
        )
    old = (
        int(table["value"].notna().sum()) if "value" in table else int(table["year"].notna().sum())
    )
    caption = plural(
        "{n} indicator is awaited, {{old}} of them because the last figure is too old",
        "{n} indicators are awaited, {{old}} of them because the last figure is too old",
        len(table),
    ).format(old=number(old))
    return look.table(caption, [_("Awaited from"), _("Indicators")], told)


def silent(words: PlanTexts, found: Picture, area: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return every awaited indicator with its custodian, for the list and the file."""
    return profiles.awaited(found, words, rows)


# Beside the region and its peers --------------------------------------------------------------


def fair_peers(found: Picture, area: str) -> look.Html:
    """Return who the fair peers are and why, in a line."""
    table = peers.of(found, area)
    if table.empty:
        return look.empty(
            _("No fair peers can be named: the population of this area is not in the record.")
        )
    links = look.join(
        [
            look.join([places.anchor(found, row["area"]), f"({number(row['steps'])})"])
            for row in table.to_dict("records")
        ],
        ", ",
    )
    why = _(
        "the States the fewest steps away. A step is one doubling of the population, another "
        "subregion (another region counts two), being least developed, landlocked or a small "
        "island where the other is not, or being bound by the Protocol where the other is not. "
        "Income is not in the record."
    )
    codes = [area, *(str(code) for code in table["area"])]
    way = look.anchor(
        _("Compare them on the whole plan"), widgets.address("compare", areas=",".join(codes))
    )
    return look.facts([(_("Fair peers"), look.join([links, f"– {why}", way]))])


def most_reported(rows: pd.DataFrame) -> list[str]:
    """Return the objectives with figures, first the one with most."""
    known = rows.loc[rows["value"].notna() & rows["direction"].ne(0), "objective"]
    return [str(code) for code in known.value_counts().index]


def pick_objective(words: PlanTexts, most_reported: Sequence[str]) -> str:
    """Let the visitor choose the objective whose indicators are drawn; first one with figures."""
    titles = {entry.code: f"{entry.code}  {entry.title}" for entry in words.objectives}
    first = next(iter(most_reported), next(iter(titles)))
    picked = widgets.choose(
        _("Objective"),
        list(titles),
        name="objective",
        show=titles.__getitem__,
        index=list(titles).index(str(first)),
    )
    return picked or str(first)


def bullets(found: Picture, area: str, rows: pd.DataFrame, objective: str) -> pd.DataFrame:
    """Return the indicators of an objective as bullets, with the medians beside them."""
    own = rows[(rows["objective"] == objective) & (rows["direction"] != 0)]
    limits = found.plan.indicators[["indicator", "lower", "upper"]]
    aims = places.goals(found, area)
    table = own.merge(limits, on="indicator", how="left")
    return table.assign(
        label=table["indicator"] + "  " + table["name"],
        unit=table["unit"].map(places.unit),
        goal=table["indicator"].map(aims).fillna(""),
        is_unsure=table["confidence"].eq("low"),
    )[
        [
            *("indicator", *charts.bullet.BULLETS, "base_year", "target_year"),
            *("n", "states", "peers", "peers_n", "peers_of", "flags"),
        ]
    ]


def against(found: Picture, area: str, table: pd.DataFrame, objective: str) -> go.Figure:
    """Draw the indicators of an objective against target and region."""
    names = dict(
        zip(found.plan.objectives["objective"], found.plan.objectives["title"], strict=True)
    )
    known = table[table["value"].notna() & table["median"].notna()]
    title_ = _("{area}, {objective}: {n} of {of} indicators are reported").format(
        area=found.names[area],
        objective=names.get(objective, objective),
        n=number(int(table["value"].notna().sum())),
        of=number(len(table)),
    )
    note = _("{n} can be held against the region.").format(n=number(len(known)))
    return charts.bullet.draw(
        table,
        beside=median_of(found, area),
        **widgets.drawn(
            found,
            title_,
            coverage=widgets.covered(table["value"].notna().sum(), len(table), _("indicators")),
            note=note,
            half=True,
        ),
    )


def median_of(found: Picture, area: str) -> str:
    """Return what the diamond is."""
    region = str(found.plan.areas.set_index("area").loc[area, "region"])
    return _("Median of {region}").format(region=found.names.get(region, _("the region")))


def how_against() -> str:
    """Return how values, medians and peers come about."""
    return _(
        "Bar: latest value. Diamond: the plain median of the latest values of the region's States, "
        "each counted once, those older than five years left out; their years may differ. The "
        "table has the medians of the fair peers as well, from three values on."
    )


def table(found: Picture, area: str, rows: pd.DataFrame) -> look.Html:
    """Return every reported indicator beside target, region and peers."""
    aims = places.goals(found, area)
    told = [
        (
            places.indicator(row, area),
            places.dated(row["value"], row["year"], row["unit"]),
            aims.get(row["indicator"], "–"),
            median(row, "median", "n", "states"),
            median(row, "peers", "peers_n", "peers_of"),
            look.chip(str(row["status"])),
        )
        for row in rows[rows["value"].notna() & rows["direction"].ne(0)].to_dict("records")
    ]
    if not told:
        return look.empty(_("Nothing that can be assessed has been reported yet."))
    heads = [
        *(_("Indicator"), _("Latest (year)"), _("Target")),
        *(median_of(found, area), _("Median of fair peers"), _("Status")),
    ]
    return look.table(
        _("Every indicator that is reported; medians with how many States stand behind them"),
        heads,
        told,
    )


def assessed(rows: pd.DataFrame) -> list[str]:
    """Return the indicators of which there is anything to explain."""
    return [str(code) for code in rows.loc[rows["value"].notna(), "indicator"]]


def counts(found: Picture, rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many indicators of each status each objective has in this State."""
    names = dict(
        zip(found.plan.objectives["objective"], found.plan.objectives["title"], strict=True)
    )
    order = {code: place for place, code in enumerate(names)}
    judged = rows[rows["direction"] != 0]
    table_ = judged.sort_values("objective", key=lambda codes: codes.map(order), kind="stable")
    return charts.status_bar.count(table_, "objective", names)


def bars(found: Picture, area: str, table_: pd.DataFrame) -> go.Figure:
    """Draw the statuses of a State by objective."""
    title_ = f"{found.names[area]}: {overview.sentence(table_)}"
    note = _("Indicators asked of a State; those for context only are told further down.")
    return charts.status_bar.draw(
        table_,
        **widgets.drawn(found, title_, coverage=widgets.reported(table_), note=note, half=True),
    )
