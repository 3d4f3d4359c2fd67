"""Who may call what: every service that takes `who`, for every role, here, elsewhere and anonymous.

Services are found by looking, so one without a row here fails. All calls are about Kenya in the
tiny plan; what varies is the grant: in that plan and area, in another area, or in another plan.
A row says with letters which roles are let through in each: what is not written is refused.
"""

import importlib
import inspect
import pkgutil
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import pandas as pd
import pytest
from cryptography.fernet import Fernet
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard import services
from dashboard.services import (
    access,
    audit,
    correspondence,
    decisions,
    drafts,
    evidence,
    factors,
    invitations,
    observations,
    people,
    plans,
    queues,
    review,
    rounds,
    snapshots,
    tasks,
    tokens,
    trail,
    updates,
    voices,
)
from dashboard.services.lookup import Ref
from models import (
    ANONYMOUS,
    ApiToken,
    BadInput,
    Held,
    Identity,
    NotAllowed,
    NotFound,
    Person,
    Role,
    SecondFactor,
    Voice,
    WrongState,
    open_database,
    unit_of_work,
    writing,
)
from seed import content
from tests import rounds as tiny_rounds
from tests.tiny import KENYA, NAMIBIA, NOON, PERCENT, PLAN, draft, update

LETTERS: Final = {
    "V": Role.VIEWER,
    "C": Role.COORDINATOR,
    "F": Role.FOCAL_POINT,
    "R": Role.REVIEWER,
    "E": Role.EVALUATOR,
    "N": Role.CIVIL_SOCIETY,
    "S": Role.SECRETARIAT,
    "A": Role.ADMINISTRATOR,
}
EVERYBODY: Final = "".join(LETTERS)
SCOPES: Final[dict[str, tuple[str | None, frozenset[int] | None]]] = {
    "here": (PLAN, frozenset({KENYA})),
    "another area": (PLAN, frozenset({NAMIBIA})),
    "another plan": ("OTHER", frozenset({KENYA})),
    "everywhere": (None, None),
}
SENT, TAKEN = Ref("KEN", 2), Ref("KEN", 1)
LATER: Final = NOON + timedelta(hours=1)
BOX: Final = Fernet(Fernet.generate_key())
EVIDENCE: Final = {"title": "Survey", "is_public": False}


class Row(NamedTuple):
    """A call, and the letters of those who get through: here, in another area, in another plan.

    A grant for everything gets as far as one here, unless another word says who does.
    """

    call: Callable[[Session, Identity], Any]
    here: str = ""
    area: str = ""
    plan: str = ""
    anonymous: bool = False
    everywhere: str | None = None


def prepare(session: Session) -> None:
    """Put in what the calls are about: an accepted figure of Kenya, one that waits, a round."""
    who = {
        name: access.identity(session, name, now=NOON)
        for name in ("coordinator", "reviewer", "evaluator", "secretariat")
    }
    session.add(Person(id="actor", email="actor@example.org", name="Actor", created_at=NOON))
    viewer = access.identity(session, "viewer", now=NOON)
    _secret, token = tokens.issue(session, viewer, "x", ["read"], now=NOON)
    session.get_one(ApiToken, token.id).id = TOKEN
    session.add(
        SecondFactor(person_id="coordinator", secret="", created_at=NOON, confirmed_at=NOON)
    )
    session.flush()
    sender = who["coordinator"]
    taken = tiny_rounds.send(session, sender, period="2023")
    review.accept(session, who["reviewer"], taken, plan=PLAN, now=NOON)
    assert taken == TAKEN
    code = tiny_rounds.opened(session, who["secretariat"])
    assert code == CODE
    assert tiny_rounds.send(session, sender) == SENT
    updates.submit(session, sender, update(), plan=PLAN, token="u", now=NOON)
    voices.give(
        session, who["evaluator"], TAKEN, Voice.EVALUATOR, "Why?", plan=PLAN, token="v", now=NOON
    )
    number = evidence.add(
        session, sender, "KEN", EVIDENCE, "https://a.example.org", plan=PLAN, token="e", now=NOON
    )
    assert number == 1
    evidence.use(session, sender, SENT, 1, plan=PLAN, now=NOON)


CODE: Final = "TINY-R1"
TOKEN: Final = "token-of-viewer"


@pytest.fixture(scope="module")
def record(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give the tiny record with what the calls are about; every call is undone."""
    path = tmp_path_factory.mktemp("permissions") / "headway.db"
    shutil.copyfile(template, path)
    engine = open_database(f"sqlite:///{path}")
    unit_of_work(engine, prepare)
    yield engine
    engine.dispose()


def gets_through(engine: Engine, row: Row, who: Identity) -> bool:
    """Make the call and undo it; say whether it was let through, and showed something if it reads.

    What is wrong for another reason was let through; who may not see is told there is nothing.
    """
    found: Any = None
    try:
        with writing(engine) as session:
            try:
                found = row.call(session, who)
            finally:
                session.rollback()
    except (NotAllowed, NotFound):
        return False
    except (BadInput, WrongState):
        return True
    if isinstance(found, pd.DataFrame):
        return not found.empty
    return bool(found) if isinstance(found, bool | list | dict | tuple | frozenset) else True


def actor(role: Role, scope: str) -> Identity:
    """Return somebody who holds one role in one scope."""
    return Identity("actor", "Actor", "actor@example.org", (Held(role, *SCOPES[scope]),))


TABLE: Final[dict[str, Row]] = {
    "access.allows": Row(lambda s, w: access.allows(w, "submit", plan=PLAN, area=KENYA), "CF"),
    "access.require": Row(lambda s, w: access.require(w, "review", plan=PLAN, area=KENYA), "R"),
    "access.areas": Row(
        lambda s, w: (covers := access.areas(w, "submit", plan=PLAN)) is None or KENYA in covers,
        "CF",
    ),
    "access.reaches": Row(
        lambda s, w: access.reaches(w, "submit"), EVERYBODY, EVERYBODY, EVERYBODY, True
    ),
    "access.roles": Row(lambda s, w: access.roles(w), EVERYBODY, EVERYBODY, EVERYBODY),
    "access.may_give": Row(
        lambda s, w: access.may_give(s, w, Role.VIEWER, plan=PLAN, area=KENYA, now=NOON), "FA"
    ),
    "access.holds": Row(
        lambda s, w: access.holds(s, w, "submit", plan=PLAN, area=KENYA, now=NOON), "CF"
    ),
    "access.is_everywhere": Row(lambda s, w: access.is_everywhere(w, "review"), everywhere="R"),
    "audit.problems": Row(lambda s, w: audit.problems(s, w) is not None, "A", "A", "A"),
    "correspondence.visit": Row(
        lambda s, w: correspondence.visit(s, w, now=NOON), EVERYBODY, EVERYBODY, EVERYBODY
    ),
    "correspondence.subscribe": Row(
        lambda s, w: correspondence.subscribe(s, w, now=NOON), EVERYBODY, EVERYBODY, EVERYBODY
    ),
    "correspondence.renew_calendar": Row(
        lambda s, w: correspondence.renew_calendar(s, w, seen=0, now=NOON),
        EVERYBODY,
        EVERYBODY,
        EVERYBODY,
    ),
    "decisions.settle": Row(
        lambda s, w: (
            not decisions.settle(s, w, [decisions.Decision(SENT, True)], plan=PLAN, now=LATER)[
                0
            ].refused
        ),
        "R",
    ),
    "drafts.keep": Row(
        lambda s, w: drafts.keep(s, w, {"a": 1}, plan=PLAN, area="KEN", subject="x", now=NOON),
        "CFR",
    ),
    "drafts.find": Row(
        lambda s, w: drafts.find(s, w, plan=PLAN, area="KEN", subject="x"),
        EVERYBODY,
        EVERYBODY,
        EVERYBODY,
        True,
    ),
    "drafts.drop": Row(
        lambda s, w: drafts.drop(s, w, plan=PLAN, area="KEN", subject="x"),
        EVERYBODY,
        EVERYBODY,
        EVERYBODY,
        True,
    ),
    "drafts.listing": Row(lambda s, w: drafts.listing(s, w, plan=PLAN)),
    "drafts.comments": Row(lambda s, w: drafts.comments(s, w, plan=PLAN)),
    "evidence.add": Row(
        lambda s, w: evidence.add(
            s, w, "KEN", EVIDENCE, "https://b.example.org", plan=PLAN, token="2", now=NOON
        ),
        "CF",
    ),
    "evidence.revise": Row(
        lambda s, w: evidence.revise(s, w, "KEN", 1, "https://c.example.org", plan=PLAN, now=LATER),
        "CF",
    ),
    "evidence.describe": Row(
        lambda s, w: evidence.describe(s, w, "KEN", 1, EVIDENCE, plan=PLAN, now=LATER), "CF"
    ),
    "evidence.retire": Row(
        lambda s, w: evidence.retire(s, w, "KEN", 1, plan=PLAN, now=LATER), "CF"
    ),
    "evidence.use": Row(lambda s, w: evidence.use(s, w, TAKEN, 1, plan=PLAN, now=LATER), "CF"),
    "evidence.library": Row(
        lambda s, w: evidence.library(s, w, "KEN", plan=PLAN, today=NOON.date()), "CFRESA"
    ),
    "evidence.of_rows": Row(lambda s, w: evidence.of_rows(s, w, [SENT], plan=PLAN)[SENT], "CFRESA"),
    "evidence.open_file": Row(lambda s, w: evidence.open_file(s, w, "KEN", 1, plan=PLAN), "CFRESA"),
    "factors.standing": Row(factors.standing, EVERYBODY, EVERYBODY, EVERYBODY),
    "factors.begin": Row(
        lambda s, w: factors.begin(s, w, BOX, now=LATER), EVERYBODY, EVERYBODY, EVERYBODY
    ),
    "factors.begun": Row(
        lambda s, w: factors.begun(s, w, BOX, now=LATER) is None, EVERYBODY, EVERYBODY, EVERYBODY
    ),
    "factors.confirm": Row(
        lambda s, w: factors.confirm(s, w, "1", BOX, now=LATER), EVERYBODY, EVERYBODY, EVERYBODY
    ),
    "factors.renew_codes": Row(
        lambda s, w: factors.renew_codes(s, w, "1", BOX, now=LATER) == (),
        EVERYBODY,
        EVERYBODY,
        EVERYBODY,
    ),
    "factors.remove": Row(
        lambda s, w: factors.remove(s, w, "1", BOX, now=LATER) is False,
        EVERYBODY,
        EVERYBODY,
        EVERYBODY,
    ),
    "factors.lift": Row(lambda s, w: factors.lift(s, w, "coordinator", now=LATER), "SA"),
    "factors.holders": Row(
        lambda s, w: "coordinator" in {one[0] for one in factors.holders(s, w, now=LATER)}, "SA"
    ),
    "invitations.invite": Row(
        lambda s, w: invitations.invite(
            s, w, email="n@a.org", name="N", role=Role.VIEWER, plan=PLAN, area="KEN", now=NOON
        ),
        "FA",
    ),
    "invitations.hand_out": Row(
        lambda s, w: invitations.hand_out(s, w, "coordinator", now=NOON), "FA"
    ),
    "observations.submit": Row(
        lambda s, w: observations.submit(
            s, w, draft(period="2022"), plan=PLAN, token="n", now=LATER
        ),
        "CF",
    ),
    "observations.submit_many": Row(
        lambda s, w: observations.submit_many(
            s, w, [draft(period="2022")], plan=PLAN, token="n", now=LATER
        ),
        "CF",
    ),
    "people.add": Row(
        lambda s, w: people.add(s, w, email="n@a.org", name="N", now=NOON), "FA", "FA", "FA"
    ),
    "people.has_password": Row(
        lambda s, w: people.has_password(s, w) is False, EVERYBODY, EVERYBODY, EVERYBODY
    ),
    "people.set_language": Row(
        lambda s, w: people.set_language(s, w, "fr"), EVERYBODY, EVERYBODY, EVERYBODY
    ),
    "people.set_password": Row(
        lambda s, w: people.set_password(s, w, "coordinator", "a long enough one", now=NOON), "A"
    ),
    "people.asked": Row(
        lambda s, w: people.asked(s, w, Role.VIEWER, plan=PLAN, area="KEN", now=NOON), "FA"
    ),
    "people.grant": Row(
        lambda s, w: people.grant(
            s, w, "viewer", Role.COORDINATOR, plan=PLAN, area="KEN", now=NOON
        ),
        "FA",
    ),
    "people.revoke": Row(lambda s, w: people.revoke(s, w, "grant-coordinator", now=NOON), "FA"),
    "people.deactivate": Row(lambda s, w: people.deactivate(s, w, "coordinator", now=NOON), "A"),
    "people.activate": Row(lambda s, w: people.activate(s, w, "coordinator", now=NOON), "A"),
    "people.listing": Row(
        lambda s, w: "coordinator" in {one.id for one in people.listing(s, w, now=NOON)}, "FA"
    ),
    "people.is_theirs": Row(lambda s, w: people.is_theirs(s, w, "coordinator", now=NOON), "FA"),
    "queues.figures": Row(lambda s, w: queues.figures(s, w, plan=PLAN), "R"),
    "review.accept": Row(lambda s, w: review.accept(s, w, SENT, plan=PLAN, now=LATER), "R"),
    "review.send_back": Row(
        lambda s, w: review.send_back(s, w, SENT, plan=PLAN, note="why?", now=LATER), "R"
    ),
    "review.withdraw": Row(
        lambda s, w: review.withdraw(s, w, TAKEN, plan=PLAN, note="wrong", now=LATER), "R"
    ),
    "review.history": Row(
        lambda s, w: review.history(s, w, plan=PLAN, area="KEN", indicator=PERCENT),
        EVERYBODY,
        EVERYBODY,
        EVERYBODY,
        True,
    ),
    "plans.install_areas": Row(lambda s, w: plans.install_areas(s, w, now=LATER), "A", "A", "A"),
    "plans.install": Row(
        lambda s, w: plans.install(s, w, content.read("OSCE-AP"), now=LATER), "A", "A", "A"
    ),
    "rounds.close": Row(  # it asks Namibia too, so nobody of one country alone
        lambda s, w: rounds.close(s, w, CODE, token="c", now=LATER), everywhere="SA"
    ),
    "rounds.open_round": Row(
        lambda s, w: rounds.open_round(
            s, w, tiny_rounds.asked(areas=("KEN",)), plan=PLAN, token="2", now=LATER
        ),
        "SA",
    ),
    "rounds.extend": Row(
        lambda s, w: rounds.extend(
            s,
            w,
            CODE,
            ["KEN"],
            due=tiny_rounds.DUE + timedelta(days=9),
            reason="asked",
            token="x",
            now=LATER,
        ),
        "SA",
    ),
    "rounds.remind": Row(
        lambda s, w: rounds.remind(s, w, CODE, ["KEN"], token="r", now=LATER), "SA"
    ),
    "rounds.deliver": Row(
        lambda s, w: rounds.deliver(s, w, CODE, "KEN", token="d", now=LATER), "CF"
    ),
    "rounds.cockpit": Row(lambda s, w: rounds.cockpit(s, w, CODE, now=LATER), "SA", "SA"),
    "snapshots.take": Row(
        lambda s, w: snapshots.take(s, w, PLAN, name="one", now=LATER), "ESA", "ESA"
    ),
    "snapshots.seal": Row(
        lambda s, w: snapshots.seal(s, w, PLAN, name="one", now=LATER), "ESA", "ESA"
    ),
    "snapshots.preview": Row(lambda s, w: snapshots.preview(s, w, PLAN, now=LATER), "ESA", "ESA"),
    "tasks.mine": Row(lambda s, w: tasks.mine(s, w, plan=PLAN, now=LATER), "CF", "CF"),
    "tokens.issue": Row(
        lambda s, w: tokens.issue(s, w, "x", ["read"], now=LATER), EVERYBODY, EVERYBODY, EVERYBODY
    ),
    "tokens.listing": Row(lambda s, w: tokens.listing(s, w, person_id="viewer"), "A", "A", "A"),
    "tokens.everybody": Row(tokens.everybody, "A", "A", "A"),
    "tokens.revoke": Row(lambda s, w: tokens.revoke(s, w, TOKEN, now=LATER), "A", "A", "A"),
    "updates.submit": Row(
        lambda s, w: updates.submit(s, w, update(), plan=PLAN, token="2", now=LATER), "CF"
    ),
    "trail.read": Row(  # the actor did nothing, and was given nothing
        lambda s, w: trail.read(s, w, trail.Asked(area="KEN"), now=NOON).rows, "FSA", "", "FSA"
    ),
    "trail.heads": Row(lambda s, w: "KEN" in set(trail.heads(s, w)["chain"]), "FSA", "", "FSA"),
    "trail.verify": Row(lambda s, w: trail.verify(s, w, area="KEN") == [], "FSA", "", "FSA"),
    "trail.known": Row(lambda s, w: "coordinator" in trail.known(s, w, now=NOON), "FA"),
    "updates.queue": Row(lambda s, w: updates.queue(s, w, plan=PLAN), "R"),
    "voices.speaks": Row(lambda s, w: voices.speaks(w, plan=PLAN, area=KENYA), "CFEN"),
    "voices.give": Row(
        lambda s, w: voices.give(
            s, w, TAKEN, Voice.EVALUATOR, "And?", plan=PLAN, token="2", now=LATER
        ),
        "E",
    ),
    "voices.publish": Row(lambda s, w: voices.publish(s, w, "KEN", 1, plan=PLAN, now=LATER), "E"),
    "voices.on_series": Row(
        lambda s, w: voices.on_series(s, w, plan=PLAN, area="KEN", indicator=PERCENT), "CFRESA"
    ),
    "voices.awaiting_reply": Row(
        lambda s, w: voices.awaiting_reply(s, w, plan=PLAN, today=NOON.date()), "CF"
    ),
}
ELSEWHERE: Final = {
    "batches": "listing withdraw",
    "drafts": "cells keep_cells",
    "evidence": "uses",
    "grids": "rows",
    "imports": "look looking remember remembered take",
    "imports_record": "reason",
    "imports_updates": "checked send",
    "intake": "take",
    "invitations": "withdraw",
    "locks": "require_open",
    "mappings": "accept carry offers",
    "plans": "install_all",
    "queues": "counting mine states",
    "restoring": "restore",
    "rounds": "receipt seal",
    "sent": "mine once",
    "sessions": "listing revoke",
    "snapshots": "keep",
    "tasks": "neighbours",
    "updates": "mine",
    "voices": "take_back",
    "workbooks": "make",
    "xray": "keep_mine look send",
}
"""Services without a row: they need a file, a filled grid or a row of the caller's own.

Their rights are tested beside what they do, not role by role.
"""


def found() -> dict[str, Callable[..., Any]]:
    """Return every public service that takes `who`."""
    all_: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.iter_modules(services.__path__):
        room = importlib.import_module(f"dashboard.services.{module.name}")
        for name, function in inspect.getmembers(room, inspect.isfunction):
            is_own = function.__module__ == room.__name__ and not name.startswith("_")
            if is_own and "who" in inspect.signature(function).parameters:
                all_[f"{module.name}.{name}"] = function
    return all_


def test_every_service_that_takes_somebody_has_its_row() -> None:
    assert set(found()) == set(TABLE) | {
        f"{room}.{name}" for room, names in ELSEWHERE.items() for name in names.split()
    }


@pytest.mark.parametrize("name", TABLE)
def test_only_those_named_get_through(record: Engine, name: str) -> None:
    row = TABLE[name]
    real = {
        scope: "".join(
            letter
            for letter, role in LETTERS.items()
            if gets_through(record, row, actor(role, scope))
        )
        for scope in SCOPES
    }
    told = (row.here, row.area, row.plan, row.here if row.everywhere is None else row.everywhere)
    assert real == dict(zip(SCOPES, told, strict=True))
    assert gets_through(record, row, ANONYMOUS) is row.anonymous
