"""What the page of an indicator shows: what it is, the world and its regions, every State."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts
from dashboard.i18n import _, breakdowns, listing, number, percent
from dashboard.i18n.labels import word
from dashboard.services import series as figures
from dashboard.services import views
from dashboard.services.measures import SHARE
from dashboard.services.texts import IndicatorText, PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import cached, look, places, series, visit, ways, widgets
from dashboard.ui.series import in_levels, unit
from dashboard.ui.ways import Crumb
from models import AreaKind

SIGNS: Final = {">=": "≥", "<=": "≤"}
SUM: Final = "sum"
PAGE: Final = 25
"""States that a page of the table shows."""
PANELS: Final = 3
"""Panels side by side where there is room; on a phone two."""


def head(text: IndicatorText) -> look.Html:
    """Return name and definition, with what sort of indicator it is."""
    tags = [
        look.tag(word("tier", text.fields["tier"])),
        look.tag(word("type", text.fields["type"])),
        look.tag(word("kind", text.fields["kind"])),
        look.tag(word("direction", text.fields["direction"])),
    ]
    who = _("Definition; custodian: {custodian}").format(custodian=text.fields["custodian"])
    return look.join([look.quote(text.fields["definition"], who), look.join(tags)])


def trail(words: PlanTexts, text: IndicatorText) -> list[Crumb]:
    """Return the way to an indicator: plan, objective, measure."""
    objective = words.objective(text.objective)
    steps = [
        Crumb(words.short_title, "plan"),
        Crumb(objective.title, "plan", {"objective": objective.code}),
    ]
    if text.measures:
        code = text.measures[0]
        steps.append(Crumb(f"{code} {words.measure(code).title}", "measure", {"measure": code}))
    return steps


def latest(found: Picture, code: str) -> pd.DataFrame:
    """Return the state of the indicator in every Member State, with how it moved."""
    return figures.latest(found, code)


def cards(found: Picture, text: IndicatorText, rows: pd.DataFrame) -> look.Html:
    """Return who reports, how they stand, and what the aim is."""
    tally = {str(status): int(n) for status, n in rows["status"].value_counts().items()}
    told = len(rows) - tally.get("no_data", 0)
    aims = found.plan.targets
    aims = aims[(aims["indicator"] == text.code) & ~aims["is_interim"]]
    own = aims[aims["area"].isin(["", found.plan.scope])]
    items = [
        look.card(_("Member States reporting"), number(told), foot=look.coverage(told, len(rows))),
        look.card(_("How they stand"), number(told), foot=look.strip(tally)),
    ]
    if own.empty:
        items.append(look.card(_("Target"), _("none set"), detail=_("no verdict without a road")))
    else:
        aim = own.iloc[0]
        said = f"{SIGNS.get(aim['operator'], '')} {number(aim['value'])}"
        items.append(
            look.card(
                _("Target by {year}").format(year=aim["year"]),
                said.strip(),
                unit=text.fields["unit"],
                foot=look.tag(
                    word("target_status", aim["status"]),
                    "warn" if aim["status"] == "proposed" else "good",
                ),
            )
        )
    return look.cards(items)


def is_national(text: IndicatorText) -> bool:
    """Say whether the indicator is asked of States at all."""
    return "national" in {str(level) for level in text.fields["levels"]}


def pick_region(found: Picture) -> str:
    """Let the visitor see the States of one region alone."""
    offered = views.groups(found, AreaKind.REGION, AreaKind.SUBREGION)
    return widgets.pick_area(found, offered, _("Only States of"), index=None, name="within") or ""


def pick_groups(found: Picture) -> list[str]:
    """Let the visitor choose a region or group to stand beside the world."""
    offered = views.groups(found, AreaKind.REGION, AreaKind.SUBREGION, AreaKind.GROUP)
    picked = widgets.pick_area(found, offered, _("Beside the world"), index=None, name="group")
    return [found.plan.scope, *([picked] if picked else [])]


def aggregates(found: Picture, code: str, groups: list[str]) -> pd.DataFrame:
    """Return the yearly figures of groups, with who stands behind them."""
    names = found.names
    table = views.aggregates(found, code, groups)
    table = table[table["year"] <= found.year]
    return table.assign(name=table["group"].map(names))


def _scale(table: pd.DataFrame) -> float:
    shares = table["rule"].isin(["share_meeting"]).any()
    return 100.0 if shares else 1.0


def _group_unit(text: IndicatorText, table: pd.DataFrame) -> str:
    return "%" if _scale(table) > 1 else unit(text)


def regions(found: Picture, text: IndicatorText, table: pd.DataFrame) -> go.Figure:
    """Draw the figures of groups over the years, n of N with each; the running year apart."""
    aims = found.plan.targets[found.plan.targets["indicator"] == text.code]
    own = aims[aims["area"].isin(["", found.plan.scope])] if _scale(table) == 1 else aims.iloc[:0]
    own = own if not table["rule"].eq(SUM).any() else own[own["area"] != ""]
    names = found.names
    open_year = running(found, table)
    whole = table[(table["year"] < open_year) & table["is_publishable"]]
    rule = word("aggregation", text.fields["aggregation_global"])
    return charts.region_trend.draw(
        table,
        names,
        targets=own,
        minimum=float(text.fields["min_coverage"]) or None,
        unit=_group_unit(text, table).strip(),
        scale=_scale(table),
        running=open_year if len(whole) else None,
        **widgets.drawn(
            found,
            regions_title(found, text, table),
            coverage=places.latest(found, table[table["group"] == found.plan.scope]),
            source=text.fields["source"],
            note=f"{rule}. {could_be(found, text, table)}".strip(),
            half=True,
        ),
    )


def regions_title(found: Picture, text: IndicatorText, table: pd.DataFrame) -> str:
    """Return what the figure of the world is and how it moved, in a sentence."""
    own = table[(table["group"] == found.plan.scope) & table["is_publishable"]]
    own = own[own["value"].notna() & (own["year"] < running(found, table))]
    own = own.sort_values("year")
    name = found.names.get(found.plan.scope, _("World"))
    if own.empty:
        return _("{name}: too few States report to publish a figure").format(name=name)
    scale, said = _scale(table), _group_unit(text, table).strip()
    first, last = own.iloc[0], own.iloc[-1]
    words = {
        "name": name,
        "last": charts.theme.amount(float(last["value"]) * scale, said),
        "until": int(last["year"]),
        "first": charts.theme.amount(float(first["value"]) * scale, said),
        "since": int(first["year"]),
        "n": number(last["n"]),
        "of": number(last["states"]),
    }
    if not last["states"]:  # entered for the group itself
        return _("{name}: {last} in {until}").format(**words)
    if first["year"] == last["year"]:
        return _("{name}: {last} in {until}, from {n} of {of} States").format(**words)
    return _("{name}: {last} in {until}, from {n} of {of} States; {first} in {since}").format(
        **words
    )


def could_be(found: Picture, text: IndicatorText, table: pd.DataFrame) -> str:
    """Return between what the latest figure of the world would lie had everybody reported."""
    own = table[(table["group"] == found.plan.scope) & table["is_publishable"]]
    own = own[own["value"].notna() & (own["year"] < running(found, table))].sort_values("year")
    if own.empty or own[["low", "high"]].iloc[-1].isna().any():
        return ""
    last, scale, said = own.iloc[-1], _scale(table), _group_unit(text, table).strip()
    if last["n"] == last["states"]:
        return ""
    return _("Had all States reported for {year}, it could be from {low} to {high}.").format(
        year=int(last["year"]),
        low=charts.theme.amount(float(last["low"]) * scale, said),
        high=charts.theme.amount(float(last["high"]) * scale, said),
    )


def running(found: Picture, table: pd.DataFrame) -> int:
    """Return the first year for which reports are still coming in.

    It is the year that is not over, and the year before it as long as fewer than half as many
    States have reported for it as for the year before that.
    """
    own = table[table["group"] == found.plan.scope]
    own = own if len(own) else table
    told = own.groupby("year")["n"].sum()
    last, before = (int(told.get(found.year - back, 0)) for back in (1, 2))
    return found.year - 1 if before and last * 2 < before else found.year


def regions_alt(found: Picture, text: IndicatorText, table: pd.DataFrame) -> str:
    """Say in one sentence what the figures of groups are, the running year left aside."""
    whole = table[table["year"] < running(found, table)]
    return charts.region_trend.alt(
        whole if len(whole) else table,
        found.names,
        unit=_group_unit(text, table).strip(),
        scale=_scale(table),
    )


def how_aggregated(text: IndicatorText, found: Picture) -> str:
    """Return how States become a region, from which coverage on it is shown, and the open year."""
    parts = [
        f"{word('aggregation', text.fields['aggregation'])}.",
        text.fields["aggregation_note"],
        _("Shown from {share} of States reporting; missing States are named in the table.").format(
            share=percent(float(text.fields["min_coverage"]))
        ),
        _(
            "The year {year} is not over, and the year before counts as open while fewer than half "
            "as many States have reported for it as for the one before: both stand apart."
        ).format(year=found.year),
    ]
    return " ".join(part for part in parts if part)


# A panel for each region -------------------------------------------------------------------------


def panel_groups(found: Picture, *, fine: bool) -> list[str]:
    """Return the regions, or subregions, that get a panel."""
    return views.groups(found, AreaKind.SUBREGION if fine else AreaKind.REGION)


def panels(found: Picture, code: str, groups: list[str]) -> pd.DataFrame:
    """Return the aggregates of regions in panels, with n of N and who is missing."""
    return aggregates(found, code, groups)


def lines(table: pd.DataFrame) -> pd.DataFrame:
    """Return the publishable figures of groups as lines."""
    shown = (table["value"] * _scale(table)).where(table["is_publishable"])
    return table.assign(area=table["group"], value=shown, flags=0)[
        ["area", "name", "year", "value", "flags"]
    ]


def crowd(found: Picture, text: IndicatorText, table: pd.DataFrame) -> pd.DataFrame | None:
    """Return the States behind each panel, where their values are on the scale of the region."""
    if table["rule"].isin([SHARE, SUM]).any() or in_levels(text):
        return None
    members = found.plan.memberships
    members = members[
        members["group"].isin(table["group"].unique())
        & (members["since"] <= found.year)
        & (members["until"] > found.year)
    ]
    own = charts.slices.series(
        found.plan, text.code, members["area"].unique().tolist(), until=found.year - 1
    )
    return own.merge(members[["group", "area"]].rename(columns={"group": "panel"}), on="area")


def by_region(found: Picture, text: IndicatorText, table: pd.DataFrame) -> go.Figure:
    """Draw a small panel for each region, its States in grey behind."""
    behind = crowd(found, text, table)
    world_table = aggregates(found, text.code, [found.plan.scope])
    open_year = running(found, world_table)
    world = lines(world_table)
    last = table[(table["year"] < open_year) & table["is_publishable"]]
    last = last.sort_values("year").drop_duplicates("group", keep="last")
    details = {
        row["group"]: _("{n} of {of} States").format(n=number(row["n"]), of=number(row["states"]))
        for row in last.to_dict("records")
    }
    told = last["group"].nunique()
    title = _("{name}: {n} of {of} regions have enough reports for a figure").format(
        name=text.name, n=number(told), of=number(table["group"].nunique())
    )
    drawn = widgets.drawn(
        found,
        title,
        coverage=widgets.covered(told, table["group"].nunique(), _("regions")),
        source=text.fields["source"],
        note=f"{word('aggregation', text.fields['aggregation'])}.",
    )
    return charts.small_multiples.draw(
        lines(table),
        behind=world[world["year"] < open_year],
        crowd=behind,
        unit=_group_unit(text, table).strip(),
        columns=2 if drawn.get("width", 0) <= charts.theme.NARROW else PANELS,
        running=open_year,
        details=details,
        silent_as=_("Too few States report"),
        **drawn,
    )


def how_panels(text: IndicatorText, found: Picture) -> str:
    """Return what the panels show."""
    return (
        _(
            "Each panel is one region on the same two axes; grey behind it are the world and, "
            "where their values are of the same kind, its States: as lines up to {n}, else as the "
            "band of their middle half."
        ).format(n=number(charts.small_multiples.CROWD))
        + " "
        + how_aggregated(text, found)
    )


# Every State -------------------------------------------------------------------------------------


def orders(text: IndicatorText) -> dict[str, str]:
    """Return how the table of States can be sorted; context alone is never put into a rank."""
    plain = {"name": _("Name"), "region": _("Region"), "year": _("Newest figure")}
    if text.fields["direction"] == "none":
        return plain
    return plain | {
        "value": _("Highest value"),
        "low": _("Lowest value"),
        "change": _("Largest change"),
        "status": _("Status"),
    }


def pick_order(text: IndicatorText) -> str:
    """Let the visitor choose how the table of States is sorted."""
    offered = orders(text)
    picked = widgets.choose(_("Sorted by"), list(offered), name="sort", show=offered.__getitem__)
    return picked or "name"


def arranged(found: Picture, rows: pd.DataFrame, order: str, region: str) -> pd.DataFrame:
    """Return the States of a region, or all, in the order asked for; the silent ones last."""
    names = found.names
    table = rows if not region else rows[rows["region"].eq(region) | rows["subregion"].eq(region)]
    table = table.assign(region_name=table["region"].map(names).fillna(""))
    place = {status: at for at, status in enumerate(charts.palette.ORDER)}
    keys = {
        "name": (table["name"], True),
        "region": (table["region_name"], True),
        "year": (table["year"], False),
        "value": (table["value"], False),
        "low": (table["value"], True),
        "change": (table["change"].abs(), False),
        "status": (table["status"].map(place), True),
    }
    by, ascending = keys[order]
    sorted_ = table.assign(by=by).sort_values(
        ["by", "name"], ascending=[ascending, True], na_position="last", kind="stable"
    )
    return sorted_.drop(columns="by").reset_index(drop=True)


def pages(rows: pd.DataFrame) -> int:
    """Return on how many pages the States stand."""
    return max(1, -(-len(rows) // PAGE))


def leaf(rows: pd.DataFrame, page: int) -> pd.DataFrame:
    """Return the States of one page, counted from 1."""
    return rows.iloc[(page - 1) * PAGE : page * PAGE]


def sources(found: Picture, code: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return source and period of the latest figures of a few States."""
    known = rows[rows["value"].notna()]
    if known.empty:
        return pd.DataFrame(columns=["area", "year", "period", "source", "status"])
    span = (int(known["year"].min()), int(known["year"].max()))
    with visit.read() as session:
        table = figures.figures(
            session, found, code, tuple(known["area"]), cells=(breakdowns.TOTAL,), years=span
        )
    last = table.sort_values("period", kind="stable").drop_duplicates(["area", "year"], keep="last")
    return last[["area", "year", "period", "source", "status"]]


def states(text: IndicatorText, rows: pd.DataFrame, told: pd.DataFrame) -> look.Html:
    """Return a page of States: value, year, status, change, source, each value a link."""
    known = told.rename(columns={"status": "reported_as"})
    both = rows.merge(known, on=["area", "year"], how="left")
    lines_ = [
        (
            look.anchor(row["name"], ways.address("country", area=row["area"])),
            _latest(text, row),
            str(int(row["year"])) if pd.notna(row["year"]) else "–",
            look.chip(row["status"]),
            _change(text, row),
            _source(row),
        )
        for row in both.to_dict("records")
    ]
    heads = [_("State"), _("Latest value"), _("Year"), _("Status"), _("Change"), _("Source")]
    return look.table(series.captioned(text, _("Latest values")), heads, lines_, numeric={1, 2, 4})


def _latest(text: IndicatorText, row: dict[object, object]) -> str:
    own = {str(name): cell for name, cell in row.items()}
    if pd.isna(own["value"]):  # type: ignore[call-overload]
        return "–"
    said = series.shown(text, float(str(own["value"])), bare=True)
    if not isinstance(own["period"], str):
        return said
    where = {"indicator": text.code, "area": str(own["area"]), "period": own["period"]}
    return look.anchor(said, ways.address("value", **where))


def _change(text: IndicatorText, row: dict[object, object]) -> str:
    own = {str(name): cell for name, cell in row.items()}
    if pd.isna(own["change"]):  # type: ignore[call-overload]
        return "–"
    change = float(str(own["change"]))
    sign = "+" if change > 0 else "±" if change == 0 else "−"
    points = _(" points") if unit(text) == "%" else ""
    return _("{change} since {year}").format(
        change=f"{sign}{number(abs(change), 2)}{points}", year=int(float(str(own["previous_year"])))
    )


def _source(row: dict[object, object]) -> str:
    own = {str(name): cell for name, cell in row.items()}
    said = str(own["source"]) if isinstance(own["source"], str) and own["source"] else "–"
    if not isinstance(own["reported_as"], str) or own["reported_as"] == "A":
        return said
    return f"{word('observation_status', own['reported_as'])}. {said}"


def shown_of(rows: pd.DataFrame) -> str:
    """Return how many of how many States have a figure."""
    told = int(rows["value"].notna().sum())
    return _("{n} of {of} States have a figure; those without one stand last.").format(
        n=number(told), of=number(len(rows))
    )


def awaited(found: Picture, code: str) -> str:
    """Return from whom an indicator is awaited that nobody has reported."""
    row = found.plan.indicators.set_index("indicator").loc[code]
    if not row["national"]:
        return _("It is awaited at the level of regions or the world, not from States.")
    members = int(found.plan.areas["is_member"].sum())
    return _("It is awaited from {n} Member States.").format(n=number(members))


def pick_area(found: Picture, code: str) -> str:
    """Let the visitor choose an area that has values of this indicator; empty where none has."""
    offered = cached.kept("reporting", lambda: _reporting(found, code), code, *found.key)
    if not offered:
        st.html(look.empty(_("No area has reported this indicator yet."), awaited(found, code)))
        return ""
    return widgets.pick_area(found, offered, _("Area")) or offered[0]


def _reporting(found: Picture, code: str) -> list[str]:
    known = set(found.progress.loc[found.progress["indicator"] == code, "area"])
    return [str(area) for area in found.plan.areas["area"] if area in known]


def values(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the latest values as the spread takes them."""
    return rows[["area", "name", "value", "year"]]


def how_spread() -> str:
    """Return what the dots are."""
    return _("Each dot is one Member State at its latest value; years may differ.")


def spread(found: Picture, text: IndicatorText, rows: pd.DataFrame, area: str) -> go.Figure:
    """Draw the latest value of every State as a dot."""
    aims = found.plan.targets[found.plan.targets["indicator"] == text.code]
    told = int(rows["value"].notna().sum())
    title = _("{name}: latest values of {n} of {of} States").format(
        name=text.name, n=number(told), of=number(len(rows))
    )
    return charts.spread.draw(
        values(rows),
        highlight=area,
        targets=aims[aims["area"] == ""],
        unit=unit(text).strip(),
        levels=in_levels(text),
        **widgets.drawn(
            found,
            title,
            coverage=widgets.covered(told, len(rows), _("States")),
            source=text.fields["source"],
            note=how_spread(),
            half=True,
        ),
    )


def _weight(fields: Mapping[str, Any]) -> str:
    if "weighted_mean" not in {fields["aggregation"], fields["aggregation_global"]}:
        return _("nothing: each State counts once")
    if not fields["aggregation_weight"]:
        return _("population")
    return _("{weight}; population where the record holds none of it").format(
        weight=str(fields["aggregation_weight"]).replace("_", " ")
    )


def sheet(words: PlanTexts, text: IndicatorText) -> look.Html:
    """Return the metadata of an indicator, every code spelled out."""
    fields = text.fields
    served = [
        look.anchor(f"{code} {words.measure(code).title}", ways.address("measure", measure=code))
        for code in text.measures
    ]
    levels_ = [word("level", level) for level in fields["levels"]]
    broken = [breakdowns.dimension(str(code)) for code in fields["disaggregations"]]
    others = [str(one) for one in fields["source_alternatives"]]
    limits = [
        _("from {low}").format(low=number(fields["lower"])) if fields["lower"] is not None else "",
        _("to {high}").format(high=number(fields["upper"])) if fields["upper"] is not None else "",
    ]
    facts = [
        (_("Measures"), look.join(served, "; ")),
        (_("Type (OHCHR framework)"), kind_of(fields["type"])),
        (_("Tier"), tier_of(fields["tier"])),
        (_("Kind of figure"), word("kind", fields["kind"])),
        (_("Direction"), word("direction", fields["direction"])),
        (_("On the direction"), fields["direction_note"] or "–"),
        (_("Unit of measure"), fields["unit"]),
        (_("Possible values"), " ".join(one for one in limits if one) or _("no natural limits")),
        (_("Numerator"), fields["numerator"] or "–"),
        (_("Denominator"), fields["denominator"] or "–"),
        (_("Broken down"), "; ".join(broken) or _("not broken down")),
        (_("Reported at level"), listing(levels_)),
        (_("Entered"), word("entry_mode", fields["entry_mode"])),
        (_("Asked for"), word("frequency", fields["frequency"])),
        (_("From States to a region"), word("aggregation", fields["aggregation"])),
        (_("From States to the world"), word("aggregation", fields["aggregation_global"])),
        (_("Weighted by"), _weight(fields)),
        (_("On the aggregation"), fields["aggregation_note"] or "–"),
        (_("Least coverage to publish"), percent(float(fields["min_coverage"]))),
        (_("Source"), fields["source"]),
        (_("Where else it may be found"), "; ".join(others) or "–"),
        (_("Custodian"), fields["custodian"]),
        (_("Sustainable Development Goal indicator"), fields["sdg_indicator"] or "–"),
        (_("Target"), aims(words, text)),
        (
            _("Small numbers"),
            _("counts from 1 to {n} are withheld").format(n=fields["min_cell"] - 1)
            if fields["min_cell"]
            else _("shown"),
        ),
    ]
    return look.facts(facts)


def aims(words: PlanTexts, text: IndicatorText) -> str:
    """Return when a value counts as meeting the condition, where the indicator says so."""
    meets = text.fields["meets_value"]
    if meets is None:
        return _("as set for each area; see the charts")
    sign = SIGNS.get(str(text.fields["meets_operator"]), "=")
    return _("a State meets it at {sign} {value}").format(
        sign=sign, value=series.shown(text, float(meets))
    )


def kind_of(code: str) -> str:
    """Return what an indicator of this type shows, after the OHCHR framework."""
    meaning = {
        "structure": _("commitments, laws and institutions"),
        "process": _("efforts, resources and activities"),
        "outcome": _("what people enjoy or suffer"),
    }.get(str(code), "")
    return f"{word('type', code)}: {meaning}" if meaning else word("type", code)


def tier_of(code: str) -> str:
    """Return who is asked for an indicator of this tier."""
    meaning = {
        "core": _("asked of every State"),
        "standard": _("asked where data exist"),
        "optional": _("for whoever chooses it"),
    }.get(str(code), "")
    return f"{word('tier', code)}: {meaning}" if meaning else word("tier", code)


def levels(text: IndicatorText) -> list[look.Html]:
    """Return the levels of the scale with their texts, and the criteria of a checklist."""
    pieces = []
    if text.levels:
        rows = [(str(level.value), level.label, level.meaning) for level in text.levels]
        pieces.append(look.table(_("Levels"), [_("Level"), _("Name"), _("When it applies")], rows))
    if text.criteria:
        rows = [(str(place), said, "") for place, said in enumerate(text.criteria, start=1)]
        pieces.append(look.table(_("Criteria, one point each"), ["", _("Criterion"), ""], rows))
    return pieces
