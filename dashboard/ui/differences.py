"""What changed between two snapshots or days: a waterfall, tables, files."""

from collections.abc import Callable
from datetime import date, datetime

import pandas as pd
import streamlit as st

from dashboard import charts
from dashboard.charts import waterfall
from dashboard.i18n import _, instant, number, plural
from dashboard.i18n import date as day
from dashboard.progress import LABELS
from dashboard.services import differences, snapshots
from dashboard.services.differences import CAUSES, NOW, Differences
from dashboard.services.views import Picture
from dashboard.ui import cached, look, visit, widgets
from models import HeadwayError, Snapshot

SHOWN = 25
COUNTED = "status"


def names() -> dict[str, str]:
    """Return the kinds of change in words."""
    return {
        "method": _("Method of assessment"),
        "edition": _("Wording of the plan"),
        "membership": _("Areas and memberships"),
        "weight": _("Weights"),
        "target": _("Targets and baselines"),
        "withdrawal": _("Withdrawals"),
        "revision": _("Revisions"),
        "report": _("New reports"),
        "disclosure": _("Protection of small counts"),
        "time": _("Year of assessment"),
    }


def show(found: Picture) -> None:
    """Let the visitor choose two states of the plan, and tell what changed between them."""
    st.header(_("What changed"))
    plan = found.plan.plan
    with visit.read() as session:
        taken = snapshots.listing(session, plan)
    left, right = st.columns(2)
    start = _pick(_("From"), "from", taken, left, index=None)
    end = _pick(_("To"), "to", taken, right, index=0)
    if start is None or end is None:
        hint = _("Choose two snapshots, or write days into the address: ?from=2026-01-31&to=now")
        st.caption(hint)
        return
    try:
        about = (plan, start, end, visit.now().date().isoformat())
        with st.spinner(_("Comparing both states, figure by figure …")):
            made = cached.kept("differences", lambda: _made(plan, start, end), *about)
    except HeadwayError as error:
        st.error(str(error))
        return
    if not {start, end} <= {one.id for one in taken}:
        said = _(
            "A day is read from the record, which keeps memberships and weights as they are now; "
            "between two snapshots a change of those is told, too."
        )
        st.caption(said)
    _tell(found, made)


def _pick(
    label: str, name: str, taken: list[Snapshot], place: object, index: int | None
) -> str | None:
    """Let the visitor choose one end: now, a snapshot, or the day that the address names."""
    words = {NOW: _("Now")} | {
        one.id: _("{name}, as known at {moment}").format(name=one.name, moment=instant(one.as_of))
        for one in taken
    }
    given = st.query_params.get(name, "")
    matching = [one.id for one in taken if len(given) >= 8 and one.id.startswith(given)]
    if given and given not in words:
        if matching:
            st.query_params[name] = matching[0]
        else:
            words[given] = _day(given)
    return widgets.choose(
        label, list(words), name=name, show=lambda code: words[code], index=index, place=place
    )


def _day(given: str) -> str:
    try:
        return _("End of {day}").format(day=day(date.fromisoformat(given)))
    except ValueError:
        return given


def _made(plan: str, start: str, end: str) -> Differences:
    now: datetime = visit.now()
    with visit.read() as session:
        ends = [differences.point(session, plan, one, now=now) for one in (start, end)]
        return differences.between(session, plan, *ends, now=now)


def _tell(found: Picture, made: Differences) -> None:
    moved = made.statuses["status_before"] != made.statuses["status_after"]
    said = [
        plural("{n} figure differs", "{n} figures differ", len(made.observations)),
        plural("{n} verdict", "{n} verdicts", int(moved.sum())),
        plural("{n} aggregate", "{n} aggregates", len(made.aggregates)),
    ]
    st.html(look.notice(" · ".join(said)))
    if not len(made.observations) and made.statuses.empty and made.aggregates.empty:
        return
    _waterfall(found, made)
    tables: list[tuple[str, str, pd.DataFrame]] = [
        ("changed-figures", _("Figures that differ"), made.observations),
        ("changed-verdicts", _("Verdicts that differ"), made.statuses[moved]),
        ("changed-shares", _("Numbers that moved under the same verdict"), made.statuses[~moved]),
        ("changed-aggregates", _("Aggregates that differ"), made.aggregates),
    ]
    for key, title, rows in tables:
        box = st.expander(f"{title}: {number(len(rows))}", key=f"{key}_box", on_change="rerun")
        if box.open:
            with box:
                st.dataframe(rows, hide_index=True, key=f"{key}_rows", alt=title, placeholder="–")
                widgets.offer(rows, title=title, found=found, key=key)


def subjects(found: Picture, made: Differences) -> dict[str, str]:
    """Return what a waterfall can be drawn of: numbers of series by status, and aggregates."""
    counts = made.counts[made.counts["change"] != 0]
    words = {
        f"{COUNTED}:{status}": _("Series: {status}").format(status=_(LABELS[status]))
        for status in counts["status"]
    }
    figures = made.aggregates[made.aggregates["change"].ne("")]
    asked = found.plan.indicators
    titles = dict(zip(asked["indicator"], asked["name"], strict=True))
    keys = figures[["group", "indicator", "year"]].astype("str")
    for group, code, year in keys.to_numpy(object).tolist():
        place, title = found.names.get(group, group), titles.get(code, "")
        words[f"{group}:{code}:{year}"] = f"{place} · {code} {title} · {year}"
    return words


def how() -> str:
    """Return how a change is divided among its causes."""
    return _(
        "The later state is reached step by step, in this order: {order}. What moves in a step "
        "is due to it, so the parts add up to the whole."
    ).format(order=", ".join(names()[cause] for cause in CAUSES))


def coverage(made: Differences, subject: str) -> str:
    """Return how much stands behind the later state of what is explained."""
    kind, *rest = subject.split(":")
    if kind == COUNTED:
        return widgets.reported(made.counts.rename(columns={"after": "n"}))
    row = _aggregate(made, kind, rest)
    return widgets.covered(row["n_after"], row["states_after"], _("States"))


def _aggregate(made: Differences, group: str, rest: list[str]) -> pd.Series:
    table = made.aggregates
    is_it = (table["group"] == group) & (table["indicator"] == rest[0])
    return table[is_it & (table["year"].astype("str") == rest[1])].iloc[0]


def steps(found: Picture, made: Differences, subject: str) -> tuple[pd.DataFrame, str]:
    """Return a waterfall's rows and unit for one of the subjects."""
    kind, *rest = subject.split(":")
    if kind == COUNTED:
        row = made.counts[made.counts["status"] == rest[0]].iloc[0]
        first, last, unit = row["before"], row["after"], ""
    else:
        row = _aggregate(made, kind, rest)
        first, last = row["value_before"], row["value_after"]
        asked = found.plan.indicators
        units = dict(zip(asked["indicator"], asked["unit"], strict=True))
        unit = "" if row["rule"] == "share_meeting" else str(units.get(rest[0], ""))
    parts = [(name, float(row[cause] or 0)) for cause, name in names().items()]
    rows = [
        (instant(made.start.as_of), float(first), True),
        *((name, amount, False) for name, amount in parts if amount),
        (instant(made.end.as_of), float(last), True),
    ]
    return pd.DataFrame(rows, columns=list(waterfall.STEPS)), unit


def _waterfall(found: Picture, made: Differences) -> None:
    words = subjects(found, made)
    if not words:
        return
    picked = widgets.choose(
        _("Explain the change of"), list(words), name="of", show=lambda code: words[code]
    )
    if picked is None:
        return
    rows, unit = steps(found, made, picked)
    title = _("{what}: what the change is due to").format(what=words[picked])
    draw: Callable[[], object] = lambda: charts.waterfall.draw(  # noqa: E731
        rows,
        unit=unit,
        **widgets.drawn(found, title, coverage=coverage(made, picked), note=how()),
    )
    widgets.chart(
        cached.figure("waterfall", draw, picked, made.start, made.end, look.width(visit.agent())),
        rows,
        key="waterfall",
        alt=charts.waterfall.alt(rows, unit=unit),
        found=found,
        how=how(),
    )
