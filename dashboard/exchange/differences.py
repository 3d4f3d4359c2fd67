"""What changed between two states of a plan, and what each change is due to.

The later state is reached from the earlier one in steps, in the order of `CAUSES`: in each step
one kind of change is made and everything is computed again. What moves in a step is due to it, so
the parts of a figure add up to its whole, in decimals and to the last digit. A step that leaves no
figure is counted with the next one that gives a figure again. Where two kinds of change act on the
same figure, the order decides which of them bears what they do together; no other rule is hidden
in it. What the earlier arithmetic stated and today's finds in the same data belongs to the method.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import progress
from dashboard.exchange import canonical, recompute
from dashboard.exchange.about import About, SnapshotTables
from dashboard.exchange.recompute import doubles

CAUSES: Final = (
    "method",
    "edition",
    "membership",
    "weight",
    "target",
    "withdrawal",
    "revision",
    "report",
    "disclosure",
    "time",
)
"""Every kind of change, in the order in which the steps are taken."""
LAYERS: Final = {
    "edition": ("objectives", "measures", "measure_indicators", "indicators"),
    "membership": ("areas", "memberships"),
    "weight": ("weights",),
    "target": ("targets", "baselines"),
}
"""Tables that a step takes over whole from the later state."""
SAME_STATUSES: Final = frozenset({"weight"})
SAME_AGGREGATES: Final = frozenset({"method", "time"})
"""Steps after which these are what they were before."""
KEY: Final = ["area", "indicator", "cell", "period"]
SERIES: Final = ["area", "indicator"]
GROUPED: Final = ["group", "indicator", "year"]
TOLD: Final = ("value", "text", "qualifier", "status", "missing_reason", "revision")
"""What an observation says that a reader would call changed."""
HIDDEN: Final = "Q"
DIGITS: Final = 60
"""Digits in which parts are subtracted: more than any two figures of a file can differ by."""
Objects = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Differences:
    """What differs between two states; the tables have no row for what is the same.

    `observations`: the key, value and status before and after, cause, note, is_illustrative.
    `statuses`: area, indicator, status and share before and after, cause (those that changed it,
    divided by spaces), steps (`cause:status` for each step on which the status changed).
    `aggregates`: group, indicator, year, rule, value, n and states before and after, change, a
    column for each cause, whose parts add up to the change (decimal text, all empty where there is
    no figure on one side), cause.
    `counts`: status, before, after, change and a column for each cause: numbers of series.
    """

    start: About
    end: About
    observations: pd.DataFrame
    statuses: pd.DataFrame
    aggregates: pd.DataFrame
    counts: pd.DataFrame


@dataclass(frozen=True)
class _Ends:
    """Both states, and each observation of either with what its difference is due to."""

    start: SnapshotTables
    end: SnapshotTables
    observed: pd.DataFrame


@dataclass(frozen=True)
class _Stage:
    """Statuses and aggregates after a step; the first has no cause, it is where all begins."""

    cause: str
    statuses: pd.DataFrame
    aggregates: pd.DataFrame


def between(start: SnapshotTables, end: SnapshotTables) -> Differences:
    """Return what changed from one state of a plan to a later one.

    Both must be of the same plan, as `datapackage.read` gives them. Raises `ValueError` for two
    plans, or for a later state first.
    """
    if start.about.plan != end.about.plan:
        raise ValueError(f"{start.about.plan} and {end.about.plan} are two plans")
    if start.about.as_of > end.about.as_of:
        raise ValueError("the first state is the later one")
    observed = _observed(start, end)
    stages = list(_stages(_Ends(start, end, observed)))
    return Differences(
        start=start.about,
        end=end.about,
        observations=_observations(start, end, observed),
        statuses=_statuses(stages),
        aggregates=_aggregates(stages),
        counts=_counts(stages),
    )


def _observed(start: SnapshotTables, end: SnapshotTables) -> pd.DataFrame:
    """Return each key with its row on both sides (-1: none) and what its change is due to."""
    sides = [
        one.tables["observations"].assign(row=np.arange(len(one.tables["observations"])))
        for one in (start, end)
    ]
    columns = [*KEY, *TOLD, "row", "accepted_at"]
    both = sides[0][columns].merge(
        sides[1][columns], on=KEY, how="outer", suffixes=("_before", "_after"), sort=True
    )
    before, after = both["row_before"].notna(), both["row_after"].notna()
    same = before & after
    for name in TOLD:
        same &= both[f"{name}_before"].eq(both[f"{name}_after"]).fillna(value=False)
    ends = end.tables["revisions"][["area", "revision", "ended"]]
    ended = both[["area", "revision_before"]].merge(
        ends, left_on=["area", "revision_before"], right_on=["area", "revision"], how="left"
    )["ended"]
    known_then = both["accepted_at_after"] <= start.about.as_of
    hides = both["indicator"].isin(_hiding(start) | _hiding(end))
    was_hidden, is_hidden = (both[f"status_{side}"].eq(HIDDEN) for side in ("before", "after"))
    cases: list[tuple[Any, str]] = [
        (same, ""),
        (_strange(both, start, end, "indicators", "indicator"), "edition"),
        (_strange(both, start, end, "areas", "area"), "membership"),
        (~after & ended.eq("withdrawn").to_numpy(), "withdrawal"),
        (~after, "disclosure"),
        (~before & known_then & hides, "disclosure"),
        (~before, "report"),
        (was_hidden != is_hidden, "disclosure"),
    ]
    cause = np.select(
        [np.asarray(case, dtype=bool) for case, _ in cases],
        [word for _, word in cases],
        default="revision",
    )
    rows = {name: both[name].fillna(-1).astype("int64") for name in ("row_before", "row_after")}
    return both.assign(cause=cause, **rows)


def _hiding(side: SnapshotTables) -> set[str]:
    """Return the indicators whose small counts are not shown."""
    table = side.tables["indicators"]
    return set(table.loc[table["min_cell"].astype("int64") > 1, "indicator"])


def _strange(
    both: pd.DataFrame, start: SnapshotTables, end: SnapshotTables, table: str, column: str
) -> pd.Series:
    """Return whether a code is unknown on one of the two sides."""
    first, last = (set(one.tables[table][column]) for one in (start, end))
    return both[column].isin(first ^ last)


def _stages(ends: _Ends) -> Iterator[_Stage]:
    """Yield what is stated at first, what each step gives, and what is stated in the end.

    Nothing is computed that is stated already: today's arithmetic finds in either end what it
    says, so the last step leads to the later one. Statuses rest on no weight,
    aggregates on no method and no year of assessment.
    """
    start, end = ends.start, ends.end
    statuses, aggregates = (_stated(start.tables[name]) for name in ("statuses", "aggregates"))
    last = tuple(_stated(end.tables[name]) for name in ("statuses", "aggregates"))
    yield _Stage("", statuses, aggregates)
    taken = list(_taken(ends))
    is_stated = end.about.engine == progress.ENGINE_VERSION
    is_own = start.about.engine == progress.ENGINE_VERSION
    for place, (cause, state) in enumerate(taken):
        if is_stated and place == len(taken) - 1:
            yield _Stage(cause, *last)
            return
        whole = _whole(state)
        if not (is_own and cause in SAME_STATUSES):
            statuses = recompute.statuses(whole)
        if not (is_own and cause in SAME_AGGREGATES):
            aggregates = recompute.aggregates(whole)
        is_own = True
        yield _Stage(cause, statuses, aggregates)
    yield _Stage("method", *last)


def _taken(ends: _Ends) -> Iterator[tuple[str, SnapshotTables]]:
    """Yield the steps that change anything, and the state after each."""
    tables, about = dict(ends.start.tables), ends.start.about
    for cause in CAUSES:
        before = (tables, about)
        tables, about = _after(cause, tables, about, ends)
        is_other = cause == "method" and about.engine != progress.ENGINE_VERSION
        if is_other or before[0] is not tables or before[1] is not about:
            yield cause, SnapshotTables(about, tables)


def _stated(table: pd.DataFrame) -> pd.DataFrame:
    numbers = [name for name in recompute.COMPUTED if name in table]
    return table.assign(**{name: doubles(table[name]) for name in numbers})


def _after(
    cause: str,
    tables: dict[str, pd.DataFrame],
    about: About,
    ends: _Ends,
) -> tuple[dict[str, pd.DataFrame], About]:
    """Return the state after a step: the very same objects where the step changes nothing."""
    start, end, observed = ends.start, ends.end, ends.observed
    if cause == "method":
        same = (about.method, about.preset) == (end.about.method, end.about.preset)
        other = replace(about, method=end.about.method, preset=end.about.preset)
        return tables, about if same else other
    if cause == "time" and about.assessed != end.about.assessed:
        return tables, replace(about, assessed=end.about.assessed)
    moved = [name for name in LAYERS.get(cause, ()) if not tables[name].equals(end.tables[name])]
    changed = {name: end.tables[name] for name in moved}
    if observed["cause"].eq(cause).any():
        done = observed["cause"].isin(CAUSES[: CAUSES.index(cause) + 1])
        old = observed.loc[~done & (observed["row_before"] >= 0), "row_before"]
        new = observed.loc[done & (observed["row_after"] >= 0), "row_after"]
        parts = [one.tables["observations"].iloc[rows] for one, rows in ((start, old), (end, new))]
        changed["observations"] = pd.concat(parts, ignore_index=True)
    return ({**tables, **changed} if changed else tables), about


def _whole(state: SnapshotTables) -> SnapshotTables:
    """Leave out rows about indicators and areas that this step does not know."""
    tables = dict(state.tables)
    indicators, areas = set(tables["indicators"]["indicator"]), {"", *tables["areas"]["area"]}
    for name in ("observations", "targets", "baselines", "measure_indicators"):
        tables[name] = tables[name][tables[name]["indicator"].isin(indicators)]
    for name in ("observations", "targets", "baselines", "memberships", "weights"):
        tables[name] = tables[name][tables[name]["area"].isin(areas)]
    return replace(state, tables=tables)


def _observations(
    start: SnapshotTables, end: SnapshotTables, observed: pd.DataFrame
) -> pd.DataFrame:
    rows = observed[observed["cause"] != ""].reset_index(drop=True)
    last = rows["row_after"].where(rows["row_after"] >= 0)
    told = end.tables["observations"][["note", "is_illustrative"]].reindex(last)
    marked = start.tables["observations"]["is_illustrative"].reindex(rows["row_before"])
    texts = {
        name: rows[name].astype("str").where(rows[name].notna(), "")
        for name in ("value_before", "status_before", "value_after", "status_after")
    }
    pretended = told["is_illustrative"].eq(other=True).to_numpy() | (
        marked.eq(other=True).to_numpy()
    )
    note = told["note"].astype("str").where(told["note"].notna(), "").to_numpy()
    found: pd.DataFrame = rows[KEY].assign(
        **texts, cause=rows["cause"].astype("str"), note=note, is_illustrative=pretended
    )
    return found


def _statuses(stages: Sequence[_Stage]) -> pd.DataFrame:
    keys, tables = _aligned([stage.statuses for stage in stages], SERIES)
    words = np.stack([table["status"].astype("object").to_numpy() for table in tables])
    words = np.where(pd.isna(words), "", words).astype(object)
    numbers = np.stack([table[["value", "share", "year"]].to_numpy(np.float64) for table in tables])
    moved = words[0] != words[-1]
    differs = moved | _unequal(numbers[0], numbers[-1]).any(axis=1)
    words, numbers, moved = words[:, differs], numbers[:, differs], moved[differs]
    step = words[1:] != words[:-1]
    other = _unequal(numbers[1:], numbers[:-1]).any(axis=2)
    causes = [stage.cause for stage in stages[1:]]
    steps = _listed(step, [np.char.add(f"{cause}:", words[place + 1].astype(str))
                           for place, cause in enumerate(causes)])  # fmt: skip
    found = (
        keys[differs]
        .reset_index(drop=True)
        .assign(
            status_before=_words(words[0]),
            status_after=_words(words[-1]),
            share_before=numbers[0, :, 1],
            share_after=numbers[-1, :, 1],
            cause=_words(_caused(np.where(moved, step, other | step), causes)),
            steps=_words(steps),
        )
    )
    order = np.argsort(~moved, kind="stable")  # changed verdicts before changed numbers
    ready: pd.DataFrame = found.iloc[order].reset_index(drop=True)
    return ready


def _aggregates(stages: Sequence[_Stage]) -> pd.DataFrame:
    keys, tables = _aligned([stage.aggregates for stage in stages], GROUPED)
    values, n, states = (
        np.stack([table[name].to_numpy(np.float64, na_value=np.nan) for table in tables])
        for name in ("value", "n", "states")
    )
    n, states = np.nan_to_num(n), np.nan_to_num(states)
    seen = np.stack([values, n, states], axis=2)
    differs = _unequal(seen[0], seen[-1]).any(axis=1)
    values, n, states, seen = (part[:, differs] for part in (values, n, states, seen))
    causes = [stage.cause for stage in stages[1:]]
    both = np.isfinite(values[0]) & np.isfinite(values[-1])
    change, parts = _parts(values[:, both], causes)
    whole = {"change": change} | parts
    texts = {name: _spread(column, both) for name, column in whole.items()}
    rule = tables[-1]["rule"].where(tables[-1]["rule"].notna(), tables[0]["rule"])
    moved = _unequal(seen[1:], seen[:-1])
    # Where a figure came or went, its causes are the steps on which it did.
    came = np.isfinite(values[1:]) != np.isfinite(values[:-1])
    swapped = (np.isfinite(values[0]) != np.isfinite(values[-1]))[None, :]
    caused = np.where(swapped, came, moved.any(axis=2))
    return keys[differs].reset_index(drop=True).assign(
        rule=_words(rule.to_numpy(object)[differs]),
        value_before=values[0],
        value_after=values[-1],
        n_before=n[0].astype(np.int64),
        n_after=n[-1].astype(np.int64),
        states_before=states[0].astype(np.int64),
        states_after=states[-1].astype(np.int64),
        **texts,
        cause=_words(_caused(caused, causes)),
    )  # fmt: skip


def _parts(
    values: npt.NDArray[np.float64], causes: Sequence[str]
) -> tuple[Objects, dict[str, Objects]]:
    """Return the change of each figure and its part for each cause, as decimal text."""
    filled = pd.DataFrame(values).ffill().to_numpy(np.float64)
    distinct, place = np.unique(filled, return_inverse=True)
    exact = np.array([Decimal(canonical.number(one)) for one in distinct.tolist()], dtype=object)
    figures = exact[place].reshape(filled.shape) if len(distinct) else filled.astype(object)
    with localcontext() as context:
        context.prec = DIGITS
        steps = figures[1:] - figures[:-1]
        sums = {
            cause: steps[[one == cause for one in causes]].sum(axis=0) + Decimal(0)
            for cause in CAUSES
        }
        change = figures[-1] - figures[0]
    return _spelled(change), {cause: _spelled(part) for cause, part in sums.items()}


def _spelled(numbers: Objects) -> Objects:
    """Return decimals without needless noughts behind the point."""
    texts = [format(one, "f") for one in numbers.tolist()]
    short = [one.rstrip("0").rstrip(".") if "." in one else one for one in texts]
    return np.array(["0" if one == "-0" else one for one in short], dtype=object)


def _spread(column: Objects, where: npt.NDArray[np.bool_]) -> pd.Series:
    """Return the texts at their places, and nothing elsewhere."""
    out = np.full(len(where), "", dtype=object)
    out[where] = column
    return _words(out)


def _counts(stages: Sequence[_Stage]) -> pd.DataFrame:
    """Return how many series have each status, before and after, and what moved them."""
    numbers = np.stack(
        [
            stage.statuses["status"].value_counts().reindex(list(progress.STATUSES)).fillna(0)
            for stage in stages
        ]
    ).astype(np.int64)
    steps = numbers[1:] - numbers[:-1]
    causes = [stage.cause for stage in stages[1:]]
    parts = {cause: steps[[one == cause for one in causes]].sum(axis=0) for cause in CAUSES}
    table = pd.DataFrame(
        {
            "status": pd.array(list(progress.STATUSES), dtype="str"),
            "before": numbers[0],
            "after": numbers[-1],
            "change": numbers[-1] - numbers[0],
            **parts,
        }
    )
    return table[(table["before"] > 0) | (table["after"] > 0)].reset_index(drop=True)


def _aligned(
    tables: Sequence[pd.DataFrame], keys: list[str]
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return every key of any table, and each table with a row for each of them."""
    indexed = [table.set_index(keys) for table in tables]
    every = indexed[0].index
    for table in indexed[1:]:
        if not table.index.equals(every):
            every = every.union(table.index)
    every = every.unique().sort_values()
    return every.to_frame(index=False), [
        table.reindex(every).reset_index(drop=True) for table in indexed
    ]


def _unequal(one: npt.NDArray[np.float64], two: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (one != two) & ~(np.isnan(one) & np.isnan(two))
    return found


def _caused(steps: npt.NDArray[np.bool_], causes: Sequence[str]) -> Objects:
    """Return the causes on whose steps something moved, each once, in their order."""
    merged = np.stack(
        [
            steps[[one == cause for one in causes]].any(axis=0)
            if cause in causes
            else np.zeros(steps.shape[1], dtype=bool)
            for cause in CAUSES
        ]
    )
    return _listed(merged, [np.full(steps.shape[1], cause) for cause in CAUSES])


def _listed(chosen: npt.NDArray[np.bool_], words: Sequence[npt.NDArray[Any]]) -> Objects:
    """Return, column by column, the words chosen in each, divided by spaces."""
    out = np.full(chosen.shape[1], "", dtype=object)
    for is_chosen, word in zip(chosen, words, strict=True):
        out[is_chosen] = out[is_chosen] + " " + word[is_chosen].astype(object)
    return np.array([one.strip() for one in out.tolist()], dtype=object)


def _words(values: Objects) -> pd.Series:
    return pd.Series(pd.array(values.tolist(), dtype="str"))
