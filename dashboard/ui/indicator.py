"""What the page of an indicator shows."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts
from dashboard.i18n import _, date, listing, number, percent
from dashboard.i18n.labels import word
from dashboard.services import review, views
from dashboard.services.texts import IndicatorText, PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import look, visit, widgets
from models import AreaKind, Kind

SIGNS = {">=": "≥", "<=": "≤"}


def head(text: IndicatorText) -> look.Html:
    """Return name and definition, with what sort of indicator it is."""
    tags = [
        look.tag(word("tier", text.fields["tier"])),
        look.tag(word("type", text.fields["type"])),
        look.tag(word("kind", text.fields["kind"])),
        look.tag(word("direction", text.fields["direction"])),
    ]
    title = f"{text.code}  {text.name}"
    return look.join([look.quote(text.fields["definition"], title), look.join(tags)])


def unit(text: IndicatorText) -> str:
    """Return the unit as it stands behind a number: nothing for levels, which are told in words."""
    said = str(text.fields["unit"])
    return "" if said.startswith(("level", "0/1")) else f" {said}" if said != "%" else "%"


def in_levels(text: IndicatorText) -> bool:
    """Say whether the values are levels, between which there is no road."""
    return text.fields["kind"] in {Kind.ORDINAL, Kind.BINARY}


def latest(found: Picture, code: str) -> pd.DataFrame:
    """Return the state of the indicator in every Member State."""
    return views.latest(found, code)


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
    """Draw the figures of groups over the years, n of N with each."""
    aims = found.plan.targets[found.plan.targets["indicator"] == text.code]
    own = aims[aims["area"].isin([""])] if _scale(table) == 1 else aims.iloc[:0]
    names = found.names
    title = _("{name}: world and regions").format(name=text.name)
    return charts.region_trend.draw(
        table,
        names,
        targets=own,
        minimum=float(text.fields["min_coverage"]) or None,
        unit=_group_unit(text, table),
        scale=_scale(table),
        **widgets.drawn(
            found,
            title,
            source=text.fields["source"],
            note=word("aggregation", text.fields["aggregation_global"]),
            half=True,
        ),
    )


def regions_alt(found: Picture, text: IndicatorText, table: pd.DataFrame) -> str:
    """Say in one sentence what the figures of groups are."""
    return charts.region_trend.alt(
        table, found.names, unit=_group_unit(text, table), scale=_scale(table)
    )


def how_aggregated(text: IndicatorText) -> str:
    """Return how States become a region, and from which coverage on it is shown."""
    parts = [
        f"{word('aggregation', text.fields['aggregation'])}.",
        text.fields["aggregation_note"],
        _("Shown from {share} of States reporting; missing States are named in the table.").format(
            share=percent(float(text.fields["min_coverage"]))
        ),
    ]
    return " ".join(part for part in parts if part)


def pick_area(found: Picture, code: str) -> str:
    """Let the visitor choose an area that has values of this indicator; empty where none has."""
    known = set(found.progress.loc[found.progress["indicator"] == code, "area"])
    offered = [str(area) for area in found.plan.areas["area"] if area in known]
    if not offered:
        st.html(look.empty(_("No area has reported this indicator yet.")))
        return ""
    return widgets.pick_area(found, offered, _("Area")) or offered[0]


def series(found: Picture, code: str, area: str) -> pd.DataFrame:
    """Return the yearly values of one area."""
    return charts.slices.series(found.plan, code, [area], until=found.year)


def trend(
    found: Picture, text: IndicatorText, area: str, table: pd.DataFrame, *, half: bool = False
) -> go.Figure:
    """Draw the values of one area with its baseline, target and milestones."""
    own = found.progress[
        (found.progress["area"] == area) & (found.progress["indicator"] == text.code)
    ].iloc[0]
    base = None
    if pd.notna(own["base"]) and pd.notna(own["base_year"]):
        base = charts.trend.Base(int(own["base_year"]), float(own["base"]))
    title = charts.trend.sentence(table, unit=unit(text))
    return charts.trend.draw(
        table,
        targets=targets(found, text.code, area),
        base=base,
        unit=unit(text),
        levels=in_levels(text),
        **widgets.drawn(found, title, source=text.fields["source"], half=half),
    )


def targets(found: Picture, code: str, area: str) -> pd.DataFrame:
    """Return the targets that hold for an area: its own where it has one, else those for each."""
    aims = found.plan.targets[found.plan.targets["indicator"] == code]
    own = aims[aims["area"] == area]
    return own if not own.empty else aims[aims["area"] == ""]


def revisions(found: Picture, code: str, area: str) -> look.Html:
    """Return every step of every figure of a series that this visitor may see."""
    with visit.read() as session:
        table = review.history(
            session, visit.who(), plan=found.plan.plan, area=area, indicator=code
        )
    table = table[table["at"] <= widgets.as_of(found)]
    if table.empty:
        return look.empty(_("No figure of this series has been accepted."))
    rows = [
        (
            row["ref"],
            row["period"],
            _value(row),
            look.state(str(row["after"])),
            date(row["at"]),
            row["source"],
            row["step_note"] or row["note"] or "–",
        )
        for row in table.head(120).to_dict("records")
    ]
    heads = [
        *(_("Number"), _("Period"), _("Value"), _("State"), _("Since"), _("Source"), _("Note")),
    ]
    return look.table(_("Figures and their steps, newest first"), heads, rows, numeric={2})


def _value(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["value"]):
        status = word("observation_status", str(row["status"]))
        return f"{status}: {row['missing_reason'] or row.get('text', '')}".rstrip(": ")
    return f"{row['qualifier']}{number(row['value'], 4)}"


def values(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the latest values as the spread takes them."""
    return rows[["area", "name", "value", "year"]]


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
        unit=unit(text),
        levels=in_levels(text),
        **widgets.drawn(found, title, source=text.fields["source"], half=True),
    )


def sheet(words: PlanTexts, text: IndicatorText) -> look.Html:
    """Return the metadata of an indicator."""
    fields = text.fields
    measures = [f"{code} {words.measure(code).title}" for code in text.measures]
    levels = [word("level", level) for level in fields["levels"]]
    facts = [
        (_("Measures"), listing(measures)),
        (_("Unit of measure"), fields["unit"]),
        (_("Numerator"), fields["numerator"] or "–"),
        (_("Denominator"), fields["denominator"] or "–"),
        (_("Broken down by"), listing([str(code) for code in fields["disaggregations"]])),
        (_("Reported at level"), listing(levels)),
        (_("Entered"), word("entry_mode", fields["entry_mode"])),
        (_("Asked for"), word("frequency", fields["frequency"])),
        (_("To a region"), word("aggregation", fields["aggregation"])),
        (_("To the world"), word("aggregation", fields["aggregation_global"])),
        (_("Source"), fields["source"]),
        (_("Custodian"), fields["custodian"]),
        (_("Sustainable Development Goal indicator"), fields["sdg_indicator"] or "–"),
        (
            _("Small numbers"),
            _("cells from 1 to {n} are not shown").format(n=fields["min_cell"] - 1)
            if fields["min_cell"]
            else _("shown"),
        ),
        (_("On the direction"), fields["direction_note"] or "–"),
    ]
    return look.facts(facts)


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
