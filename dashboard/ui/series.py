"""What the page of an indicator shows of one area: its road ahead, its parts, its figures."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from dashboard import charts, frames
from dashboard.i18n import _, breakdowns, date, number, plural
from dashboard.i18n.labels import word
from dashboard.progress import fan
from dashboard.progress.fan import Fan
from dashboard.progress.forecast import ODDS_LABELS
from dashboard.services import series, views
from dashboard.services.texts import IndicatorText
from dashboard.services.views import Picture
from dashboard.ui import look, visit, ways, widgets
from models import MISSING, TOTAL, Kind, ObservationStatus

RECENT: Final = 6
"""Years of parts that a table shows."""
MANY: Final = 60
"""Steps of a history that a page shows."""


def unit(text: IndicatorText) -> str:
    """Return the unit as it stands behind a number: nothing for levels, which are told in words."""
    said = str(text.fields["unit"])
    if said.startswith(("level", "0/1")):
        return ""
    return "%" if said == "%" else f" {said}"


def in_levels(text: IndicatorText) -> bool:
    """Say whether the values are levels, between which there is no road."""
    return text.fields["kind"] in {Kind.ORDINAL, Kind.BINARY}


def shown(text: IndicatorText, value: float, qualifier: str = "", *, bare: bool = False) -> str:
    """Return a value as it is read: with its unit, or with the name of its level.

    A value that is `bare` leaves a long unit to the caption of its table.
    """
    if text.fields["kind"] == Kind.BINARY and value in {0.0, 1.0}:
        return _("Yes") if value else _("No")
    names = {float(level.value): level.label for level in text.levels}
    if value in names:
        return f"{number(value)} ({names[value]})"
    said = unit(text)
    return f"{qualifier}{number(value, 4)}{'' if bare and said != '%' else said}"


def captioned(text: IndicatorText, caption: str) -> str:
    """Return the caption of a table with the unit that its values leave out."""
    said = unit(text)
    return caption if said in {"", "%"} else f"{caption} ({said.strip()})"


# The line and where it leads ---------------------------------------------------------------------


def values(found: Picture, code: str, area: str, cell: str = TOTAL) -> pd.DataFrame:
    """Return the yearly values of one area, of everybody or of a part."""
    return charts.slices.series(found.plan, code, [area], until=found.year, cell=cell)


def ahead(found: Picture, code: str, area: str, cell: str = TOTAL) -> Fan:
    """Return where a series is heading, or why nothing is said of that."""
    if cell != TOTAL:
        return Fan(frames.empty(fan.FAN), 0, "part")
    own = found.progress
    own = own[(own["area"] == area) & (own["indicator"] == code)]
    if own["flags"].str.contains(views.WITHHELD).any():
        return Fan(frames.empty(fan.FAN), 0, "withheld")
    return fan.path(found.plan, area, code, year=found.year)


def outlook(way: Fan) -> str:
    """Return the outlook in a sentence, or the reason why there is none."""
    reasons = {
        "levels": _("No outlook: between levels there is no pace to carry on."),
        "context": _("No outlook: neither more nor less of it is better."),
        "range": _("No outlook: the target is a range."),
        "part": _("Baseline, target and outlook are of everybody, not of a part."),
        "target": _("No outlook: no target year lies ahead of the latest value."),
        "withheld": _("No outlook: a newer value is small and therefore not shown."),
        "points": _(
            "No outlook: {n} data points count so far, and at least {least} are needed."
        ).format(n=number(way.n_obs), least=number(fan.LEAST)),
    }
    if way.reason:
        return reasons[way.reason]
    last = way.rows.iloc[-1]
    band = _(
        "Outlook from {n} data points: between {low} and {high} in {year} in four cases of five"
    ).format(
        n=number(way.n_obs),
        low=number(last["low"], 1),
        high=number(last["high"], 1),
        year=int(last["year"]),
    )
    if not way.odds:
        return f"{band}."
    return f"{band}. " + _("Meeting the target at this pace: {odds}.").format(
        odds=_(ODDS_LABELS[way.odds])
    )


def trend(
    found: Picture,
    text: IndicatorText,
    area: str,
    table: pd.DataFrame,
    way: Fan,
    *,
    highlight: int | None = None,
) -> go.Figure:
    """Draw the values of one area with baseline, targets, milestones, and the outlook."""
    is_part = way.reason == "part"
    base = None if is_part else _base(found, text.code, area)
    title = charts.trend.sentence(table, unit=unit(text).strip())
    drawn = widgets.drawn(
        found,
        title,
        coverage=widgets.covered(table["value"].notna().sum(), len(table), _("years")),
        source=text.fields["source"],
        note=outlook(way),
        half=True,
    )
    return charts.trend.draw(
        table,
        targets=None if is_part else targets(found, text.code, area),
        base=base,
        ahead=way.rows,
        here=highlight,
        unit=unit(text).strip(),
        levels=in_levels(text),
        **drawn,
    )


def _base(found: Picture, code: str, area: str) -> charts.trend.Base | None:
    own = found.progress
    own = own[(own["area"] == area) & (own["indicator"] == code)]
    if own.empty or own[["base", "base_year"]].isna().to_numpy().any():
        return None
    return charts.trend.Base(int(own["base_year"].iloc[0]), float(own["base"].iloc[0]))


def targets(found: Picture, code: str, area: str) -> pd.DataFrame:
    """Return the targets that hold for an area: its own where it has one, else those for each."""
    aims = found.plan.targets[found.plan.targets["indicator"] == code]
    own = aims[aims["area"] == area]
    return own if not own.empty else aims[aims["area"] == ""]


def path(table: pd.DataFrame, way: Fan) -> pd.DataFrame:
    """Return what the line shows as rows: reported values, then the outlook with its band."""
    known = table.assign(what=_("Reported"))
    expected = way.rows.assign(what=_("Outlook"))
    return pd.concat([known, expected], ignore_index=True) if len(expected) else known


# Its parts ---------------------------------------------------------------------------------------


def parts(found: Picture, code: str, area: str) -> pd.DataFrame:
    """Return the disaggregated values of a series, withheld ones in view."""
    table = series.cells(found, code, area)
    return table[table["year"] <= found.year]


def asked(text: IndicatorText) -> str:
    """Return by what the indicator is to be broken down, in a sentence."""
    codes = [str(code) for code in text.fields["disaggregations"]]
    if not codes:
        return _("This indicator is not broken down.")
    named = "; ".join(breakdowns.dimension(code) for code in codes)
    return _("Asked for: {how}.").format(how=named)


def broken_down(text: IndicatorText, table: pd.DataFrame) -> look.Html:
    """Return the latest parts of a series as tables, one for each way of breaking it down."""
    if table.empty:
        return look.empty(_("No breakdown has been reported here."), asked(text))
    years = sorted(table["year"].unique())[-RECENT:]
    recent = table[table["year"].isin(years)]
    recent = recent.assign(split=recent["cell"].map(breakdowns.split))
    pieces = [_parts(text, own, str(how), years) for how, own in recent.groupby("split")]
    withheld = int(recent["is_withheld"].sum())
    if withheld:
        said = plural(
            "{n} figure is withheld, because a small count could point at a person.",
            "{n} figures are withheld, because a small count could point at a person.",
            withheld,
        )
        pieces.append(look.notice(said))
    return look.join(pieces)


def _parts(text: IndicatorText, own: pd.DataFrame, how: str, years: Sequence[int]) -> look.Html:
    cells = list(dict.fromkeys(own["cell"]))
    told = {
        (row["cell"], row["year"]): _("withheld") if row["is_withheld"] else number(row["value"], 2)
        for row in own.to_dict("records")
    }
    rows = [
        (breakdowns.spelled(cell), *(told.get((cell, year), "–") for year in years))
        for cell in cells
    ]
    heads = [breakdowns.said(how), *(str(year) for year in years)]
    caption = f"{breakdowns.said(how)}{' (' + unit(text).strip() + ')' if unit(text) else ''}"
    return look.table(caption, heads, rows, numeric=set(range(1, len(heads))))


# Its figures and what became of them -------------------------------------------------------------


def figures(found: Picture, code: str, area: str) -> pd.DataFrame:
    """Return every accepted figure of a series with its source, the newest first."""
    with visit.read() as session:
        table = series.figures(session, found, code, (area,))
    order = table.sort_values(["period", "cell"], ascending=[False, True], kind="stable")
    return order.reset_index(drop=True)


def listed(text: IndicatorText, table: pd.DataFrame) -> look.Html:
    """Return the figures of a series that are not broken down, each a way to all about it."""
    own = table[table["cell"] == TOTAL]
    if own.empty:
        return look.empty(_("No figure of this series has been accepted."))
    rows = [
        (
            look.anchor(str(row["period"]), address(row)),
            read(text, row, bare=True),
            word("observation_status", str(row["status"])),
            row["source"] or "–",
            evidence(row["evidence"]),
            date(row["accepted_at"]),
        )
        for row in own.to_dict("records")
    ]
    heads = [_("Period"), _("Value"), _("Status"), _("Source"), _("Evidence"), _("Accepted")]
    caption = captioned(text, _("Every figure, each a link to all about it"))
    return look.table(caption, heads, rows, numeric={1})


def address(row: Mapping[Any, Any]) -> str:
    """Return the address of one figure."""
    cell = {} if row["cell"] == TOTAL else {"cell": str(row["cell"])}
    return ways.address(
        "value",
        indicator=str(row["indicator"]),
        area=str(row["area"]),
        period=str(row["period"]),
        **cell,
    )


def read(text: IndicatorText, row: Mapping[Any, Any], *, bare: bool = False) -> str:
    """Return a figure as it is read; a missing one with its reason, never as a number."""
    status = ObservationStatus(str(row["status"]))
    if status in MISSING:
        reason = str(row["missing_reason"] or "").rstrip(".")
        return reason or word("observation_status", str(row["status"]))
    if pd.isna(row["value"]):
        return str(row["text"] or "–")
    return shown(text, float(row["value"]), str(row["qualifier"] or ""), bare=bare)


def evidence(link: str) -> str:
    """Return a link to the evidence, which lies elsewhere; a dash where none is given."""
    return look.outward(_("Open the evidence"), link) if link else "–"


def history(found: Picture, code: str, area: str, *, cell: str = TOTAL) -> pd.DataFrame:
    """Return what became of the figures of a series, newest first; never by whom."""
    with visit.read() as session:
        return series.revisions(session, found, code, area, cell=cell)


def revisions(text: IndicatorText, table: pd.DataFrame) -> look.Html:
    """Return when which figure was first accepted, revised or withdrawn, and what changed."""
    revised = int((table["step"] != "first").sum())
    if not revised:
        return look.line([_("No figure of this series has been revised since it was accepted.")])
    what = {
        "revised": _("Revised"),
        "withdrawn": _("Withdrawn"),
    }
    rows = [
        (
            date(row["at"]),
            str(row["period"]),
            what[row["step"]],
            _before(text, row),
            read(text, row) if row["step"] != "withdrawn" else _("no longer counts"),
            row["note"] or row["source"] or "–",
        )
        for row in table[table["step"] != "first"].head(MANY).to_dict("records")
    ]
    caption = plural(
        "{n} revision since the first figures, newest first",
        "{n} revisions since the first figures, newest first",
        revised,
    )
    heads = [_("When"), _("Period"), _("What"), _("Before"), _("After"), _("Note or source")]
    return look.table(caption, heads, rows, numeric={3, 4})


def _before(text: IndicatorText, row: Mapping[Any, Any]) -> str:
    if row["step"] == "withdrawn":
        return read(text, row)
    earlier = {
        "status": row["before_status"],
        "value": row["before"],
        "text": row["before_text"],
        "missing_reason": "",
        "qualifier": row["before_qualifier"],
    }
    return read(text, earlier)


def told(text: IndicatorText, table: pd.DataFrame) -> str:
    """Say in one sentence from where to where a series goes."""
    return charts.trend.alt(table, unit=unit(text).strip())


def how(found: Picture, way: Fan) -> str:
    """Return how the verdict and the outlook of a series come about."""
    verdict = _(
        "A status compares the pace from the baseline to the latest value with the pace needed to "
        "reach the target in time, as assessed in {year}."
    ).format(year=found.year)
    model = {
        "outlook": _(
            "The outlook carries the median slope between all pairs of years on, damped by a fifth "
            "each year; the band holds four outcomes in five."
        ),
        "ols": _(
            "The outlook is the least squares line of independent yearly counts with its "
            "prediction interval; the band holds four outcomes in five."
        ),
    }.get(way.model, "")
    return f"{verdict} {model}".strip()
