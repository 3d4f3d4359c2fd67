"""What the overview shows: cards, statuses by objective, a map, dates, the latest figures."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import charts
from dashboard.i18n import _, date, listing, number, percent, plural
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import reads, views
from dashboard.services.texts import EventText, PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import look, visit, widgets


def core_note() -> str:
    """Return what the counts are of."""
    return _(
        "Core indicators; a series is one indicator in one State, or in a region or the world "
        "where it is asked there."
    )


def how_statuses(found: Picture) -> str:
    """Return in a sentence how a status comes about, with the year it is of."""
    return _(
        "A status compares the pace from the baseline to the latest value with the pace needed to "
        "reach the target in time, as assessed in {year}. What is not reported is counted as such."
    ).format(year=found.year)


def cards(found: Picture, words: PlanTexts) -> look.Html:
    """Return the figures of the first screen, each with how many stand behind it."""
    states = views.states(found)
    silent = int((states["n"] == 0).sum())
    counts = views.statuses(found, "plan")
    assessed = int(counts.loc[~counts["status"].isin(WITHOUT_VERDICT), "count"].sum())
    good = int(counts.loc[counts["status"].isin(views.GOOD), "count"].sum())
    reported, expected = (
        int(counts[name].max()) if len(counts) else 0 for name in ("n", "expected")
    )
    following = [event for event in words.events if event.starts >= visit.now().date()]
    items = [
        look.card(
            _("States reporting"),
            number(len(states) - silent),
            unit=_("of {n}").format(n=number(len(states))),
            detail=_("with at least one core indicator"),
        ),
        look.card(
            _("Core series reported"),
            percent(reported / expected) if expected else _("none expected"),
            foot=look.coverage(reported, expected),
        ),
        look.card(
            _("On track or met"),
            percent(good / assessed) if assessed else "–",
            detail=_("{n} of {of} series that can be assessed").format(
                n=number(good), of=number(assessed)
            ),
        ),
        look.card(
            _("The plan"),
            number(len(words.measures)),
            unit=_("measures"),
            detail=_("{objectives} objectives, {indicators} indicators").format(
                objectives=number(len(words.objectives)), indicators=number(len(words.indicators))
            ),
            href="plan",
        ),
    ]
    if following:
        items.append(
            look.card(_("Next date"), when(following[0], "long"), detail=following[0].title)
        )
    return look.cards(items)


def when(event: EventText, style: str = "medium") -> str:
    """Return the day of an event; the year alone where no more is known."""
    ends = event.ends or event.starts
    if (event.starts.month, event.starts.day, ends.month, ends.day) == (1, 1, 12, 31):
        return str(event.starts.year)
    return date(event.starts, style)


def objectives(found: Picture) -> pd.DataFrame:
    """Return how many series of each status each objective has, as the bars take them."""
    names = dict(
        zip(found.plan.objectives["objective"], found.plan.objectives["title"], strict=True)
    )
    counts = views.statuses(found, "objective")
    order = {code: place for place, code in enumerate(names)}
    table = counts.sort_values("objective", key=lambda codes: codes.map(order), kind="stable")
    return table.assign(bar=table["objective"].map(names), n=table["count"])[["bar", "status", "n"]]


def sentence(counts: pd.DataFrame) -> str:
    """Return the title of the bars: how many of the series that can be assessed do well."""
    assessed = counts.loc[~counts["status"].isin(WITHOUT_VERDICT), "n"].sum()
    good = int(counts.loc[counts["status"].isin(views.GOOD), "n"].sum())
    if assessed == 0:
        return _("No series can be assessed yet")
    said = plural(
        "{n} of {{of}} series that can be assessed is on track or has met its target",
        "{n} of {{of}} series that can be assessed are on track or have met their target",
        good,
    )
    return said.format(of=number(int(assessed)))


def bars(found: Picture, counts: pd.DataFrame) -> go.Figure:
    """Draw the statuses of the plan by objective."""
    look_ = widgets.drawn(found, sentence(counts), note=core_note(), half=True)
    return charts.status_bar.draw(counts, **look_)


def placed(found: Picture) -> pd.DataFrame:
    """Return the areas that a map shows: Member States and observers."""
    areas = found.plan.areas
    if found.plan.scope != views.WORLD:
        return areas[areas["is_member"]]
    return areas[areas["kind"].isin(["state", "observer"])]


def states(found: Picture, indicator: str) -> pd.DataFrame:
    """Return the status of an indicator in every State, with a few words on its value."""
    table = views.latest(found, indicator)
    unit = found.plan.indicators.set_index("indicator").loc[indicator, "unit"]
    known = table["value"].notna()
    detail = table["value"].map(number) + " " + str(unit) + ", " + table["year"].map(_year)
    return table.assign(detail=detail.where(known, ""))[
        ["area", "name", "status", "value", "year", "detail"]
    ]


def _year(year: float) -> str:
    return str(int(year)) if year == year else ""  # noqa: PLR0124 - missing is not equal to itself


def world(
    found: Picture, words: PlanTexts, indicator: str, rows: pd.DataFrame, *, geographic: bool
) -> go.Figure:
    """Draw where an indicator stands, on tiles of one size or on the map."""
    text = words.indicator(indicator)
    counts = rows.groupby("status").size().reset_index(name="n").assign(bar=text.name)
    title = f"{text.name}: {charts.status_bar.sentence(counts)}"
    drawing = charts.world if geographic else charts.tiles
    look_ = widgets.drawn(found, title, source=text.fields["source"], half=True)
    figure: go.Figure = drawing.draw(rows, placed(found), **look_)
    return figure


def dates(words: PlanTexts) -> look.Html:
    """Return the next dates of the plan and what comes again."""
    today = visit.now().date()
    ahead = [event for event in words.events if (event.ends or event.starts) >= today]
    behind = [event for event in words.events if (event.ends or event.starts) < today]
    rows = [
        (when(event), event.title, event.source) for event in [*ahead[:5], *reversed(behind[-3:])]
    ]
    again = listing([str(entry["what"]) for entry in words.about.get("recurring", [])])
    table = look.table(_("Dates"), [_("Day"), _("What"), _("Source")], rows)
    if not words.about.get("recurring"):
        return table
    return look.join([table, look.notice(again, title=_("Comes again:"))])


def recent(found: Picture) -> look.Html:
    """Return the figures that were accepted last."""
    with visit.read() as session:
        table = reads.recent(session, found.plan.plan, as_of=widgets.as_of(found))
    if table.empty:
        return look.empty(_("Nothing has been accepted yet."))
    rows = [
        (
            row["name"],
            f"{row['indicator']} {row['title']}",
            f"{number(row['value'])} ({row['period']})",
            date(row["accepted_at"]),
        )
        for row in table.to_dict("records")
    ]
    columns = [_("Area"), _("Indicator"), _("Value"), _("Accepted")]
    return look.table(_("Last accepted"), columns, rows)
