"""What the faces show of a plan: one value a screen, worked out once and shown by all of them.

The pages, the API, the command line and the briefs take these, so that the same figure stands
everywhere.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd
from sqlmodel import Session, col, select

from dashboard import frames, progress
from dashboard.i18n import language
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import reads
from models import FOREVER, AreaKind, AreaName, NotFound, ReferenceArea

Result = TypeVar("Result")

GOOD: Final = frozenset({"target_met", "on_track"})
WORLD: Final = "M49-001"
WITHHELD: Final = "withheld"
"""The flag of a series whose newest values are small and therefore not shown."""


@dataclass(frozen=True)
class Picture:
    """A plan with the status of every series in it, as known at one moment."""

    plan: frames.PlanFrames  # as the public may see it: small counts are hidden
    year: int  # the assessment year
    progress: pd.DataFrame  # progress.ASSESSMENTS
    method: str = "linear"
    preset: str | None = None
    spoken: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Names of areas in other languages: language, code, name."""

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What tells this picture from others of the same version of the record."""
        return (self.plan.plan, self.plan.stamp.as_of, self.method, self.preset)

    def once(self, name: str, make: Callable[[], Result]) -> Result:
        """Return what `make` works out of the whole picture, the first time it is asked for.

        It is shared by everyone who asks for this name: nobody may change it.
        """
        known: dict[str, Any] = self.__dict__.setdefault("_once", {})
        if name not in known:
            known[name] = make()
        result: Result = known[name]
        return result

    @property
    def names(self) -> dict[str, str]:
        """The names of areas by their codes, in the reader's language where it has them.

        Shared by everyone: nobody may change them.
        """
        spoken = self.spoken.get(language(), {})
        areas = self.plan.areas
        return self.once(
            f"names {language()}",
            lambda: dict(zip(areas["area"], areas["name"], strict=True)) | dict(spoken),
        )

    @cached_property
    def peopled(self) -> dict[str, str]:
        """The kinds of the areas that have members, in the order of their names; shared."""
        areas = self.plan.areas
        some = areas[areas["area"].isin(set(self.plan.memberships["group"]))]
        return dict(zip(some["area"], some["kind"], strict=True))

    @cached_property
    def indicators(self) -> dict[str, str]:
        """The names of indicators by their codes, in the order of the plan; shared as well."""
        asked = self.plan.indicators
        return dict(zip(asked["indicator"], asked["name"], strict=True))


def picture(
    session: Session, plan: str, *, as_of: datetime | None = None, today: datetime
) -> Picture:
    """Return a plan with the status of every series, as known at a moment (none: today)."""
    loaded = progress.disclosed(reads.load(session, plan, as_of=as_of))
    year = (as_of or today).astimezone(UTC).year
    table = judged(loaded, progress.measure(loaded, year=year))
    return Picture(loaded, year, table, spoken=_spoken(session, set(loaded.areas["area"])))


def _spoken(session: Session, shown: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the newest names of areas in every language but English."""
    wanted = (
        select(AreaName.language, ReferenceArea.code, AreaName.name)
        .join(ReferenceArea, col(ReferenceArea.id) == AreaName.area_id)
        .where(AreaName.language != "en")
        .order_by(col(AreaName.since))
    )
    found: dict[str, dict[str, str]] = {}
    for spoken, code, name in session.exec(wanted):
        if code in shown:
            found.setdefault(spoken, {})[code] = name
    return found


def judged(plan: frames.PlanFrames, table: pd.DataFrame) -> pd.DataFrame:
    """Give no verdict where a value newer than the one shown is withheld: it would mislead."""
    cube = plan.cube
    hidden = (cube.flags[0] & np.uint8(frames.Flag.SUPPRESSED)) > 0
    if not hidden.any():
        return table
    years = np.asarray(cube.years, dtype=np.float64)
    newest = np.where(hidden, years, -np.inf).max(axis=-1)
    line = pd.Index(cube.areas).get_indexer(pd.Index(table["area"]))
    column = pd.Index(cube.indicators).get_indexer(pd.Index(table["indicator"]))
    older = newest[line, column] > table["year"].fillna(-np.inf).to_numpy()
    flags = (table["flags"] + " " + WITHHELD).str.strip()
    unknown = {name: table[name].mask(older) for name in ("share", "pace", "reached")}
    return table.assign(
        **unknown,
        status=table["status"].mask(older, "insufficient_data"),
        flags=table["flags"].mask(older, flags),
    )


def by_method(found: Picture, method: str, preset: str | None) -> Picture:
    """Return the same picture with statuses by another method."""
    table = progress.measure(found.plan, year=found.year, method=method, preset=preset)
    table = judged(found.plan, table)
    return replace(found, progress=table, method=method, preset=preset)


def only(plan: frames.PlanFrames, tier: str = "core") -> frames.PlanFrames:
    """Return the plan with the indicators of one tier alone; with all where none has it."""
    kept = plan.indicators[plan.indicators["tier"] == tier]
    return plan if kept.empty else replace(plan, indicators=kept.reset_index(drop=True))


def statuses(found: Picture, by: str, *, tier: str = "core") -> pd.DataFrame:
    """Return how many series of each status there are, by objective, area, region …, n of N.

    Columns are those of `progress.rollup`.
    """
    plan = only(found.plan, tier)
    table = found.progress[found.progress["indicator"].isin(plan.indicators["indicator"])]
    return progress.rollup(table, plan, by=by, year=found.year)


def states(found: Picture, *, tier: str = "core") -> pd.DataFrame:
    """Return a row for each Member State: what it reports and how much of that is on track.

    Columns: area, name, region, subregion, column, row, n, expected, assessed, good, share (of the
    assessed series that are on track or met; missing where none is assessed), coverage (n of N).
    It is shared by everyone who asks: nobody may change it.
    """
    return found.once(f"states {tier}", lambda: _states(found, tier))


def _states(found: Picture, tier: str) -> pd.DataFrame:
    counts = statuses(found, "area", tier=tier)
    wide = counts.pivot_table(
        index="area", columns="status", values="count", aggfunc="sum", fill_value=0
    )
    assessed = wide[[word for word in wide if word not in WITHOUT_VERDICT]].sum(axis=1)
    good = wide[[word for word in wide if word in GOOD]].sum(axis=1)
    reported = counts.drop_duplicates("area").set_index("area")[["n", "expected"]]
    members = found.plan.areas[found.plan.areas["is_member"]]
    table = members[["area", "name", "region", "subregion", "column", "row"]].merge(
        reported.assign(assessed=assessed, good=good), left_on="area", right_index=True, how="left"
    )
    table = table.fillna({"n": 0, "expected": 0, "assessed": 0, "good": 0})
    table = table.astype(dict.fromkeys(("n", "expected", "assessed", "good"), "int64"))
    return table.assign(
        share=np.where(
            table["assessed"] > 0, table["good"] / table["assessed"].replace(0, 1), np.nan
        ),
        coverage=np.where(table["expected"] > 0, table["n"] / table["expected"].replace(0, 1), 0.0),
    )


def profile(found: Picture, area: str) -> pd.DataFrame:
    """Return a row for each indicator that an area reports or should: its state and its region's.

    Columns: indicator, objective, name, unit, kind, tier, direction, value, year, base, base_year,
    target, target_year, share, pace, status, flags, median (of the region, latest year of the
    area's value or of the plan), n and states (behind the median).
    """
    if area not in set(found.plan.areas["area"]):
        raise NotFound(f"No area has the code {area!r}.")
    place = by_code(found).loc[area]
    own = of_area(found, area)
    level = place["kind"] in {AreaKind.STATE, AreaKind.OBSERVER}
    asked = found.plan.indicators
    asked = asked[asked["national"] if level else asked["indicator"].isin(own["indicator"])]
    kept = ["indicator", "objective", "measure", "name", "unit", "kind", "tier", "direction"]
    table = asked[kept].merge(own.drop(columns="area"), on="indicator", how="left")
    silent = np.where(table["direction"] == 0, "context_only", "no_data")
    table["status"] = table["status"].fillna(pd.Series(silent, index=table.index))
    group = place["region"] if level else found.plan.scope
    return table.merge(medians(found, str(group)), on="indicator", how="left")


def by_code(found: Picture) -> pd.DataFrame:
    """Return the areas, their codes as the index; shared."""
    return found.once("areas by code", lambda: found.plan.areas.set_index("area"))


def of_area(found: Picture, area: str) -> pd.DataFrame:
    """Return the rows of progress of one area, in the order of the whole; shared."""
    places = found.once("places of areas", lambda: found.progress.groupby("area").indices)
    return found.progress.iloc[places.get(area, [])]


def fresh(found: Picture) -> pd.DataFrame:
    """Return the rows of progress whose value is not older than five years; shared."""
    rows = found.progress
    return found.once("fresh", lambda: rows[~rows["flags"].str.contains("stale")])


def medians(found: Picture, group: str) -> pd.DataFrame:
    """Return the median of the latest values of a group's States, with n of N, by indicator.

    Who belongs on the last day of the picture's year belongs, as in every aggregate; regions and
    the world hold Member States only. Values older than five years are left out.
    """
    return found.once(f"medians of {group}", lambda: _medians(found, group))


def _medians(found: Picture, group: str) -> pd.DataFrame:
    rows, end = found.plan.memberships, found.year + 1.0
    now = rows[(rows["group"] == group) & (rows["since"] < end) & (rows["until"] >= end)]["area"]
    places = by_code(found)
    if group in places.index and places.loc[group, "kind"] != AreaKind.GROUP.value:
        now = now[now.map(places["is_member"]).eq(True)]
    rows = fresh(found)
    inside = rows[rows["area"].isin(now)]
    table = inside.groupby("indicator")["value"].agg(median="median", n="count").reset_index()
    return table.assign(states=len(now))


def latest(found: Picture, indicator: str) -> pd.DataFrame:
    """Return the state of one indicator in every Member State, silent ones included.

    Columns: area, name, region, subregion, column, row and those of `frames.PROGRESS`.
    """
    members = found.plan.areas[found.plan.areas["is_member"]]
    kept = members[["area", "name", "region", "subregion", "column", "row"]]
    own = found.progress[found.progress["indicator"] == indicator]
    table = kept.merge(own, on="area", how="left")
    table["indicator"] = indicator
    return table.assign(status=table["status"].fillna("no_data"), flags=table["flags"].fillna(""))


def aggregates(found: Picture, indicator: str, groups: list[str]) -> pd.DataFrame:
    """Return the yearly aggregates of an indicator in groups, by its declared rule, with n of N."""
    return progress.aggregate(found.plan, groups=groups, indicators=[indicator])


def groups(found: Picture, *kinds: AreaKind) -> list[str]:
    """Return the codes of areas of these kinds that have members, in the order of their names."""
    wanted = {kind.value for kind in kinds}
    return [code for code, kind in found.peopled.items() if kind in wanted]


def as_of_words(found: Picture) -> datetime | None:
    """Return the moment the picture is of, or none where it is of today."""
    return None if found.plan.stamp.as_of == FOREVER else found.plan.stamp.as_of
