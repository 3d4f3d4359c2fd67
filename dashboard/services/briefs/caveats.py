"""What to keep in mind: what is generated, proposed, unsure, old or withheld in a note."""

from typing import Final

import pandas as pd

from dashboard.i18n import _, listing, number, plural
from dashboard.services.briefs.subject import Subject
from dashboard.services.views import WITHHELD

NAMED: Final = 3


def of_series(subject: Subject, core: pd.DataFrame) -> tuple[str, ...]:
    """Return what limits the figures of one area; `core` are rows of `profiles.standing`."""
    known = core[core["value"].notna()]
    flags = known["flags"].fillna("")
    aims = [subject.aim(str(code)) for code in core["indicator"]]
    proposed = sum(aim is not None and aim.is_proposed for aim in aims)
    lines = [
        _proposed(proposed, sum(aim is not None for aim in aims)),
        _named(
            plural(
                "{n} figure is more than five years old and counts as not reported",
                "{n} figures are more than five years old and count as not reported",
                int(flags.str.contains("stale").sum()),
            ),
            known[flags.str.contains("stale")],
        ),
        _named(
            plural(
                "{n} figure has a low confidence (few reports, an old one or an estimate)",
                "{n} figures have a low confidence (few reports, old ones or estimates)",
                int(known["confidence"].eq("low").sum()),
            ),
            known[known["confidence"].eq("low")],
        ),
        _named(
            plural(
                "{n} verdict is withheld, since a newer value is a small count that is not shown",
                "{n} verdicts are withheld, since newer values are small counts that are not shown",
                int(flags.str.contains(WITHHELD).sum()),
            ),
            known[flags.str.contains(WITHHELD)],
        ),
        _marked(flags),
    ]
    return (*pretend(subject), *(line for line in lines if line), *subject.words.notices)


def of_group(subject: Subject, core: pd.DataFrame) -> tuple[str, ...]:
    """Return what limits the figures of a group; `core` are rows of `regions.standing`."""
    thin = core[core["value"].isna() & (core["n"] > 0)]
    aims = [subject.aim(str(code)) for code in core["indicator"]]
    proposed = sum(aim is not None and aim.is_proposed for aim in aims)
    lines = [
        _proposed(proposed, sum(aim is not None for aim in aims)),
        _named(
            plural(
                "{n} figure is not given, since too few States report it",
                "{n} figures are not given, since too few States report them",
                len(thin),
            ),
            thin,
        ),
        _("Verdicts on figures of the group are of the States that report in both years."),
        _("Sums in which a small count could be recognized are not shown."),
    ]
    return (*pretend(subject), *(line for line in lines if line), *subject.words.notices)


def pretend(subject: Subject) -> tuple[str, ...]:
    """Return the sentence on illustrative data, where there are any."""
    if not subject.found.plan.stamp.is_illustrative:
        return ()
    return (
        _(
            "Illustrative data: they were generated to show what the dashboard does; no State "
            "reported them, and nothing here may be quoted as a fact."
        ),
    )


def _proposed(proposed: int, aims: int) -> str:
    if not proposed:
        return ""
    said = plural(
        "{n} of the {{of}} targets used here is proposed by this project and not agreed by States.",
        "{n} of the {{of}} targets used here are proposed by this project and not agreed by "
        "States.",
        proposed,
    )
    return said.format(of=number(aims))


def _named(said: str, rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    names = [str(name) for name in rows["name"]]
    if len(names) > NAMED:
        return _("{said}, among them {names}.").format(said=said, names=listing(names[:NAMED]))
    return _("{said}: {names}.").format(said=said, names=listing(names))


def _marked(flags: pd.Series) -> str:
    """Return how many latest values are provisional or estimates, where any are."""
    early, guessed = (int(flags.str.contains(word).sum()) for word in ("provisional", "estimated"))
    parts = [
        plural("{n} is provisional", "{n} are provisional", early) if early else "",
        plural("{n} is an estimate", "{n} are estimates", guessed) if guessed else "",
    ]
    told = [part for part in parts if part]
    return _("Of the latest values {parts}.").format(parts=listing(told)) if told else ""
