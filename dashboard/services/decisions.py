"""Many answers of a reviewer at once: each stands for itself, and tells what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from dashboard.services import lookup, review
from dashboard.services.lookup import Ref
from models import BadInput, HeadwayError, Identity, State, WrongState

MOST = 1000
"""Rows that are settled in one go."""


@dataclass(frozen=True)
class Decision:
    """What a reviewer decides about one row: to accept it, or to send it back with a reason."""

    ref: Ref
    accept: bool
    note: str = ""
    step: int | None = None  # the step at which the reviewer saw the row; none: not compared


@dataclass(frozen=True)
class Outcome:
    """Where a row stands after the decision; `refused` is the sentence where it was not carried."""

    ref: Ref
    state: State | None
    refused: str = ""


def settle(
    session: Session, who: Identity, decisions: Sequence[Decision], *, plan: str, now: datetime
) -> list[Outcome]:
    """Carry out many decisions in one transaction, in the order given.

    A decision that cannot be carried out (the row moved on, it is one's own, no reason was given)
    changes nothing and keeps nobody from the others. Sent again, it changes nothing.
    """
    if len(decisions) > MOST:
        raise BadInput(f"At most {MOST} rows are settled in one go: pick fewer.")
    found: dict[Ref, Outcome] = {}
    # Chains are held in one order, so that two reviewers never wait for each other.
    for decision in sorted(decisions, key=lambda each: each.ref):
        try:
            with session.begin_nested():
                found[decision.ref] = _settle(session, who, decision, plan=plan, now=now)
        except HeadwayError as error:
            found[decision.ref] = Outcome(decision.ref, None, str(error))
    return [found[decision.ref] for decision in decisions]


def _settle(
    session: Session, who: Identity, decision: Decision, *, plan: str, now: datetime
) -> Outcome:
    ref = decision.ref
    area_id = lookup.area(session, ref.area).id
    stands = review.standing(session, area_id, ref.seq)
    settled = {State.ACCEPTED, State.ENDORSED} if decision.accept else {State.RETURNED}
    seen = decision.step
    if (
        stands is not None
        and seen is not None
        and stands.step != seen
        and stands.state not in settled
    ):
        raise WrongState(f"{ref} has moved on since you saw it: it is {stands.state} now.")
    if decision.accept:
        review.accept(session, who, ref, plan=plan, note=decision.note, now=now)
    else:
        review.send_back(session, who, ref, plan=plan, note=decision.note, now=now)
    after = review.standing(session, area_id, ref.seq)
    assert after is not None
    return Outcome(ref, after.state)
