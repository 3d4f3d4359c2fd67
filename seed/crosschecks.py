"""Check what one entry of a plan says about another: every code leads somewhere, once."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from decimal import Decimal
from typing import Final

from models import Aggregation, BaselineRule, Direction, Fault, Kind, Operator
from seed import areas
from seed.entries import Indicator, Measure, Plan, Scale
from seed.files import Bundle

Finding = tuple[tuple[str | int, ...], str]
"""Where a fault stands (list, position, field) and what is wrong."""

SCALED: Final = frozenset({Kind.ORDINAL, Kind.BINARY})
"""The kinds of indicator whose values are levels of a scale."""
UNIQUE: Final = {
    "objectives": "code",
    "measures": "code",
    "actors": "code",
    "instruments": "code",
    "scales": "code",
    "dimensions": "code",
    "indicators": "code",
    "related_plans": "code",
    "groupings": "code",
    "sources": "id",
    "purposes": "key",
}
AGAINST: Final = {Direction.UP: Operator.AT_MOST, Direction.DOWN: Operator.AT_LEAST}
"""The operator that contradicts a direction."""


def faults(plan: Plan, bundle: Bundle, plans: Mapping[str, Set[str]]) -> list[Fault]:
    """Return every fault between entries; `plans` are the codes in each shipped plan."""
    checks: tuple[Callable[[Plan, Mapping[str, Set[str]]], Iterator[Finding]], ...] = (
        _names,
        _measures,
        _scales,
        _indicators,
        _known_values,
        _surroundings,
    )
    found = [finding for check in checks for finding in check(plan, plans)]
    if bundle.folder.name.upper() != plan.code:
        found.append(
            (("code",), f"the folder is named for another plan: call it {plan.code.lower()}")
        )
    return [Fault(bundle.where(*loc), message) for loc, message in found]


def limits(plan: Plan, indicator: Indicator) -> tuple[Decimal | None, Decimal | None]:
    """Return the lowest and highest value an indicator may have, of its own or of its scale."""
    scale = next((scale for scale in plan.scales if scale.code == indicator.scale), None)
    if scale is not None:
        return Decimal(scale.lowest), Decimal(scale.highest)
    return indicator.lower, indicator.upper


def _names(plan: Plan, plans: Mapping[str, Set[str]]) -> Iterator[Finding]:
    for entries, field in UNIQUE.items():
        names = [getattr(entry, field) for entry in getattr(plan, entries)]
        for name, times in Counter(names).items():
            if times > 1:
                last = len(names) - 1 - names[::-1].index(name)
                yield (entries, last, field), f"{name} is given {times} times: keep one"
    positions = [objective.position for objective in plan.objectives]
    for i, position in enumerate(positions):
        if position in positions[:i]:
            yield ("objectives", i, "position"), f"another objective has the position {position}"


def _unknown(
    loc: tuple[str | int, ...], given: Iterable[str], known: Iterable[str], what: str
) -> Iterator[Finding]:
    have = list(known)
    for code in given:
        if code not in have:
            some = ", ".join(have[:8]) + (" …" if len(have) > 8 else "")
            yield loc, f"there is no {what} {code}: correct the code or add it (there are {some})"


def _measures(plan: Plan, plans: Mapping[str, Set[str]]) -> Iterator[Finding]:
    objectives = [objective.code for objective in plan.objectives]
    actors = [actor.code for actor in plan.actors]
    for i, measure in enumerate(plan.measures):
        loc = ("measures", i)
        yield from _unknown((*loc, "code"), [measure.objective], objectives, "objective")
        yield from _unknown((*loc, "lead"), measure.lead, actors, "actor")
        yield from _unknown((*loc, "support"), measure.support, actors, "actor")
        for actor in sorted(set(measure.lead) & set(measure.support)):
            yield (*loc, "support"), f"{actor} already leads this measure: name it once"
        yield from _crosswalk(plan, plans, loc, measure)
        yield from _sources(plan, (*loc, "content_source"), measure.content_source)


def _crosswalk(
    plan: Plan, plans: Mapping[str, Set[str]], loc: tuple[str | int, ...], measure: Measure
) -> Iterator[Finding]:
    instruments = {instrument.code: instrument for instrument in plan.instruments}
    others = {code: known for code, known in plans.items() if code != plan.code}
    for code, references in measure.crosswalk.items():
        spot = (*loc, "crosswalk", code)
        if code in others:
            what = f"objective or measure in {code}:"
            yield from _unknown(spot, references, sorted(others[code]), what)
        elif code not in instruments:
            yield from _unknown(spot, [code], [*instruments, *others], "instrument or plan")
        else:
            for reference in references:
                if instruments[code].article(reference) is None:
                    yield spot, f"{code} lists no article for {reference}: correct it or list it"


def _sources(plan: Plan, loc: tuple[str | int, ...], text: str) -> Iterator[Finding]:
    known = [source.id for source in plan.sources]
    yield from _unknown(loc, re.findall(r"\bS\d+\b", text), known, "source")


def _scales(plan: Plan, plans: Mapping[str, Set[str]]) -> Iterator[Finding]:
    for i, scale in enumerate(plan.scales):
        for field, message in _scale(scale):
            yield ("scales", i, field), message
    for i, dimension in enumerate(plan.dimensions):
        if len(set(dimension.codes)) < len(dimension.codes):
            yield ("dimensions", i, "codes"), "a code is given twice: keep one"
        if bool(dimension.codes) == bool(dimension.codes_from):
            yield ("dimensions", i, "codes"), "give the codes, or say where they come from"


def _scale(scale: Scale) -> Iterator[tuple[str, str]]:
    if not scale.lowest <= scale.meets <= scale.highest or scale.lowest >= scale.highest:
        yield "meets", "lowest, meets and highest must rise in this order"
    values = [level.value for level in scale.levels]
    if scale.criteria:
        if len(scale.criteria) != scale.highest or scale.lowest != 0:
            yield "criteria", "a checklist runs from 0 to the number of its criteria"
        if values[:1] != [scale.lowest] or values[-1:] != [scale.highest]:
            yield "levels", "tell at least the lowest and the highest level"
    elif values != list(range(scale.lowest, scale.highest + 1)):
        yield "levels", f"tell every level from {scale.lowest} to {scale.highest}, in order"


def _indicators(plan: Plan, plans: Mapping[str, Set[str]]) -> Iterator[Finding]:
    measures = [measure.code for measure in plan.measures]
    scales = [scale.code for scale in plan.scales]
    dimensions = [dimension.code for dimension in plan.dimensions]
    for i, indicator in enumerate(plan.indicators):
        loc = ("indicators", i)
        yield from _unknown((*loc, "measures"), indicator.measures, measures, "measure")
        if indicator.code.rpartition(".")[0] != indicator.measures[0]:
            first = indicator.measures[0]
            yield (
                (*loc, "code"),
                f"the first measure is {first}, so the code must be {first} and a number",
            )
        if indicator.scale is not None:
            yield from _unknown((*loc, "scale"), [indicator.scale], scales, "scale")
        asked = indicator.disaggregations
        yield from _unknown((*loc, "disaggregations"), asked, dimensions, "dimension")
        for field, message in (*_number_rules(plan, indicator), *_other_rules(plan, indicator)):
            yield (*loc, field), message


def _number_rules(plan: Plan, indicator: Indicator) -> Iterator[tuple[str, str]]:
    if (indicator.kind in SCALED) != (indicator.scale is not None):
        yield "scale", "ordinal and binary indicators have a scale, the others have none"
    if indicator.scale is not None and (indicator.lower, indicator.upper) != (None, None):
        yield "lower", "the scale sets the limits: remove lower and upper"
    low, high = limits(plan, indicator)
    if low is not None and high is not None and low >= high:
        yield "lower", f"the lower limit {low} is not below the upper limit {high}"
    target, meets = indicator.target, indicator.meets
    values = {"target": target.value if target else None, "meets": meets.value if meets else None}
    for field, value in values.items():
        if value is not None and not _within(value, low, high):
            yield field, f"{value} lies outside the limits of the indicator, {low} to {high}"
    if target is not None and target.operator is AGAINST.get(indicator.direction):
        yield "target", f"{target.operator} is against the direction {indicator.direction}"
    if target is not None and (target.operator is Operator.BETWEEN) != (target.upper is not None):
        yield "target", "a target between two values has an upper one, any other has none"


def _other_rules(plan: Plan, indicator: Indicator) -> Iterator[tuple[str, str]]:
    rules = {indicator.aggregation.region, indicator.aggregation.world}
    if Aggregation.SHARE_MEETING in rules and indicator.meets is None:
        yield "meets", "a share of States that meet a condition needs the condition"
    if Aggregation.WEIGHTED_MEAN in rules and not indicator.aggregation.weight:
        yield "aggregation", "a weighted mean needs the name of its weight"
    if Aggregation.RATIO_OF_SUMS in rules and not (indicator.numerator and indicator.denominator):
        yield "denominator", "a ratio of sums needs a numerator and a denominator"
    if indicator.direction is Direction.NONE and (indicator.target or indicator.scores_progress):
        yield "direction", "without a direction there is no target and no scoring of progress"
    rule, year = indicator.baseline.rule, indicator.baseline.year
    if rule is BaselineRule.FIXED_YEAR and year is None:
        yield "baseline", "a fixed year needs the year"
    if rule is BaselineRule.STATUS_AT_ADOPTION and year != plan.adopted.year:
        yield "baseline", f"the plan was adopted in {plan.adopted.year}"


def _within(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _known_values(plan: Plan, plans: Mapping[str, Set[str]]) -> Iterator[Finding]:
    indicators = {indicator.code: indicator for indicator in plan.indicators}
    for i, known in enumerate(plan.known_values):
        loc = ("known_values", i)
        yield from _unknown((*loc, "indicator"), [known.indicator], indicators, "indicator")
        yield from _unknown((*loc, "area"), [known.area], areas.codes(), "area")
        if known.indicator not in indicators or known.use != "observation":
            continue
        low, high = limits(plan, indicators[known.indicator])
        if not _within(known.value, low, high):
            yield (*loc, "value"), f"{known.value} lies outside the limits, {low} to {high}"
        if known.series is not None:
            yield (*loc, "series"), "an observation is of the indicator itself: it has no series"


def _surroundings(plan: Plan, plans: Mapping[str, Set[str]]) -> Iterator[Finding]:
    actors = [actor.code for actor in plan.actors]
    objectives = [objective.code for objective in plan.objectives]
    yield from _unknown(("scope",), [plan.scope], areas.codes(), "area")
    for i, event in enumerate(plan.events):
        yield from _unknown(("events", i, "body"), [event.body], actors, "actor")
        if event.ends is not None and event.ends < event.starts:
            yield ("events", i, "ends"), "the event ends before it starts"
    for i, related in enumerate(plan.related_plans):
        loc = ("related_plans", i)
        yield from _unknown((*loc, "crosswalk_to"), related.crosswalk_to, objectives, "objective")
        yield from _unknown((*loc, "members"), related.members, areas.codes(), "area")
        if related.members and related.members_count != len(related.members):
            yield (*loc, "members_count"), f"{len(related.members)} members are listed"
