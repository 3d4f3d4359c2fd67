"""The note on one country: the whole plan there, against its region, as its page has it."""

import math
from collections.abc import Hashable
from typing import Any, Final

import pandas as pd

from dashboard.exchange.brief import Fact, Finding, Findings, Indicators, Passage, Row, Scale
from dashboard.i18n import _, date, number, plural
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import changes, profiles, updates, views
from dashboard.services.briefs import caveats, sentences
from dashboard.services.briefs.body import Body, bars, with_more
from dashboard.services.briefs.sentences import Counts
from dashboard.services.briefs.subject import (
    Subject,
    dated,
    ended,
    known,
    shortened,
    verdict,
)
from dashboard.services.views import GOOD

FEW: Final = 3
MOST_ROWS: Final = 32
MOST_LINES: Final = 4
Record = dict[Hashable, Any]


def body(subject: Subject) -> Body:
    """Return what the note says about a country."""
    found = subject.found
    rows = profiles.standing(found, subject.area)
    core = rows[rows["indicator"].isin(views.only(found.plan).indicators["indicator"])]
    asked = core[core["direction"] != 0]
    is_told = asked["value"].notna() & ~asked["flags"].fillna("").str.contains("stale")
    told = int(is_told.sum())
    judged = rows[~rows["status"].isin(WITHOUT_VERDICT)]
    good = int(judged["status"].isin(GOOD).sum())
    counts = Counts(told, len(asked), len(judged), good)
    states = views.states(found)
    region = str(found.plan.areas.set_index("area").loc[subject.area, "region"])
    peers = states[states["region"] == region] if region else states
    beside = subject.names.get(region or found.plan.scope, "")
    best, worst = profiles.strongest(rows, FEW), profiles.weakest(rows, FEW)
    silent = [str(name) for name in asked.loc[~is_told, "name"]]
    return Body(
        facts=_facts(counts, peers, beside, found.year),
        sentences=sentences.of_silent_country(subject, len(asked), peers, beside, silent)
        if rows["value"].isna().all()
        else sentences.of_country(subject, counts, best, worst, silent),
        statuses=bars(
            _by_objective(subject, rows),
            title=_("How its indicators stand, by objective"),
            note=_("All indicators asked of a State; context-only ones carry no verdict."),
        ),
        strongest=Findings(
            _("Strongest"),
            tuple(_finding(subject, row, beside) for row in best.to_dict("records")),
            _("Nothing is on track or met yet, as far as figures are sure enough to say so."),
        ),
        weakest=Findings(
            _("Furthest behind"),
            tuple(_finding(subject, row, beside) for row in worst.to_dict("records")),
            _("Nothing that is reported, recent and sure is behind."),
        ),
        changed=_changed(subject),
        blocked=_blocked(subject),
        indicators=_indicators(subject, core, beside),
        context=_context(subject, profiles.context(rows), beside),
        caveats=caveats.of_series(subject, core),
    )


def _facts(counts: Counts, peers: pd.DataFrame, region: str, year: int) -> tuple[Fact, ...]:
    middle = peers["coverage"].median() if len(peers) else float("nan")
    of = _("{n} of {of}")
    return (
        Fact(
            _("Core indicators reported"),
            of.format(n=number(counts.told), of=number(counts.asked)),
            _("with an accepted figure that is not too old"),
        ),
        Fact(
            _("On track or met"),
            of.format(n=number(counts.good), of=number(counts.assessed)),
            _("series that can be assessed, as assessed in {year}").format(year=year),
        ),
        Fact(
            _("Region's median of core indicators reported"),
            number(None if math.isnan(middle) else round(middle * counts.asked)),
            _("{region}, {n} States").format(region=region, n=number(len(peers))),
        ),
    )


def _by_objective(subject: Subject, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the counts by objective; what is context only and not reported is not reported."""
    objectives = subject.found.plan.objectives
    silent = rows["status"].eq("context_only") & rows["year"].isna()
    rows = rows.assign(status=rows["status"].mask(silent, "no_data"))
    counts = rows.groupby(["objective", "status"]).size().reset_index(name="n")
    table = objectives[["objective", "title"]].merge(counts, on="objective")
    return table.assign(bar=table["title"])


def _finding(subject: Subject, row: Record, region: str) -> Finding:
    code = str(row["indicator"])
    parts = [_("{value} in {year}").format(value=subject.amount(code, row["value"]),
                                           year=int(row["year"]))]  # fmt: skip
    aim = subject.aim(code)
    if aim is not None:
        parts.append(
            _("{whose} target {target} by {due}").format(
                whose=aim.whose, target=subject.target(code), due=aim.year
            )
        )
    if not pd.isna(row["median"]):
        parts.append(
            _("median of {region} {median} ({n} of {of} States)").format(
                region=region,
                median=subject.amount(code, row["median"]),
                n=number(int(row["n"])),
                of=number(int(row["states"])),
            )
        )
    return Finding(str(row["name"]), ended("; ".join(parts)), verdict(str(row["status"])))


def _changed(subject: Subject) -> Passage:
    since = subject.since
    rows = changes.since(subject.session, subject.found, subject.area, since.moment)
    title = _("What changed since {day}").format(day=date(since.moment, "long"))
    note = (
        _("Compared with the snapshot “{name}”.").format(name=since.snapshot)
        if since.snapshot
        else _("No snapshot was taken before; compared with a year earlier.")
    )
    lines = [_change(subject, row) for row in rows.to_dict("records")]
    nothing = _("No new figure was accepted and no verdict moved.")
    return Passage(title, with_more(lines, MOST_LINES) or (nothing,), note)


def _change(subject: Subject, row: Record) -> str:
    code = str(row["indicator"])
    parts = {
        "name": row["name"],
        "value": dated(subject.amount(code, row["value"]), row["year"]),
        "before": _before(subject, code, row["before"], row["before_year"]),
    }
    said = {
        "first": _("{name}: {value}, reported for the first time"),
        "newer": _("{name}: {value}, before {before}"),
        "corrected": _("{name}: corrected to {value}, before {before}"),
        "withdrawn": _("{name}: {before} was withdrawn"),
        "verdict": _("{name}: no new figure"),
    }[str(row["what"])].format(**parts)
    if row["moved"] == 0:
        return ended(said)
    turned = _("{said}; from “{before}” to “{after}”.")
    return turned.format(
        said=said,
        before=verdict(str(row["status_before"])).word,
        after=verdict(str(row["status"])).word,
    )


def _before(subject: Subject, code: str, value: float, year: float) -> str:
    """Return the earlier figure; its year alone where counts may be small."""
    if math.isnan(value) and not math.isnan(year):
        return _("a figure of {year}").format(year=int(year))
    return dated(subject.amount(code, value), year)


def _blocked(subject: Subject) -> Passage:
    rows = updates.accepted(
        subject.session,
        plan=subject.found.plan.plan,
        as_of=views.as_of_words(subject.found),
    )
    own = rows[rows["area"] == subject.area].drop_duplicates("measure", keep="last")
    title = _("What is blocked")
    if own.empty:
        return Passage(title, (_("No report on a measure has been accepted."),))
    stuck = own[own["implementation"].map(str) == "blocked"].sort_values("measure")
    note = plural(
        "{n} of {{of}} measures reported is blocked.",
        "{n} of {{of}} measures reported are blocked.",
        len(stuck),
    ).format(of=number(len(own)))
    lines = [_blocker(subject, row) for row in stuck.to_dict("records")]
    if not lines:
        return Passage(title, (note,))
    return Passage(title, with_more(lines, FEW), note)


def _blocker(subject: Subject, row: Record) -> str:
    title = subject.words.measure(str(row["measure"])).title
    said = _("{code} {title} (as at {day}): {blocker}").format(
        code=row["measure"],
        title=title,
        day=date(row["as_at"]),
        blocker=shortened(str(row["blocker"] or "")) or _("no reason was given"),
    )
    if not row["next_step"]:
        return said
    return _("{said} Next step: {step}").format(
        said=said if said.endswith((".", "…")) else ended(said),
        step=shortened(str(row["next_step"])),
    )


def _indicators(subject: Subject, core: pd.DataFrame, region: str) -> Indicators:
    median = _("Median of {region}").format(region=region)
    rows = core[core["direction"] != 0]
    note = _("A figure with a dash is not reported; levels stand as numbers.")
    if len(rows) > MOST_ROWS:
        note = _("The first {n} of {of}; the others are on the page of the country.").format(
            n=number(MOST_ROWS), of=number(len(rows))
        )
    return Indicators(
        title=_("Every core indicator"),
        heads=(
            *(_("Indicator"), _("On its own scale from zero"), _("Baseline (year)")),
            *(_("Latest (year)"), _("Target (year)"), median, _("Status")),
        ),
        rows=tuple(_row(subject, row) for row in rows.head(MOST_ROWS).to_dict("records")),
        marks=(
            *(("value", _("Latest value")), ("base", _("Baseline"))),
            *(("target", _("Target")), ("median", median)),
        ),
        note=note,
    )


def _row(subject: Subject, row: Record) -> Row:
    code = str(row["indicator"])
    is_known = not pd.isna(row["value"])
    base = dated(subject.figure(code, row["base"]), row["base_year"])
    aim, held = subject.aim(code), _("none set")
    if aim is not None:
        held = dated(aim.sign + subject.figure(code, aim.value), aim.year)
        held = held if aim.is_proposed else f"{held}, {aim.whose}"
    median = subject.figure(code, row["median"])
    if not pd.isna(row["median"]):
        median = _("{value} ({n} of {of})").format(
            value=median, n=number(int(row["n"])), of=number(int(row["states"]))
        )
    marks = [subject.unit(code)] if subject.unit(code) not in {"", "%"} else []
    marks += [_("low confidence")] if row["confidence"] == "low" and is_known else []
    marks += [_("old")] if "stale" in str(row["flags"]) else []
    return Row(
        name=str(row["name"]),
        scale=Scale(
            value=known(row["value"]),
            base=known(row["base"]),
            target=None if aim is None else aim.value,
            median=known(row["median"]),
            upper=subject.upper(code),
            verdict=verdict(str(row["status"])),
            said=_said(subject, row),
        ),
        cells=(
            base if not pd.isna(row["base"]) else "–",
            dated(subject.figure(code, row["value"]), row["year"]),
            held,
            median,
        ),
        mark=", ".join(marks),
    )


def _said(subject: Subject, row: Record) -> str:
    """Return what a scale shows, in a sentence."""
    code, aim = str(row["indicator"]), subject.aim(str(row["indicator"]))
    if pd.isna(row["value"]):
        return _("{name}: not reported.").format(name=row["name"])
    told = _("{name}: {value}").format(name=row["name"], value=subject.amount(code, row["value"]))
    for frame, value in (
        (_("{told}, baseline {value}"), row["base"]),
        (_("{told}, target {value}"), float("nan") if aim is None else aim.value),
        (_("{told}, median {value}"), row["median"]),
    ):
        if not pd.isna(value):
            told = frame.format(told=told, value=subject.amount(code, value))
    return ended(told)


def _context(subject: Subject, rows: pd.DataFrame, region: str) -> Passage:
    lines = []
    for row in rows.to_dict("records"):
        code = str(row["indicator"])
        said = _("{name}: {value} in {year}").format(
            name=row["name"], value=subject.amount(code, row["value"]), year=int(row["year"])
        )
        if not pd.isna(row["median"]):
            said = _("{said}; median of {region} {median} ({n} of {of} States)").format(
                said=said,
                region=region,
                median=subject.amount(code, row["median"]),
                n=number(int(row["n"])),
                of=number(int(row["states"])),
            )
        lines.append(ended(said))
    note = _(
        "Context only: neither higher nor lower is better, so there is no verdict and no rank."
    )
    return Passage(_("The situation"), with_more(lines, MOST_LINES), note if lines else "")
