"""The note on a region, a group or the world: its figures with n of N, and how its States stand."""

from collections.abc import Hashable
from typing import Any, Final

import pandas as pd

from dashboard.exchange.brief import Fact, Finding, Findings, Indicators, Passage, Row, Scale
from dashboard.i18n import _, date, listing, number, plural
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import regions, scorecards, updates, views
from dashboard.services.briefs import caveats, sentences
from dashboard.services.briefs.body import Body, bars, with_more
from dashboard.services.briefs.sentences import GroupCounts
from dashboard.services.briefs.subject import Subject, dated, ended, known, verdict
from dashboard.services.views import GOOD

FEW: Final = 3
MOST_ROWS: Final = 32
LEAST_COVERAGE: Final = 0.5
"""Share of the States that must have a verdict before they are compared."""
Record = dict[Hashable, Any]


def body(subject: Subject) -> Body:
    """Return what the note says about a group."""
    found = subject.found
    rows = regions.standing(found, subject.area)
    core = rows[rows["indicator"].isin(views.only(found.plan).indicators["indicator"])]
    core = core.reset_index(drop=True)
    every = compared(subject, core)
    best = most_met(every)
    worst = least_met(every[~every["indicator"].isin(best["indicator"])])
    by_objective = _by_objective(subject)
    counts = _counts(subject, by_objective, core)
    return Body(
        facts=_facts(counts, found.year),
        sentences=sentences.of_group(subject, counts, best, worst),
        statuses=bars(
            by_objective,
            title=_("How the series of its States stand, by objective"),
            note=_("Core indicators; a series is one indicator in one State."),
        ),
        strongest=Findings(
            _("Strongest"),
            tuple(_finding(row) for row in best.to_dict("records")),
            _("On no indicator can half of the States be assessed, and does any do well."),
        ),
        weakest=Findings(
            _("Furthest behind"),
            tuple(_finding(row) for row in worst.to_dict("records")),
            _("On no indicator can half of the States be assessed, and is any behind."),
        ),
        changed=_changed(subject),
        blocked=_blocked(subject),
        indicators=_indicators(subject, every),
        context=_context(subject, core),
        caveats=caveats.of_group(subject, core),
    )


def compared(subject: Subject, core: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a group with how its States stand on each indicator.

    Further columns: members (States that belong), reporting (those of them with a value that is not
    too old), assessed and good (on track or met among these).
    """
    own = subject.found.progress
    inside = regions.members(subject.found, subject.area)
    own = own[own["area"].isin(inside) & ~own["flags"].str.contains("stale", regex=False)]
    judged = own[~own["status"].isin(WITHOUT_VERDICT)]
    tallies = {
        "reporting": own[own["value"].notna()].groupby("indicator").size(),
        "assessed": judged.groupby("indicator").size(),
        "good": judged[judged["status"].isin(GOOD)].groupby("indicator").size(),
    }
    table = core.assign(
        **{
            name: core["indicator"].map(tally).fillna(0).astype("int64")
            for name, tally in tallies.items()
        }
    )
    return table.assign(members=len(inside))


def most_met(rows: pd.DataFrame, most: int = FEW) -> pd.DataFrame:
    """Return the indicators on which the greatest share of the States does well.

    `rows` are from `compared`. Those on which less than half of the States can be assessed, or
    none does well, are left out; between equal shares that of more States comes first.
    """
    table = _comparable(rows)
    table = table[table["good"] > 0]
    return table.sort_values(["part", "assessed"], ascending=False, kind="stable").head(most)


def least_met(rows: pd.DataFrame, most: int = FEW) -> pd.DataFrame:
    """Return the indicators on which the least share of the States does well.

    As `most_met`; those on which every State does well are left out.
    """
    table = _comparable(rows)
    table = table[table["good"] < table["assessed"]]
    order = table.sort_values(["part", "assessed"], ascending=[True, False], kind="stable")
    return order.head(most)


def _comparable(rows: pd.DataFrame) -> pd.DataFrame:
    enough = rows["assessed"] >= LEAST_COVERAGE * rows["members"]
    kept = rows[(rows["assessed"] > 0) & enough]
    return kept.assign(part=kept["good"] / kept["assessed"])


def _by_objective(subject: Subject) -> pd.DataFrame:
    """Return the counts by objective, as the overview has them of all and a region of its own."""
    found = subject.found
    table = (
        views.statuses(found, "objective")
        if subject.area == found.plan.scope
        else regions.counts(found, subject.area)
    )
    titles = found.plan.objectives[["objective", "title"]]
    placed = titles.merge(table, on="objective")
    return placed.rename(columns={"n": "told"}).assign(bar=placed["title"], n=placed["count"])


def _counts(subject: Subject, counts: pd.DataFrame, core: pd.DataFrame) -> GroupCounts:
    each = counts.drop_duplicates("objective")
    states = regions.table(subject.found, subject.area)
    return GroupCounts(
        reporting=int((states["n"] > 0).sum()),
        states=len(states),
        told=int(each["told"].sum()),
        expected=int(each["expected"].sum()),
        assessed=int(counts.loc[~counts["status"].isin(WITHOUT_VERDICT), "n"].sum()),
        good=int(counts.loc[counts["status"].isin(GOOD), "n"].sum()),
        asked=int((core["direction"] != 0).sum()),
    )


def _facts(counts: GroupCounts, year: int) -> tuple[Fact, ...]:
    of = _("{n} of {of}")
    return (
        Fact(
            _("States reporting"),
            of.format(n=number(counts.reporting), of=number(counts.states)),
            _("with at least one core indicator"),
        ),
        Fact(
            _("Core series reported"),
            of.format(n=number(counts.told), of=number(counts.expected)),
            _("a value that is too old is counted as not reported"),
        ),
        Fact(
            _("On track or met"),
            of.format(n=number(counts.good), of=number(counts.assessed)),
            _("series that can be assessed, as assessed in {year}").format(year=year),
        ),
    )


def _finding(row: Record) -> Finding:
    said = _(
        "{good} of the {assessed} States that can be assessed are on track or have met the target; "
        "{n} of {of} report."
    ).format(
        good=number(int(row["good"])),
        assessed=number(int(row["assessed"])),
        n=number(int(row["reporting"])),
        of=number(int(row["members"])),
    )
    return Finding(str(row["name"]), said, None)


def _changed(subject: Subject) -> Passage:
    since = subject.since
    inside = regions.members(subject.found, subject.area)
    rows = scorecards.changes(subject.found, subject.before(since.moment))
    rows = rows[rows["area"].isin(inside)]
    title = _("What changed since {day}").format(day=date(since.moment, "long"))
    note = (
        _("Compared with the snapshot “{name}”.").format(name=since.snapshot)
        if since.snapshot
        else _("No snapshot was taken before; compared with a year earlier.")
    )
    fresh = rows[rows["what"].isin(["first", "newer", "corrected"])]
    better, worse = (int(rows["turn"].eq(turn).sum()) for turn in ("better", "worse"))
    lines = [
        plural(
            "{n} series has a new or corrected figure, in {{states}} States.",
            "{n} series have new or corrected figures, in {{states}} States.",
            len(fresh),
        ).format(states=number(int(fresh["area"].nunique()))),
        _("{better} verdicts are better than before, {worse} are worse.").format(
            better=number(better), worse=number(worse)
        ),
        *_turned(subject, rows),
    ]
    if rows.empty:
        lines = [_("No new figure was accepted and no verdict moved.")]
    return Passage(title, tuple(lines), note)


def _turned(subject: Subject, rows: pd.DataFrame) -> list[str]:
    """Return on which indicators most verdicts moved, up and down."""
    names = subject.found.plan.indicators.set_index("indicator")["name"]
    said = []
    for turn, frame in (
        ("better", _("Most often better on {name}: in {n} States.")),
        ("worse", _("Most often worse on {name}: in {n} States.")),
    ):
        tally = rows.loc[rows["turn"] == turn, "indicator"].value_counts()
        if not tally.empty and tally.iloc[0] > 1:
            said.append(frame.format(name=names[tally.index[0]], n=number(int(tally.iloc[0]))))
    return said


def _blocked(subject: Subject) -> Passage:
    rows = updates.accepted(
        subject.session, plan=subject.found.plan.plan, as_of=views.as_of_words(subject.found)
    )
    inside = regions.members(subject.found, subject.area)
    own = rows[rows["area"].isin(inside)].drop_duplicates(["area", "measure"], keep="last")
    title = _("What is blocked")
    if own.empty:
        return Passage(title, (_("No report on a measure has been accepted."),))
    stuck = own[own["implementation"].map(str) == "blocked"]
    note = plural(
        "{n} of {{of}} reports on measures says that it is blocked.",
        "{n} of {{of}} reports on measures say that they are blocked.",
        len(stuck),
    ).format(of=number(len(own)))
    told = own.groupby("measure").size()
    tally = stuck.groupby("measure")["area"].agg(["size", list]).sort_index()
    tally = tally.sort_values("size", ascending=False, kind="stable").head(FEW)
    lines = [
        _("{code} {title}: in {n} of {of} States that report on it, such as {names}.").format(
            code=measure,
            title=subject.words.measure(str(measure)).title,
            n=number(int(row["size"])),
            of=number(int(told[str(measure)])),
            names=listing(sorted(subject.names[area] for area in row["list"])[:FEW]),
        )
        for measure, row in tally.to_dict("index").items()
    ]
    return Passage(title, tuple(lines) or (note,), note if lines else "")


def _indicators(subject: Subject, rows: pd.DataFrame) -> Indicators:
    shown = rows[rows["direction"] != 0]
    note = _(
        "Core indicators, each by its own rule: a share of States that meet a condition is given "
        "in per cent. n of N are the States behind the figure."
    )
    if len(shown) > MOST_ROWS:
        note = _("The first {n} of {of}; the others are on the page of the group.").format(
            n=number(MOST_ROWS), of=number(len(shown))
        )
    return Indicators(
        title=_("Every core indicator"),
        heads=(
            *(_("Indicator"), _("On its own scale from zero"), _("Figure (year)")),
            *(_("n of N"), _("Target (year)"), _("States on track or met"), _("Status")),
        ),
        rows=tuple(_row(subject, row) for row in shown.head(MOST_ROWS).to_dict("records")),
        marks=(("value", _("Figure of the group")), ("target", _("Target"))),
        note=note,
    )


def _row(subject: Subject, row: Record) -> Row:
    code, is_share = str(row["indicator"]), row["rule"] == regions.SHARE
    is_known = not pd.isna(row["value"])
    figure = dated(subject.figure(code, row["value"], is_share=is_share), row["year"])
    held, target = _("none set"), known(row["target"])
    if target is not None:
        held = dated(subject.figure(code, target, is_share=is_share), row["target_year"])
    good = _("{n} of {of}").format(n=number(int(row["good"])), of=number(int(row["assessed"])))
    marks = [subject.unit(code)] if subject.unit(code) not in {"", "%"} and not is_share else []
    marks += [_("low confidence")] if row["confidence"] == "low" and is_known else []
    behind = _("{n} of {of}").format(n=number(int(row["n"])), of=number(int(row["states"])))
    return Row(
        name=str(row["name"]),
        scale=Scale(
            value=known(row["value"]),
            base=None,
            target=target,
            median=None,
            upper=1.0 if is_share else subject.upper(code),
            verdict=verdict(str(row["status"])),
            said=_said(subject, row, is_share=is_share),
        ),
        cells=(
            figure if is_known else _("too few") if row["n"] else "–",
            behind,
            held,
            good if row["assessed"] else "–",
        ),
        mark=", ".join(marks),
    )


def _said(subject: Subject, row: Record, *, is_share: bool) -> str:
    code = str(row["indicator"])
    if pd.isna(row["value"]):
        return _("{name}: {n} of {of} States report.").format(
            name=row["name"], n=number(int(row["n"])), of=number(int(row["states"]))
        )
    told = _("{name}: {value}").format(
        name=row["name"], value=subject.amount(code, row["value"], is_share=is_share)
    )
    if not pd.isna(row["target"]):
        told = _("{told}, target {value}").format(
            told=told, value=subject.amount(code, row["target"], is_share=is_share)
        )
    return ended(told)


def _context(subject: Subject, core: pd.DataFrame) -> Passage:
    rows = core[(core["direction"] == 0) & core["value"].notna()]
    lines = [
        _("{name}: {value} in {year}, {n} of {of} States reporting.").format(
            name=row["name"],
            value=subject.amount(
                str(row["indicator"]), row["value"], is_share=row["rule"] == regions.SHARE
            ),
            year=int(row["year"]),
            n=number(int(row["n"])),
            of=number(int(row["states"])),
        )
        for row in rows.to_dict("records")
    ]
    note = _(
        "Context only: neither higher nor lower is better, so there is no verdict and no rank."
    )
    return Passage(_("The situation"), with_more(lines, FEW), note if lines else "")
