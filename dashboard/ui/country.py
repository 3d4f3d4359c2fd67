"""What the page of a country shows."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import charts
from dashboard.i18n import _, date, listing, number, plural
from dashboard.i18n.labels import word
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import views
from dashboard.services.texts import PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import look, overview, plan, widgets
from models import AreaKind

FEW = 5
BEST = ("target_met", "on_track")
WORST = ("deteriorating", "regressed", "lost", "missed", "stagnant", "not_started", "limited")


def pick(found: Picture) -> str:
    """Let the visitor choose a State or observer."""
    offered = found.plan.areas[
        found.plan.areas["kind"].isin([AreaKind.STATE.value, AreaKind.OBSERVER.value])
    ]
    codes = [str(code) for code in offered["area"]]
    return widgets.pick_area(found, codes, _("Country")) or codes[0]


def profile(found: Picture, area: str) -> pd.DataFrame:
    """Return a row for each indicator asked of this State."""
    return views.profile(found, area)


def title(found: Picture, area: str) -> str:
    """Return the name of an area and of the plan."""
    return f"{found.names[area]}: {found.plan.title}"


def head(found: Picture, area: str) -> look.Html:
    """Return the name of a State and where it belongs."""
    names = found.names
    now = found.plan.memberships
    now = now[(now["area"] == area) & (now["since"] <= found.year) & (now["until"] > found.year)]
    kinds = found.plan.areas.set_index("area")["kind"]
    groups = [
        names[code]
        for code in now["group"]
        if kinds.get(code) in {AreaKind.GROUP.value, AreaKind.SUBREGION.value}
    ]
    return look.heading(names[area], lede=listing(groups) if groups else "", level=2)


def cards(found: Picture, area: str, rows: pd.DataFrame) -> look.Html:
    """Return how much is reported, how it stands and what is asked of the State."""
    core = rows[(rows["tier"] == "core") & (rows["direction"] != 0)]
    told = int(core["value"].notna().sum())
    assessed = rows[~rows["status"].isin(WITHOUT_VERDICT)]
    good = int(assessed["status"].isin(BEST).sum())
    region = str(found.plan.areas.set_index("area").loc[area, "region"])
    states = views.states(found)
    peers = states[states["region"] == region]
    middle = peers["coverage"].median() if len(peers) else float("nan")
    return look.cards(
        [
            look.card(
                _("Core indicators reported"), number(told), foot=look.coverage(told, len(core))
            ),
            look.card(
                _("On track or met"),
                number(good),
                unit=_("of {n}").format(n=number(len(assessed))),
                detail=_("series that can be assessed"),
            ),
            look.card(
                _("Region's median of core indicators reported"),
                number(round(middle * len(core))) if middle == middle else "–",  # noqa: PLR0124
                detail=_("{region}, {n} States").format(
                    region=found.names.get(region, "–"), n=number(len(peers))
                ),
            ),
        ]
    )


def counts(found: Picture, rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many indicators of each status each objective has in this State."""
    names = dict(
        zip(found.plan.objectives["objective"], found.plan.objectives["title"], strict=True)
    )
    order = {code: place for place, code in enumerate(names)}
    table = rows.sort_values("objective", key=lambda codes: codes.map(order), kind="stable")
    return charts.status_bar.count(table, "objective", names)


def bars(found: Picture, area: str, table: pd.DataFrame) -> go.Figure:
    """Draw the statuses of a State by objective."""
    title_ = f"{found.names[area]}: {overview.sentence(table)}"
    note = _("All indicators asked of a State; context-only ones carry no colour.")
    return charts.status_bar.draw(table, **widgets.drawn(found, title_, note=note))


def strongest(area: str, rows: pd.DataFrame) -> look.Html:
    """Return where a State does best."""
    good = rows[rows["status"].isin(BEST)].sort_values("share", ascending=False)
    return _list(area, good.head(FEW), _("Strongest"), _("Nothing is on track or met yet."))


def weakest(area: str, rows: pd.DataFrame) -> look.Html:
    """Return where a State is furthest behind, and what it does not report."""
    rank = {status: place for place, status in enumerate(WORST)}
    fresh = ~rows["flags"].fillna("").str.contains("stale")
    poor = rows[rows["status"].isin(WORST) & fresh]
    poor = poor.assign(rank=poor["status"].map(rank)).sort_values(["rank", "pace"])
    return _list(
        area, poor.head(FEW), _("Furthest behind"), _("Nothing that is reported is behind.")
    )


def _list(area: str, rows: pd.DataFrame, caption: str, nothing: str) -> look.Html:
    if rows.empty:
        return look.empty(nothing)
    told = [
        (
            look.anchor(
                f"{row['indicator']}  {row['name']}",
                widgets.address("indicator", indicator=row["indicator"], area=area),
            ),
            _value(row),
            _target(row),
            look.chip(row["status"]),
        )
        for row in rows.to_dict("records")
    ]
    heads = [_("Indicator"), _("Latest (year)"), _("Target (year)"), _("Status")]
    return look.table(caption, heads, told)


def _target(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["target"]):
        return "–"
    return f"{number(row['target'])} ({int(row['target_year'])})"


def _value(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["value"]) or pd.isna(row["year"]):
        return "–"
    return f"{number(row['value'])} ({int(row['year'])})"


def assessed(rows: pd.DataFrame) -> list[str]:
    """Return the indicators of which there is anything to explain."""
    return [str(code) for code in rows.loc[rows["value"].notna(), "indicator"]]


def table(found: Picture, area: str, rows: pd.DataFrame) -> look.Html:
    """Return every indicator with its latest value, target, region's median and status."""
    told = []
    for row in rows[rows["value"].notna()].to_dict("records"):
        middle = "–"
        if not pd.isna(row["median"]):
            middle = _("{value} ({n} of {of} States)").format(
                value=number(row["median"]), n=number(int(row["n"])), of=number(int(row["states"]))
            )
        to = widgets.address("indicator", indicator=row["indicator"], area=area)
        told.append(
            (
                look.anchor(f"{row['indicator']}  {row['name']}", to),
                str(row["unit"]),
                _value(row),
                _target(row),
                middle,
                look.chip(str(row["status"])),
            )
        )
    region = found.names.get(str(found.plan.areas.set_index("area").loc[area, "region"]), "")
    heads = [
        *(_("Indicator"), _("Unit"), _("Latest (year)"), _("Target (year)")),
        *(_("Median of {region}").format(region=region), _("Status")),
    ]
    return look.table(_("Every indicator that is reported"), heads, told, numeric={2, 3})


def silent(rows: pd.DataFrame) -> look.Html:
    """Return what is asked of a State and not reported: named, so that nobody has to guess."""
    gone = rows[rows["value"].isna()]
    if gone.empty:
        return look.notice(_("Every indicator that is asked is reported."), tone="good")
    told = [
        (f"{row['indicator']}  {row['name']}", word("tier", row["tier"]), look.chip(row["status"]))
        for row in gone.to_dict("records")
    ]
    caption = plural("{n} indicator is not reported", "{n} indicators are not reported", len(gone))
    return look.table(caption, [_("Indicator"), _("Tier"), _("Status")], told)


def updates(found: Picture, words: PlanTexts, area: str) -> look.Html:
    """Return the latest accepted report on each measure in this State."""
    reports = plan.reports(found)
    own = reports[reports["area"] == area]
    if own.empty:
        return look.empty(_("No report on a measure has been accepted for this State."))
    rows = [
        (
            f"{row['measure']}  {words.measure(row['measure']).title}",
            word("implementation", str(row["implementation"])),
            date(row["as_at"]),
            *(row[name] or "–" for name in ("milestone", "blocker", "next_step")),
        )
        for row in own.sort_values("measure").to_dict("records")
    ]
    heads = [_("Measure"), _("State"), _("As at"), _("Milestone"), _("Blocker"), _("Next step")]
    return look.table(_("Latest reports on measures"), heads, rows)
