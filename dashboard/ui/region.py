"""What the page of a region or group shows: its figures, who is behind them, and its members."""

import math
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from dashboard import charts
from dashboard.i18n import _, listing, number, percent, plural
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import regions
from dashboard.services.texts import IndicatorText
from dashboard.services.views import GOOD, Picture
from dashboard.ui import cached, look, overview, places, ways, widgets
from models import AreaKind

MOST: Final = 16
"""Members whose roads are drawn before the rest is asked for."""


def pick(found: Picture) -> str:
    """Let the visitor choose the world, a region, a part of one, or a group."""
    offered = cached.kept("groups offered", lambda: regions.offered(found), *found.key)
    names, kinds = (
        found.names,
        dict(zip(found.plan.areas["area"], found.plan.areas["kind"], strict=True)),
    )
    said = places.kinds()
    picked = widgets.choose(
        _("Region or group"),
        offered,
        name=widgets.AREA,
        show=lambda code: f"{names[code]} ({said.get(kinds[code], kinds[code])})",
    )
    return picked or offered[0]


def trail(found: Picture, group: str) -> list[ways.Crumb]:
    """Return the way to a region: from what the plan is for."""
    if group == found.plan.scope:
        return []
    return [ways.Crumb(found.names[found.plan.scope], "region", {"area": found.plan.scope})]


def standing(found: Picture, group: str) -> pd.DataFrame:
    """Return where a group stands on each indicator."""
    return regions.standing(found, group)


def members(found: Picture, group: str) -> pd.DataFrame:
    """Return a row for each member with what it reports."""
    return regions.table(found, group)


def cards(found: Picture, group: str, rows: pd.DataFrame, belong: pd.DataFrame) -> look.Html:
    """Return how many members there are, what they report, and how the aggregates stand."""
    told, expected = int(belong["n"].sum()), int(belong["expected"].sum())
    silent = int((belong["n"] == 0).sum())
    assessed = rows[~rows["status"].isin(WITHOUT_VERDICT)]
    good = int(assessed["status"].isin(GOOD).sum())
    known = int(rows["value"].notna().sum())
    return look.cards(
        [
            look.card(
                _("Members reporting"),
                number(len(belong) - silent),
                unit=_("of {n}").format(n=number(len(belong))),
                detail=_("with at least one core indicator"),
            ),
            look.card(
                _("Core figures reported"),
                percent(told / expected) if expected else "–",
                foot=look.coverage(told, expected),
            ),
            look.card(
                _("Indicators with a figure of the group"),
                number(known),
                unit=_("of {n}").format(n=number(len(rows))),
                detail=_("the others lack reports from too many members"),
            ),
            look.card(
                _("On track or met, as a group"),
                number(good),
                unit=_("of {n}").format(n=number(len(assessed))),
                detail=_("indicators whose figure can be assessed"),
            ),
        ]
    )


def head(found: Picture, group: str, past: pd.DataFrame) -> look.Html:
    """Return the name of a group, what it is, and who joined or left it while the plan ran."""
    kind = str(found.plan.areas.set_index("area").loc[group, "kind"])
    first = float(min(found.plan.cube.years))
    joined = past[past["is_now"] & (past["since"] >= first)]
    left = past[~past["is_now"] & (past["until"] <= found.year + 1.0)]
    said = [_("{kind}, members of {year}.").format(kind=places.kinds()[kind], year=found.year)]
    if len(joined):
        said.append(_("Joined: {names}.").format(names=_moved(joined, "since")))
    if len(left):
        said.append(_("Left: {names}.").format(names=_moved(left, "until")))
    if len(joined) or len(left):
        said.append(_("Every yearly figure has the members of the last day of its year."))
    return look.heading(found.names[group], lede=" ".join(said), level=2)


def _moved(rows: pd.DataFrame, name: str) -> str:
    told = [f"{row['name']} ({int(row[name])})" for row in rows.to_dict("records")]
    shown = told[: places.FEW]
    if len(told) > len(shown):
        rest = len(told) - len(shown)
        shown.append(plural("{n} other", "{n} others", rest))
    return listing(shown)


def history(found: Picture, group: str) -> pd.DataFrame:
    """Return who belongs or belonged to a group."""
    return regions.belonging(found, group)


# Aggregates -----------------------------------------------------------------------------------


def aggregates(found: Picture, group: str, rows: pd.DataFrame) -> look.Html:
    """Return every indicator's figure by its own rule: n of N, bounds, way, who is missing."""
    told = [
        (
            places.indicator(row),
            places.under(
                places.dated(row["value"], row["year"], row["unit"], row["rule"]),
                places.rule(row["rule"]),
            ),
            _behind(row),
            _bounds(row),
            _way(row),
            look.chip(row["status"]),
        )
        for row in rows[rows["value"].notna()].to_dict("records")
    ]
    if not told:
        return look.empty(
            _("No indicator is reported by enough members to publish a figure of the group."),
            _("What is missing, and from whom, stands below."),
        )
    heads = [
        *(_("Indicator"), _("Figure (year), how it is made"), _("Behind it")),
        *(_("Could be, had all reported"), _("Same States, then and now"), _("Status")),
    ]
    caption = _("Figures of {group} by each indicator's own rule").format(group=found.names[group])
    return look.table(caption, heads, told)


def _behind(row: dict[Any, Any]) -> str:
    return places.behind(row["n"], row["states"]) if row["states"] else _("entered for the group")


def _bounds(row: dict[Any, Any]) -> str:
    if not row["states"] or row["n"] == row["states"]:
        return "–"
    if math.isnan(row["low"]) and math.isnan(row["high"]):
        return _("anything: no natural limit")
    low = places.amount(row["low"], row["unit"], row["rule"])
    high = places.amount(row["high"], row["unit"], row["rule"])
    if math.isnan(row["high"]):
        return _("{low} or more").format(low=low)
    if math.isnan(row["low"]):
        return _("{high} or less").format(high=high)
    if row["rule"] == regions.SHARE:
        low = number(row["low"] * 100, 0)
    return _("{low} to {high}").format(low=low, high=high)


def _way(row: dict[Any, Any]) -> str:
    if math.isnan(row["base"]) or math.isnan(row["same"]) or not row["n_same"]:
        return _("too few report in both years")
    if row["base_year"] == row["year"]:
        return _("one year only")
    return _("{base} ({since}) → {value} ({until}), {n} States").format(
        base=places.amount(row["base"], row["unit"], row["rule"]),
        since=int(row["base_year"]),
        value=places.amount(row["same"], row["unit"], row["rule"]),
        until=int(row["year"]),
        n=number(row["n_same"]),
    )


def missing(found: Picture, rows: pd.DataFrame) -> look.Html:
    """Return which indicators have no figure of the group, and who is missing from each."""
    gone = rows[rows["value"].isna()]
    if gone.empty:
        return look.notice(_("Every indicator has a figure of the group."), tone="good")
    told = [
        (
            places.indicator(row),
            places.behind(row["n"], row["states"]),
            places.named(found, str(row["missing"]).split()) if row["n"] else _("all members"),
        )
        for row in gone.to_dict("records")
    ]
    heads = [_("Indicator"), _("At best reported by"), _("Missing then")]
    caption = plural(
        "{n} indicator lacks a figure: fewer report than the least share that may be published",
        "{n} indicators lack a figure: fewer report than the least share that may be published",
        len(gone),
    )
    return look.table(caption, heads, told)


def counts(found: Picture, group: str) -> pd.DataFrame:
    """Return how many series of members of each status each objective has."""
    names = dict(
        zip(found.plan.objectives["objective"], found.plan.objectives["title"], strict=True)
    )
    order = {code: place for place, code in enumerate(names)}
    table = regions.counts(found, group)
    table = table.sort_values("objective", key=lambda codes: codes.map(order), kind="stable")
    return table.assign(bar=table["objective"].map(names), n=table["count"])[["bar", "status", "n"]]


def bars(found: Picture, group: str, table: pd.DataFrame) -> go.Figure:
    """Draw the statuses of the members by objective."""
    title = f"{found.names[group]}: {overview.sentence(table)}"
    note = _("Core indicators; a series is one indicator in one member. The silent are counted.")
    return charts.status_bar.draw(
        table, **widgets.drawn(found, title, coverage=widgets.reported(table), note=note, half=True)
    )


# One indicator --------------------------------------------------------------------------------


def indicators(rows: pd.DataFrame) -> list[str]:
    """Return the indicators in the order in which they are offered: first those with a figure."""
    ordered = rows.assign(gone=rows["value"].isna(), late=rows["tier"].ne("core"))
    ordered = ordered.sort_values(["gone", "late"], kind="stable")
    return [str(code) for code in ordered["indicator"]]


def over_time(found: Picture, group: str, code: str) -> pd.DataFrame:
    """Return the yearly figures of a group, and of the same States."""
    return regions.over_time(found, group, code)


def _names(found: Picture, group: str, table: pd.DataFrame) -> dict[str, str]:
    same = table[table["group"].str.endswith(f" {regions.SAME}")]
    n = int(same["states"].iloc[0]) if len(same) else 0
    said = plural("The same {n} State", "The same {n} States", n)
    return {group: found.names[group], f"{group} {regions.SAME}": said}


def trend(found: Picture, group: str, text: IndicatorText, table: pd.DataFrame) -> go.Figure:
    """Draw the figures of a group over the years, the same States beside all that report."""
    aims = found.plan.targets[found.plan.targets["indicator"] == text.code]
    own = aims[aims["area"].isin(["", group])] if places.scale(table) == 1 else aims.iloc[:0]
    if table["rule"].isin(["sum"]).any():
        own = aims[aims["area"] == group]
    return charts.region_trend.draw(
        table,
        _names(found, group, table),
        targets=own,
        minimum=float(text.fields["min_coverage"]) or None,
        unit=places.unit_of(text, table),
        scale=places.scale(table),
        running=found.year,
        **widgets.drawn(
            found,
            trend_title(found, group, text, table),
            coverage=places.latest(found, table[table["group"] == group]),
            source=text.fields["source"],
            note=f"{_rule(table, text)} {places.running(found)}",
            half=True,
        ),
    )


def _rule(table: pd.DataFrame, text: IndicatorText) -> str:
    rules = table["rule"].unique()
    code = str(rules[0]) if len(rules) else str(text.fields["aggregation"])
    return f"{places.rule(code)}."


def trend_title(found: Picture, group: str, text: IndicatorText, table: pd.DataFrame) -> str:
    """Return in a sentence where the group stands, with who is behind it."""
    own = table[table["group"].eq(group) & table["is_publishable"] & table["value"].notna()]
    own = own[own["year"] < found.year] if (own["year"] < found.year).any() else own
    if own.empty:
        return _("{name}: too few members report to publish a figure").format(name=text.name)
    last = own.sort_values("year").iloc[-1]
    return _("{name}: {group} at {value} in {year}, {behind}").format(
        name=text.name,
        group=found.names[group],
        value=places.amount(float(last["value"]), str(text.fields["unit"]), str(last["rule"])),
        year=int(last["year"]),
        behind=places.behind(int(last["n"]), int(last["states"])),
    )


def trend_alt(found: Picture, group: str, text: IndicatorText, table: pd.DataFrame) -> str:
    """Say in one sentence what the lines show."""
    return charts.region_trend.alt(
        table,
        _names(found, group, table),
        unit=places.unit_of(text, table),
        scale=places.scale(table),
    )


def how_over_time(found: Picture, text: IndicatorText, table: pd.DataFrame) -> str:
    """Return how the lines come about."""
    return " ".join(
        [
            _rule(table, text),
            str(text.fields["aggregation_note"]),
            _(
                "The second line follows only the States that report at both ends: a moving set of "
                "reporters is the commonest false trend. It is a figure of these States, not of "
                "the group, which is shown from {share} of its States on."
            ).format(share=percent(float(text.fields["min_coverage"]))),
            places.running(found),
        ]
    )


def roads(found: Picture, group: str, code: str) -> pd.DataFrame:
    """Return the way of each member from its baseline to now."""
    return regions.roads(found, group, code)


def dumbbells(
    found: Picture, group: str, text: IndicatorText, table: pd.DataFrame, shown: int
) -> go.Figure:
    """Draw the ways of the first members of a table, each with its years."""
    told = int(table["value"].notna().sum())
    title = _("{name}: {n} of {of} members of {group} have a figure").format(
        name=text.name, n=number(told), of=number(len(table)), group=found.names[group]
    )
    rest = len(table) - shown
    note = plural("{n} more can be shown.", "{n} more can be shown.", rest) if rest > 0 else ""
    return charts.dumbbell.draw(
        table.head(shown),
        unit=places.unit(str(text.fields["unit"])),
        **widgets.drawn(
            found,
            title,
            coverage=widgets.covered(told, len(table), _("members")),
            source=text.fields["source"],
            note=f"{places.ways()} {note}".strip(),
            half=True,
        ),
    )


def values(table: pd.DataFrame) -> pd.DataFrame:
    """Return the latest values of the members as the picture of their spread takes them."""
    return table[["area", "name", "value", "year"]]


def spread(found: Picture, group: str, text: IndicatorText, table: pd.DataFrame) -> go.Figure:
    """Draw the latest value of every member as a dot."""
    aims = found.plan.targets[found.plan.targets["indicator"] == text.code]
    told = int(table["value"].notna().sum())
    title = _("{name} in {group}: latest values of {n} of {of} members").format(
        name=text.name, group=found.names[group], n=number(told), of=number(len(table))
    )
    return charts.spread.draw(
        values(table),
        targets=aims[aims["area"] == ""],
        unit=places.unit(str(text.fields["unit"])),
        levels=places.has_levels(text),
        **widgets.drawn(
            found,
            title,
            coverage=widgets.covered(told, len(table), _("members")),
            source=text.fields["source"],
            note=how_spread(table),
            half=True,
        ),
    )


def how_spread(table: pd.DataFrame) -> str:
    """Return what the dots are, and of which years."""
    known = table["year"].dropna()
    if known.empty:
        return _("No member has reported.")
    return _("Each dot is one member at its latest value, of {years}; each counts once.").format(
        years=places.years(float(known.min()), float(known.max()))
    )


# Members --------------------------------------------------------------------------------------


def members_table(found: Picture, belong: pd.DataFrame, past: pd.DataFrame) -> look.Html:
    """Return the members, each a link to its profile, with what it reports and how it does."""
    since = past[past["is_now"]].set_index("area")["since"].to_dict()
    is_dated = any(math.isfinite(day) for day in since.values())
    told = [
        (
            places.anchor(found, row["area"]),
            look.coverage(row["n"], row["expected"]),
            _("{n} of {of}").format(n=number(row["good"]), of=number(row["assessed"])),
            "–" if math.isnan(row["latest"]) else str(int(row["latest"])),
            *([_since(since.get(row["area"], -math.inf))] if is_dated else []),
        )
        for row in belong.to_dict("records")
    ]
    if not told:
        return look.empty(_("Nobody belongs to this group in the year shown."))
    heads = [
        *(_("Member"), _("Core indicators reported"), _("On track or met")),
        _("Newest figure is of"),
        *([_("Member since")] if is_dated else []),
    ]
    caption = plural("{n} member", "{n} members", len(belong))
    return look.table(caption, heads, told)


def _since(day: float) -> str:
    return str(int(day)) if math.isfinite(day) else _("before the plan")


def compared(found: Picture, group: str) -> dict[str, str]:
    """Return the choices that compare a group with what stands beside it."""
    kinds = dict(zip(found.plan.areas["area"], found.plan.areas["kind"], strict=True))
    same = [
        code
        for code in regions.offered(found)
        if kinds[code] == kinds[group] and code != group and kinds[code] == AreaKind.REGION.value
    ]
    return {"areas": ",".join([group, *same][:6] if same else [group, found.plan.scope])}
