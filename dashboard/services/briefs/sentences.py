"""The three sentences that a delegate can read out, and the rules by which they come about.

1. How much is reported, and how much of what can be assessed is on track or met.
2. Where the area does best: the first of the strongest, with value, year and target; or that
   nothing is.
3. Where it is furthest behind: the first of the weakest; or that nothing that is reported is
   behind, and what is not reported.

For a group, best and furthest behind are told by the share of its States that are on track or have
met the target, where at least half of them can be assessed. Of an area without any figure it is
said that there is none, what others report, and what is awaited. No sentence is without a number
and a year; what is old or of low confidence is never read out; no word says why a figure is as it
is.
"""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from dashboard.exchange.brief import Passage
from dashboard.i18n import _, listing, number, plural
from dashboard.services.briefs.subject import Subject, verdict

Three = tuple[str, str, str]
NAMED: Final = 2
"""How many of the silent indicators a sentence names."""


@dataclass(frozen=True)
class Counts:
    """What is counted of an area."""

    told: int  # core indicators with an accepted figure
    asked: int  # core indicators
    assessed: int  # series that can be assessed
    good: int  # of these on track or met


def passage(three: Three, *, is_illustrative: bool) -> Passage:
    """Return the sentences under their heading, with how they came about."""
    note = _(
        "Written from the figures by fixed rules, which are told under Method: every sentence has "
        "its number and its year, and no sentence says why."
    )
    if is_illustrative:
        note = _("Illustrative data: not to be read out as facts.") + " " + note
    return Passage(_("To read out"), three, note)


def of_country(
    subject: Subject,
    counts: Counts,
    best: pd.DataFrame,
    worst: pd.DataFrame,
    silent: list[str],
) -> Three:
    """Return the sentences on a country that reports something.

    `best` and `worst` are rows of `profiles.standing`, the first one counts; `silent` are the names
    of core indicators that are not reported.
    """
    return (
        _standing(subject, counts),
        _best(subject, counts, best),
        _worst(subject, worst, silent, counts),
    )


def _standing(subject: Subject, counts: Counts) -> str:
    told = _("{area} reports {told} of the {asked} core indicators of the {plan}").format(
        area=subject.name,
        told=number(counts.told),
        asked=number(counts.asked),
        plan=subject.words.short_title,
    )
    if counts.assessed == 0:
        said = _("{told}, as known on {day}; none of its series can be assessed yet.")
        return said.format(told=told, day=subject.known)
    said = plural(
        "{{told}}; of its {{of}} series that can be assessed, {n} is on track or has met its "
        "target, as assessed in {{year}}.",
        "{{told}}; of its {{of}} series that can be assessed, {n} are on track or have met their "
        "target, as assessed in {{year}}.",
        counts.good,
    )
    return said.format(told=told, of=number(counts.assessed), year=subject.found.year)


def _best(subject: Subject, counts: Counts, best: pd.DataFrame) -> str:
    if not best.empty:
        return _against(subject, _("{area} does best on {claim}."), best)
    said = _(
        "Nothing that {area} reports is on track or met with a confidence that bears a claim, as "
        "assessed in {year}: {n} of its series can be assessed."
    )
    return said.format(area=subject.name, year=subject.found.year, n=number(counts.assessed))


def _worst(subject: Subject, worst: pd.DataFrame, silent: list[str], counts: Counts) -> str:
    if not worst.empty:
        return _against(subject, _("{area} is furthest behind on {claim}."), worst)
    if not silent:
        said = _(
            "Nothing that {area} reports is behind with a confidence that bears a claim, as "
            "assessed in {year}; each of the {n} core indicators is reported."
        )
        return said.format(area=subject.name, year=subject.found.year, n=number(counts.asked))
    said = plural(
        "Nothing that {{area}} reports is behind with a confidence that bears a claim, as assessed "
        "in {{year}}; {n} core indicator is not reported or too old to count: {{names}}.",
        "Nothing that {{area}} reports is behind with a confidence that bears a claim, as assessed "
        "in {{year}}; {n} core indicators are not reported or too old to count, among them "
        "{{names}}.",
        len(silent),
    )
    return said.format(area=subject.name, year=subject.found.year, names=listing(silent[:NAMED]))


def _against(subject: Subject, frame: str, rows: pd.DataFrame) -> str:
    """Return a claim on the first of some rows: value and year, target and year, the verdict."""
    row = rows.iloc[0]
    code = str(row["indicator"])
    value = subject.amount(code, row["value"])
    status = verdict(str(row["status"])).word
    parts = {"name": row["name"], "value": value, "year": int(row["year"]), "status": status}
    aim = subject.aim(code)
    if aim is None:
        claim = _("{name}: {value} in {year} ({status})").format(**parts)
    else:
        claim = _(
            "{name}: {value} in {year}, against the {whose} target of {target} by {due} ({status})"
        ).format(**parts, whose=aim.whose, target=subject.target(code), due=aim.year)
    return frame.format(area=subject.name, claim=claim)


def of_silent_country(
    subject: Subject, asked: int, peers: pd.DataFrame, region: str, silent: list[str]
) -> Three:
    """Return the sentences on a country without any figure; `peers` are rows of `views.states`."""
    first = _(
        "No figure on any of the {asked} core indicators of the {plan} is accepted for {area}, as "
        "known on {day}."
    ).format(
        asked=number(asked), plan=subject.words.short_title, area=subject.name, day=subject.known
    )
    second = plural(
        "Of the {{of}} Member States of {{region}}, {n} reports at least one core indicator, as "
        "known on {{day}}.",
        "Of the {{of}} Member States of {{region}}, {n} report at least one core indicator, as "
        "known on {{day}}.",
        int((peers["n"] > 0).sum()),
    ).format(of=number(len(peers)), region=region, day=subject.known)
    third = _(
        "No claim on the progress of {area} can be made, as assessed in {year}; awaited are {n} "
        "core indicators, the first of them {names}."
    ).format(
        area=subject.name,
        year=subject.found.year,
        n=number(asked),
        names=listing(silent[:NAMED]),
    )
    return first, second, third


@dataclass(frozen=True)
class GroupCounts:
    """What is counted of a group."""

    reporting: int  # States with at least one core indicator
    states: int
    told: int  # core series that are reported
    expected: int
    assessed: int
    good: int
    asked: int  # core indicators


def of_group(
    subject: Subject, counts: GroupCounts, best: pd.DataFrame, worst: pd.DataFrame
) -> Three:
    """Return the sentences on a group; `best` and `worst` as from `group.compared`."""
    if counts.told == 0:
        return _of_silent_group(subject, counts)
    first = plural(
        "{{among}}, {n} reports at least one core indicator of the {{plan}}; {{good}} of the "
        "{{assessed}} core series that can be assessed are on track or have met their target, as "
        "assessed in {{year}}.",
        "{{among}}, {n} report at least one core indicator of the {{plan}}; {{good}} of the "
        "{{assessed}} core series that can be assessed are on track or have met their target, as "
        "assessed in {{year}}.",
        counts.reporting,
    ).format(
        among=_among(subject, counts),
        plan=subject.words.short_title,
        assessed=number(counts.assessed),
        good=number(counts.good),
        year=subject.found.year,
    )
    few = _(
        "{area}: there is no indicator on which half of the States can be assessed and any does "
        "well; {n} of {of} core series are reported, as assessed in {year}."
    )
    none = _(
        "{area}: there is no indicator on which half of the States can be assessed and any is "
        "behind; {n} of {of} core series are reported, as assessed in {year}."
    )
    return (
        first,
        _most(subject, _("{where}, the best result is on {name}"), best)
        or few.format(**_reported(subject, counts)),
        _most(subject, _("{where}, the weakest result is on {name}"), worst)
        or none.format(**_reported(subject, counts)),
    )


def _where(subject: Subject) -> str:
    if subject.area == subject.found.plan.scope:
        return _("Across all Member States")
    return _("In {area}").format(area=subject.name)


def _among(subject: Subject, counts: GroupCounts) -> str:
    if subject.area == subject.found.plan.scope:
        return _("Of all {n} Member States").format(n=number(counts.states))
    said = _("Of the {n} Member States of {area}")
    return said.format(n=number(counts.states), area=subject.name)


def _reported(subject: Subject, counts: GroupCounts) -> dict[str, str]:
    return {
        "area": subject.name,
        "n": number(counts.told),
        "of": number(counts.expected),
        "year": str(subject.found.year),
    }


def _most(subject: Subject, frame: str, rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    row = rows.iloc[0]
    said = _(
        "{claim}: {good} of the {assessed} States that can be assessed are on track or have met "
        "the target, as assessed in {year}, with {n} of {of} reporting."
    )
    return said.format(
        claim=frame.format(where=_where(subject), name=row["name"]),
        good=number(int(row["good"])),
        assessed=number(int(row["assessed"])),
        year=subject.found.year,
        n=number(int(row["reporting"])),
        of=number(int(row["members"])),
    )


def _of_silent_group(subject: Subject, counts: GroupCounts) -> Three:
    parts = {
        "area": subject.name,
        "plan": subject.words.short_title,
        "states": number(counts.states),
        "expected": number(counts.expected),
        "asked": number(counts.asked),
        "day": subject.known,
        "year": subject.found.year,
    }
    return (
        _(
            "For none of the {states} Member States of {area} is any figure on the {asked} core "
            "indicators of the {plan} accepted, as known on {day}."
        ).format(**parts),
        _("Awaited from {area} are {expected} core series, as known on {day}.").format(**parts),
        _(
            "No claim on the progress of the {states} States of {area} can be made, as assessed in "
            "{year}."
        ).format(**parts),
    )
