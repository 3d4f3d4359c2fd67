"""One area on the whole plan: what stands out, what changed, what is awaited, what is known beside.

Pages, notes and files take these, so that the strongest and the weakest are the same everywhere.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pandas as pd
from sqlmodel import Session

from dashboard import progress
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import peers, reads, views
from dashboard.services.texts import PlanTexts
from dashboard.services.views import GOOD, Picture
from models import EntryMode, Kind
from seed import facts

MOST: Final = 3
WRONG_WAY: Final = (
    *("deteriorating", "regressed", "lost", "clear_worsening", "significant_away"),
    *("slight_worsening", "moderate_away"),
)
TOO_LATE: Final = ("missed", "not_met")
STILL: Final = ("stagnant", "stagnant_or_regressing", "not_started")
TOO_SLOW: Final = ("limited",)
BEHIND: Final[dict[str, int]] = {
    status: place
    for place, group in enumerate((WRONG_WAY, TOO_LATE, STILL, TOO_SLOW))
    for status in group
}
"""The statuses that make a gap, the gravest first."""


def standing(found: Picture, area: str) -> pd.DataFrame:
    """Return `views.profile` with what makes a row stand out, and the peers' median beside it.

    Further columns: confidence; worse and better (share of the region's other States with a verdict
    whose verdict is worse or better); peers (median of the fair peers), peers_n, peers_of.
    """
    rows = views.profile(found, area)
    graded = found.once("confidence", lambda: _confidence(found))
    own = graded.loc[graded.index == area]
    beside = peers.medians(found, [str(code) for code in peers.of(found, area)["area"]])
    beside = beside.rename(columns={"median": "peers", "n": "peers_n", "of": "peers_of"})
    shown = ["indicator", "peers", "peers_n", "peers_of"]
    return (
        rows.merge(own, on="indicator", how="left")
        .merge(_company(found, area), on="indicator", how="left")
        .merge(beside[shown], on="indicator", how="left")
        .assign(confidence=lambda it: it["confidence"].fillna(""))
    )


def _confidence(found: Picture) -> pd.DataFrame:
    graded = progress.confidence(found.plan, year=found.year)
    return graded.set_index("area")[["indicator", "confidence"]]


def _ranked(found: Picture) -> pd.DataFrame:
    """Return the rank of every verdict, and the region of those that have members' company."""
    table = found.progress[["area", "indicator", "status"]]
    table = table[~table["status"].isin(WITHOUT_VERDICT)]
    rank = {word: place for place, word in enumerate(progress.STATUSES)}
    states = found.plan.areas[found.plan.areas["is_member"]].set_index("area")["region"]
    return table.assign(rank=table["status"].map(rank), region=table["area"].map(states))


def _company(found: Picture, area: str) -> pd.DataFrame:
    """Return the share of the region's other States that do worse, and better, by indicator."""
    region = str(views.by_code(found).loc[area, "region"])
    table = found.once("ranked", lambda: _ranked(found))
    own = table[table["area"] == area][["indicator", "rank"]]
    rest = table[table["region"].eq(region) & table["area"].ne(area)][["indicator", "rank"]]
    both = rest.merge(own, on="indicator", suffixes=("", "_own"))
    both = both.assign(
        worse=both["rank"] > both["rank_own"], better=both["rank"] < both["rank_own"]
    )
    return both.groupby("indicator")[["worse", "better"]].mean().reset_index()


def strongest(rows: pd.DataFrame, most: int = MOST) -> pd.DataFrame:
    """Return where an area does best: met or on track, first what the region has least reached.

    `rows` are those of `standing`. Nothing old or of low confidence makes a strength.
    """
    good = rows[rows["status"].isin(GOOD) & _is_sure(rows)]
    order = good.assign(lead=good["worse"].fillna(0.0), core=good["tier"].eq("core"))
    return order.sort_values(["lead", "core", "share"], ascending=False, kind="stable").head(most)


def weakest(rows: pd.DataFrame, most: int = MOST) -> pd.DataFrame:
    """Return where an area is furthest behind: the gravest status first, then what others reached.

    `rows` are those of `standing`. Nothing old or of low confidence makes a gap.
    """
    poor = rows[rows["status"].isin(BEHIND) & _is_sure(rows)]
    order = poor.assign(
        grave=poor["status"].map(BEHIND),
        others=-poor["better"].fillna(0.0),
        rest=~poor["tier"].eq("core"),
    )
    return order.sort_values(["grave", "others", "rest", "pace"], kind="stable").head(most)


def _is_sure(rows: pd.DataFrame) -> pd.Series:
    fresh = ~rows["flags"].fillna("").str.contains("stale")
    return fresh & rows["confidence"].ne("low")


def awaited(found: Picture, words: PlanTexts, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is not reported, or too old to count, and by whom it is awaited.

    Columns: indicator, name, tier, status, flags, year, mode (a word of `EntryMode`), custodian.
    """
    old = rows["flags"].fillna("").str.contains("stale")
    gone = rows[rows["status"].ne("not_applicable") & (rows["value"].isna() | old)]
    fields = {text.code: text.fields for text in words.indicators}
    told = gone.assign(
        mode=[str(fields[code]["entry_mode"]) for code in gone["indicator"]],
        custodian=[str(fields[code]["custodian"]) for code in gone["indicator"]],
    )
    order = [EntryMode.COORDINATOR.value, EntryMode.CENTRAL_IMPORT.value, EntryMode.COMPUTED.value]
    place = told["mode"].map({mode: place for place, mode in enumerate(order)})
    core = told["tier"].eq("core")
    sorted_ = told.assign(place=place, late=~core).sort_values(["place", "late"], kind="stable")
    kept = ["indicator", "name", "tier", "status", "flags", "year", "mode", "custodian"]
    return sorted_[kept].reset_index(drop=True)


def context(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of indicators that describe the situation and are never judged."""
    return rows[
        (rows["direction"] == 0) & rows["value"].notna() & (rows["status"] == "context_only")
    ]


def told_in_words(session: Session, found: Picture, area: str, *, now: datetime) -> pd.DataFrame:
    """Return what an area reported in words: the newest text of each indicator that takes texts.

    Columns: indicator, name, period, text, source.
    """
    table = found.plan.indicators
    codes = table.loc[(table["kind"] == Kind.TEXT) & (table["min_cell"] <= 1), "indicator"]
    if codes.empty:
        return pd.DataFrame(columns=["indicator", "name", "period", "text", "source"])
    rows = reads.observations(
        session, found.plan.plan, as_of=views.as_of_words(found), areas=[area], indicators=codes
    )
    names = table.set_index("indicator")["name"]
    newest = rows[rows["text"].fillna("") != ""].drop_duplicates("indicator", keep="last")
    return newest.assign(name=newest["indicator"].map(names))[
        ["indicator", "name", "period", "text", "source"]
    ]


@dataclass(frozen=True)
class TreatyStanding:
    """Where a State stands towards a treaty, with the days and how they are known."""

    instrument: str
    indicator: str
    level: int | None  # 2 party, 1 signed, 0 neither, none where it is not known
    told: str  # as recorded with the latest figure, or why there is none
    steps: tuple[tuple[date, str, str], ...]  # day, action, basis; oldest first
    read_on: date | None
    address: str


def treaties(session: Session, found: Picture, area: str, *, now: datetime) -> list[TreatyStanding]:
    """Return where an area stands towards each treaty of which the program ships the facts."""
    moment = views.as_of_words(found)
    told = facts.read()
    shown = []
    for treaty in told.treaties:
        if treaty.plan != found.plan.plan:
            continue
        rows = reads.observations(
            session, treaty.plan, as_of=moment, areas=[area], indicators=[treaty.indicator]
        )
        rows = rows[rows["year"] <= found.year]
        if rows.empty:
            continue
        last = rows.iloc[-1]
        day = min((moment or now).date(), treaty.last_read)
        steps = tuple(
            (each.date, each.action, told.sources[each.source].basis)
            for each in told.of(treaty.instrument, area)
            if each.action != "not_party" and each.date <= day
        )
        shown.append(
            TreatyStanding(
                instrument=treaty.instrument,
                indicator=treaty.indicator,
                level=None if pd.isna(last["value"]) else int(last["value"]),
                told=str(last["note"] or last["missing_reason"] or ""),
                steps=steps,
                read_on=last["source_date"],
                address=str(last["evidence"] or ""),
            )
        )
    return shown
