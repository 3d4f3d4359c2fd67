"""What the page of a country shows beside the figures: the situation, treaties and measures."""

from typing import Final

import pandas as pd

from dashboard.i18n import _, date, number
from dashboard.i18n.labels import word
from dashboard.services import profiles, updates
from dashboard.services.profiles import TreatyStanding
from dashboard.services.texts import PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import country, look, places, visit, widgets
from models import Implementation

BOUND: Final = 2
"""The level of a party."""


def context(found: Picture, area: str, rows: pd.DataFrame) -> look.Html:
    """Return what describes the situation: figures without colour or rank."""
    table = profiles.context(rows)
    if table.empty:
        return look.empty(
            _("No figure that describes the situation has been reported."),
            _("Such figures have no better or worse, so they take no colour."),
        )
    told = [
        (
            places.indicator(row, area),
            places.dated(row["base"], row["base_year"], ""),
            places.dated(row["value"], row["year"], ""),
            str(row["unit"]),
            country.median(row | {"unit": ""}, "median", "n", "states"),
        )
        for row in table.to_dict("records")
    ]
    heads = [
        *(_("Indicator"), _("First (year)"), _("Latest (year)"), _("Unit")),
        country.median_of(found, area),
    ]
    return look.table(
        _("Context only: a rise may be better detection, more trafficking, or both"), heads, told
    )


def narrative(found: Picture, words: PlanTexts, reports: pd.DataFrame, area: str) -> look.Html:
    """Return the weaknesses, gaps and challenges that reports on measures name, and texts."""
    own = reports[reports["area"] == area].sort_values("as_at", ascending=False)
    kinds = {"weakness": _("Weakness"), "gap": _("Gap"), "challenge": _("Challenge")}
    told = [
        (
            kinds[name],
            str(row[name]),
            look.anchor(
                f"{row['measure']}  {words.measure(row['measure']).title}",
                widgets.address("measure", measure=row["measure"]),
            ),
            date(row["as_at"]),
        )
        for row in own.to_dict("records")
        for name in kinds
        if row[name]
    ]
    with visit.read() as session:
        texts = profiles.told_in_words(session, found, area, now=visit.now())
    told += [
        (_("Report"), str(row["text"]), places.indicator(row, area), str(row["period"]))
        for row in texts.to_dict("records")
    ]
    if not told:
        return look.empty(_("No weakness, gap or challenge has been reported in words."))
    heads = [_("Kind"), _("In the words of the report"), _("About"), _("As at")]
    return look.table(_("What reports name"), heads, told)


def treaties(found: Picture, words: PlanTexts, area: str) -> look.Html:
    """Return where a State stands towards the treaties, with days and how they are known."""
    with visit.read() as session:
        known = profiles.treaties(session, found, area, now=visit.now())
    if not known:
        return look.empty(_("No treaty action of this area is in the record."))
    titles = {
        entry.instrument: entry.title for measure in words.measures for entry in measure.references
    }
    rows = [
        (
            look.anchor(
                titles.get(each.instrument, each.instrument),
                widgets.address("indicator", indicator=each.indicator, area=area),
            ),
            look.tag(_levels()[each.level], "good" if each.level == BOUND else "calm"),
            _steps(each),
            each.told,
            date(each.read_on) if each.read_on else "–",
        )
        for each in known
    ]
    heads = [_("Treaty"), _("Stands as"), _("Actions"), _("As recorded"), _("List read on")]
    return look.table(_("Treaties, with dates"), heads, rows)


def _levels() -> dict[int | None, str]:
    return {
        BOUND: _("Party"),
        1: _("Signed, not a party"),
        0: _("Neither signed nor party"),
        None: _("Not known"),
    }


def _steps(each: TreatyStanding) -> str:
    actions = {
        "signature": _("signature"),
        "ratification": _("ratification"),
        "acceptance": _("acceptance"),
        "approval": _("approval"),
        "accession": _("accession"),
        "succession": _("succession"),
    }
    bases = {
        "read": _("read"),
        "excerpt": _("read in excerpts"),
        "recall": _("from memory"),
        "unstated": _("source not stated"),
        "inferred": _("inferred"),
    }
    return (
        "; ".join(
            f"{actions.get(action, action)} {date(day)} ({bases.get(basis, basis)})"
            for day, action, basis in each.steps
        )
        or "–"
    )


def reports(found: Picture) -> pd.DataFrame:
    """Return the accepted reports on measures, the newest of each area and measure."""
    with visit.read() as session:
        table = updates.accepted(session, plan=found.plan.plan, as_of=widgets.as_of(found))
    return table.drop_duplicates(["area", "measure"], keep="last")


def blocked(found: Picture, words: PlanTexts, rows: pd.DataFrame, area: str) -> look.Html:
    """Return the measures that are blocked, with what stands in the way and what comes next."""
    own = rows[(rows["area"] == area) & rows["implementation"].eq(Implementation.BLOCKED.value)]
    notices = [
        look.notice(
            _("{blocker}. Next step: {next}. As at {day}.").format(
                blocker=str(row["blocker"] or _("No blocker is named")).rstrip("."),
                next=str(row["next_step"] or _("none named")).rstrip("."),
                day=date(row["as_at"]),
            ),
            tone="stop",
            title=_("Blocked: {code} {title}.").format(
                code=row["measure"], title=words.measure(row["measure"]).title
            ),
        )
        for row in own.sort_values("measure").to_dict("records")
    ]
    return look.join(notices)


def measures(found: Picture, words: PlanTexts, rows: pd.DataFrame, area: str) -> look.Html:
    """Return the latest accepted report on each measure, the blocked first, and how many lack."""
    own = rows[rows["area"] == area]
    if own.empty:
        said = _("No report on a measure has been accepted for this State.")
        return look.empty(said, _("They are awaited from its coordinator."))
    is_blocked = own["implementation"].eq(Implementation.BLOCKED.value)
    ordered = own.assign(free=~is_blocked).sort_values(["free", "measure"], kind="stable")
    told = [
        (
            look.anchor(
                f"{row['measure']}  {words.measure(row['measure']).title}",
                widgets.address("measure", measure=row["measure"]),
            ),
            look.tag(
                word("implementation", str(row["implementation"])),
                "stop" if not row["free"] else "calm",
            ),
            date(row["as_at"]),
            *(row[name] or "–" for name in ("milestone", "blocker", "next_step")),
        )
        for row in ordered.to_dict("records")
    ]
    caption = _("{n} of {of} measures reported; the others have sent no report").format(
        n=number(len(own)), of=number(len(words.measures))
    )
    heads = [_("Measure"), _("State"), _("As at"), _("Milestone"), _("Blocker"), _("Next step")]
    return look.table(caption, heads, told)


def own_reports(rows: pd.DataFrame, area: str) -> pd.DataFrame:
    """Return the reports of one area, as a file holds them."""
    kept = ["measure", "implementation", "as_at", "milestone", "blocker", "weakness", "gap",
            "challenge", "next_step", "resources", "resources_needed", "resources_committed",
            "currency"]  # fmt: skip
    own = rows.loc[rows["area"] == area, kept]
    return own.assign(
        implementation=own["implementation"].map(str), as_at=own["as_at"].map(str)
    ).sort_values("measure")
