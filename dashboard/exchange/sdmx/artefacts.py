"""Which artefacts of a structure a message holds: what was asked for, and what that refers to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from dashboard.exchange.sdmx import model
from dashboard.exchange.sdmx.model import Structure

CONCEPTS: Final = "CS_CONCEPTS"
KINDS: Final = (
    *("codelist", "conceptscheme", "categoryscheme", "categorisation"),
    *("datastructure", "dataflow"),
)
"""The kinds of artefacts there are, in the order in which they depend on each other."""


@dataclass(frozen=True)
class Chosen:
    """Identifiers of artefacts, kind by kind; no availability but where it is given."""

    structure: Structure
    codelist: tuple[str, ...] = ()
    conceptscheme: tuple[str, ...] = ()
    categoryscheme: tuple[str, ...] = ()
    categorisation: tuple[str, ...] = ()
    datastructure: tuple[str, ...] = ()
    dataflow: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was found."""
        return not any(getattr(self, kind) for kind in KINDS)


def lists(structure: Structure) -> dict[str, str]:
    """Return the code lists by their identifiers, and the component of each."""
    return {structure.listed(component): component for component in model.LISTED}


def every(structure: Structure, kind: str) -> tuple[str, ...]:
    """Return the identifiers of all artefacts of a kind."""
    flows = tuple(flow.id for flow in structure.flows)
    return {
        "codelist": tuple(lists(structure)),
        "conceptscheme": (CONCEPTS,),
        "categoryscheme": (structure.scheme,) if structure.categories else (),
        "categorisation": tuple(f"IN_{flow}" for flow in flows) if structure.categories else (),
        "datastructure": (structure.id,),
        "dataflow": flows,
    }[kind]


def chosen(
    structure: Structure, kinds: Iterable[str], ids: frozenset[str], references: str
) -> Chosen:
    """Return the artefacts of these kinds and identifiers (none: all), with what they refer to.

    `references` is none, children, descendants, parents, parentsandsiblings, all, or a kind.
    """
    made = _with(
        Chosen(structure),
        {
            kind: tuple(one for one in every(structure, kind) if not ids or one in ids)
            for kind in kinds
        },
    )
    if references in {"none", ""} or made.is_empty:
        return made
    if references == "all":
        return _all(made)
    if references in {"children", "descendants"}:
        return _below(made, deep=references == "descendants")
    if references in {"parents", "parentsandsiblings", "ancestors"}:
        return _above(made)
    if references in KINDS:
        return _with(made, {references: every(structure, references)})
    return made


def _with(chosen: Chosen, ids: Mapping[str, tuple[str, ...]]) -> Chosen:
    changes: dict[str, Any] = dict(ids)
    return replace(chosen, **changes)


def _below(made: Chosen, *, deep: bool) -> Chosen:
    s = made.structure
    if made.categorisation:
        made = replace(made, categoryscheme=every(s, "categoryscheme"))
        made = replace(made, dataflow=made.dataflow or every(s, "dataflow"))
        if not deep:
            return made
    if made.dataflow:
        made = replace(made, datastructure=every(s, "datastructure"))
        if not deep:
            return made
    if made.datastructure:
        made = replace(made, codelist=every(s, "codelist"))
        made = replace(made, conceptscheme=every(s, "conceptscheme"))
    return made


def _above(made: Chosen) -> Chosen:
    s = made.structure
    if made.codelist or made.conceptscheme:
        return replace(made, datastructure=every(s, "datastructure"))
    if made.datastructure:
        return replace(made, dataflow=every(s, "dataflow"))
    return replace(made, categorisation=every(s, "categorisation"))


def _all(made: Chosen) -> Chosen:
    s = made.structure
    flows = made.dataflow or every(s, "dataflow")
    cats = tuple(f"IN_{flow}" for flow in flows) if s.categories else ()
    return Chosen(
        s,
        codelist=every(s, "codelist"),
        conceptscheme=every(s, "conceptscheme"),
        categoryscheme=every(s, "categoryscheme"),
        categorisation=made.categorisation or cats,
        datastructure=every(s, "datastructure"),
        dataflow=flows,
    )


def once(chosen: Iterable[Chosen]) -> list[Chosen]:
    """Return the choices of several plans, with what they share in the first only."""
    seen: set[tuple[str, str]] = set()
    found = []
    for one in chosen:
        kept = {}
        for kind in KINDS:
            ids = [(kind, name) for name in getattr(one, kind)]
            kept[kind] = tuple(name for _, name in ids if (kind, name) not in seen)
            seen.update(ids)
        found.append(_with(one, kept))
    return found


@dataclass(frozen=True)
class Available:
    """Which codes the figures of a flow have, and how many figures and series there are."""

    flow: str
    codes: dict[str, list[str]]  # by component of the key
    periods: tuple[str, str] | None  # first and last
    observations: int
    series: int
