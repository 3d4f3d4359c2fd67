"""A plan in words: now, and as an earlier edition worded it."""

from datetime import timedelta

from sqlmodel import Session

from dashboard.services import plans, texts, wordings
from models import SYSTEM
from seed import content
from tests.tiny import NOON

CODE = "OSCE-AP"


def test_an_earlier_edition_is_told_as_it_was(session: Session) -> None:
    first = content.read(CODE)
    plans.install(session, SYSTEM, first, now=NOON)
    before = texts.load(session, CODE)
    later = NOON + timedelta(days=2)
    objective = first.objectives[0].model_copy(update={"title": "Another title"})
    changed = first.model_copy(update={"objectives": [objective, *first.objectives[1:]]})
    plans.install(session, SYSTEM, changed, now=later)

    then = wordings.load(session, CODE, as_of=NOON + timedelta(days=1))
    assert then.objectives == before.objectives
    assert [one.lead for one in then.measures] == [one.lead for one in before.measures]
    assert [one.code for one in then.indicators] == [one.code for one in before.indicators]
    assert {one.code: one.measures for one in then.indicators} == {
        one.code: one.measures for one in before.indicators
    }
    assert then.edition == before.edition
    now = wordings.load(session, CODE, as_of=later)
    assert now == wordings.load(session, CODE) == texts.load(session, CODE)
    assert now.objectives[0].title == "Another title"
