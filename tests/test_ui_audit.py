"""The page of the trail: in words, by value, person and day, to download, and verified at will."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from dashboard.services import trail
from dashboard.ui import audit
from models import SYSTEM, RemarkState, State, Subject, reading
from tests.test_pages import Open, accepted, browser, html
from tests.tiny import NOON, PLAN

__all__ = ["accepted", "browser"]  # the fixtures
SERVICES = Path(__file__).parent.parent / "dashboard" / "services"
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
APPENDS = {"record", "append", "_trace", "_end"}


def chained() -> Iterator[str]:
    """Yield every action that some service chains, as written in its source."""
    for path in SERVICES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in APPENDS:
                yield from (
                    str(word.value)
                    for word in node.args
                    if isinstance(word, ast.Constant)
                    and isinstance(word.value, str)
                    and ACTION.fullmatch(word.value)
                )


def test_every_action_that_is_chained_is_told_in_words() -> None:
    stated = {
        f"{subject}.{state}" for subject in Subject for state in State if state != State.DRAFT
    }
    stated |= {f"remark.{state}" for state in RemarkState}
    found = set(chained())
    assert {"person.add", "grant.end", "round.closed", "evidence.add"} <= found
    assert (found | stated) - audit.TOLD.keys() == set()


def test_every_action_belongs_to_one_group() -> None:
    for action in audit.TOLD:
        starts = [
            name
            for name, starts in trail.GROUPS.items()
            if any(action.startswith(start) for start in starts)
        ]
        assert starts, action
    assert audit.GROUPS.keys() == trail.GROUPS.keys()


@pytest.mark.usefixtures("accepted")
def test_an_administrator_reads_the_trail_in_words_and_verifies_it(browser: Open) -> None:
    app = browser("audit", who="administrator")
    assert not app.exception
    shown = html(app)
    for words in ("Sent a figure to review", "Accepted a figure", "Signed in (password)"):
        assert words in shown
    app.button(key="audit_verify").click().run()
    # The roles of the tiny record were never chained: that is found, and nothing else.
    assert app.error
    assert all("grant" in one.value for one in app.code)


@pytest.mark.usefixtures("accepted")
def test_the_address_asks_for_a_value_a_person_or_a_day(browser: Open) -> None:
    app = browser("audit", who="secretariat", ref="KEN-3")
    assert html(app).count("<tr>") == 3 + 1 + 1, "a head, two steps; a head, the chains"
    app = browser("audit", who="secretariat", person="reviewer")
    assert "Sent a figure" not in html(app)
    assert "Accepted a figure" in html(app)
    day = NOON.date().isoformat()
    app = browser("audit", who="secretariat", **{"from": day, "to": day})
    assert "Accepted a figure" in html(app)
    assert "Signed in" not in html(app)


def test_an_address_that_leads_nowhere_is_told_so(browser: Open) -> None:
    for query, said in (({"ref": "KEN-77"}, "KEN-77"), ({"after": "x"}, "no page")):
        app = browser("audit", who="secretariat", **query)
        assert not app.exception
        assert said in app.error[0].value


@pytest.mark.usefixtures("accepted")
def test_whoever_answers_for_nobody_reads_their_own_doings(browser: Open) -> None:
    app = browser("audit", who="coordinator")
    assert "You see what you did yourself" in app.caption[0].value
    assert "Accepted a figure" not in html(app)
    assert "Sent a figure to review" in html(app)
    assert not [one for one in app.button if one.label == "Verify now"]


def test_a_stranger_is_asked_to_sign_in(browser: Open) -> None:
    app = browser("audit")
    assert "sign in" in app.warning[0].value
    assert "choose_person" not in {one.key for one in app.selectbox}


@pytest.mark.usefixtures("accepted")
def test_the_download_holds_words_and_whole_fingerprints(database: Engine) -> None:
    with reading(database) as session:
        rows = trail.read(session, SYSTEM, trail.Asked(area="KEN"), now=NOON).rows
    lines = audit.worded(rows)
    assert lines["what"].iloc[-1] == "Sent a figure to review"
    assert lines["fingerprint"].str.len().eq(64).all()
    assert lines["plan"].eq(PLAN).all()
    assert lines["at"].iloc[-1].startswith(NOON.date().isoformat())
