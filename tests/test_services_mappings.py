"""Report once: what one plan was told answers what another plan asks in the same words."""

from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, select

from dashboard.services import access, drafts, mappings, observations, xray
from dashboard.services.drafts import Cell
from models import TOTAL, Grant, Identity, Indicator, Objective, Plan
from seed import content
from seed import mappings as shipped
from tests.tiny import LEVEL, NOON, PLAN, draft

OTHER, TWIN = "OTHER", "X.1.1"
CELL = Cell(LEVEL, "2024", TOTAL)
THERE = Cell(TWIN, "2024", TOTAL)


@pytest.fixture
def twins(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a second plan with an indicator that asks the same as one of the tiny plan."""
    plan = session.get_one(Plan, PLAN).model_dump() | {"code": OTHER, "number": 2}
    session.add(Plan(**plan | {"symbol": "A/OTHER/1", "short_title": "Other plan"}))
    session.flush()
    objective = session.get_one(Objective, 1).model_dump()
    session.add(Objective(**objective | {"id": 90, "plan_code": OTHER, "code": "X"}))
    session.flush()
    about = session.exec(select(Indicator).where(Indicator.code == LEVEL)).one().model_dump()
    changes = {"id": 90, "plan_code": OTHER, "objective_id": 90, "code": TWIN, "scale_code": None}
    session.add(Indicator(**about | changes))
    session.flush()
    asked = [
        shipped.Asked(plan=PLAN, indicator=LEVEL),
        shipped.Asked(plan=OTHER, indicator=TWIN),
    ]
    made = shipped.Mapping(relation="equal", note="", indicators=asked)
    monkeypatch.setattr(shipped, "read", lambda: shipped.Mappings(mapping=[made], contradiction=[]))


@pytest.fixture
def both(session: Session, twins: None) -> Identity:
    """Give Kenya's coordinator with the right to report to both plans."""
    grant = session.get_one(Grant, "grant-coordinator").model_dump()
    session.add(Grant(**grant | {"id": "grant-other", "plan_code": OTHER}))
    session.flush()
    return access.identity(session, "coordinator", now=NOON)


def send(session: Session, who: Identity) -> None:
    fields: dict[str, Any] = {"indicator": LEVEL, "value": Decimal(3), "note": "In force since May"}
    observations.submit(session, who, draft(**fields), plan=PLAN, token="s", now=NOON)


def test_a_figure_of_one_plan_is_offered_to_another_with_where_it_comes_from(
    session: Session, both: Identity
) -> None:
    send(session, both)
    (offer,) = mappings.offers(session, both, [THERE], plan=OTHER, area="KEN")
    assert offer.fields["value"] == "3"
    assert offer.fields["source"] == "Annual report of the Ministry, 2025"
    assert offer.origin == f"reported to Tiny plan as {LEVEL} (KEN-1)"
    assert offer.fields["note"] == f"In force since May [{offer.origin}]"


def test_what_is_taken_over_waits_to_be_confirmed_and_is_then_sent(
    session: Session, both: Identity
) -> None:
    send(session, both)
    offers = mappings.offers(session, both, [THERE], plan=OTHER, area="KEN")
    mappings.accept(session, both, offers, plan=OTHER, area="KEN", window="w", now=NOON)
    assert xray.newest_rows(session, 404, OTHER, [TWIN]) == {}
    assert mappings.offers(session, both, [THERE], plan=OTHER, area="KEN") == []
    sent = xray.send(
        session, both, [THERE], {}, plan=OTHER, area="KEN", is_confirmed=False, token="x", now=NOON
    )
    assert dict(sent.refs) == {THERE: "KEN-2"}


def test_what_was_sent_is_filled_into_the_other_plan_and_nothing_is_overwritten(
    session: Session, both: Identity
) -> None:
    send(session, both)
    about: dict[str, Any] = {"plan": PLAN, "area": "KEN", "window": "w", "now": NOON}
    assert mappings.carry(session, both, {CELL: "KEN-1"}, **about) == [(OTHER, THERE)]
    assert drafts.cells(session, both, plan=OTHER, area="KEN")[THERE]["value"] == "3"
    assert mappings.carry(session, both, {CELL: "KEN-1"}, **about) == []


def test_nothing_is_filled_in_where_somebody_may_not_report(
    session: Session, twins: None, coordinator: Identity
) -> None:
    send(session, coordinator)
    about: dict[str, Any] = {"plan": PLAN, "area": "KEN", "window": "w", "now": NOON}
    assert mappings.carry(session, coordinator, {CELL: "KEN-1"}, **about) == []


def test_an_imported_estimate_is_offered_to_confirm(session: Session, both: Identity) -> None:
    estimate = draft(indicator=LEVEL, value=Decimal(2), nature="E", source="World database")
    observations.submit(session, both, estimate, plan=PLAN, token="i", now=NOON)
    (offer,) = mappings.offers(session, both, [CELL], plan=PLAN, area="KEN")
    assert offer.origin == "World database, as imported (KEN-1)"


def test_every_mapping_and_contradiction_names_indicators_that_are_shipped() -> None:
    known = {
        (code, one.code): one for code in content.codes() for one in content.read(code).indicators
    }
    for mapping in shipped.read().mapping:
        asked = [known[one.plan, one.indicator] for one in mapping.indicators]
        if mapping.relation == "equal":
            assert len({(one.kind, one.unit, one.scale, one.definition) for one in asked}) == 1
    for rule in shipped.read().contradiction:
        assert {(rule.plan, rule.indicator), (rule.plan, rule.other)} <= set(known)
