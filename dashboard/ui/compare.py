"""What the comparison shows: two to six areas side by side, and which differences mean anything."""

import math
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts
from dashboard.i18n import _, listing, number
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import comparisons, regions
from dashboard.services.comparisons import FEWEST, MOST
from dashboard.services.texts import IndicatorText, PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import cached, frame, look, places, widgets
from models import AreaKind

AREAS: Final = "areas"
_KEY: Final = "choose_areas"
_WHOLE: Final = ""


def pick(found: Picture) -> list[str]:
    """Let the visitor choose two to six areas, and keep them in the address: `areas=KEN,UGA`.

    An address may name others than the list knows: these are dropped, and so is what is too much.
    """
    offered = cached.kept("comparable", lambda: _offered(found), *found.key)
    given = _given(found, offered)
    is_new = _is_new(given)
    if _KEY not in st.session_state or (given and is_new):
        st.session_state[_KEY] = given or _first(found)
    known = set(offered)
    st.session_state[_KEY] = [code for code in st.session_state[_KEY] if code in known]
    names = found.names

    def remember() -> None:
        picked = st.session_state.get(_KEY) or []
        st.query_params[AREAS] = ",".join(picked)

    picked: list[str] = st.multiselect(
        _("Areas to compare, two to six"),
        offered,
        key=_KEY,
        format_func=lambda code: names.get(code, code),
        max_selections=MOST,
        on_change=remember,
        placeholder=_("Countries, regions, groups"),
    )
    frame.note(AREAS, ",".join(picked))
    return picked


def _offered(found: Picture) -> list[str]:
    groups = regions.offered(found)
    areas = found.plan.areas
    states = areas[areas["kind"].isin([AreaKind.STATE.value, AreaKind.OBSERVER.value])]
    others = areas[areas["area"].isin(found.progress["area"]) & ~areas["area"].isin(groups)]
    return [*groups, *dict.fromkeys([*map(str, states["area"]), *map(str, others["area"])])]


def _given(found: Picture, offered: Sequence[str]) -> list[str]:
    words = [word.strip() for word in st.query_params.get(AREAS, "").split(",")]
    known = set(offered)
    wanted = [word for word in dict.fromkeys(words) if word]
    picked = [word for word in wanted if word in known]
    lost = [word for word in wanted if word not in known]
    if lost:
        st.warning(_("The record knows no area {codes}.").format(codes=listing(lost)))
    if len(picked) > MOST:
        st.warning(
            _("{n} areas are too many to read side by side; the first {most} are shown.").format(
                n=number(len(picked)), most=number(MOST)
            )
        )
    return picked[:MOST]


def _is_new(given: Sequence[str]) -> bool:
    """Say whether the address names other areas than a moment ago."""
    before = st.session_state.get("seen_areas")
    st.session_state["seen_areas"] = list(given)
    return before != list(given)


def _first(found: Picture) -> list[str]:
    """Return what stands side by side before anybody chose: the regions of the world."""
    areas = found.plan.areas
    shown = areas.loc[areas["kind"] == AreaKind.REGION.value, "area"]
    known = [code for code in regions.offered(found) if code in set(shown)]
    return known[:MOST] if len(known) >= FEWEST else regions.offered(found)[:FEWEST]


def pick_view(words: PlanTexts) -> str:
    """Let the visitor choose the whole plan, which is empty, or one indicator."""
    titles = {text.code: f"{text.code}  {text.name}" for text in words.indicators}
    picked = widgets.choose(
        _("The whole plan, or one indicator"),
        list(titles),
        name=widgets.INDICATOR,
        show=titles.__getitem__,
        index=None,
        placeholder=_("The whole plan"),
    )
    return picked or _WHOLE


def pick_objective(words: PlanTexts) -> str:
    """Let the visitor narrow the table to one objective; empty for all."""
    titles = {entry.code: f"{entry.code}  {entry.title}" for entry in words.objectives}
    picked = widgets.choose(
        _("Objective"),
        list(titles),
        name="objective",
        show=titles.__getitem__,
        index=None,
        placeholder=_("All objectives"),
    )
    return picked or ""


def table(found: Picture, areas: Sequence[str]) -> pd.DataFrame:
    """Return the figures of the areas on every indicator."""
    return comparisons.table(found, areas)


def differences(found: Picture, compared: pd.DataFrame) -> pd.DataFrame:
    """Return what is to be said of each difference."""
    return comparisons.differences(found, compared)


def medians(found: Picture) -> pd.DataFrame:
    """Return the median of all Member States."""
    return comparisons.medians(found)


# The whole plan -------------------------------------------------------------------------------


def counts(found: Picture, areas: Sequence[str]) -> pd.DataFrame:
    """Return how many series of each status each area has, as the bars take them."""
    rows = comparisons.statuses(found, areas)
    names = found.names
    return rows.assign(bar=rows["area"].map(lambda code: _bar(found, code, names)))[
        ["bar", "status", "n"]
    ]


def _bar(found: Picture, code: str, names: dict[str, str]) -> str:
    if places.is_state(found, code):
        return names[code]
    return _("{group}: series of its members").format(group=names[code])


def bars(found: Picture, areas: Sequence[str], counted: pd.DataFrame) -> go.Figure:
    """Draw the statuses of the areas under one another."""
    names = found.names
    title = _("{areas} on the core of the plan").format(areas=listing([names[a] for a in areas]))
    note = _("Core indicators, each filling the width; what is not reported is counted.")
    return charts.status_bar.draw(
        counted, **widgets.drawn(found, title, coverage=widgets.reported(counted), note=note)
    )


def whole(
    found: Picture,
    areas: Sequence[str],
    compared: pd.DataFrame,
    said: pd.DataFrame,
    objective: str,
) -> look.Html:
    """Return every indicator that any of the areas reports, with the year of each value."""
    facts = found.plan.indicators.set_index("indicator")
    shown = facts[facts["objective"] == objective] if objective else facts
    told = compared[compared["value"].notna()]["indicator"]
    codes = [code for code in shown.index if code in set(told)]
    silent = len(shown) - len(codes)
    if not codes:
        return look.empty(_("None of these areas has reported an indicator shown here."))
    middle = medians(found).set_index("indicator")
    cells = {(str(row["area"]), str(row["indicator"])): row for row in compared.to_dict("records")}
    verdicts = said.set_index("indicator")
    rows = [
        (
            places.indicator({"indicator": code, "name": facts.loc[code, "name"]}),
            *(_cell(cells[area, code], str(facts.loc[code, "unit"])) for area in areas),
            _middle(middle, code, str(facts.loc[code, "unit"])),
            _verdict(found, verdicts.loc[code], str(facts.loc[code, "unit"]), cells),
        )
        for code in codes
    ]
    heads = [
        _("Indicator"),
        *(places.anchor(found, area) for area in areas),
        _("Median of all States"),
        _("Does the difference mean anything?"),
    ]
    caption = _(
        "Every value with its year; {n} indicators that none of them reports are left out"
    ).format(n=number(silent))
    return look.table(caption, heads, rows)


def _cell(row: dict[Any, Any], unit: str) -> look.Html:
    """Return a value with its year, who is behind it, and its status."""
    if math.isnan(row["value"]):
        behind = places.behind(row["n"], row["states"]) if row["states"] else ""
        return look.join([look.chip(row["status"]), look.Html("<br>"), behind])
    said = places.dated(row["value"], row["year"], unit, row["rule"])
    small = ""
    if row["states"]:
        small = f"{places.behind(row['n'], row['states'])}; {places.rule(row['rule'])}"
    return look.join([places.under(said, small), look.chip(row["status"])])


def _middle(middle: pd.DataFrame, code: str, unit: str) -> str:
    if code not in middle.index or math.isnan(float(middle.loc[code, "median"])):  # type: ignore[arg-type]
        return "–"
    row = middle.loc[code].to_dict()
    return _("{value} ({n} of {of}, {years})").format(
        value=places.amount(row["median"], unit),
        n=number(row["n"]),
        of=number(row["of"]),
        years=places.years(row["since"], row["until"]),
    )


def _verdict(found: Picture, row: Any, unit: str, cells: dict[Any, Any]) -> look.Html:
    """Return whether a difference means anything, and what speaks against it."""
    names = found.names
    reasons = [reason_words()[word] for word in str(row["reasons"]).split()]
    if row["verdict"] == "missing":
        text = _("Nothing to compare")
        return look.join([look.tag(text), "; ".join(reasons)])
    if row["verdict"] == "none":
        return look.join([look.tag(_("No difference")), "; ".join(reasons)])
    rule = cells[row["highest"], row.name]["rule"]
    gap = row["difference"] * 100 if rule == regions.SHARE else row["difference"]
    points = _("points") if rule == regions.SHARE or unit.startswith("%") else places.unit(unit)
    said = (
        _("{high} above {low} by {gap} {unit}")
        .format(high=names[row["highest"]], low=names[row["lowest"]], gap=number(gap), unit=points)
        .strip()
    )
    is_clear = row["verdict"] == "clear"
    tag = look.tag(_("Clear"), "good") if is_clear else look.tag(_("Not meaningful"), "warn")
    return places.roomy(look.join([tag, f"{said}{': ' if reasons else ''}{'; '.join(reasons)}"]))


def reason_words() -> dict[str, str]:
    """Return what each reason beside a difference says."""
    return {
        "years": _("the years lie more than {n} apart").format(n=comparisons.APART),
        "old": _("a figure is more than five years old"),
        "unsure": _("a figure is an estimate, a limit, or of low confidence"),
        "bounds": _("members that are silent could turn it round"),
        "swing": _("it is no larger than what these series swing between reports"),
        "method": _("a verdict depends on the method"),
        "provisional": _("a figure is provisional"),
        "levels": _("levels: one step is not a distance"),
        "kinds": _("shares of States are left out beside the level of one State"),
        "context": _("context only: neither is better"),
    }


def how() -> str:
    """Return how a difference is judged."""
    return _(
        "Lowest and highest value of one kind are held against each other. The difference is "
        "called clear only if nothing speaks against it: years at most {n} apart, no figure old, "
        "estimated or of low confidence, the gap larger than the median step of either series from "
        "report to report, no verdict that another method turns, and, for groups, no order that "
        "silent members could turn round. Medians count each State once."
    ).format(n=comparisons.APART)


def clear(said: pd.DataFrame) -> str:
    """Return how many differences are clear, as a sentence."""
    told = said[said["verdict"] != "missing"]
    n = int((told["verdict"] == "clear").sum())
    return _("{n} of {of} indicators that can be compared show a clear difference.").format(
        n=number(n), of=number(len(told))
    )


def file(found: Picture, compared: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """Return the comparison as a file holds it: a row for each area and indicator."""
    kept = ["area", "name", "indicator", "title", "unit", *comparisons.COMPARED]
    facts = found.plan.indicators.set_index("indicator")
    rows = compared.assign(
        name=compared["area"].map(found.names),
        title=compared["indicator"].map(facts["name"]),
        unit=compared["indicator"].map(facts["unit"]),
    ).merge(said, on="indicator", how="left")
    return rows[[*dict.fromkeys(kept), "difference", "verdict", "reasons"]]


# One indicator --------------------------------------------------------------------------------


def own(compared: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return the rows of one indicator."""
    return compared[compared["indicator"] == code]


def series(found: Picture, areas: Sequence[str], code: str, compared: pd.DataFrame) -> pd.DataFrame:
    """Return the yearly values of those areas whose figures are of one kind.

    Values are those of States as reported, and those of groups where enough report; the year that
    is not over is left out for groups.
    """
    rules = own(compared, code).set_index("area")["rule"]
    states = [area for area in areas if not rules[area]]
    shared = [area for area in areas if rules[area] not in comparisons.RULES_OF_ONE]
    alike = [area for area in areas if area not in shared]
    groups = [area for area in (alike if len(alike) >= len(shared) else shared) if rules[area]]
    lone = states if len(alike) >= len(shared) else []
    parts = [charts.slices.series(found.plan, code, lone, until=found.year)] if lone else []
    for group in groups:
        rows = regions.over_time(found, group, code)
        rows = rows[rows["group"].eq(group) & (rows["year"] < found.year)]
        parts.append(
            pd.DataFrame(
                {
                    "area": group,
                    "name": found.names[group],
                    "year": rows["year"],
                    "value": rows["value"].where(rows["is_publishable"]) * places.scale(rows),
                    "flags": 0,
                }
            ).astype({"flags": "uint8", "area": "str", "name": "str"})
        )
    return (
        pd.concat(parts, ignore_index=True) if parts else charts.slices.series(found.plan, "", [])
    )


def lines(
    found: Picture, text: IndicatorText, table_: pd.DataFrame, compared: pd.DataFrame
) -> go.Figure:
    """Draw the areas over the years."""
    aims = found.plan.targets[
        (found.plan.targets["indicator"] == text.code) & (found.plan.targets["area"] == "")
    ]
    shares = _is_share(compared, table_)
    title = _("{name}: {areas} over the years").format(
        name=text.name, areas=listing(list(dict.fromkeys(table_["name"])))
    )
    return charts.trend.draw(
        table_,
        targets=aims.iloc[:0] if shares else aims,
        unit="%" if shares else places.unit(str(text.fields["unit"])),
        levels=places.has_levels(text) and not shares,
        **widgets.drawn(
            found,
            title,
            coverage=widgets.covered(
                table_.loc[table_["value"].notna(), "area"].nunique(), len(compared), _("areas")
            ),
            source=text.fields["source"],
            note=_("Figures of groups stand where enough of their States report."),
            half=True,
        ),
    )


def _is_share(compared: pd.DataFrame, table_: pd.DataFrame) -> bool:
    rows = compared[compared["area"].isin(table_["area"])]
    return bool(rows["rule"].eq(regions.SHARE).any())


def lines_alt(text: IndicatorText, table_: pd.DataFrame, compared: pd.DataFrame) -> str:
    """Say in one sentence from where to where each line goes."""
    shares = _is_share(compared, table_)
    return charts.trend.alt(table_, unit="%" if shares else places.unit(text.fields["unit"]))


def roads(found: Picture, text: IndicatorText, compared: pd.DataFrame) -> pd.DataFrame:
    """Return the way of each area from baseline to now, those whose figures are of one kind."""
    rows = own(compared, text.code)
    kind = rows["rule"].where(~rows["rule"].isin(comparisons.RULES_OF_ONE), "")
    most = kind.value_counts().index[0]
    alike = rows[kind == most]
    times = 100.0 if most == regions.SHARE else 1.0
    scaled = {name: alike[name] * times for name in ("base", "value", "target")}
    kept = ["name", "area", "base_year", "base", "year", "value", "target", "status", "n", "states"]
    table_: pd.DataFrame = alike.assign(name=alike["area"].map(found.names), **scaled)[kept]
    return table_


def dumbbells(found: Picture, text: IndicatorText, rows: pd.DataFrame) -> go.Figure:
    """Draw the ways of the areas, each with its years."""
    shares = bool((rows["states"] > 0).all()) and bool(rows["value"].gt(1).any())
    known = rows[rows["value"].notna()]
    title = _("{name}: {n} of {of} areas have a figure").format(
        name=text.name, n=number(len(known)), of=number(len(rows))
    )
    note = ""
    if known["year"].nunique() > 1:
        note = _("The figures are of different years, {years}.").format(
            years=places.years(float(known["year"].min()), float(known["year"].max()))
        )
    unit = places.unit(str(text.fields["unit"]))
    return charts.dumbbell.draw(
        rows,
        unit="%" if shares and places.has_levels(text) else unit,
        **widgets.drawn(
            found,
            title,
            coverage=widgets.covered(len(known), len(rows), _("areas")),
            source=text.fields["source"],
            note=f"{places.ways()} {note}".strip(),
            half=True,
        ),
    )


def one(
    found: Picture, areas: Sequence[str], text: IndicatorText, compared: pd.DataFrame, said: Any
) -> look.Html:
    """Return each area's figure on one indicator, and what is to be said of the difference."""
    own_rows = own(compared, text.code).to_dict("records")
    rows = {str(row["area"]): row for row in own_rows}
    unit = str(text.fields["unit"])
    told = [
        (
            places.anchor(found, area),
            _cell(rows[area], unit),
            places.dated(rows[area]["base"], rows[area]["base_year"], unit, rows[area]["rule"]),
            _sure(rows[area]),
        )
        for area in areas
    ]
    cells = {(area, text.code): row for area, row in rows.items()}
    verdict = said.set_index("indicator").loc[text.code]
    middle = _middle(medians(found).set_index("indicator"), text.code, unit)
    heads = [_("Area"), _("Latest (year)"), _("Baseline (year)"), _("Does the verdict hold?")]
    facts = [
        (_("Difference"), _verdict(found, verdict, unit, cells)),
        (_("Median of all States"), middle),
    ]
    return look.join([look.table(text.name, heads, told), look.facts(facts)])


def _sure(row: dict[Any, Any]) -> str:
    """Return whether other methods and tests say the same of a verdict."""
    if row["status"] in WITHOUT_VERDICT:
        return "–"
    if row["rule"]:
        return _("not tried for groups; see who is behind the figure")
    return {
        "robust": _("yes, by every method and test"),
        "mostly": _("mostly: three quarters of methods and tests agree"),
        "method_dependent": _("no: it depends on the method or on one value"),
    }.get(str(row["sure"]), _("decided by the level or value alone"))
