"""Who may call what: every service that takes `who`, for every role, here, elsewhere and anonymous.

Services are found by looking, so one without a row here fails. All calls are about Kenya in the
tiny plan; what varies is the grant: in that plan and area, in another area, or in another plan.
A row says with letters which roles are let through in each: what is not written is refused.
"""

import importlib
import inspect
import pkgutil
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple

import pandas as pd
import pytest
from cryptography.fernet import Fernet
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from dashboard import services
from dashboard.exchange.workbook.meta import Origin
from dashboard.services import (
    access,
    audit,
    batches,
    correspondence,
    decisions,
    drafts,
    evidence,
    factors,
    grids,
    imports,
    imports_updates,
    intake,
    invitations,
    mappings,
    observations,
    people,
    plans,
    queues,
    restoring,
    review,
    rounds,
    sent,
    sessions,
    snapshots,
    tasks,
    texts,
    tokens,
    trail,
    updates,
    views,
    voices,
    workbooks,
    xray,
)
from dashboard.services.lookup import Ref
from models import (
    ANONYMOUS,
    SYSTEM,
    TOTAL,
    ApiToken,
    BadInput,
    Batch,
    BatchState,
    Draft,
    Held,
    Identity,
    LoginSession,
    NotAllowed,
    NotFound,
    Person,
    Role,
    SecondFactor,
    State,
    Voice,
    WrongState,
    open_database,
    reading,
    unit_of_work,
    writing,
)
from seed import content
from tests import rounds as tiny_rounds
from tests.conftest import BOTH, TINY, copied
from tests.tiny import KENYA, LEVEL, NAMIBIA, NOON, PERCENT, PLAN, draft, update

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


REPORT: Final = imports_updates.Report(update(as_at=NOON.date()), 1)
FORM: Final = Origin(PLAN, area="KEN", measures="Measures")
CELL: Final = drafts.Cell(PERCENT, "2019", TOTAL)
TYPED: Final = {"value": "40", "source": "Annual report of the Ministry, 2020"}
GRID: Final[dict[str, Any]] = {"plan": PLAN, "area": "KEN"}
TABLE_OF_ONE: Final = (
    f"indicator,area,period,value,source\n{PERCENT},KEN,2019,40,Annual report of 2020\n".encode()
)
DOUBTFUL: Final = TABLE_OF_ONE.replace(b"40", b"0.4")
"""A share for a percentage: whoever may send it is asked first, so that nothing is recorded."""
FILE: Final[dict[str, Any]] = {"plan": PLAN, "name": "one.csv", "now": LATER}


class Row(NamedTuple):
    """A call, and the letters of those who get through: here, in another area, in another plan.

    A grant for everything gets as far as one here, unless another word says who does. A call that
    opens its own transactions gets the engine, and must change nothing.
    """

    call: Callable[[Any, Identity], Any]
    here: str = ""
    area: str = ""
    plan: str = ""
    anonymous: bool = False
    everywhere: str | None = None
    gets_engine: bool = False
    is_long: bool = False  # asked on SQLite alone: it takes minutes on a busy PostgreSQL


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
    prepare_more(session, sender)


def prepare_more(session: Session, sender: Identity) -> None:
    """Put in what is the coordinator's own, a batch of a file, and an open invitation."""
    session.add(
        Batch(
            id="batch",
            plan_code=PLAN,
            file_name="one.csv",
            digest="d",
            rows=1,
            author_id="coordinator",
            recorded_at=NOON,
        )
    )
    session.flush()
    session.add(BatchState(batch_id="batch", recorded=1, finished_at=NOON))
    observations.submit_many(
        session, sender, [draft(period="2018")], plan=PLAN, token="b", batch="batch", now=NOON
    )
    type_in(session, sender)
    invitations.invite(
        session,
        SYSTEM,
        email="guest@example.org",
        name="Guest",
        role=Role.VIEWER,
        plan=PLAN,
        area="KEN",
        now=NOON,
    )
    sessions.open_session(session, "coordinator", method="password", agent="", hours=9, now=NOON)


def type_in(session: Session, who: Identity) -> None:
    """Keep what somebody typed into a cell of Kenya, past every right."""
    if not who.person_id:
        return  # who is nobody has no drafts
    session.add(
        Draft(
            person_id=who.person_id,
            area_id=KENYA,
            subject=CELL.indicator,
            detail=CELL.detail,
            plan_code=PLAN,
            content=TYPED,
            saved_at=NOON,
        )
    )
    session.flush()


def guest(session: Session) -> str:
    return session.exec(select(Person.id).where(Person.email == "guest@example.org")).one()


def typed_and_sent(session: Session, who: Identity) -> bool:
    """Type as somebody, send it, and say whether it went off."""
    type_in(session, who)
    try:
        went = xray.send(session, who, [CELL], {}, **GRID, is_confirmed=True, token="t", now=LATER)
    except BadInput:
        return False  # the cell is another's: that is said as a fault of it
    return bool(went.refs)


def kept_although(session: Session, who: Identity) -> None:
    """Type as somebody, and keep it although somebody else sent a figure meanwhile."""
    type_in(session, who)
    clash = xray.Clash(CELL, "KEN-1", {"seq": 1})
    xray.keep_mine(session, who, clash, **GRID, window="w", now=LATER)


def receipt(session: Session, who: Identity) -> str:
    """Deliver the round for Kenya's coordinator, and show somebody the receipt."""
    sender = access.identity(session, "coordinator", now=NOON)
    tiny_rounds.send(session, sender, indicator=LEVEL, value=Decimal(2))
    delivered = rounds.deliver(session, sender, CODE, "KEN", token="d", now=LATER)
    return rounds.receipt(session, who, delivered.number).number


def remembered(session: Session, who: Identity) -> bool:
    """Remember for somebody how a file is read, and say whether it is."""
    file = looked(address(session))
    imports.remember(session, who, file, file.options, now=LATER)
    return imports.remembered(session, who, PLAN, file.headers) is not None


@cache
def sealed(url: str) -> snapshots.Ready:
    """Seal the record once: it stays the same, since every call is undone."""
    engine = open_database(url)
    with reading(engine) as session:
        ready = snapshots.seal(session, SYSTEM, PLAN, name="one", now=LATER)
    engine.dispose()
    return ready


@cache
def looked(url: str) -> imports.Looked:
    """Look at a file once, for those who remember how it is read."""
    engine = open_database(url)
    found = imports.looking(engine, SYSTEM, TABLE_OF_ONE, **FILE)
    engine.dispose()
    return found


def address(session: Session) -> str:
    url = session.get_bind().engine.url
    return str(url.render_as_string(hide_password=False))


def closed_and_sealed(session: Session, who: Identity) -> None:
    """Close the round for the secretariat, and seal it as somebody."""
    secretariat = access.identity(session, "secretariat", now=NOON)
    rounds.close(session, secretariat, CODE, token="c", now=LATER)
    rounds.seal(session, who, CODE, token="s", now=LATER)


CODE: Final = "TINY-R1"
TOKEN: Final = "token-of-viewer"


@pytest.fixture(scope="module", params=BOTH)
def record(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Give the tiny record with what the calls are about, in either database; calls are undone."""
    if request.param == "postgresql":
        for engine in copied(request.getfixturevalue("postgres_server"), TINY):
            unit_of_work(engine, prepare)
            yield engine
        return
    path = tmp_path_factory.mktemp("permissions") / "headway.db"
    shutil.copyfile(request.getfixturevalue("template"), path)
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
        if row.gets_engine:
            found = row.call(engine, who)
        else:
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
    "batches.listing": Row(lambda s, w: batches.listing(s, w, plan=PLAN)),  # one's own alone
    "batches.withdraw": Row(
        lambda s, w: batches.withdraw(s, w, "batch", note="wrong", now=LATER), "R"
    ),
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
    "drafts.cells": Row(lambda s, w: drafts.cells(s, w, **GRID)),  # one's own alone
    "drafts.keep_cells": Row(
        lambda s, w: drafts.keep_cells(
            s, w, {CELL: TYPED}, **GRID, window="w", since=NOON, now=LATER
        ),
        "CF",
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
    "evidence.uses": Row(lambda s, w: evidence.uses(s, w, "KEN", 1, plan=PLAN), "CF"),
    "evidence.library": Row(
        lambda s, w: evidence.library(s, w, "KEN", plan=PLAN, today=NOON.date()), "CFRESA"
    ),
    "evidence.of_rows": Row(lambda s, w: evidence.of_rows(s, w, [SENT], plan=PLAN)[SENT], "CFRESA"),
    "evidence.open_file": Row(lambda s, w: evidence.open_file(s, w, "KEN", 1, plan=PLAN), "CFRESA"),
    "grids.rows": Row(lambda s, w: grids.rows(s, w, [CELL], **GRID), "CF"),
    "grids.keep": Row(
        lambda s, w: grids.keep(s, w, {}, **GRID, window="w", since=NOON, now=LATER), "CF"
    ),
    "imports.look": Row(lambda s, w: imports.look(s, w, TABLE_OF_ONE, **FILE).sendable > 0, "CF"),
    "imports.looking": Row(
        lambda e, w: imports.looking(e, w, TABLE_OF_ONE, **FILE).sendable > 0,
        "CF",
        gets_engine=True,
    ),
    "imports.take": Row(
        lambda e, w: imports.take(
            e,
            w,
            imports.looking(e, w, DOUBTFUL, **FILE),
            is_confirmed=False,
            partly=False,
            now=LATER,
        ),
        "CF",
        gets_engine=True,
    ),
    "imports_memory.remember": Row(remembered, EVERYBODY, EVERYBODY, EVERYBODY),
    "imports_memory.remembered": Row(  # one's own alone
        lambda s, w: imports.remembered(s, w, PLAN, "indicator") is not None
    ),
    "imports_updates.checked": Row(
        lambda s, w: imports_updates.checked(s, w, [REPORT], FORM, now=LATER) == [], "CF"
    ),
    "imports_updates.send": Row(
        lambda s, w: imports_updates.send(s, w, [REPORT], plan=PLAN, batch="batch", now=LATER) > 0,
        "CF",
    ),
    "intake.take": Row(
        lambda e, w: intake.take(e, w, TABLE_OF_ONE, **FILE, is_dry_run=True),
        "CF",
        gets_engine=True,
    ),
    "invitations.withdraw": Row(lambda s, w: invitations.withdraw(s, w, guest(s), now=LATER), "FA"),
    "mappings.offers": Row(lambda s, w: mappings.offers(s, w, [CELL], **GRID) is not None, "CF"),
    "mappings.accept": Row(
        lambda s, w: mappings.accept(s, w, [], **GRID, window="w", now=LATER), "CF"
    ),
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
    "queues.counting": Row(lambda s, w: queues.counting(s, w, [SENT], plan=PLAN) is not None, "R"),
    "queues.mine": Row(lambda s, w: queues.mine(s, w, plan=PLAN)),  # one's own alone
    "queues.states": Row(
        lambda s, w: State.ENDORSED in queues.states(w, plan=PLAN), everywhere="R"
    ),
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
    "plans.install_areas": Row(
        lambda s, w: plans.install_areas(s, w, now=LATER), "A", "A", "A", is_long=True
    ),
    "plans.install": Row(
        lambda s, w: plans.install(s, w, content.read("OSCE-AP"), now=LATER), "A", "A", "A"
    ),
    "restoring.restore": Row(lambda s, w: restoring.restore(s, w, b"", now=LATER), "A", "A", "A"),
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
    "rounds.receipt": Row(receipt, "CFRESA"),
    "rounds.seal": Row(closed_and_sealed, everywhere="SA"),
    "rounds.cockpit": Row(lambda s, w: rounds.cockpit(s, w, CODE, now=LATER), "SA", "SA"),
    "sent.mine": Row(lambda s, w: sent.mine(s, w, plan=PLAN).rows),  # one's own alone
    "sessions.listing": Row(  # one's own alone
        lambda s, w: sessions.listing(s, w, token="", hours=9, now=LATER)
    ),
    "sessions.revoke": Row(
        lambda s, w: sessions.revoke(s, w, s.exec(select(LoginSession.token_hash)).one(), now=LATER)
    ),
    "snapshots.keep": Row(
        lambda s, w: snapshots.keep(s, w, sealed(address(s)), now=LATER),
        "ESA",
        "ESA",
    ),
    "snapshots.take": Row(
        lambda s, w: snapshots.take(s, w, PLAN, name="one", now=LATER), "ESA", "ESA"
    ),
    "snapshots.seal": Row(
        lambda s, w: snapshots.seal(s, w, PLAN, name="one", now=LATER), "ESA", "ESA"
    ),
    "snapshots.preview": Row(lambda s, w: snapshots.preview(s, w, PLAN, now=LATER), "ESA", "ESA"),
    "tasks.neighbours": Row(lambda s, w: tasks.neighbours(s, w, CODE, now=LATER), "CF", "CF"),
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
    "updates.mine": Row(lambda s, w: updates.mine(s, w, plan=PLAN)),  # one's own alone
    "updates.queue": Row(lambda s, w: updates.queue(s, w, plan=PLAN), "R"),
    "voices.speaks": Row(lambda s, w: voices.speaks(w, plan=PLAN, area=KENYA), "CFEN"),
    "voices.give": Row(
        lambda s, w: voices.give(
            s, w, TAKEN, Voice.EVALUATOR, "And?", plan=PLAN, token="2", now=LATER
        ),
        "E",
    ),
    "voices.take_back": Row(  # one's own alone
        lambda s, w: voices.take_back(s, w, "KEN", 1, plan=PLAN, note="wrong", now=LATER)
    ),
    "voices.publish": Row(lambda s, w: voices.publish(s, w, "KEN", 1, plan=PLAN, now=LATER), "E"),
    "voices.on_series": Row(
        lambda s, w: voices.on_series(s, w, plan=PLAN, area="KEN", indicator=PERCENT), "CFRESA"
    ),
    "voices.awaiting_reply": Row(
        lambda s, w: voices.awaiting_reply(s, w, plan=PLAN, today=NOON.date()), "CF"
    ),
    "workbooks.make": Row(
        lambda s, w: workbooks.make(
            s,
            w,
            views.picture(s, PLAN, today=NOON),
            texts.load(s, PLAN),
            area="KEN",
            period="2024",
            now=LATER,
        ),
        "CF",
    ),
    "xray.look": Row(lambda s, w: xray.look(s, w, {CELL: TYPED}, **GRID, now=LATER).drafts, "CF"),
    "xray.send": Row(typed_and_sent, "CF"),
    "xray.keep_mine": Row(kept_although, "CF", anonymous=True),  # nobody has typed nothing
}
ELSEWHERE: Final = {
    "invitations.accept": "the link is the right, and who it is for",
    "imports_record.reason": "asks what a round locks, which is the same for everybody",
    "locks.require_open": "asks what a round locks, which is the same for everybody",
    "mappings.carry": "does only what offers and accept do, for plans that ask the same",
    "plans.install_all": "does only what install_areas and install do, and takes long",
    "sent.once": "keeps answers by person, and asks no right: what it is given to do asks",
}
"""Services without a row, and why they need none."""


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


def untold(services: Iterable[str]) -> set[str]:
    """Return the services about which nothing is said here."""
    return set(services) - set(TABLE) - set(ELSEWHERE)


def test_every_service_that_takes_somebody_has_its_row() -> None:
    assert untold(found()) == set()
    assert (set(TABLE) | set(ELSEWHERE)) - set(found()) == set()  # and no row without its service


def test_a_service_of_which_nothing_is_said_would_be_found() -> None:
    assert untold([*found(), "people.crown"]) == {"people.crown"}


@pytest.mark.parametrize("scope", SCOPES)
def test_what_no_role_permits_is_refused_to_all(scope: str) -> None:
    crown: Any = "crown"
    for role in Role:
        assert not access.allows(actor(role, scope), crown)
        with pytest.raises(KeyError):  # there is not even a sentence for it
            access.require(actor(role, scope), crown)
    assert set(access.PERMITS) == set(Role)


@pytest.mark.parametrize("name", TABLE)
def test_only_those_named_get_through(record: Engine, name: str) -> None:
    row = TABLE[name]
    if row.is_long and record.dialect.name == "postgresql":
        pytest.skip("It installs three hundred areas at each call: asked on SQLite alone.")
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
