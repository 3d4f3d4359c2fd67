"""What the overview shows: cards, statuses by objective, a map, dates, the latest figures."""

from dataclasses import dataclass
from datetime import date as Day
from html import escape
from typing import Final

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts
from dashboard.charts import palette
from dashboard.i18n import _, date, instant, language, listing, number, percent, plural
from dashboard.i18n.labels import word
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import reads, scorecards, views
from dashboard.services.differences import NOW
from dashboard.services.texts import EventText, PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import cached, cells, look, visit, widgets


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


def find_country(found: Picture) -> None:
    """Let a visitor find a country by its name in their language, and open its page."""
    names = cached.kept("area names", spoken, language())
    shown = found.names
    codes = cached.kept(
        "findable",
        lambda: sorted(names.keys() & shown.keys(), key=lambda code: names[code].casefold()),
        *found.key,
    )
    picked = st.selectbox(
        _("Find a country"),
        codes,
        index=None,
        format_func=names.__getitem__,
        placeholder=_("Type or choose a name"),
        key="find_country",
    )
    if picked:
        widgets.go_to("country", area=picked)


def spoken() -> dict[str, str]:
    """Return the names of States and observers in the reader's language."""
    with visit.read() as session:
        return scorecards.names(session, language())


@dataclass(frozen=True)
class Turned:
    """What changed in the whole plan, and since when."""

    since: scorecards.Since
    changes: pd.DataFrame  # scorecards.CHANGES

    def count(self, column: str, *words: str) -> int:
        """Return how many changes have one of these words in a column."""
        return int(self.changes[column].isin(words).sum())


def turned(found: Picture) -> Turned:
    """Return what changed since the last snapshot before the moment shown, or within a year."""
    with visit.read() as session:
        since = scorecards.since(session, found.plan.plan, moment=widgets.as_of(found))
    method = f"{found.method}:{found.preset}" if found.preset else found.method
    before = cached.picture(found.plan.plan, since.moment, method)
    return Turned(since, scorecards.changes(found, before))


def since_words(since: scorecards.Since) -> str:
    """Return since when, in words."""
    if since.round:
        return _("Changed since the round {name} was sealed").format(name=since.round)
    if since.snapshot:
        return _("Changed since the snapshot {name}").format(name=since.snapshot)
    return _("Changed since {day}").format(day=date(since.moment))


def cards(found: Picture, words: PlanTexts, change: Turned) -> look.Html:
    """Return the figures of the first screen, each with how many stand behind it."""
    states = views.states(found)
    silent = int((states["n"] == 0).sum())
    counts = views.statuses(found, "plan")
    assessed = int(counts.loc[~counts["status"].isin(WITHOUT_VERDICT), "count"].sum())
    good = int(counts.loc[counts["status"].isin(views.GOOD), "count"].sum())
    reported, expected = (
        int(counts[name].max()) if len(counts) else 0 for name in ("n", "expected")
    )
    better, worse = change.count("turn", "better"), change.count("turn", "worse")
    following = [event for event in words.events if (event.ends or event.starts) >= moment(found)]
    items = [
        look.card(
            _("States reporting"),
            number(len(states) - silent),
            unit=_("of {n}").format(n=number(len(states))),
            foot=look.coverage(reported, expected) if expected else "",
        ),
        look.card(
            _("On track or met"),
            percent(good / assessed) if assessed else "–",
            detail=_("{n} of {of} core series that can be assessed").format(
                n=number(good), of=number(assessed)
            )
            if assessed
            else _("no core series can be assessed yet"),
            href=widgets.address("scorecard"),
        ),
        look.card(
            since_words(change.since),
            number(change.count("what", "first", "newer", "corrected")),
            unit=_("figures"),
            detail=_("{better} verdicts better, {worse} worse").format(
                better=number(better), worse=number(worse)
            ),
            href="#changed",
        ),
    ]
    if following:
        items.append(
            look.card(
                _("Next date"), when(following[0], "long"), detail=following[0].title, href="#dates"
            )
        )
    return look.Html(f'<div class="hw-brief">{look.cards(items)}</div>')


def moment(found: Picture) -> Day:
    """Return the day that a picture is of."""
    return widgets.as_of(found).date()


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
    return charts.status_bar.draw(
        counts,
        **widgets.drawn(
            found, sentence(counts), coverage=widgets.reported(counts), note=core_note()
        ),
    )


FEW, MANY = 8, 100
"""Rows shown of what was accepted last, and how many figures are looked at for them."""
LEAST_SHARE: Final = 0.14
"""Share of a bar below which a part has no room for its number."""


def bars_table(found: Picture, counts: pd.DataFrame) -> look.Html:
    """Return the statuses of the plan by objective, each leading to its row of the scorecard."""
    codes = dict(
        zip(found.plan.objectives["title"], found.plan.objectives["objective"], strict=True)
    )
    rows = "".join(
        _bar(str(title), codes[str(title)], part)
        for title, part in counts.groupby("bar", sort=False)
    )
    body = look.Html(f'<div class="hw-bars">{rows}</div>')
    if counts.empty:
        body = look.empty(_("No series can be assessed yet"))
    return cells.figure(
        sentence(counts),
        body,
        foot=[widgets.foot(found, coverage=widgets.reported(counts)), core_note()],
        illustrative=found.plan.stamp.is_illustrative,
    )


def _bar(title: str, code: str, part: pd.DataFrame) -> str:
    tally = dict(zip(part["status"], part["n"], strict=True))
    total = sum(tally.values())
    told = total - tally.get("no_data", 0)
    assessed = sum(n for status, n in tally.items() if status not in WITHOUT_VERDICT)
    good = sum(n for status, n in tally.items() if status in views.GOOD)
    said = _("{share} reported").format(share=percent(told / total) if total else "–")
    well = _("{n} of {of} on track or met").format(n=number(good), of=number(assessed))
    parts = "".join(
        _part(status, int(tally[status]), int(total))
        for status in palette.ordered(list(tally))
        if tally[status]
    )
    words = ", ".join(
        f"{palette.word(status)} {number(int(tally[status]))}"
        for status in palette.ordered(list(tally))
    )
    to = widgets.address("scorecard", columns="indicators", objective=code)
    return (
        f'<div title="{escape(well)}">{look.anchor(title, to)}'
        f'<div class="hw-strip" role="img" aria-label="{escape(words)}">{parts}</div>'
        f"<span>{escape(said)}</span></div>"
    )


def _part(status: str, n: int, total: int) -> str:
    mark = palette.mark(status)
    texture = f" hw-{mark.texture}" if mark.texture else ""
    text = f"<em>{escape(mark.sign)} {number(n)}</em>" if n >= LEAST_SHARE * total else ""
    said = escape(f"{palette.word(status)}: {number(n)}")
    return f'<span class="hw-k-{mark.step}{texture}" style="--n:{n}" title="{said}">{text}</span>'


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


def map_title(words: PlanTexts, indicator: str, rows: pd.DataFrame) -> str:
    """Return the sentence above the map: how many States stand well on an indicator."""
    text = words.indicator(indicator)
    counts = rows.groupby("status").size().reset_index(name="n").assign(bar=text.name)
    return f"{text.name}: {charts.status_bar.sentence(counts)}"


def world(
    found: Picture, words: PlanTexts, indicator: str, rows: pd.DataFrame, *, geographic: bool
) -> go.Figure:
    """Draw where an indicator stands, on tiles of one size or on the map."""
    drawing = charts.world if geographic else charts.tiles
    look_ = widgets.drawn(
        found,
        map_title(words, indicator, rows),
        coverage=told(found, rows),
        source=words.indicator(indicator).fields["source"],
        note=how_statuses(found),
        half=True,
    )
    figure: go.Figure = drawing.draw(rows, placed(found), **look_)
    return figure


def told(found: Picture, rows: pd.DataFrame) -> str:
    """Return how many of the States on a map have reported the indicator."""
    areas = set(placed(found)["area"])
    known = rows[rows["value"].notna() & rows["area"].isin(areas)]
    return widgets.covered(known["area"].nunique(), len(areas), _("States and observers"))


def tiles(found: Picture, words: PlanTexts, indicator: str, rows: pd.DataFrame) -> look.Html:
    """Return where an indicator stands as tiles of one size, each a link to its State."""
    areas = placed(found)
    names = cached.kept("area names", spoken, language())
    areas = areas.assign(name=areas["area"].map(names).fillna(areas["name"]))
    said = dict(zip(rows["area"], zip(rows["status"], rows["detail"], strict=True), strict=True))
    source = words.indicator(indicator).fields["source"]
    return cells.figure(
        map_title(words, indicator, rows),
        cells.tiles(charts.tiles.alt(rows, areas), areas, said),
        foot=[widgets.foot(found, coverage=told(found, rows), source=source)],
        illustrative=found.plan.stamp.is_illustrative,
    )


def key(found: Picture, counts: pd.DataFrame, rows: pd.DataFrame) -> look.Html:
    """Return what the colours of bars and map mean, once for both."""
    silent = set() if set(placed(found)["area"]) <= set(rows["area"]) else {"no_data"}
    return look.Html(
        f'<div class="hw-figure">{look.key({*counts["status"], *rows["status"], *silent})}</div>'
    )


def changed(found: Picture, words: PlanTexts, change: Turned) -> look.Html:
    """Return what changed by objective: figures that came, verdicts that moved, and why."""
    table = change.changes
    if table.empty:
        return look.empty(_("Nothing changed."), since_words(change.since))
    objective = dict(
        zip(found.plan.indicators["indicator"], found.plan.indicators["objective"], strict=True)
    )
    table = table.assign(objective=table["indicator"].map(objective))
    came = table["what"].isin(["first", "newer"])
    rows = []
    for text in words.objectives:
        own = table["objective"] == text.code
        counts = [
            int((own & came).sum()),
            int((own & table["what"].eq("corrected")).sum()),
            *(int((own & table["turn"].eq(turn)).sum()) for turn in ("better", "worse")),
        ]
        rows.append((text.title, *map(number, counts)))
    heads = [
        *(_("Objective"), _("New figures"), _("Corrected figures")),
        *(_("Verdicts better"), _("Verdicts worse")),
    ]
    caption = f"{since_words(change.since)} ({instant(change.since.moment)})"
    shown = look.table(caption, heads, rows, numeric={1, 2, 3, 4})
    if change.since.identity:
        to = widgets.address("snapshots", **{"from": change.since.identity, "to": NOW})
        shown = look.join([shown, look.anchor(_("Every change, and what it is due to"), to)])
    moved = table[table["turn"].ne("") & table["what"].eq("judged")]
    if moved.empty:
        return shown
    said = plural(
        "{n} of these verdicts moved without a new figure: time went by, or what is asked changed.",
        "{n} of these verdicts moved without new figures: time went by, or what is asked changed.",
        len(moved),
    )
    return look.join([shown, look.notice(said)])


def awaited(found: Picture, words: PlanTexts) -> look.Html:
    """Return what is asked and not reported, by objective and by who is to bring it."""
    asked = found.plan.indicators
    codes = scorecards.indicators(found, tier="core")
    codes = [code for code in codes if asked.set_index("indicator").loc[code, "national"]]
    members = [str(code) for code in found.plan.areas.loc[found.plan.areas["is_member"], "area"]]
    drawn = scorecards.of_states(found, codes, members)
    drawn = drawn[drawn["expected"] > drawn["n"]]
    if drawn.empty:
        return look.notice(_("Every core series is reported."), tone="good")
    objective = dict(zip(asked["indicator"], asked["objective"], strict=True))
    modes = {one.code: str(one.fields["entry_mode"]) for one in words.indicators}
    drawn = drawn.assign(
        objective=drawn["column"].map(objective),
        mode=drawn["column"].map(modes).map(lambda mode: word("entry_mode", mode)),
    )
    rows = [
        _awaited(text.title, part)
        for text in words.objectives
        if len(part := drawn[drawn["objective"] == text.code])
    ]
    heads = [_("Objective"), _("Core series"), _("States"), _("Indicators"), _("How it comes in")]
    caption = _("Asked of States and not reported, or too old")
    return look.table(caption, heads, rows, numeric={1, 2, 3})


def _awaited(title: str, part: pd.DataFrame) -> tuple[str, ...]:
    modes = part["mode"].value_counts()
    return (
        title,
        number(len(part)),
        number(part["row"].nunique()),
        number(part["column"].nunique()),
        listing([f"{mode} ({number(int(n))})" for mode, n in modes.items()]),
    )


def reporting(found: Picture) -> pd.DataFrame:
    """Return who reports any core indicator, region by region, as the dots take it."""
    names = cached.kept("area names", spoken, language())
    table = views.states(found)
    region = table["region"].map(found.names).fillna(table["region"])
    told = table.assign(
        group=region,
        name=table["area"].map(names).fillna(table["name"]),
        has_reported=table["n"] > 0,
    )
    told = told.sort_values(["group", "name"], kind="stable")
    return told[["group", "area", "name", "has_reported", "n", "expected"]].reset_index(drop=True)


def how_reporting() -> str:
    """Return what the dots say."""
    return _("A filled dot is a State with at least one core figure that still counts.")


def dots(found: Picture, rows: pd.DataFrame) -> go.Figure:
    """Draw a dot for every State, filled where it reports."""
    told = int(rows["has_reported"].sum())
    look_ = widgets.drawn(
        found,
        charts.coverage.sentence(rows),
        coverage=widgets.covered(told, len(rows), _("States")),
        note=how_reporting(),
    )
    return charts.coverage.draw(rows, **look_)


def dates(found: Picture, words: PlanTexts) -> look.Html:
    """Return the next dates of the plan and what comes again."""
    today = moment(found)
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
    """Return the figures that were accepted last; what came together stands in one row."""
    with visit.read() as session:
        table = reads.recent(session, found.plan.plan, as_of=widgets.as_of(found), limit=MANY)
    if table.empty:
        return look.empty(_("Nothing has been accepted yet."))
    names = cached.kept("area names", spoken, language())
    rows = []
    for _key, came in table.groupby(["indicator", "accepted_at"], sort=False):
        one = came.iloc[0]
        name = names.get(one["area"], one["name"])
        value = f"{number(one['value'])} ({one['period']})"
        if came["area"].nunique() > 1:
            name = _("{area} and others").format(area=name)
        rows.append(
            (
                name,
                f"{one['indicator']}  {one['title']}",
                value if len(came) == 1 else _("several"),
                date(one["accepted_at"]),
            )
        )
    columns = [_("Area"), _("Indicator"), _("Value"), _("Accepted")]
    return look.table(_("Last accepted"), columns, rows[:FEW])
